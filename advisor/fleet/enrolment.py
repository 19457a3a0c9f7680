"""A key that a person hands to many machines becomes a token of its own on each of them."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from advisor.fleet import tokens
from advisor.fleet.models import Token

MOST_HOSTS = 10_000
LONGEST = timedelta(days=365)


class EnrolmentRefused(Exception):
    """The key makes no token; the text says why and what to do."""


def make_key(hosts: int, valid: timedelta, name: str = "") -> tuple[Token, str]:
    """A key for so many hosts, and its text, which is shown once.

    Raises:
        ValueError: too many hosts or too long a time; a key that leaks opens as much as it allows.
    """
    if not 1 <= hosts <= MOST_HOSTS:
        raise ValueError(f"A key enrols 1 to {MOST_HOSTS:,} hosts.")
    if not timedelta(0) < valid <= LONGEST:
        raise ValueError(f"A key is valid for up to {LONGEST.days} days.")
    token, raw = tokens.make(Token.Kind.ENROL, name, expires_at=timezone.now() + valid)
    token.most_hosts = hosts
    token.save(update_fields=["most_hosts"])
    return token, raw


def exchange(raw: str, host_name: str) -> str:
    """The text of a new host token for a key. Each exchange uses one of the key's hosts up.

    Raises:
        EnrolmentRefused: the key is unknown, expired, revoked or used up.
    """
    key = tokens.authenticate(raw)
    if key is None or key.kind != Token.Kind.ENROL:
        raise EnrolmentRefused("This enrolment key is not known here, was revoked or has expired. Make a new one.")
    with transaction.atomic():
        # The condition is part of the update: of two hosts that come at once only one gets the last place.
        free = Token.objects.filter(pk=key.pk, revoked_at=None, hosts_enrolled__lt=F("most_hosts"))
        if not free.update(hosts_enrolled=F("hosts_enrolled") + 1, last_used_at=timezone.now()):
            raise EnrolmentRefused(f"This key has enrolled all of its {key.most_hosts} hosts. Make a new one.")
        return tokens.make(Token.Kind.HOST, f"{host_name}, enrolled with {key}")[1]
