"""Mails as a mail server gets them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import cast

import pytest
from pytest_django import Settings

from advisor.alerts import dispatch
from advisor.alerts.channels import email
from advisor.alerts.channels.base import ChannelError
from advisor.alerts.models import Delivery
from tests.alerts.mail_sink import Sink, mail_sink
from tests.alerts.outbox_rows import channel, delivery, opened, resolved
from tests.recommendations.judgements import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with mail_sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.MAIL_TO = ["owner@localhost"]
        yield server


def part(mail: EmailMessage, kind: str) -> str:
    found = cast(EmailMessage, mail.get_body((kind,)))
    return str(found.get_content())


def test_a_mail_has_text_first_and_html(sink: Sink) -> None:
    channel(to=["ann@localhost", "bob@localhost"])
    row = delivery()
    assert email.send(row) == "sent to ann@localhost, bob@localhost"
    (mail,) = sink.mails
    assert sink.recipients == [["ann@localhost", "bob@localhost"]]
    assert mail["Subject"] == "checkout: the event loop is 89% busy while 1 of 2 cores sits idle"
    assert mail["Message-ID"] == f"<{row.pk}@127.0.0.1>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [found.get_content_type() for found in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_bodies_say_the_same(sink: Sink, kind: str) -> None:
    channel()
    row = delivery()
    email.send(row)
    body = part(sink.mails[0], kind).replace("<b>", "").replace("</b>", "")
    said = [
        "Open since 2026-01-31 12:00 UTC, warning.",
        "checkout: the event loop is 89% busy while 1 of 2 cores sits idle",
        "Event loop busy (pid 7): 89% (needs at least 85%)",
        "Run 2 processes on this host",
        "Response time p95: 112 ms now, expected 40 to 60 ms",
        "Most requests: 180 requests/s now, expected at least 320 requests/s",
        "Effort: an hour. Risk: state in memory is split. Cost: 90 MB of memory.",
        "Check that nothing lives in process memory.",
        "A faster machine: 1 of 2 cores is idle already",
        row.payload["data"]["url"],
    ]
    places = [body.find(words) for words in said]
    assert -1 not in places, said[places.index(-1)]
    assert places == sorted(places)


def test_a_resolved_one_is_short(sink: Sink) -> None:
    channel()
    (found,) = dispatch.tell([resolved(opened())], NOW)
    email.send(Delivery.objects.get(pk=found))
    text = part(sink.mails[0], "plain")
    assert text.splitlines()[0] == "Resolved. It was open since 2026-01-31 12:00 UTC."
    assert "What to do" not in text
    assert sink.mails[0]["Subject"].startswith("Resolved: checkout")


def test_a_test_message_is_readable(sink: Sink) -> None:
    email.send(dispatch.test(channel(), NOW))
    assert "Nothing needs to be done." in part(sink.mails[0], "plain")
    assert sink.recipients == [["owner@localhost"]]


def test_hostile_names_stay_text(sink: Sink) -> None:
    channel()
    name = "<img src=x onerror=alert(1)>\r\nBcc: all@example.com\u202e{{ 7|add:7 }}"
    (found,) = dispatch.tell([opened(name)], NOW)
    email.send(Delivery.objects.get(pk=found))
    (mail,) = sink.mails
    assert mail["Bcc"] is None
    assert "<img" not in part(mail, "html")
    assert "&lt;img" in part(mail, "html")
    assert "{{ 7|add:7 }}" in part(mail, "plain")
    assert mail["Subject"].startswith("<img src=x onerror=alert(1)> Bcc: all@example.com {{ 7|add:7 }}: ")


def test_a_refused_mail_is_a_channel_error(sink: Sink) -> None:
    sink.answer = "554 no room"
    channel()
    with pytest.raises(ChannelError, match="no room") as refusal:
        email.send(delivery())
    assert not refusal.value.permanent


def test_no_mail_server(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_PORT = taken.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    channel()
    with pytest.raises(ChannelError, match="ConnectionRefusedError"):
        email.send(delivery())
