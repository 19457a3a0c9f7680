from __future__ import annotations

import pytest
from django.test import Client

from advisor.engine.registry import RULES, STRATEGIES
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


def test_everything_that_judges_is_listed(page: Client) -> None:
    text = words(page.get("/rules/").content)
    assert all(entry.title in text for entry in (*RULES.values(), *STRATEGIES.values()))


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_a_page_shows_the_sections_and_the_limits_of_its_file(page: Client, name: str) -> None:
    entry = RULES.get(name) or STRATEGIES[name]
    html = page.get(f"/rules/{name}/").content.decode()
    assert all(line[3:] in html for line in entry.doc.splitlines() if line.startswith("## "))
    assert "{" not in html.split("<main")[1].split("</main>")[0]


def test_a_page_leads_to_the_limits_of_each_service(page: Client, cast: Cast) -> None:
    address = f"/services/{cast.service.pk}/limits/event-loop-saturated/"
    html = page.get("/rules/event-loop-saturated/").content.decode()
    assert html.count(f'href="{address}"') == 1
    assert "nightly" not in html  # it does not serve, and is not judged
    page.post(address, {"limit": "busy", "value": "90", "reason": "batch work"})
    html = page.get("/rules/event-loop-saturated/").content.decode()
    assert f'href="{address}#limit-busy"' in html
    assert "batch work" in html


def test_there_is_no_page_of_what_does_not_judge(page: Client) -> None:
    assert page.get("/rules/nothing/").status_code == 404
