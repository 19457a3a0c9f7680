"""Somebody who sent something, before it is known who that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from advisor.fleet import instances
from advisor.fleet.claim import Claim, Name, Said
from advisor.fleet.identities import Key
from advisor.fleet.models import Token


class Sighting(NamedTuple):
    """Somebody who sent something: the arguments of `resolve`."""

    resource: Mapping[str, Any]
    token: Token
    now: datetime
    listening: int | None = None
    heard_at: datetime | None = None

    @property
    def lives(self) -> bool:
        """Whether it sent samples."""
        return self.heard_at is None

    @property
    def key(self) -> tuple[Key, Said]:
        """What decides who it is."""
        return (self.token.id, self.token.host_id, self.listening, self.lives), Said.of(self.resource)


Called = tuple[str, str, str]
"""A service by its environment, namespace and name."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A process that reports: when, with how many ports and whether it `lives` as `registry.resolve` has them."""

    claim: Claim
    name: Name
    token: Token
    now: datetime
    listening: int | None
    lives: bool

    @property
    def called(self) -> Called:
        """Its service."""
        return self.name.environment, self.name.namespace, self.name.name

    @property
    def key(self) -> str:
        """What it is known by on its host."""
        return instances.key_of(self.claim, self.name)

    @property
    def numbers(self) -> set[int]:
        """Its number on the machine and in its container, as far as it has them."""
        return {self.claim.pid, self.claim.virtual_pid} - {0}
