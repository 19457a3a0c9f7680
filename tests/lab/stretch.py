"""Tells what was recorded in minutes as if it had taken hours: times are drawn apart, levels stay, rates stay.

Between two exports there lies more time afterwards, so what was counted in it grows in the same proportion: a
service with 20 requests a second still has 20. Only what changes slowly, such as a leak, becomes slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

DELTA = 1
NANO = 1_000_000_000
_BEGAN = "process.creation.time"
_UPTIME = "process.uptime"

Export = dict[str, Any]


@dataclass(slots=True)
class Stretch:
    """Maps a recording that ended at `last` to one that ends at `end` (Unix seconds), `factor` times as long.

    `service` is kept and told as `name`, its host as `host`; all other processes that were seen are left out. One
    beginning is told for each pid: two that measure it differ by a fraction of a second, which would be drawn apart
    as well. `life` is how many times as long processes lived; `factor` where None.
    """

    factor: float
    last: float
    end: float
    service: str
    name: str
    host: str
    life: float | None = None
    _began: dict[str, str] = field(default_factory=dict)

    def moment(self, at: float) -> float:
        """A recorded moment afterwards."""
        return self.end - (self.last - at) * self.factor

    def export(self, export: Export) -> Export:
        """A whole export; empty if nothing of it is kept."""
        found = {}
        for kind in ("resourceMetrics", "resourceLogs"):
            kept = [item for item in export.get(kind, ()) if self._keeps(item)]
            if kept:
                found[kind] = kept
        for items in found.values():
            for item in items:
                self._resource(item["resource"])
                self._times(item)
                for metric in _metrics(item):
                    self._metric(metric)
        return found

    def pieces(self, export: Export, seconds: float) -> Iterator[tuple[float, Export]]:
        """An export of so many seconds, told about once in as many: moments, each with its part of what was counted.

        What happened in between is told with the last one.
        """
        count, at = max(1, round(self.factor)), newest(export)
        for item in deepcopy(export.get("resourceMetrics", [])):
            self._resource(item["resource"])  # learns when its processes began
        for left in reversed(range(count)):
            part = {"resourceMetrics": deepcopy(export.get("resourceMetrics", []))} if left else export
            end, factor = self.moment(at) - left * seconds * self.factor / count, self.factor / count
            told = replace(self, factor=factor, last=at, end=end, life=self.life or self.factor).export(part)
            if told:
                yield end, told

    def _keeps(self, item: Export) -> bool:
        names = [a["value"].get("stringValue") for a in item["resource"]["attributes"] if a["key"] == "service.name"]
        return not names or names[0] == self.service

    def _resource(self, resource: Export) -> None:
        attributes = {a["key"]: a["value"] for a in resource["attributes"]}
        pid = str(next(iter(attributes.get("process.pid", {"": ""}).values())))
        for key, value in attributes.items():
            if key in ("host.id", "host.name"):
                value["stringValue"] = self.host
            elif key == "service.name":
                value["stringValue"] = self.name
            elif key == "service.instance.id":
                value["stringValue"] = f"{self.host} {value['stringValue']}"
            elif key == _BEGAN:
                value["stringValue"] = self._began.setdefault(pid, self._iso(value["stringValue"]))

    def _iso(self, text: str) -> str:
        at = datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
        return datetime.fromtimestamp(self.moment(at), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _times(self, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self._times(item)
        elif isinstance(value, dict):
            for key, item in value.items():
                if key.endswith("imeUnixNano"):
                    value[key] = str(round(self.moment(int(item) / NANO) * NANO))
                else:
                    self._times(item)

    def _metric(self, metric: Export) -> None:
        for kind in ("sum", "histogram", "exponentialHistogram"):
            if kind in metric and metric[kind].get("aggregationTemporality") == DELTA:
                for point in metric[kind]["dataPoints"]:
                    _grow(point, self.factor)
        if metric["name"] == _UPTIME:
            for point in metric["gauge"]["dataPoints"]:
                _grow(point, self.life or self.factor)


def _grow(point: Export, factor: float) -> None:
    if "asInt" in point:
        point["asInt"] = str(round(int(point["asInt"]) * factor))
    for key in ("asDouble", "sum"):
        if key in point:
            point[key] *= factor
    for key in ("count", "zeroCount"):
        if key in point:
            point[key] = round(int(point[key]) * factor)
    for buckets in (point, point.get("positive", {})):
        if "bucketCounts" in buckets:
            buckets["bucketCounts"] = [round(int(count) * factor) for count in buckets["bucketCounts"]]


def newest(export: Export) -> float:
    """The newest moment in an export, in Unix seconds; 0 without any."""
    return max(_moments(export), default=0.0)


def _metrics(item: Export) -> Iterator[Export]:
    for scope in item.get("scopeMetrics", ()):
        yield from scope["metrics"]


def _moments(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from _moments(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "timeUnixNano":
                yield int(item) / NANO
            else:
                yield from _moments(item)
