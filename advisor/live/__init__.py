"""Carries small hints ("service 3 has new samples") to open pages, which then fetch the numbers.

In: ids of what changed.
Out: WebSocket messages `{"topic": str, "version": int}`.
May import: recommendations, store, fleet, vocabulary.
"""
