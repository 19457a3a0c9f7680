"""The door for OTLP

In:  a plain ASGI application in front of Django..
Out: HTTP requests.
May import: committed samples and OTLP answers:pipeline, store, fleet, features, vocabulary.
"""
