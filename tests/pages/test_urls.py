"""Every address needs a signed-in person, except a named few."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from advisor.pages.urls import urlpatterns
from tests.pages.fleet import Cast

OPEN_TO_ALL = {"sign_in", "redeem", "livez", "readyz", "agent_file", "probe_file", "enroll"}
ARGUMENTS = {"number": 1, "chart": "loop_busy", "name": "event-loop-saturated", "token": "none"}
NAMES = sorted(pattern.name for pattern in urlpatterns if pattern.name)


def address(name: str, **known: object) -> str:
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: (ARGUMENTS | known)[key] for key in wanted})


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPEN_TO_ALL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in_page(client: Client, db: None, name: str, method: str) -> None:
    answer = getattr(client, method)(address(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", sorted(OPEN_TO_ALL))
def test_the_named_few_are_open(client: Client, db: None, name: str) -> None:
    assert client.get(address(name)).status_code in (200, 403, 405)


def test_no_page_fails_for_somebody_signed_in(page: Client, cast: Cast) -> None:
    cast.advise(pk=1)
    for name in NAMES:
        assert page.get(address(name)).status_code in (200, 302, 403, 404, 405), name


def test_every_page_says_which_place_it_belongs_to(page: Client, cast: Cast) -> None:
    numbers = {"host": cast.host.pk, "recommendation": cast.advise().pk}
    shown, marked = set[str](), set[str]()
    for name in NAMES:
        answer = page.get(address(name, number=numbers.get(name, cast.service.pk)))
        bar = (
            answer.content.partition(b'class="tabbar"')[2].partition(b"</nav>")[0] if answer.status_code == 200 else b""
        )
        shown |= {name} if bar else set()
        marked |= {name} if b'aria-current="page"' in bar else set()
    assert shown - marked == {"sign_in"}, "it belongs to none"
    assert {*numbers, "service", "limits_of_entry", "keys", "database", "handbook_entry", "mail"} <= marked


def test_pages_carry_the_strict_policy(page: Client) -> None:
    policy = page.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
