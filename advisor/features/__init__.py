"""What one service looked like over one span of time.

In: the rows of the store, as a `ServiceWindow`.
Out: `ServiceWindow`, `Histogram`, and `Snapshot`: every signal that a rule may ask for.
May import: vocabulary, numpy.
"""
