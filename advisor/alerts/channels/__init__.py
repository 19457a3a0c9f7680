"""Ways to reach people, one a file, found by its place.

In: a Delivery.
Out: the message is with the receiver, or a ChannelError says why not.
May import: alerts.models, vocabulary.
"""
