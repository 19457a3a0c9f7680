"""The key that most statements name: what they look for and insert, not what they show or set."""

from __future__ import annotations

import pytest

from advisor.features.keys import Key, named_most
from advisor.features.statements import Statement


def told(text: str, share: float = 1.0, mean: float = 0.01) -> Statement:
    return Statement("postgresql db 5432 shop", text, 1.0, mean, share)


@pytest.mark.parametrize("text", [
    "SELECT * FROM orders WHERE tenant_id = $1 AND id = $2",
    'select "o"."id" from "orders" "o" where "o"."tenant_id" = $1',
    "SELECT * FROM orders WHERE TENANT_ID IN ($1, $2)",
    "INSERT INTO orders (id, tenant_id) VALUES ($1, $2)",
    "INSERT INTO shop.orders(tenant_id, id, placed_at, and_many_more_columns, whose_list_is_cut, after_120_char",
    "UPDATE orders SET customer_id = $1 WHERE tenant_id = $2",
    "DELETE FROM orders WHERE tenant_id=$1",
])  # fmt: skip
def test_a_statement_names_what_it_looks_for_or_inserts(text: str) -> None:
    assert named_most([told(text)]) == Key("tenant_id", 1.0)


@pytest.mark.parametrize("text", [
    "SELECT tenant_id FROM orders WHERE id = $1",
    "UPDATE orders SET tenant_id = $1 WHERE id = $2",
    "UPDATE orders SET tenant_id = $1",
    "SELECT count(*) FROM orders",
    "SET tenant_id = 5",
])  # fmt: skip
def test_what_is_shown_or_set_finds_no_row(text: str) -> None:
    assert named_most([told(text)]) is None


def test_it_counts_calls_not_time() -> None:
    """A tenth of the time at a tenth of the length is as many calls as all the rest."""
    slow, quick = told("SELECT * FROM a WHERE order_id = $1", 0.9, 0.09), told("DELETE FROM b WHERE region = $1", 0.1)
    more = told("SELECT 1 FROM c WHERE region = $1", 0.1)
    for found, name, share in (([slow, quick], "order_id", 0.5), ([slow, quick, more], "region", 2 / 3)):
        key = named_most(found)
        assert key is not None
        assert key.name == name
        assert key.share == pytest.approx(share)


def test_statements_that_touch_no_data_do_not_count() -> None:
    assert named_most([told("BEGIN"), told("SELECT 1 FROM a WHERE tenant_id = $1", 0.1)]) == Key("tenant_id", 1.0)
    assert named_most([]) is None
