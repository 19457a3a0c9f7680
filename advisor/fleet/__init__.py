"""Who reports

In:  hosts, services, their processes, and the tokens they report with..
Out: resource attributes and a token.
May import: the rows Host, Service, Instance, Token:vocabulary.
"""
