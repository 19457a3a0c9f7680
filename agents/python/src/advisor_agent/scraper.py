"""Asks services on this machine for their page of metrics, in the loop's selector: nobody waits for an answer."""

from __future__ import annotations

import math
import selectors
import socket
import time
import zlib
from collections.abc import Hashable
from contextlib import suppress

from advisor_agent import VERSION
from advisor_agent.address import Server
from advisor_agent.config import Config
from advisor_agent.connection import Connection, ConnectionLost
from advisor_agent.errand import Answer
from advisor_agent.exposition import PageError
from advisor_agent.http import Message, ProtocolError
from advisor_agent.log import Log
from advisor_agent.page import REQUEST_METRICS, PageReader
from advisor_agent.page_owner import Audience
from advisor_agent.scene import Scene
from advisor_agent.view import Cost, View

DEADLINE_SECONDS = 5.0
"""A service whose event loop is held up for longer gives no page this time."""

MOST_BYTES = 4 << 20
_LEAD_SECONDS = 1.0
_GZIP_OR_ZLIB = 47
_NAME = "scrape"


class _Visit:
    """One request under way. `holder` is the process that took our connection, None where that is not known."""

    __slots__ = ("connection", "ends_by", "events", "holder", "socket", "target")

    def __init__(self, target: Server, ends_by: float) -> None:
        self.target = target
        self.ends_by = ends_by
        self.connection = Connection(target, MOST_BYTES)
        self.socket: socket.socket | None = None
        self.events = 0
        self.holder: int | None = None


class Scraper:
    """Reads the pages of `config.scrape`, and binds each to the process that it is of.

    Pages of a port that several workers share are asked for as often as there are workers, each time anew, since it is
    not ours to say who answers. `costs` is what reading took.
    """

    def __init__(self, config: Config, selector: selectors.BaseSelector, log: Log) -> None:
        self._targets = config.scrape
        self._request_metrics = {**config.request_metrics, **REQUEST_METRICS}
        self._selector = selector
        self._log = log
        self._visits: list[_Visit] = []
        self._audiences: dict[str, Audience] = {}
        self._readers: dict[tuple[str, Hashable], PageReader] = {}
        self._brought: dict[str, dict[int, list[Answer]]] = {}
        self._wrong: dict[str, str] = {}
        self._ask_at = math.inf
        self.costs = {_NAME: Cost()}

    @property
    def names(self) -> list[str]:
        """Of its answers: one a page."""
        return [f"{_NAME} {target.page}" for target in self._targets]

    def take(self) -> dict[str, list[Answer]]:
        """The pages that came since the last time, of each process the newest."""
        brought, self._brought = self._brought, {}
        return {name: [answer for told in pages.values() for answer in told] for name, pages in brought.items()}

    def start_due(self, view: View) -> None:
        """Learn who there is to be asked."""
        assert isinstance(view, Scene)  # `scraper_of` sees to it
        scene = view
        for target in self._targets:
            self._audiences[target.page] = Audience(scene, target.address.port)
        alive = {process.key for process in scene.processes}
        self._readers = {place: reader for place, reader in self._readers.items() if place[1] in alive}
        scene.paged.update(process.pid for process in scene.processes if process.key in self._told())

    def _told(self) -> set[Hashable]:
        """Processes that a page was read of."""
        return {key for _, key in self._readers}

    def plan(self, tick: float) -> None:
        """Ask shortly before this tick, on the monotonic clock, so that it has fresh pages."""
        self._ask_at = tick - min(_LEAD_SECONDS, max(tick - time.monotonic(), 0.0) / 2)

    def ask(self) -> None:
        """Ask for every page that is not being waited for."""
        busy = {visit.target.page for visit in self._visits}
        for target in self._targets:
            audience = self._audiences.get(target.page)
            if audience and target.page not in busy:
                for _ in range(audience.size):
                    self._start(target)

    def next_wake(self) -> float:
        """When somebody is to be asked or has taken too long, on the monotonic clock."""
        return min([self._ask_at, *(visit.ends_by for visit in self._visits)])

    def work(self) -> None:
        """Ask when it is time, and give up what takes too long."""
        if time.monotonic() >= self._ask_at:
            self._ask_at = math.inf
            self.ask()
        late = [visit for visit in self._visits if time.monotonic() >= visit.ends_by]
        for visit in late:
            self._failed(visit, f"no answer within {DEADLINE_SECONDS:.0f} s")

    def settle(self) -> None:
        """Wait until every answer is here, or late."""
        while self._visits:
            for key, events in self._selector.select(max(self.next_wake() - time.monotonic(), 0.0)):
                key.data(events)
            self.work()

    def close(self) -> None:
        """Wait for nobody any more."""
        for visit in list(self._visits):
            self._end(visit)

    def _start(self, target: Server) -> None:
        visit = _Visit(target, time.monotonic() + DEADLINE_SECONDS)
        self._visits.append(visit)
        try:
            if not _is_here(target):
                raise ConnectionLost("it is no address of this host")
            visit.connection.start(_request(target))
        except ConnectionLost as error:
            self._failed(visit, str(error))
        else:
            self._watch(visit)

    def _on_ready(self, visit: _Visit) -> None:
        began = time.perf_counter()
        try:
            if visit.connection.events == selectors.EVENT_READ and visit.holder is None:
                visit.holder = self._audiences[visit.target.page].holder(visit.connection.socket)
            message = visit.connection.advance()
            if message is None:
                self._watch(visit)
                return
            self._understand(visit, message)
        except (ConnectionLost, ProtocolError, PageError) as error:
            self._failed(visit, str(error))
        finally:
            self.costs[_NAME].seconds += time.perf_counter() - began

    def _understand(self, visit: _Visit, message: Message) -> None:
        page, audience = visit.target.page, self._audiences[visit.target.page]
        text = _text(message)
        owner = audience.owner(text, visit.holder)
        reader = self._readers.setdefault((page, owner.key), PageReader(self._request_metrics))
        answers = [Answer(sample, owner.pid) for sample in reader.read(text)]
        self._brought.setdefault(f"{_NAME} {page}", {})[owner.pid] = answers
        self._end(visit)
        if self._wrong.pop(page, None):
            self._log.settle(page, f"{page} is read again.")

    def _watch(self, visit: _Visit) -> None:
        """Tell the selector what the visit waits for now: another address means another socket."""
        connection = visit.connection
        if (connection.socket, connection.events) == (visit.socket, visit.events):
            return
        self._forget(visit)
        assert connection.socket
        visit.socket, visit.events = connection.socket, connection.events
        self._selector.register(visit.socket, visit.events, lambda events: self._on_ready(visit))

    def _forget(self, visit: _Visit) -> None:
        if visit.socket:
            with suppress(KeyError, ValueError):  # a closed socket has no number: it is looked for by itself
                self._selector.unregister(visit.socket)
            visit.socket = None

    def _end(self, visit: _Visit) -> None:
        self._forget(visit)
        visit.connection.close()
        self._visits.remove(visit)

    def _failed(self, visit: _Visit, why: str) -> None:
        page = visit.target.page
        self._end(visit)
        self.costs[_NAME].failures += 1
        if self._wrong.get(page) != why:
            self._log.settle(page)
            self._wrong[page] = why
        self._log.once(page, f"{page} is not read: {why}. The rest goes on.")


def _is_here(target: Server) -> bool:
    """Whether it is an address of this host: what is asked for here leaves no machine."""
    if target.address.is_loopback:
        return True
    family = socket.AF_INET6 if ":" in target.address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((target.address.host, 0))
        except OSError:
            return False
    return True


def _request(target: Server) -> bytes:
    lines = [
        f"GET {target.prefix or '/'} HTTP/1.1",
        f"Host: {target.address}",
        f"User-Agent: advisor-agent/{VERSION}",
        "Accept: text/plain;version=0.0.4,*/*;q=0.1",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _text(message: Message) -> str:
    """The page; PageError where the answer is none."""
    if message.status != 200:
        raise PageError(f"it answers with status {message.status}")
    body, coding = message.body, message.headers.get("content-encoding", "identity").lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        try:
            body = inflater.decompress(body, MOST_BYTES)
        except zlib.error as error:
            raise PageError(f"its {coding} is broken") from error
        if not inflater.eof:
            raise PageError(f"it is broken off, or larger than {MOST_BYTES} bytes")
    elif coding != "identity":
        raise PageError(f"it is packed as {coding}, which is not understood")
    return body.decode("utf-8", "replace")
