from __future__ import annotations

from django.test import Client

from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


def test_an_empty_list_says_what_will_be_here(page: Client) -> None:
    text = words(page.get("/recommendations/").content)
    assert "No advice at the moment" in text
    assert "as soon as a rule holds" in text


def test_what_waits_comes_before_what_forms_and_what_ended(page: Client, cast: Cast) -> None:
    cast.advise(rule="a", state="resolved", ended_at=cast.now)
    cast.advise(rule="b", state="forming")
    cast.advise(rule="c")
    text = words(page.get("/recommendations/").content)
    assert "One recommendation waits for you" in text
    assert text.index("Waiting for you") < text.index("Forming State") < text.index("Earlier")


def test_what_formed_and_passed_without_opening_is_not_advice(page: Client, cast: Cast) -> None:
    cast.advise(rule="a", state="resolved", opened_at=None, ended_at=cast.now)
    assert "Earlier" not in words(page.get("/recommendations/").content)
