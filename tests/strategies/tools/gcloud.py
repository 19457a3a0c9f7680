"""The grammar of the commands of gcloud that are given as steps. They are not run: that takes an account.

The flags are those of the reference (https://cloud.google.com/sdk/gcloud/reference/compute), kept here by hand;
what is checked is that a command is known, that it has no flag but these, each with a value where it takes one.
"""

from __future__ import annotations

import shlex

_GLOBAL = "!global"  # a flag without a value
COMMANDS: dict[str, set[str]] = {
    "instance-templates create": {"machine-type", "image"},
    "health-checks create http": {"port", "request-path", "check-interval", "timeout", "unhealthy-threshold"},
    "instance-groups managed create": {"region", "template", "size", "health-check", "initial-delay"},
    "instance-groups managed set-named-ports": {"region", "named-ports"},
    "instance-groups managed set-autoscaling": {
        "region",
        "min-num-replicas",
        "max-num-replicas",
        "target-cpu-utilization",
        "target-load-balancing-utilization",
        "cool-down-period",
    },
    "backend-services create": {
        _GLOBAL,
        "load-balancing-scheme",
        "protocol",
        "port-name",
        "health-checks",
        "connection-draining-timeout",
        "timeout",
        "locality-lb-policy",
        "session-affinity",
        "affinity-cookie-ttl",
    },
    "backend-services add-backend": {
        _GLOBAL,
        "instance-group",
        "instance-group-region",
        "balancing-mode",
        "max-utilization",
        "max-rate-per-instance",
    },
    "url-maps create": {"default-service"},
    "ssl-certificates create": {_GLOBAL, "domains"},
    "target-https-proxies create": {"url-map", "ssl-certificates"},
    "forwarding-rules create": {_GLOBAL, "load-balancing-scheme", "target-https-proxy", "ports"},
}


def parsed(code: str) -> list[tuple[str, str, dict[str, str]]]:
    """Each command with its name and its flags.

    Raises:
        ValueError: a command, a flag or a value is not as the reference says.
    """
    return [_command(shlex.split(line)) for line in code.replace("\\\n", " ").splitlines() if line]


def _command(words: list[str]) -> tuple[str, str, dict[str, str]]:
    if words[:2] != ["gcloud", "compute"]:
        raise ValueError(f"not a command of gcloud compute: {words}")
    rest = " ".join(words[2:])
    command = next((name for name in COMMANDS if rest.startswith(f"{name} ")), None)
    if command is None:
        raise ValueError(f"no such command: {rest}")
    name, *flags = words[2 + len(command.split()) :]
    return command, name, _flags(command, flags)


def _flags(command: str, words: list[str]) -> dict[str, str]:
    found, known = {}, COMMANDS[command]
    while words:
        flag = words.pop(0)
        name = flag.removeprefix("--")
        if not flag.startswith("--") or name in found or not known & {name, f"!{name}"}:
            raise ValueError(f"{command} does not take {flag}")
        bare = f"!{name}" in known
        if not bare and (not words or words[0].startswith("--")):
            raise ValueError(f"{flag} of {command} needs a value")
        found[name] = "" if bare else words.pop(0)
    return found
