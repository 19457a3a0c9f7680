"""Keeps samples and gives back windows and series. No SQL of the samples stands anywhere else.

In: resolved rows.
Out: windows, series, rollups.
May import: fleet, features, vocabulary.
"""
