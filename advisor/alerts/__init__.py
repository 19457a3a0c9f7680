"""Tells people, once per transition and channel.

In: transitions of recommendations.
Out: `Delivery` rows, and what channels make of them: mails and signed webhooks.
May import: recommendations, fleet, vocabulary.
"""
