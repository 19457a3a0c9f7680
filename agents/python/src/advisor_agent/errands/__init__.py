"""What is asked of other programs: PM2, a database. One file an errand.

An errand is run by a short-lived child, because a database's driver or a slow answer has no place in the agent itself.
A module has `METRICS`, `EVERY` (seconds between two errands, at least), `targets(config, scene)` (whom to ask now, as
texts; none means nobody; an `ErrandError` is told) and `ask(target)`, which runs in the child and yields `Answer`s. An
`ErrandError` of `ask` is told to the person who runs the agent; the other targets are asked all the same. One that is
raised takes the target's answers back; one that is yielded says what is missing beside them. It is found by its place,
and loaded where the setting of its name is set.
"""
