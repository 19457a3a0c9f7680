"""Keeps samples and events and gives back windows and series. No SQL of them stands anywhere else.

In: resolved rows.
Out: windows, series, rollups.
May import: fleet, features, vocabulary.
"""
