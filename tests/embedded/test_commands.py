"""`manage.py link` and `manage.py heartbeat`."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advisor.pipeline.models import Heartbeat

pytestmark = pytest.mark.django_db


def spoken(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue().strip()


def test_a_link_signs_in_once(settings: Settings, client: Client) -> None:
    settings.PUBLIC_URL = "https://advisor.example.com"
    link = spoken("link")
    assert link.startswith("https://advisor.example.com/sign-in/")
    path = link.removeprefix("https://advisor.example.com")
    client.get(path)
    assert "_auth_user_id" in client.session
    again = Client()
    again.get(path)
    assert "_auth_user_id" not in again.session


def test_every_link_is_another() -> None:
    assert spoken("link") != spoken("link")


def test_no_sign_of_life_yet() -> None:
    with pytest.raises(CommandError, match="No service was looked at yet"):
        spoken("heartbeat")


@pytest.mark.parametrize(("age", "lives"), [(0, True), (119, True), (121, False)])
def test_three_periods_may_be_missed(settings: Settings, age: int, lives: bool) -> None:
    settings.EVALUATE_SECONDS = 30.0
    Heartbeat.objects.create(name=Heartbeat.EVALUATION, at=timezone.now() - timedelta(seconds=age))
    if lives:
        assert spoken("heartbeat")
    else:
        with pytest.raises(CommandError, match=r"No service was looked at since .* see the logs of"):
            spoken("heartbeat")
