from __future__ import annotations

import pytest

from advisor.ingest.command_lines import redacted_line, redacted_path
from advisor.ingest.redaction import joined, redacted
from agents.contract.secret_forms import HARMLESS, forms


def test_a_line_is_read_as_the_words_that_it_was_made_of() -> None:
    words = ["node", "", "a b", 'say "x y"', "back\\slash and blank", '"quoted"', "it's"]
    assert redacted_line(joined(words)) == joined(words)


def test_a_line_without_secrets_does_not_change_again() -> None:
    lines = [joined(redacted(["node", *form.words])) for form in forms()]
    assert [line for line in lines if redacted_line(redacted_line(line)) != redacted_line(line)] == []


def test_the_secrets_of_any_line_are_taken_out() -> None:
    lines = ((form, redacted_line(joined(["node", *form.words, "--port", "3000"]))) for form in forms())
    assert [(form.words, line) for form, line in lines if form.leaks(line)] == []


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/srv/my shop/server.js", "/srv/my shop/server.js"),
        ("/srv/a.js --password x", "/srv/a.js --password [redacted]"),
    ],
)
def test_a_path_may_have_blanks(path: str, kept: str) -> None:
    assert redacted_path(path) == kept


def test_ordinary_paths_stay() -> None:
    assert [word for word in HARMLESS if redacted_path(word) != word] == []
