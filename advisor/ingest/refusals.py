"""Counts the requests that are refused, by token and reason, and adds them to what was left out from time to time."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.db import Error as DatabaseError
from django.db import connection, transaction

from advisor.ingest.answers import Refusal
from advisor.store import samples, timeouts

REASONS: Final[Mapping[int, str]] = {
    400: "requests that could not be read (400)",
    401: "requests with a token that is not known here, was revoked or has expired, or with none (401)",
    403: "requests that came with a token for something else: another host, or enrolling (403)",
    404: "requests to an address where nothing is taken (404)",
    405: "requests that were not sent with POST (405)",
    413: "requests that were too large, to be sent in smaller pieces (413)",
    415: "requests of another content type or encoding than is read here (415)",
    429: "requests beyond the rate of one token, to be sent again later (429)",
    503: "requests that were to be sent again, since the server was busy or its database away (503)",
}
"""By HTTP status, all that the door refuses with. The words are ours alone: senders choose no reason."""

_SECONDS: Final = 10.0
"""Between two writings; what a process counted since the last one is lost where it is killed, and no data with it."""

log = logging.getLogger(__name__)

Note = Callable[[Mapping[tuple[int, str], int], datetime], None]


class Refusals:
    """The counts of a process, in memory: a request that is refused asks the database for nothing.

    Args:
        note: adds counts to the account of what was left out, inside a transaction.
        seconds: between two writings.
    """

    def __init__(self, note: Note = samples.note_left_out, seconds: float = _SECONDS) -> None:
        self._note = note
        self._seconds = seconds
        self._counts = Counter[tuple[int, str]]()
        self._turn = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, token_id: int, refusal: Refusal) -> None:
        """One more; `token_id` is `samples.NOBODY` where nobody is known who sent it."""
        with self._turn:
            self._counts[token_id, REASONS[refusal.status]] += 1

    def start(self) -> None:
        """Write from time to time, from a thread of its own: the writer of samples waits for none of it."""
        self._thread = threading.Thread(target=self._run, name="ingest-refusals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end the thread; one whose database hangs is left to the end of the process."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(self._seconds)

    def _run(self) -> None:
        timeouts.shorten()
        while not self._stopped.wait(self._seconds):
            self._write()
        self._write()

    def _write(self) -> None:
        with self._turn:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with transaction.atomic():
                self._note(counts, datetime.now(UTC))
        except DatabaseError as error:
            log.warning("Refused requests are counted later: %s", error)
            with self._turn:
                self._counts += counts
        finally:
            connection.close()
