"""Only charts, one a file, each with the name `chart`.

In: nothing.
Out: `Chart`.
May import: charts.chart, engine (the limits of rules).
"""
