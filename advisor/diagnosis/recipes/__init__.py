"""Steps that several strategies give, filled in with a service's numbers: one platform a file.

In: names, numbers of copies, bytes.
Out: `Step` with code that its real tool accepts.
May import: diagnosis, features, vocabulary; never a strategy.
"""
