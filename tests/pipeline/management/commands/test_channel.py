"""Adding and listing channels from a terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from advisor.alerts.models import Channel
from tests.alerts.outbox_rows import SECRET, channel

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/in?team=7"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("channel", *arguments, stdout=out)
    return out.getvalue()


def test_a_webhook_gets_a_secret_that_is_shown_once() -> None:
    said = run("add-webhook", "--url", URL)
    found = Channel.objects.get(kind="webhook")
    assert said == f"Signing secret (shown once): {found.config['secret']}\n"
    assert (found.name, found.config["url"], found.enabled) == ("Webhook to hooks.example.com", URL, True)
    assert found.config["secret"] not in run("list")


def test_adding_it_again_changes_its_secret_and_switches_it_on() -> None:
    run("add-webhook", "--url", URL)
    Channel.objects.filter(kind="webhook").update(enabled=False)
    assert SECRET in run("add-webhook", "--url", URL, "--secret", SECRET)
    found = Channel.objects.get(kind="webhook")
    assert (found.config, found.enabled) == ({"url": URL, "secret": SECRET}, True)


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("ftp://example.com/", SECRET, "must start with https"),
        ("https://127.1/", SECRET, "usual spelling"),
        ("http://127.0.0.1:9000/", SECRET, "ADVISOR_WEBHOOK_ALLOW"),
        (URL, "guess", "24 to 64 bytes"),
    ],
)
def test_what_cannot_work_is_refused(url: str, secret: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("add-webhook", "--url", url, "--secret", secret)
    assert not Channel.objects.filter(kind="webhook").exists()


def test_plain_http_is_for_allowed_ranges(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]
    run("add-webhook", "--url", "http://127.0.0.1:9000/")
    assert Channel.objects.filter(kind="webhook").exists()


def test_the_list_says_where_messages_go(settings: Settings) -> None:
    settings.MAIL_TO = ["owner@localhost"]
    mail = channel()
    run("add-webhook", "--url", URL)
    Channel.objects.filter(kind="webhook").update(enabled=False)
    hook = Channel.objects.get(kind="webhook")
    assert run("list").splitlines() == [
        f"{mail.pk}  email  on  Email  owner@localhost",
        f"{hook.pk}  webhook  off  Webhook to hooks.example.com  {URL}",
    ]
