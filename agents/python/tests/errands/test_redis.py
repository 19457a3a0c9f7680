from __future__ import annotations

import pytest

from advisor_agent.errands import redis
from fakes.datastores import info


@pytest.fixture
def fields():
    return redis.parsed(info(10))


def test_the_figures_of_info(fields, figures):
    found = figures(redis.figures(fields))
    assert found["redis.memory.used",] == 99_000_010
    assert found["redis.maxmemory",] == 268_435_456
    assert (found["redis.keyspace.hits",], found["redis.keyspace.misses",]) == (9000, 1000)
    assert (found["redis.clients.connected",], found["advisor.redis.clients.limit",]) == (12, 10_000)
    assert {name: value for name, value in found.items() if name[0] == "redis.db.keys"} == {
        ("redis.db.keys", "db0"): 2000,
        ("redis.db.keys", "db3"): 7,
    }


def test_no_limit_of_memory_is_none(fields, figures):
    assert ("redis.maxmemory",) not in figures(redis.figures({**fields, "maxmemory": "0"}))


def test_an_empty_server_has_no_keys(figures):
    assert figures(redis.figures({}))["redis.db.keys",] == 0


def test_fields_of_a_version_that_has_other_ones_are_left_out(fields, figures):
    found = figures(redis.figures({**fields, "evicted_keys": "many", "maxclients": ""}))
    assert ("redis.keys.evicted",) not in found
    assert ("advisor.redis.clients.limit",) not in found


def test_how_far_a_replica_is_behind(fields, figures):
    assert figures(redis.replication(fields)) == {
        ("advisor.redis.replica.lag", "10.0.0.7:6380"): 1,
        ("advisor.redis.replica.data_delay", "10.0.0.7:6380"): 500,
    }


def test_a_replica_says_when_it_heard_its_primary(fields, figures):
    fields["role"] = "slave"
    assert figures(redis.replication(fields)) == {("advisor.redis.replication.lag",): 2}
    fields.update(master_link_status="down", master_link_down_since_seconds="90")
    assert figures(redis.replication(fields)) == {("advisor.redis.replication.lag",): 90}


def test_what_nothing_is_known_of_is_left_out(fields, figures):
    assert figures(redis.replication({**fields, "slave0": "ip=10.0.0.7,port=6380,state=wait_bgsave"})) == {}
    assert figures(redis.replication({"role": "slave", "master_last_io_seconds_ago": "-1"})) == {}
    assert figures(redis.replication({"role": "master"})) == {}
