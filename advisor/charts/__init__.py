"""The figures of the live page, one file a chart.

In: nothing; numbers travel apart.
Out: Plotly figure skeletons as plain dicts.
May import: vocabulary, plotly.
"""
