"""Remembers verdicts and advice: opened once, updated while open, resolved once.

In: a `Judgement`; a person's move.
Out: rows of verdicts and recommendations, and the `Transition`s that happened.
May import: store, fleet, engine, diagnosis, vocabulary.
"""
