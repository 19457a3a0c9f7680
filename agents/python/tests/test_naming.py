from __future__ import annotations

import pytest

from advisor_agent.claims import claims_of
from advisor_agent.command import Command
from advisor_agent.naming import name_of, nearest_package, systemd_service

UNIT = "0::/system.slice/shop.service\n"
NO_UNIT = "0::/user.slice/user-0.slice/session-3.scope\n"
SCRIPT = Command("/srv/shop/src/main.js", is_launcher=False)


@pytest.fixture
def name(machine):
    """Name of a process of the script above, from (environment, cgroup, has a package.json)."""

    def _name(environ="", cgroup=NO_UNIT, package=True, command=SCRIPT):
        if package:
            machine.write("srv/shop/package.json", '{"name": "@acme/shop", "version": "3.0.0"}')
        found = name_of(machine.kernel.file, claims_of(environ), command, cgroup, "/srv/shop")
        return found.text, found.source, found.version

    return _name


def test_the_weightiest_source_wins(name):
    pm2 = "pm_id=0\0name=api\0"
    assert name("OTEL_SERVICE_NAME=checkout\0" + pm2, UNIT) == ("checkout", "configured", "")
    assert name(pm2, UNIT) == ("api", "pm2", "")
    assert name(cgroup=UNIT) == ("shop", "systemd", "")
    assert name() == ("@acme/shop", "package", "3.0.0")


def test_without_any_source_the_script_names(name):
    assert name(package=False) == ("main", "script", "")
    assert name(package=False, command=Command("", False)) == ("node", "script", "")


def test_a_launcher_is_not_named_after_what_it_starts(name):
    assert name("OTEL_SERVICE_NAME=checkout\0", UNIT, command=Command("", True)) == ("npm", "script", "")


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/shop.service\n", "shop"),
        ("0::/system.slice/shop-api@3000.service\n", "shop-api"),
        ("0::/system.slice/shop\\x2dapi.service\n", "shop-api"),
        ("4:memory:/x.service\n1:name=systemd:/system.slice/shop.service\n", "shop"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service\n", "shop"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte.scope\n", ""),
        ("0::/system.slice/docker.service\n", ""),
        ("0::/system.slice/docker-0a1b.scope\n", ""),
        ("0::/system.slice/supervisor.service\n", ""),
        ("0::/init.scope\n", ""),
        ("0::/\n", ""),
        ("", ""),
        ("nonsense\n", ""),
    ],
)
def test_only_a_service_unit_names(cgroup, unit):
    assert systemd_service(cgroup) == unit


def test_a_tool_in_node_modules_is_named_by_the_working_directory(machine):
    machine.write("srv/shop/package.json", '{"name": "shop"}')
    machine.write("srv/shop/node_modules/next/package.json", '{"name": "next"}')
    found = nearest_package(machine.kernel.file, "/srv/shop/node_modules/next/dist/bin/next", "/srv/shop")
    assert found is not None
    assert found.text == "shop"


@pytest.mark.parametrize("text", ["{", "[]", '{"name": 5}', '{"name": "\\n"}', "[" * 100_000, '{"version": "1"}'])
def test_a_package_without_a_name_is_passed_by(machine, text):
    machine.write("srv/shop/src/package.json", text)
    machine.write("srv/package.json", '{"name": "outer", "version": 7}')
    found = nearest_package(machine.kernel.file, "/srv/shop/src/main.js", "/")
    assert found is not None
    assert (found.text, found.version) == ("outer", "")


def test_a_huge_package_is_not_read(machine):
    machine.write("srv/package.json", '{"name": "huge", "x": "%s"}' % ("x" * 300_000))
    assert nearest_package(machine.kernel.file, "/srv/main.js", "/") is None
