"""write_handbook: a file a page, and a check that sees what drifted."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from advisor.engine import RULES, STRATEGIES


@pytest.fixture
def docs(tmp_path: Path, settings: Settings) -> Path:
    settings.BASE_DIR = tmp_path
    call_command("write_handbook", stdout=StringIO())
    return tmp_path / "templates/docs"


def test_every_rule_and_strategy_has_its_file(docs: Path) -> None:
    assert {path.stem for path in (docs / "rules").iterdir()} == set(RULES)
    assert {path.stem for path in (docs / "strategies").iterdir()} == set(STRATEGIES)
    text = (docs / "rules/event-loop-saturated.md").read_text()
    assert text.startswith("# Event loop saturated\n")
    assert "## Limits\n\n| Limit | Value | Why |\n| --- | --- | --- |\n" in text
    call_command("write_handbook", "--check")


@pytest.mark.parametrize("spoil", ["changed", "missing", "left over"])
def test_the_check_names_what_drifted(docs: Path, spoil: str) -> None:
    path = docs / "rules/event-loop-blocked.md"
    if spoil == "changed":
        path.write_text(path.read_text().replace("0.1", "0.2"))
    elif spoil == "missing":
        path.unlink()
    else:
        path = docs / "rules/long-gone.md"
        path.write_text("# Long gone\n")
    with pytest.raises(CommandError, match=f"rules/{path.name}.*write_handbook"):
        call_command("write_handbook", "--check")
    call_command("write_handbook", stdout=StringIO())
    call_command("write_handbook", "--check")


def test_one_page_is_printed() -> None:
    out = StringIO()
    call_command("write_handbook", "--show", "cluster", stdout=out)
    assert out.getvalue().startswith("# ")
    with pytest.raises(CommandError, match=r"no rule or strategy clustre\. There are: .*cluster"):
        call_command("write_handbook", "--show", "clustre")
