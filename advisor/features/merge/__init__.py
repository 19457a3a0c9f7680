"""The source, in C, of what merges distributions: `advisor.features.quantiles` does the same in Python.

In: encoded distributions, and the cell that each falls into.
Out: quantiles of each cell. It becomes the module `advisor.features._merge`, see `advisor.compile`.
May import: nothing of the project.
"""
