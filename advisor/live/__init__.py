"""Carries small hints to open pages.

In: what changed.
Out: WebSocket messages.
May import: recommendations, store, fleet, vocabulary.
"""
