from __future__ import annotations

import pytest
from django.test import Client

from advisor.diagnosis import Limit
from advisor.engine.registry import RULES, STRATEGIES
from advisor.pages.limits import row
from advisor.recommendations.models import LimitOverride
from tests.pages.fleet import EVIDENCE, Cast
from tests.pages.test_fleet import words

RULE = "event-loop-saturated"


def address(cast: Cast, name: str = "") -> str:
    return f"/services/{cast.service.pk}/limits/{name}{'/' if name else ''}"


def put(page: Client, cast: Cast, **form: str) -> tuple[int, str]:
    said = {"limit": "busy", "value": "90", "reason": "batch work"} | form
    answer = page.post(address(cast, RULE), said, follow=True)
    return answer.status_code, words(answer.content)


def test_what_has_limits_can_be_chosen(page: Client, cast: Cast) -> None:
    html = page.get(address(cast)).content.decode()
    assert "All limits are defaults" in html
    assert all(address(cast, name) in html for name, entry in {**RULES, **STRATEGIES}.items() if entry.changeable)


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_every_limit_has_its_default_and_its_reason(page: Client, cast: Cast, name: str) -> None:
    html = page.get(address(cast, name)).content.decode()
    entry = RULES.get(name) or STRATEGIES[name]
    assert all(f'name="limit" value="{key}"' in html for key in entry.changeable)
    assert html.count("Default ") >= len(entry.changeable)


def test_a_limit_is_set_in_the_unit_that_people_read(page: Client, cast: Cast) -> None:
    status, text = put(page, cast)
    assert status == 200
    assert "Busy: 90% for checkout from the next look on." in text
    own = LimitOverride.objects.get()
    assert (own.entry, own.limit, own.value, own.reason, own.set_by) == (RULE, "busy", 0.9, "batch work", "owner")
    listed = words(page.get(address(cast)).content)
    assert "One limit is your own" in listed
    assert "Busy Event loop saturated 90% batch work" in listed


def test_a_reset_goes_back(page: Client, cast: Cast) -> None:
    put(page, cast)
    assert "Go back to 80%" in words(page.get(address(cast, RULE)).content)
    _, text = put(page, cast, reset="1", value="", reason="")
    assert "Busy: back to the default, 80%." in text
    assert not LimitOverride.objects.exists()


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"value": "many"}, "The value must be a number, such as 75 or 0.5."),
        ({"value": "140"}, "it must be 100% or less"),
        ({"value": "0"}, "greater than 0"),
        ({"value": "nan"}, "greater than 0"),
        ({"reason": " "}, "Say in a few words why"),
        ({"value": "65"}, "Busy cannot be 65%: it must be at least Relaxed, which is 70% for this service."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    page: Client, cast: Cast, form: dict[str, str], wrong: str
) -> None:
    answer = page.post(address(cast, RULE), {"limit": "busy", "value": "90", "reason": "batch <work>"} | form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert wrong in html
    assert f'name="value" inputmode="decimal" autocomplete="off" required value="{form.get("value", "90")}"' in html
    assert html.count('role="alert"') == 1
    assert "<work>" not in html
    assert not LimitOverride.objects.exists()


def test_a_default_on_the_wrong_side_of_its_partner_is_not_gone_back_to(page: Client, cast: Cast) -> None:
    put(page, cast)
    put(page, cast, limit="relaxed", value="85")
    answer = page.post(address(cast, RULE), {"limit": "busy", "value": "88", "reason": "typed", "reset": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Busy cannot be 80%: it must be at least Relaxed, which is 85% for this service. Set Relaxed lower" in html
    assert 'required value="88"' in html
    assert 'required value="typed"' in html
    assert LimitOverride.objects.get(limit="busy").value == 0.9


def test_what_does_not_exist_has_no_page(page: Client, cast: Cast) -> None:
    assert page.get(address(cast, "nothing")).status_code == 404
    assert page.get("/services/99/limits/").status_code == 404
    assert page.post(address(cast, RULE), {"limit": "nothing", "value": "1", "reason": "x"}).status_code == 404


def test_nobody_sets_a_limit_without_signing_in(client: Client, cast: Cast) -> None:
    assert client.post(address(cast, RULE), {"limit": "busy", "value": "90", "reason": "x"}).status_code == 302
    assert not LimitOverride.objects.exists()


@pytest.mark.parametrize(
    ("limit", "unit", "value", "default"),
    [
        (Limit(0.05, "1", ""), "%", "5", "5%"),
        (Limit(3.0, "1", ""), "", "3", "3"),
        (Limit(0.1, "s", ""), "seconds", "0.1", "0.1 seconds"),
        (Limit(2e7, "By", ""), "MB", "20", "20 MB"),
        (Limit(3.0, "{minute}", ""), "minutes", "3", "3 minutes"),
    ],
)
def test_units_are_those_of_people(limit: Limit, unit: str, value: str, default: str) -> None:
    shown = row("busy", limit, None)
    assert (shown.unit, shown.value, shown.default) == (unit, value, default)


def test_a_limit_of_a_rule_that_is_gone_is_not_shown(page: Client, cast: Cast) -> None:
    LimitOverride.objects.create(
        service=cast.service, entry="gone", limit="busy", value=1.0, reason="old", set_at=cast.now
    )
    assert "All limits are defaults" in words(page.get(address(cast)).content)


def test_evidence_says_where_a_limit_is_the_service_s_own(page: Client, cast: Cast) -> None:
    advice = cast.advise(evidence=[EVIDENCE[0] | {"yours": True}, EVIDENCE[1]])
    text = words(page.get(f"/recommendations/{advice.pk}/").content)
    assert "at least 85% your limit" in text
    assert text.count("your limit") == 1
