"""A disk on which a datastore's writes wait for less."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

STEPS: Final = (
    Step("See which disk is busy, how long a write takes on it (w_await, in ms) and how many wait (aqu-sz), for a few "
         "minutes of the worst hour.", "", "shell", "iostat -dxy 10 6"),
    Step("A volume of a provider has a limit of operations and of bytes a second that is bought apart from its size: "
         "raise the one that is reached. Most can be raised while it is in use."),
    Step("Where writes wait for the write-ahead log, give the log a volume of its own, so that checkpoints do not hold "
         "it up."),
    Step("Watch sessions that wait for the disk: they should be fewer at the same number of writes."),
)  # fmt: skip
