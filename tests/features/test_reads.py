"""reads: what only reads, what writes, and what must never be answered with the past."""

from __future__ import annotations

import pytest

from advisor.features.reads import of_routes, of_statements
from advisor.features.statements import Statement
from tests.builders import Load, snapshot

EXACT = ("/payments/:id", "/pay", "/checkout", "/cart", "/api/v1/orders/:id", "/orderStatus", "/inventory", "/stock",
         "/login", "/sessions", "/auth/callback", "/oauth2/token", "/authorize", "/user-balances")  # fmt: skip
PLAIN = ("/products/:id", "/authors", "/payload", "/stockholm", "/border", "/cartoons", "/tokenizer", "/catalogue")


@pytest.mark.parametrize("path", EXACT)
def test_money_stock_and_login_are_exact(path: str) -> None:
    found = of_routes(snapshot(Load(routes={f"GET {path}": 1.0})).routes(300.0))
    assert (found.names, found.exact, found.share, found.exact_share) == ((), (f"GET {path}",), 0.0, 1.0)


@pytest.mark.parametrize("path", PLAIN)
def test_words_that_only_look_like_them_are_not(path: str) -> None:
    found = of_routes(snapshot(Load(routes={f"GET {path}": 1.0})).routes(300.0))
    assert (found.names, found.exact, found.share) == ((f"GET {path}",), (), 1.0)


def test_methods_decide_what_writes() -> None:
    routes = {"GET /products": 0.5, "HEAD /products": 0.1, "POST /reviews": 0.2, "DELETE /reviews/:id": 0.1,
              "OPTIONS /products": 0.1}  # fmt: skip
    found = of_routes(snapshot(Load(routes=routes, noise=0.0)).routes(300.0))
    assert found.names == ("GET /products", "HEAD /products")
    assert found.share == pytest.approx(0.6)
    assert found.writes == pytest.approx(0.3 / 0.9)


def statement(text: str, calls: float = 1.0, mean: float = 0.01, share: float = 0.5) -> Statement:
    return Statement("postgresql 127.0.0.1 5432 shop", text, calls, mean, share)


@pytest.mark.parametrize(("text", "reads", "exact", "writes"), [
    ("SELECT * FROM products WHERE id = $1", True, False, 0.0),
    ("WITH top AS (SELECT 1) SELECT * FROM top", True, False, 0.0),
    ("SELECT * FROM orders WHERE id = $1", False, True, 0.0),
    ("SELECT p.id FROM products p JOIN shop.stock s ON s.id = p.id", False, True, 0.0),
    ("SELECT * FROM products ORDER BY name", True, False, 0.0),
    ("SELECT * FROM products WHERE id = $1 FOR UPDATE", False, False, 1.0),
    ("WITH gone AS (DELETE FROM jobs RETURNING id) SELECT * FROM gone", False, False, 1.0),
    ("INSERT INTO products VALUES ($1)", False, False, 1.0),
    ("SELECT updated_at FROM products", True, False, 0.0),
    ("COMMIT", False, False, 0.0),
])  # fmt: skip
def test_statements_read_or_write(text: str, reads: bool, exact: bool, writes: float) -> None:
    found = of_statements([statement(text)])
    assert (bool(found.names), bool(found.exact), found.writes) == (reads, exact, writes)


def test_calls_and_not_their_time_decide_how_much_is_written() -> None:
    """Writes of 1 ms that take a tenth of the time are as many as reads of 9 ms that take nine tenths."""
    found = of_statements([
        statement("SELECT * FROM products", mean=0.009, share=0.9),
        statement("INSERT INTO clicks VALUES ($1)", mean=0.001, share=0.1),
    ])  # fmt: skip
    assert found.writes == pytest.approx(0.5)
    assert found.share == pytest.approx(0.9)


def test_nothing_is_no_read() -> None:
    found = of_routes(())
    assert (found.names, found.share, found.writes) == ((), 0.0, 0.0)
