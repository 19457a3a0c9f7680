"""Labels of a request histogram, as people name them, turned into OpenTelemetry's attributes."""

from __future__ import annotations

from collections.abc import Mapping

from advisor_agent.claims import clean
from advisor_agent.metric import Attributes

MOST_ROUTES = 50
"""As many as the server keeps of a process; what comes later is counted under `other`."""

_ROUTE = ("route", "http_route", "path", "handler", "endpoint", "uri", "url")
_METHOD = ("method", "http_request_method", "http_method", "verb")
_STATUS = ("status_code", "http_response_status_code", "http_status_code", "statusCode", "status", "code")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"))
_OTHER = "other"


class Routes:
    """Remembers which routes were met first, so that a series does not change its name."""

    __slots__ = ("_met",)

    def __init__(self) -> None:
        self._met: set[tuple[str, str]] = set()

    def attributes(self, labels: Mapping[str, str]) -> Attributes:
        """Method, route and status. Labels that nobody here knows are dropped, and their series become one."""
        method, route = _first(labels, _METHOD).upper(), clean(_first(labels, _ROUTE))
        if method and method not in _METHODS:
            method = "_OTHER"
        if route and not self._has_room(method, route):
            method, route = "", _OTHER
        status = _first(labels, _STATUS)
        pairs = {"http.request.method": method, "http.route": route}
        if len(status) == 3 and status.isascii() and status.isdigit():
            pairs["http.response.status_code"] = status
        if status.startswith("5") and len(status) == 3:  # some write 5xx
            pairs["error.type"] = clean(status)
        return tuple((key, text) for key, text in pairs.items() if text)

    def _has_room(self, method: str, route: str) -> bool:
        if (method, route) not in self._met:
            if len(self._met) >= MOST_ROUTES:
                return False
            self._met.add((method, route))
        return True


def _first(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((labels[name] for name in names if name in labels), "")
