"""Finds the rules and strategies and makes one judgement of a service.

In: a Snapshot and the remembered RuleStates.
Out: a Judgement; the handbook pages.
May import: rules, strategies, diagnosis, features, vocabulary.
"""
