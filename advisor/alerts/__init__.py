"""Tells people, once per transition and channel.

In: changes of recommendations.
Out: Delivery rows, mails, webhooks.
May import: recommendations, fleet, vocabulary.
"""
