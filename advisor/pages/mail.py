"""Mails that were written as files because no mail server is set; shown as text, never as HTML."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

LARGEST_BYTES = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}\.eml")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail file. `body` is its text part."""

    name: str
    at: datetime
    subject: str
    to: str
    body: str


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    return render(request, "mail.html", {"mails": newest_mails(), "as_files": _as_files()})


@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail. Only plain file names of the mail folder are ever opened."""
    path = settings.MAIL_FOLDER / name
    if not _NAME.fullmatch(name) or not path.is_file() or path.is_symlink():
        raise Http404("There is no such mail.")
    return render(request, "mail_message.html", {"mail": _read(path)})


def newest_mails(most: int = 100) -> list[Mail]:
    """The mails of the folder, newest first; none while a mail server is set or nothing was written."""
    folder: Path = settings.MAIL_FOLDER
    if not _as_files() or not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file()]
    return [_read(path) for path in sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:most]]


def _as_files() -> bool:
    return not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def _read(path: Path) -> Mail:
    with path.open("rb") as file:
        parsed = email.message_from_bytes(file.read(LARGEST_BYTES), policy=email.policy.default)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Mail(path.name, written, str(parsed["Subject"] or "No subject"), str(parsed["To"] or ""), _text(parsed))


def _text(parsed: EmailMessage) -> str:
    part = parsed.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part is not None else ""
