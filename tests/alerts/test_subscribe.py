"""A webhook is checked when it is added, and an address is there once."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from advisor.alerts.models import Channel
from advisor.alerts.subscribe import subscribe

pytestmark = pytest.mark.django_db

URL = "https://hooks.example.com/advisor"


def test_a_webhook_gets_a_secret_and_a_name() -> None:
    channel, secret = subscribe(URL)
    assert channel.config == {"url": URL, "secret": secret}
    assert secret.startswith("whsec_")
    assert channel.name == "Webhook to hooks.example.com"


def test_the_same_address_again_changes_the_secret_and_switches_it_on() -> None:
    first, old = subscribe(URL, name="Ours")
    Channel.objects.filter(pk=first.pk).update(enabled=False)
    again, new = subscribe(URL)
    assert again.pk == first.pk
    assert (again.enabled, again.name) == (True, "Ours")
    assert new != old


def test_plain_http_needs_an_allowed_range(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = []
    with pytest.raises(ValueError, match="ADVISOR_WEBHOOK_ALLOW"):
        subscribe("http://127.0.0.1:9000/")
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]
    assert subscribe("http://127.0.0.1:9000/")[0].enabled


@pytest.mark.parametrize(("url", "secret"), [("ftp://example.com/", ""), ("no address", ""), (URL, "whsec_short")])
def test_what_cannot_work_is_said_at_once(url: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        subscribe(url, secret)
    assert not Channel.objects.filter(kind="webhook").exists()
