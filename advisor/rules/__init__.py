"""Only rules, one a file; the file name is the id.

In: a Snapshot.
Out: a Reading per rule.
May import: vocabulary, features, diagnosis; never another rule.
"""
