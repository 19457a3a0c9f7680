"""Windows of cases that were played: judged again by the rules as they are now."""

from __future__ import annotations

import gzip
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.features.window import ServiceWindow
from advisor.fleet.models import Service
from tests.builders import NOW, Load, service
from tests.lab import discovery, windows

CASE = replace(discovery.load("cases", "block_json"), onset=300.0)


def kept(where: Path, window: ServiceWindow) -> list[windows.Warned]:
    with gzip.open(where, "wb") as file:
        pickle.dump(window, file)
    return list(windows.judged(where, CASE, 1.0))


def test_a_full_loop_is_told_once_with_its_time_and_its_way_out(tmp_path: Path) -> None:
    (found,) = kept(tmp_path / "one.gz", service(Load(elu=0.9, noise=0.0), seconds=1800.0))
    assert (found.rule, found.first) == ("event-loop-saturated", "cluster")
    assert 240.0 <= found.after + CASE.onset <= 360.0


def test_a_healthy_service_is_told_of_by_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path / "one.gz", service(Load(elu=0.2), seconds=1800.0)) == []


@pytest.mark.django_db
def test_what_never_reported_has_no_window_and_what_did_has_all_of_it(tmp_path: Path) -> None:
    windows.keep("shop", NOW - 900, NOW, 10.0, tmp_path / "none.gz")
    assert not (tmp_path / "none.gz").exists()
    Service.objects.create(name="shop", first_seen="2023-11-14T22:00Z", last_seen="2023-11-14T22:13Z")
    windows.keep("shop", NOW - 900, NOW, 10.0, tmp_path / "one.gz")
    with gzip.open(tmp_path / "one.gz") as file:
        window = pickle.load(file)
    assert (window.name, window.start, window.end) == ("shop", NOW - 900, NOW)


def test_a_case_that_differs_has_a_window_of_its_own() -> None:
    there, other = (windows.path("cases", "one", case, 10.0) for case in (CASE, replace(CASE, onset=1.0)))
    assert there != other
    assert there.name.startswith("cases-at-10-one-")
