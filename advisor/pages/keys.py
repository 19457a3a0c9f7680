"""Enrolment keys and tokens: who may report here, made and revoked by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from advisor.fleet import tokens
from advisor.fleet.enrolment import make_key
from advisor.fleet.models import Token
from advisor.pages import commands, words
from advisor.store import samples

HOSTS = 10
DAYS = 7
SHOWN = 200
"""What the form proposes, and how many tokens the page lists."""

LOOKED_BACK = timedelta(days=7)
"""For how long the page tells what was left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A token as the page shows it: `state` is ok, watch or off, `word` says it, `use` how far it is used."""

    token: Token
    state: str
    word: str
    use: str

    @property
    def can_be_revoked(self) -> bool:
        """True while it opens something."""
        return self.state != "off"


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All tokens, the newest first; POST makes an enrolment key and shows it this once."""
    form = {"hosts": request.POST.get("hosts", str(HOSTS)), "days": request.POST.get("days", str(DAYS))}
    made, wrong = "", ""
    if request.method == "POST":
        try:
            made = _make(form, request.user.get_username())
        except ValueError as error:
            wrong = str(error)
    now = timezone.now()
    rows = [row(token, now) for token in Token.objects.select_related("host").order_by("-pk")[:SHOWN]]
    context = {"heading": heading(rows), "rows": rows, "made": made, "wrong": wrong, "losses": losses(now), **form}
    return render(request, "keys.html", context, status=422 if wrong else 200)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Close one token, and say so."""
    token = get_object_or_404(Token, pk=number)
    tokens.revoke(token)
    messages.success(request, f"{token} is revoked. It opens nothing from at most 10 s on.")
    return redirect("keys")


def row(token: Token, now: datetime) -> Row:
    """How a token stands at a moment."""
    state, word = _standing(token, now)
    if token.kind == Token.Kind.ENROL:
        return Row(token, state, word, f"{token.hosts_enrolled} of {words.count(token.most_hosts, 'host')}")
    return Row(token, state, word, token.host.name if token.host else "not used yet")


def losses(now: datetime) -> list[tuple[Token | None, samples.Loss]]:
    """What was left out of what each token sent lately, the latest first; None is who sent without a valid one."""
    found = samples.left_out((now - LOOKED_BACK).date())
    senders: dict[int, Token | None] = {samples.NOBODY: None}
    senders.update(Token.objects.select_related("host").in_bulk({loss.token_id for loss in found}))
    return [(senders[loss.token_id], loss) for loss in found if loss.token_id in senders]


def heading(rows: list[Row]) -> str:
    """The state in words."""
    alive = sum(row.can_be_revoked for row in rows)
    if not alive:
        return "Nobody may report here yet"
    return words.says(alive, "key or token is valid", "keys and tokens are valid")


def _standing(token: Token, now: datetime) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "off", "Revoked"
    if token.expires_at is not None and token.expires_at <= now:
        return "off", "Expired"
    if token.kind == Token.Kind.ENROL and token.hosts_enrolled >= token.most_hosts:
        return "off", "Used up"
    return ("ok", "Valid") if token.last_used_at else ("watch", "Not used yet")


def _make(form: dict[str, str], person: str) -> str:
    """The command that enrols a host with a fresh key."""
    try:
        hosts, days = int(form["hosts"]), int(form["days"])
        valid = timedelta(days=days)
    except (ValueError, OverflowError):
        raise ValueError("Hosts and days must be whole numbers.") from None
    _, raw = make_key(hosts, valid, f"by {person}")
    return commands.enrol(raw)
