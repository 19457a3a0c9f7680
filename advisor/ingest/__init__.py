"""The door for OTLP: telemetry comes in over HTTP and is acknowledged once it is committed.

In: HTTP requests on `/v1/*`, as a plain ASGI application in front of Django.
Out: committed rows of the store, and answers as the OTLP specification has them.
May import: pipeline, live, store, fleet, features, vocabulary.
"""
