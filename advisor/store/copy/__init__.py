"""The source, in C, of what lays rows out for PostgreSQL; `advisor.store.binary` says how it is used.

It becomes the module `advisor.store._copy`, see `advisor.compile`.
"""
