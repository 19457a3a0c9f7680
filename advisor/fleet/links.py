"""Links that sign one person in, once, as a notebook server prints them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from advisor.fleet.models import SignInLink

LIFETIME = timedelta(minutes=15)


def make(user: User) -> str:
    """The secret part of a new link for `user`; only its SHA-256 is kept."""
    raw = secrets.token_urlsafe(32)
    SignInLink.objects.create(digest=_digest(raw), user=user, expires_at=timezone.now() + LIFETIME)
    return raw


def redeem(raw: str) -> User | None:
    """Whom the link signs in; None where it is unknown, used, over, or the account is switched off.

    Of several who redeem at the same moment exactly one succeeds.
    """
    now = timezone.now()
    alive = SignInLink.objects.filter(
        digest=_digest(raw), used_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    link = alive.select_related("user").first()
    if link is None or not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now):
        return None
    return link.user


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()
