"""Who reports: hosts, services, their processes, and the tokens that they report with.

In: resource attributes and a token.
Out: the rows Host, Service, Instance, Token; who a resource is.
May import: vocabulary.
"""
