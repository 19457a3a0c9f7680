"""column: the kinds of part, and whose they are."""

from __future__ import annotations

from advisor.vocabulary import PartKind


def test_a_kind_of_part_belongs_to_a_process_or_to_a_host() -> None:
    of_host = {kind.value for kind in PartKind if not kind.of_process}
    seen_from_outside = {"disk", "interface", "cpu", "collector"}
    assert of_host == seen_from_outside | {"program", "datastore", "replica", "statement", "app"}
