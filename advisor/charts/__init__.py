"""The figures of the live pages: one file a chart in `figures/`, found by its place.

In: nothing; numbers travel apart, as JSON.
Out: Plotly figure skeletons as plain dicts, built once at start.
May import: engine (the limits of rules), vocabulary, plotly.
"""
