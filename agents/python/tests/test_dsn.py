from __future__ import annotations

import pytest

from advisor_agent.dsn import POSTGRESQL, REDIS, Dsn


@pytest.mark.parametrize(
    ("url", "systems", "words", "names"),
    [
        (
            "postgresql://advisor:p@127.0.0.1/shop",
            POSTGRESQL,
            "PostgreSQL shop at 127.0.0.1:5432",
            ["postgresql", "127.0.0.1", "5432", "shop"],
        ),
        ("postgres://shop@db", POSTGRESQL, "PostgreSQL shop at db:5432", ["postgresql", "db", "5432", "shop"]),
        (
            "postgresql://u@%2Frun%2FPostgres:5433/shop",
            POSTGRESQL,
            "PostgreSQL shop at /run/Postgres",
            ["postgresql", "/run/Postgres", "5433", "shop"],
        ),
        (
            "postgresql:///shop?host=/run/postgresql",
            POSTGRESQL,
            "PostgreSQL shop at /run/postgresql",
            ["postgresql", "/run/postgresql", "5432", "shop"],
        ),
        ("redis://:p@127.0.0.1:6380/0", REDIS, "Redis at 127.0.0.1:6380", ["redis", "127.0.0.1", "6380"]),
        ("valkeys://cache", REDIS, "Valkey at cache:6379", ["valkey", "cache", "6379"]),
        ("redis://[::1]", REDIS, "Redis at ::1:6379", ["redis", "::1", "6379"]),
        ("unix://:p@/run/redis.sock", REDIS, "Redis at /run/redis.sock", ["redis", "/run/redis.sock"]),
    ],
)
def test_a_url_says_where(url, systems, words, names):
    dsn = Dsn(url, systems)
    assert str(dsn) == words
    assert [value for _, value in dsn.attributes] == names


@pytest.mark.parametrize(
    ("url", "systems"),
    [
        ("postgresql://127.0.0.1", POSTGRESQL),  # of which database?
        ("mysql://127.0.0.1/shop", POSTGRESQL),
        ("redis://127.0.0.1", POSTGRESQL),
        ("redis://:se/cret@127.0.0.1:6379", REDIS),
        ("redis://:p@127.0.0.1:99999", REDIS),
        ("redis://127.0.0.1:0x", REDIS),
        ("unix://", REDIS),
        ("shop", REDIS),
        ("", REDIS),
    ],
)
def test_what_cannot_be_read_is_refused_without_repeating_it(url, systems):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is the caller's
        Dsn(url, systems)
    assert not url or url not in str(refused.value)


def test_who_comes_and_how():
    dsn = Dsn("postgresql://ad%40visor:p%2Fw%3A@db/shop?sslmode=verify-full", POSTGRESQL)
    assert (dsn.user, dsn.password, dsn.options) == ("ad@visor", "p/w:", {"sslmode": "verify-full"})
    assert Dsn("postgresql://db/shop?password=p", POSTGRESQL).password == "p"
    assert Dsn("rediss://db", REDIS).is_tls
    assert not Dsn("redis://db", REDIS).is_tls


def test_a_text_of_somebody_elses_loses_the_password():
    dsn = Dsn("redis://:hunter2@db", REDIS)
    assert dsn.masked("unknown command `AUTH`,\n with args `hunter2`") == "unknown command `AUTH`, with args `***`"
    assert Dsn("redis://db", REDIS).masked("as it is") == "as it is"


def test_no_form_of_it_shows_the_password():
    dsn = Dsn("redis://ada:hunter2@db", REDIS)
    assert "hunter2" not in f"{dsn} {dsn!r} {dsn.attributes}"
