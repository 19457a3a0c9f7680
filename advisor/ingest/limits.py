"""How much one request may hold. Each limit keeps a hostile body from costing more than it should.

A body limit alone is no protection: eight mebibytes of empty protobuf messages cost 256 MiB once
decoded, and gzip shrinks such a body a thousandfold. So the wire size, the inflated size, their
ratio and the number of messages are bounded apart, each before the step that would pay for it.
"""

from __future__ import annotations

from typing import Final

WIRE_BYTES: Final = 1 << 20
"""Most bytes of a body as it travels."""

INFLATED_BYTES: Final = 4 << 20
"""Most bytes of a body once inflated."""

RATIO: Final = 100
"""Most inflated bytes per wire byte, once more than `RATIO_FREE_BYTES` are out."""

RATIO_FREE_BYTES: Final = 256 << 10
"""What may be inflated before the ratio counts: small bodies of repeated text compress very well."""

GZIP_MEMBERS: Final = 8
"""Most gzip members of one body."""

MESSAGES: Final = 20_000
"""Most sub-messages (protobuf) or objects (JSON) of one body, counted before it is decoded."""

FIELDS: Final = 250_000
"""Most protobuf fields that the count looks at: bounds its own time."""

BUCKET_BYTES: Final = 16 << 10
"""Most bytes of one histogram's bucket list as it travels."""

DEPTH: Final = 32
"""Most levels that a value in protobuf may nest. JSON has the interpreter's: it makes nothing of what it skips."""

POINTS: Final = 10_000
"""Most data points or log records of one body."""

STRING_CHARACTERS: Final = 1_024
"""Longer attribute values are cut to this."""

BODIES_BYTES: Final = 12 << 20
"""Most bytes of all bodies, inflated, that one process holds while they arrive and are sorted. Reading and sorting them
takes up to 16 MiB more (50 large ones at once; with 16 here, both took 32.1), and both together may be 32 MiB.
"""

BODY_SECONDS: Final = 8.0
"""How long a body may take to arrive. Less than `REQUEST_SECONDS`, so that its sender reads why it was given up."""

HEAD_BYTES: Final = 32 << 10
"""Most bytes of a request's line and headers together; a little more where a body follows in the same packet."""

REQUEST_BYTES: Final = 4 << 20
"""Most bytes of a whole request; those that are kept are refused much earlier, and answered."""

REQUEST_SECONDS: Final = 10.0
"""How long a connection may take to bring a whole request."""

LINGER_SECONDS: Final = 2.0
"""How long the rest of a refused request is read and forgotten, so that its sender gets to read the refusal."""

SLOW_SECONDS: Final = 1.0
"""A client that needs longer for a request is slow."""

SLOW_CLIENTS: Final = 64
"""Most slow clients of one address at a time."""

REQUESTS_AT_ONCE: Final = 400
"""Most requests of one process that are there whole and wait for their commit."""

ANSWER_SECONDS: Final = 1.8
"""How long a request waits for the database, in all: its token, its turn and its commit. The answer is promised within
2 s of the request; what is left is for a busy process to give it."""

AWAY_SECONDS: Final = 2
"""When a sender is to come back that met a database which is away: it is to be served within 5 s of the database's
return."""

STOP_SECONDS: Final = 4.0
"""How long a process that ends waits for its last commit. Every request is answered by then, so nobody waits for it;
and `make run` gives a process 8 s to end, of which open requests may take some."""

NEWCOMERS_SECONDS: Final = 0.003
"""How long one transaction goes on to look closely at newcomers who may be somebody known: it begins with no other
after that. One takes 2 to 4 ms, and all others wait for it; an ordinary answer takes 4 to 6 ms, and may take half as
long again beside a flood.
"""

NEWCOMERS_AT_ONCE: Final = 5
"""Most newcomers of one transaction. Those of whom nobody spoke before are made together: five take 1 ms on SQLite when
nothing else runs and 2 to 3 between other work, and one took nearly as long."""

STRANGERS: Final = 200
"""Most batches of newcomers that wait: half of `REQUESTS_AT_ONCE` is for those who are known."""

STRANGERS_OF_ONE: Final = 50
"""Likewise of one token. Beside others some 100 newcomers a second are found out, so more would wait for nothing."""

STRANGERS_SECONDS: Final = 1.2
"""How long a batch of newcomers waits before its sender is asked to come again: it goes on where it stopped, and the
answer comes before `ANSWER_SECONDS` are over.
"""

FUTURE_SECONDS: Final = 300.0
"""How far ahead of the server a point may lie, the clock offset applied."""

PAST_SECONDS: Final = 48 * 3600.0
"""How old a point may be, the clock offset applied."""
