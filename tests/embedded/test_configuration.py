"""supervisord itself reads the file that we write, also with awkward values in it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from advisor.embedded import children, configuration, home, plan
from advisor.embedded.children import Child
from advisor.embedded.plan import Plan


@pytest.fixture
def current(tmp_path: Path) -> Plan:
    current = plan.read({"ADVISOR_HOME": str(tmp_path / "50% of it")}, is_demo=True)
    home.prepare(current)
    return current


def parsed(path: Path) -> ServerOptions:
    options = ServerOptions()
    options.realize(["-c", str(path)])
    return options


def test_every_child_is_there_and_the_broker_stops_last(current: Plan) -> None:
    inbox = children.Inbox(current.home / "webhooks", 1, "whsec_x")
    written = configuration.write(current, children.of(current, Path("/s"), inbox))
    groups = {group.name: group for group in parsed(written).process_group_configs}
    assert [config.name for config in groups["backbone"].process_configs] == ["valkey"]
    names = {config.name for config in groups["advisor"].process_configs}
    assert names == {"web", "worker", "beat", "agent", "webhooks", "checkout", "reports", "load"}
    assert groups["backbone"].priority < groups["advisor"].priority
    slowest = [max(config.stopwaitsecs for config in group.process_configs) for group in groups.values()]
    assert sum(slowest) < 15


def test_awkward_values_arrive_as_they_are(current: Plan) -> None:
    child = Child("one", ("/bin/echo", "a b", "100%", "it's", ""), environment={"NAME": "50% of, it = all"})
    (group,) = parsed(configuration.write(current, [child])).process_group_configs
    (config,) = group.process_configs
    assert config.environment == {"NAME": "50% of, it = all"}
    expected = configuration.leash(current, "one", child.command)
    assert config.command == shlex.join(expected)
    assert config.stdout_logfile == str(current.logs / "one.log")
    assert config.autorestart
