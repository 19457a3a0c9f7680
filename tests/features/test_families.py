"""Families: the narrowest part that stands out."""

from __future__ import annotations

import pytest

from advisor.features.families import path_of, standing_out


def _routes(**shares: float) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda route: -route[1])


@pytest.mark.parametrize(
    ("shares", "name", "path"),
    [
        ({"GET /a": 0.6, "GET /b": 0.4}, "GET /a", "/a"),
        ({"GET /r/x": 0.3, "GET /r/:id": 0.3, "GET /b": 0.4}, "what is under /r/", "/r/"),
        ({"GET /api/r/x": 0.3, "GET /api/r/y": 0.3, "GET /api/b": 0.4}, "what is under /api/r/", "/api/r/"),
        ({"GET /api/r/x": 0.3, "GET /api/s/y": 0.4, "GET /b": 0.3}, "what is under /api/", "/api/"),
        ({"GET /a": 0.96, "GET /b": 0.04}, None, ""),
        ({"GET /a": 0.4, "GET /b": 0.3, "GET /c": 0.3}, None, ""),
        ({"GET /api/a": 0.4, "GET /api/b": 0.4, "GET /api/c": 0.2}, None, ""),
        ({"other": 0.7, "GET /": 0.3}, "other", ""),
    ],
)
def test_the_narrowest_part_that_stands_out(shares: dict[str, float], name: str | None, path: str) -> None:
    found = standing_out(_routes(**shares), 0.5, 0.95)
    assert (found and found.name) == name
    assert found is None or (found.path == path and 0.5 <= found.share < 0.95)


@pytest.mark.parametrize(
    ("route", "path"),
    [
        ("POST /render/:id", "/render/"),
        ("GET /", "/"),
        ("GET /a-b/c.json", "/a-b/c.json"),
        ("other", ""),
        ("GET /[id]", "/"),
    ],
)
def test_a_path_ends_at_its_first_parameter(route: str, path: str) -> None:
    assert path_of(route) == path
