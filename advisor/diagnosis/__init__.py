"""The shapes of a judgement, without any knowledge: rules and strategies fill them.

In: a `Snapshot`.
Out: `Rule`, `Reading`, `Ruling`, `Strategy`, `Option`, `Rejection`, `Advice`, `Judgement`.
May import: features, vocabulary.
"""
