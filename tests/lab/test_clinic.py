"""Which cases Clinic Doctor is asked about."""

from __future__ import annotations

from dataclasses import replace

from tests.lab import clinic, discovery

CASE = discovery.load("cases", "block_json")


def test_it_is_asked_about_one_process_that_lives_and_no_recording() -> None:
    service = CASE.services[0]
    assert clinic.fits(CASE)
    assert not clinic.fits(replace(CASE, stretched=14.4))
    others = (replace(service, workers=2), replace(service, copies=2), replace(service, telemetry="pm2"))
    assert not any(clinic.fits(replace(CASE, services=(other,))) for other in others)


def test_it_is_asked_once() -> None:
    cases = {"one": CASE, "asked": CASE, "days": replace(CASE, stretched=14.4)}
    results = [{"name": "one"}, {"name": "asked", "clinic": "io"}, {"name": "days"}]
    assert [result["name"] for result in clinic.unasked(results, cases)] == ["one"]
