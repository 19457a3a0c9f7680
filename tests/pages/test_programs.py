from __future__ import annotations

from django.template.loader import render_to_string

from advisor.features.window import HostWindow, PartWindow
from advisor.pages.programs import ProgramRow, program_rows
from advisor.vocabulary import PartKind
from tests.pages.test_fleet import words
from tests.pages.windows import part, track


def machine(*parts: PartWindow) -> HostWindow:
    return HostWindow(1, "web-01", track(cpu_user=[1.0]), parts)


LEVELS: dict[str, list[float]] = {"active": [7, 9], "memory": [1e9, 2e9], "threads": [7, 9], "used": [90, 95]}
POSTGRES = part(PartKind.PROGRAM, "postgres", busy=[4, 6], **LEVELS)
NGINX = part(PartKind.PROGRAM, "nginx", active=[3], busy=[9], memory=[4e7])


def test_the_program_that_uses_most_of_the_processors_comes_first() -> None:
    nginx, postgres = program_rows(machine(POSTGRES, NGINX, part(PartKind.DISK, "sda", busy=[1])))
    assert nginx == ProgramRow("nginx", 3, 0.9, 4e7, None, None)
    assert postgres == ProgramRow("PostgreSQL", 9, 0.5, 2e9, 9, 95)


def test_a_host_without_any_has_no_rows() -> None:
    assert program_rows(machine()) == []


def test_the_table_says_what_each_uses() -> None:
    context = {"host": machine(), "programs": program_rows(machine(POSTGRES))}
    assert "PostgreSQL 0.5 2 GB 9 9 95" in words(render_to_string("parts/host_programs.html", context).encode())
