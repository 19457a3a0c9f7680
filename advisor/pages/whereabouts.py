"""The container and the pod that a process runs in, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from advisor.features.window import ServiceWindow
from advisor.fleet.models import Instance

_SHOWN: Final = 6
"""Characters of a container's id: enough to tell those of one machine apart."""

_WORDS: Final = {
    "k8s.namespace.name": "namespace",
    "k8s.deployment.name": "deployment",
    "k8s.statefulset.name": "stateful set",
    "k8s.daemonset.name": "daemon set",
    "k8s.cronjob.name": "cron job",
    "k8s.job.name": "job",
    "k8s.node.name": "node",
    "k8s.cluster.name": "cluster",
    "k8s.container.name": "container",
    "container.name": "container",
    "container.image.name": "image",
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a process runs, empty on a bare machine: `place` in two words, `more` with all that is known.

    `command_line` is how it was started, empty where the agent is not told to tell it.
    """

    place: str = ""
    more: str = ""
    command_line: str = ""


def of_instances(window: ServiceWindow) -> Mapping[int, Whereabouts]:
    """Instance id -> where it runs, of a service's instances."""
    ids = [instance.id for instance in window.instances]
    return {one.pk: whereabouts(one) for one in Instance.objects.filter(pk__in=ids)}


def whereabouts(instance: Instance) -> Whereabouts:
    """Of one process."""
    said = instance.details
    name = said.get("k8s.pod.name")
    container = said.get("container.name") or instance.container[:_SHOWN]
    place = f"pod {name}" if name else f"container {container}" if container else ""
    known = [f"{word} {said[key]}" for key, word in _WORDS.items() if said.get(key)]
    if instance.container:
        known.append(f"container id {instance.container}")
    return Whereabouts(place, ", ".join(known), instance.command_line)
