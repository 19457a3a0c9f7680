"""What a page of metrics says of one Node.js process, in the words of the vocabulary.

Understood are the default metrics of prom-client (12 to 15), and the histogram of request durations that people add.
What the kernel tells better (CPU, memory, descriptors, start) is passed over, so that nothing is sent twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from advisor_agent.buckets import Buckets
from advisor_agent.claims import clean
from advisor_agent.exposition import labels_of, samples
from advisor_agent.inside import ACTIVE, HEAP_SIZE, HEAP_USED
from advisor_agent.metric import GAUGE, HISTOGRAM, Attributes, Metric, Sample
from advisor_agent.page_histograms import PageHistograms
from advisor_agent.page_routes import Routes

_DELAY = {
    name: Metric(f"nodejs.eventloop.delay.{name}", "s", GAUGE, f"Loop delay, {name}")
    for name in ("min", "max", "mean", "stddev", "p50", "p90", "p99")
}
_EXTERNAL = Metric("advisor.v8js.memory.external", "By", GAUGE, "Memory outside the heap")
_GC = Metric("v8js.gc.duration", "s", HISTOGRAM, "Garbage collections")
_REQUEST = Metric("http.server.request.duration", "s", HISTOGRAM, "Requests answered", is_sparse=True)
METRICS = (*_DELAY.values(), HEAP_USED, HEAP_SIZE, _EXTERNAL, ACTIVE, _GC, _REQUEST)

REQUEST_METRICS = {
    "http_request_duration_seconds": 1.0,  # express-prom-bundle, fastify-metrics, prometheus-api-metrics, most by hand
    "http_server_request_duration_seconds": 1.0,  # OpenTelemetry's own name, through its Prometheus exporter
    "http_request_duration_ms": 0.001,
    "http_request_duration_milliseconds": 0.001,
    "http_server_duration_milliseconds": 0.001,  # OpenTelemetry's name before 1.23
}
"""Names by which request durations are found if nothing else is set -> factor to seconds."""

_LAG = {f"nodejs_eventloop_lag_{name}_seconds": name for name in _DELAY}
_LEVELS = {
    "nodejs_heap_size_used_bytes": HEAP_USED,
    "nodejs_heap_size_total_bytes": HEAP_SIZE,
    "nodejs_external_memory_bytes": _EXTERNAL,
}
_RESOURCES, _HANDLES = "nodejs_active_resources", "nodejs_active_handles"
_COLLECTIONS = "nodejs_gc_duration_seconds"
_KINDS = ("major", "minor", "incremental", "weakcb")
_WANTED = ("nodejs_eventloop_lag_", "nodejs_heap_size_", "nodejs_external_", "nodejs_active_", "nodejs_gc_")


class PageReader:
    """Reads one process's page again and again.

    `request_metrics` are names of the histogram of request durations -> factor to seconds, the best first.
    """

    def __init__(self, request_metrics: Mapping[str, float]) -> None:
        self._request_metrics = request_metrics
        self._wanted = (*_WANTED, *request_metrics)
        self._routes = Routes()
        self._extremes: tuple[float, ...] | None = None

    def read(self, text: str) -> list[Sample]:
        """PageError for a page that cannot be understood."""
        numbers: dict[str, float] = {}
        counts: dict[str, dict[str, float]] = {_RESOURCES: {}, _HANDLES: {}}
        histograms = PageHistograms((_COLLECTIONS, *self._request_metrics))
        for name, labels, value in samples(text, self._wanted):
            if name in counts:
                kind = labels_of(labels).get("type", "")
                counts[name][kind] = value
            elif not histograms.take(name, labels, value):
                numbers[name] = value
        found = [*self._delays(numbers), *_levels(numbers), *_active(counts)]
        found += _collections(histograms)
        found += self._requests(histograms)
        return [sample for sample in found if _is_true(sample)]

    def _delays(self, numbers: Mapping[str, float]) -> Iterator[Sample]:
        """Of what passed since the page before.

        prom-client begins its measurement anew with each page from version 14 on; before, its figures are those of
        the whole life, and would tell of one block for ever. Then the extremes stay as they were.
        """
        lag = {name: numbers[series] for series, name in _LAG.items() if series in numbers}
        before, self._extremes = self._extremes, tuple(lag.get(name, math.nan) for name in ("min", "max"))
        if before is not None and before != self._extremes:
            yield from (_DELAY[name].at(seconds) for name, seconds in lag.items())

    def _requests(self, histograms: PageHistograms) -> Iterator[Sample]:
        """Of the best known histogram that is there. Series that we cannot tell apart are one."""
        for name, factor in self._request_metrics.items():
            found: dict[Attributes, Buckets] = {}
            for labels, buckets in histograms.of(name):
                key = self._routes.attributes(labels)
                known = found.get(key)
                if known is None or known.bounds == buckets.bounds:
                    found[key] = known.plus(buckets) if known else buckets
            if found:
                yield from (_REQUEST.at(_scaled(buckets, factor), *key) for key, buckets in found.items())
                return


def _levels(numbers: Mapping[str, float]) -> Iterator[Sample]:
    for name, metric in _LEVELS.items():
        if name in numbers:
            yield metric.at(numbers[name])


def _active(counts: Mapping[str, Mapping[str, float]]) -> Iterator[Sample]:
    """By type: what keeps the loop alive, or, before prom-client 14.1 or Node.js 17, handles alone."""
    for kind, count in (counts[_RESOURCES] or counts[_HANDLES]).items():
        if kind:
            yield ACTIVE.at(count, ("v8js.resource.type", clean(kind)))


def _collections(histograms: PageHistograms) -> Iterator[Sample]:
    for labels, buckets in histograms.of(_COLLECTIONS):
        if labels.get("kind") in _KINDS:
            yield _GC.at(buckets, ("v8js.gc.type", labels["kind"]))


def _scaled(buckets: Buckets, factor: float) -> Buckets:
    if factor == 1.0:
        return buckets
    bounds = tuple(round(bound * factor, 9) for bound in buckets.bounds)
    return Buckets(bounds, buckets.counts, buckets.count, buckets.sum * factor)


def _is_true(sample: Sample) -> bool:
    """Nobody has less than nothing of these, and NaN is what a broken gauge says."""
    return isinstance(sample.value, Buckets) or 0 <= sample.value < math.inf
