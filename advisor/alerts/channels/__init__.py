"""Ways to reach people, one a file, found by its place; the file name is the channel's kind.

In: a `Delivery`.
Out: the receiver's answer, or a `ChannelError` that says why the message is not there.
May import: alerts, vocabulary.
"""
