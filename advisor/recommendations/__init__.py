"""Remembers verdicts and advice

In:  opened once, updated, resolved..
Out: a Judgement.
May import: Recommendation rows and what changed:store, fleet, engine, diagnosis, vocabulary.
"""
