"""The source, in C, of what lays rows out for PostgreSQL: `advisor.store.binary` does the same in Python.

In: the columns of rows, as arrays and lists.
Out: these rows as COPY reads them. It becomes the module `advisor.store._copy`, see `advisor.compile`.
May import: nothing of the project.
"""
