"""`advisor-agent check`: what one export holds, and whether the server takes it."""

from __future__ import annotations

import selectors
import time
from collections.abc import Sequence

from advisor_agent.batch import Batch
from advisor_agent.buckets import Buckets
from advisor_agent.collection import Collection, now
from advisor_agent.config import Config
from advisor_agent.connection import ConnectionLost
from advisor_agent.errand_runner import Errands
from advisor_agent.exchange import exchange
from advisor_agent.http import ProtocolError
from advisor_agent.log import Log
from advisor_agent.loop import scraper_of
from advisor_agent.metric import Attributes, Value
from advisor_agent.otlp import Report, encoded, export
from advisor_agent.sender import request
from advisor_agent.system import System
from advisor_agent.uuid7 import uuid7
from advisor_agent.verdict import TAKEN, explained, left_out, meaning

_SPAN_SECONDS = 1.0
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B"))


def check(config: Config, system: System, log: Log) -> bool:
    """Collect twice, print the second batch, send it; True if the server stored it."""
    selector = selectors.DefaultSelector()
    errands, scraper = Errands(config, system.errands, selector, log), scraper_of(config, selector, log)
    collection = Collection(system, log, askers=[scraper, errands] if scraper else [errands])
    collection.collect(now())
    if scraper:  # it has learned whom to ask
        scraper.ask()
        scraper.settle()
        collection.collect(now())
    time.sleep(_SPAN_SECONDS)  # increases need two readings
    if scraper:
        scraper.ask()
        scraper.settle()
    errands.settle()
    moment = now()
    reports = collection.collect(moment)
    errands.close()  # the last look sent them off again
    body = encoded(export(reports, moment))
    for report in reports:
        print(table(report))
    points = sum(len(report.points) for report in reports)
    print(f"{seen(reports)}\n{points} figures, {len(body):,} bytes compressed.")
    taken, words = _sent(config, Batch(uuid7(), "application/json", "gzip", body))
    print(f"{config.server} {words}")
    return taken


def seen(reports: Sequence[Report]) -> str:
    """What an export tells of, in a sentence: the last thing that stands on the screen."""
    names: dict[object, int] = {}
    for report in reports[1:]:
        name = report.resource["service.name"]
        names[name] = names.get(name, 0) + 1
    if not names:
        return "Found this host, and no Node.js process on it."
    counted = [f"{name} ({count})" if count > 1 else str(name) for name, count in sorted(names.items(), key=str)]
    number = len(reports) - 1
    processes = "1 Node.js process" if number == 1 else f"{number} Node.js processes"
    return f"Found this host, and {processes}: {', '.join(counted)}."


def table(report: Report) -> str:
    """One resource in readable form: its attributes, then a line a point."""
    resource = report.resource
    title = f"Process {resource['process.pid']}" if "process.pid" in resource else f"Host {resource['host.name']}"
    lines = [title, *(f"  {key} = {value}" for key, value in resource.items())]
    rows = [
        (point.metric.name, _labels(point.attributes), *_figure(point.value, point.metric.unit))
        for point in report.points
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for name, labels, value, unit in rows:
        lines.append(f"    {name:<{widths[0]}}  {labels:<{widths[1]}}  {value:>{widths[2]}} {unit}")
    return "\n".join([*lines, ""])


def _labels(attributes: Attributes) -> str:
    return " ".join(value for _, value in attributes)


def _figure(value: Value, unit: str) -> tuple[str, str]:
    """A number and its unit, as people write them."""
    if isinstance(value, Buckets):
        return f"{value.count:,} in {value.sum:,.3f}", unit
    if unit == "By":
        factor, size = next((one for one in _SIZES if abs(value) >= one[0]), _SIZES[-1])
        return (f"{value / factor:,.1f}" if factor > 1 else f"{value:,.0f}"), size
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}", "" if unit == "1" else unit.strip("{}")


def _sent(config: Config, batch: Batch) -> tuple[bool, str]:
    """Whether the server took the batch, and its answer in words."""
    try:
        answer = exchange(config.server, request(config, batch, time.time()))
        status = answer.status
    except (ConnectionLost, ProtocolError) as error:
        return False, f"cannot be reached: {error}. Check --server, and that it runs."
    if meaning(status, batch.signal) != TAKEN:
        return False, f"did not take the batch ({explained(status, answer.body)})."
    rejected, reason = left_out(answer.body)
    return True, f"took the batch, without {rejected}: {reason}" if rejected else "took the batch."
