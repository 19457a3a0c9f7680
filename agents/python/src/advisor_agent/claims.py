"""The few variables of a process's environment that are looked at; the rest is never kept."""

from __future__ import annotations

import json
import re

_RESOURCE_KEYS = (
    "service.name",
    "service.namespace",
    "service.version",
    "service.instance.id",
    "deployment.environment.name",
    *("container.id", "container.name", "container.image.name", "container.image.tags"),
    *("k8s.cluster.name", "k8s.namespace.name", "k8s.node.name", "k8s.pod.name", "k8s.pod.uid"),
    *("k8s.container.name", "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name"),
    *("k8s.job.name", "k8s.cronjob.name"),
)
"""Who a process is, and where. Whatever else stands there may be a secret and is not kept."""

_IDS = ("service.instance.id", "container.id", "k8s.pod.uid")
_ID = re.compile(r"[0-9a-f-]{12,75}")
_MAY_BE_SECRET = re.compile(
    r"^-|[=;?&%\"'`\s]|(?<!^[A-Za-z]):|[^/]@|[^\x00-\x7f]|(?=[\w+/-]{20})(?:[a-z+/_-]*[A-Z0-9]){2}"
)
"""A sign that stands beside secrets, or a long run that is more than small letters."""

_MOST_CHARACTERS = 255
_HEX_DIGITS = b"0123456789abcdefABCDEF"


class Claims:
    """What a process's environment says of its identity. Empty text where it says nothing."""

    __slots__ = ("is_worker", "pm2_name", "resource")

    def __init__(self, resource: dict[str, str], pm2_name: str, is_worker: bool) -> None:
        self.resource = resource
        self.pm2_name = pm2_name
        self.is_worker = is_worker


def claims_of(environ: str) -> Claims:
    """Read /proc/PID/environ.

    `name` counts as PM2's only beside `pm_id`: without PM2 it is anybody's variable. In cluster mode PM2 hands all its
    variables over as one, `pm2_env`. `NODE_UNIQUE_ID`
    is what `cluster.fork` gives to a worker; Node.js deletes it from `process.env` at start, but the
    kernel keeps showing the environment of the exec.
    """
    variables = dict(line.partition("=")[::2] for line in environ.split("\0"))
    resource = _resource_attributes(variables.get("OTEL_RESOURCE_ATTRIBUTES", ""))
    configured = clean(variables.get("OTEL_SERVICE_NAME", ""))
    if configured:
        resource["service.name"] = configured
    return Claims(resource, _pm2_name(variables), "NODE_UNIQUE_ID" in variables)


def _pm2_name(variables: dict[str, str]) -> str:
    if "pm_id" in variables:
        return clean(variables.get("name", ""))
    try:
        name = json.loads(variables.get("pm2_env", "{}"))["name"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return clean(name) if isinstance(name, str) else ""


def clean(text: str) -> str:
    """Text that may be sent: printable, no line breaks, no half characters, no secrets, at most 255 characters."""
    shown = "".join(c for c in text if c.isprintable()).strip()
    if _MAY_BE_SECRET.search(shown):
        from advisor_agent.redaction import redacted  # hardly any name needs it, and it costs memory

        shown = " ".join(redacted([shown]))
    return shown[:_MOST_CHARACTERS]


def _resource_attributes(text: str) -> dict[str, str]:
    """`key=value,key=value`, values percent-encoded (OpenTelemetry resource SDK specification)."""
    pairs = (pair.partition("=")[::2] for pair in text.split(","))
    found = {key.strip(): _unquote(value).strip() for key, value in pairs if key.strip() in _RESOURCE_KEYS}
    told = {key: value if key in _IDS and _ID.fullmatch(value) else clean(value) for key, value in found.items()}
    # An id that had to be hidden tells nothing apart any more.
    return {key: value for key, value in told.items() if value and not (key in _IDS and value != found[key])}


def _unquote(text: str) -> str:
    """Percent-decoding, as `urllib.parse.unquote`, whose import would cost 1 MiB of memory."""
    head, *rest = text.encode().split(b"%")
    whole = bytearray(head)
    for part in rest:
        digits = part[:2]
        if len(digits) == 2 and all(digit in _HEX_DIGITS for digit in digits):
            whole += bytes.fromhex(digits.decode()) + part[2:]
        else:
            whole += b"%" + part
    return whole.decode("utf-8", "replace")
