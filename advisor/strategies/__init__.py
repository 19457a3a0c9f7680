"""Only strategies, one a file; the file name is the id.

In: a Snapshot and a Ruling.
Out: an Option or a Rejection.
May import: vocabulary, features, diagnosis; never another strategy.
"""
