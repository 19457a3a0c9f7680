from __future__ import annotations

import pytest

from advisor_agent.statement_text import LENGTH, shown


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("SELECT *\n  FROM carts\n WHERE id = $1", "SELECT * FROM carts WHERE id = $1"),
        ("/* traceparent='00-ab' */ SELECT 1", "SELECT ?"),
        ("select a -- of Ada\nfrom b", "select a from b"),
        ("SELECT 'it''s', E'\\'x', $$ada$$, $q$a$b$q$, 12.5", "SELECT ?, ?, ?, ?, ?"),
        ('INSERT INTO "Order 66" (a1) VALUES ($1, $22)', 'INSERT INTO "Order 66" (a1) VALUES ($1, $22)'),
        ("SELECT * FROM t2 WHERE name = 'cut off in the mid", "SELECT * FROM t2 WHERE name = ?"),
        ("WITH x AS (SELECT $1) SELECT * FROM x", "WITH x AS (SELECT $1) SELECT * FROM x"),
    ],
)
def test_a_query_without_comments_and_values(text, short):
    assert shown(text) == short


@pytest.mark.parametrize(
    "text",
    [
        "ALTER ROLE ada PASSWORD 'hunter2'",
        "CREATE USER MAPPING FOR ada SERVER s OPTIONS (password 'hunter2')",
        "<insufficient privilege>",
        "COPY carts FROM STDIN",
        "/* SELECT */",
        "",
    ],
)
def test_what_is_no_plain_query_is_not_shown(text):
    assert shown(text) == ""


def test_a_long_one_is_cut():
    assert len(shown("SELECT " + "column_name, " * 50)) <= LENGTH
