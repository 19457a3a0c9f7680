from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from advisor.alerts import outbox
from advisor.alerts.models import Attempt, Channel, Delivery
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


@pytest.fixture
def channel(db: None, settings: Settings, tmp_path: Path) -> Channel:
    settings.MAIL_FOLDER = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "advisor.alerts.mailfile.EmailBackend"
    Channel.objects.all().delete()
    return Channel.objects.create(kind="email", name="Mail", config={"to": ["owner@example.com"]})


def test_a_test_message_says_how_it_went_and_appears_in_the_log(page: Client, channel: Channel) -> None:
    text = words(page.post(f"/alerts/{channel.pk}/test/", follow=True).content)
    assert "Mail: delivered in" in text
    assert "Test message" in text
    assert "Mails written as files" in text
    assert "Every channel works" in text


def test_a_failing_channel_is_named_in_the_heading(page: Client, channel: Channel, cast: Cast) -> None:
    delivery = Delivery.objects.create(channel=channel, subject="x", due_at=cast.now, tries=1)
    Attempt.objects.create(delivery=delivery, at=cast.now - timedelta(hours=1), seconds=1, ok=True)
    Attempt.objects.create(delivery=delivery, at=cast.now, seconds=1, ok=False, answer="503 from the receiver")
    text = words(page.get("/alerts/").content)
    assert "One channel is failing" in text
    assert "503 from the receiver" in text
    assert "Tries again" in text


def test_the_secret_of_a_webhook_is_never_shown(page: Client, channel: Channel) -> None:
    Channel.objects.create(
        kind="webhook", name="Hook", config={"url": "https://example.com/h", "secret": "whsec_hidden"}
    )
    html = page.get("/alerts/").content.decode()
    assert "https://example.com/h, signed" in html
    assert "whsec_hidden" not in html


def test_a_webhook_is_added_and_its_secret_shown_once(page: Client, channel: Channel) -> None:
    answer = page.post("/alerts/webhooks/", {"url": "https://hooks.example.com/advisor"})
    added = Channel.objects.get(kind="webhook")
    assert added.config["secret"] in words(answer.content)
    assert added.config["secret"] not in words(page.get("/alerts/").content)


def test_an_address_that_cannot_be_reached_is_refused_and_stays_in_the_form(page: Client, channel: Channel) -> None:
    answer = page.post("/alerts/webhooks/", {"url": "http://hooks.example.com/advisor"})
    assert answer.status_code == 422
    assert b'value="http://hooks.example.com/advisor"' in answer.content
    assert "https" in words(answer.content)
    assert not Channel.objects.filter(kind="webhook").exists()


def test_a_channel_is_switched_off_and_on_again(page: Client, channel: Channel) -> None:
    off = words(page.post(f"/alerts/{channel.pk}/switch/", {"to": "off"}, follow=True).content)
    channel.refresh_from_db()
    assert not channel.enabled
    assert "Mail is switched off." in off
    assert "Nobody is told yet" in off
    assert "Switch on Mail" in off
    assert "Send test" not in off
    on = words(page.post(f"/alerts/{channel.pk}/switch/", {"to": "on"}, follow=True).content)
    channel.refresh_from_db()
    assert channel.enabled
    assert "Switch off Mail" in on


def test_what_waits_for_a_channel_that_is_switched_off_is_not_sent(page: Client, channel: Channel, cast: Cast) -> None:
    delivery = Delivery.objects.create(channel=channel, subject="x", due_at=cast.now)
    page.post(f"/alerts/{channel.pk}/switch/", {"to": "off"})
    outbox.send([delivery.id])
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.FAILED
    assert "The channel is switched off." in words(page.get("/alerts/").content)
