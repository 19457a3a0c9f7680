"""A worker that is killed between sending and marking: the repeat carries the same id."""

from __future__ import annotations

import multiprocessing
import os
import signal
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from advisor.alerts import outbox
from advisor.alerts.models import Delivery
from tests.alerts.mail_sink import mail_sink
from tests.alerts.outbox_rows import SECRET, channel, delivery
from tests.alerts.receivers import answering, receiving


def _killed_before_it_is_marked(ids: list[UUID]) -> None:
    connections.close_all()
    outbox._settle = lambda *arguments: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]  # the fault
    for found in ids:
        outbox.attempt(found)


def _send_and_be_killed(ids: list[UUID]) -> None:
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=_killed_before_it_is_marked, args=(ids,))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    Delivery.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_mail_repeated_after_a_kill_has_the_same_id(settings: Settings) -> None:
    with mail_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        channel()
        row = delivery()
        _send_and_be_killed([row.pk])
        outbox.attempt(row.pk)
    assert len(sink.mails) == 2
    assert {mail["Message-ID"] for mail in sink.mails} == {f"<{row.pk}@127.0.0.1>"}


@pytest.mark.django_db(transaction=True)
def test_a_mail_file_repeated_after_a_kill_is_one_file(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "advisor.alerts.mailfile.EmailBackend"
    channel()
    row = delivery()
    _send_and_be_killed([row.pk])
    outbox.attempt(row.pk)
    folder = settings.MAIL_FOLDER
    assert [path.name for path in folder.glob(f"{row.pk}*")] == [f"{row.pk}.eml"]


@pytest.mark.django_db(transaction=True)
def test_a_webhook_repeated_after_a_kill_has_the_same_id(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]
    with receiving(answering("204 No Content")) as receiver:
        channel("webhook", url=f"http://127.0.0.1:{receiver.port}/", secret=SECRET)
        row = delivery()
        _send_and_be_killed([row.pk])
        outbox.attempt(row.pk)
    assert len(receiver.requests) == 2
    assert all(f"webhook-id: {row.pk}".encode() in request for request in receiver.requests)
    bodies = {request.partition(b"\r\n\r\n")[2] for request in receiver.requests}
    assert len(bodies) == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == ("delivered", 2)
