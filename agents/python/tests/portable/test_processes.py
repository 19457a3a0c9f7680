from __future__ import annotations

import json

import psutil
import pytest

from advisor_agent.identity import Host, process_resource
from advisor_agent.portable.processes import Processes
from advisor_agent.processes import LOOK_AGAIN_EVERY, LOOKS_UNTIL_SETTLED


@pytest.fixture
def scan():
    """Scan a fake psutil again and again."""
    known = {}

    def _scan(machine):
        processes = known.setdefault(id(machine), Processes(machine, machine.paths))
        return {found.pid: found for found in processes.scan()}

    return _scan


def named(process):
    return process.name.text, process.name.source


def test_node_is_found_among_all_on_macos(macos, scan):
    found = scan(macos)
    assert list(found) == [701, 702, 800]
    assert [process.command.script for process in found.values()] == [
        "/srv/shop/main.js",
        "/srv/shop/main.js",
        "/Users/ada/api/server.js",
    ]
    assert named(found[701]) == ("shop", "configured")
    assert named(found[800]) == ("api", "pm2")
    assert (found[702].parent, found[702].created, found[702].claims.is_worker) == (701, 1790001001.5, True)


def test_node_is_found_among_all_on_windows(windows, scan):
    found = scan(windows)
    assert list(found) == [4120, 5200]
    assert found[4120].command.script == "D:\\srv\\checkout\\src\\server.js"
    assert found[4120].executable == "node.exe"
    assert named(found[4120]) == ("checkout", "pm2")  # psutil writes PM_ID and NAME there


def test_a_name_is_no_name_of_pm2_without_its_id(windows, scan):
    del windows.process(4120)["environ"]["PM_ID"]
    assert named(scan(windows)[4120]) == ("server", "script")


def test_small_name_and_pm_id_are_what_macos_must_show(macos, scan):
    macos.process(800)["environ"] = {"PM_ID": "0", "NAME": "api"}
    assert named(scan(macos)[800]) == ("server", "script")


def test_what_a_process_hides_is_missing_and_the_process_is_not(windows, scan):
    found = scan(windows)[5200]
    assert named(found) == ("next", "script")  # neither its environment nor its folder is told
    assert found.command.script == "C:\\srv\\web\\node_modules\\next\\dist\\bin\\next"


@pytest.mark.parametrize("path", ["C:\\NODEJS\\NODE.EXE", "C:\\node-v22.1.0.exe", "node.exe"])
def test_windows_writes_names_as_it_likes(windows, scan, path):
    windows.process(900)["exe"] = path
    windows.process(900).update(cmdline=["node"], environ={}, cwd="C:\\")
    assert 900 in scan(windows)


@pytest.mark.parametrize("path", ["C:\\node\\notepad.exe", "C:\\nodemon.exe", "C:\\node.exe.bak"])
def test_other_programs_are_not_taken_for_node(windows, scan, path):
    windows.process(900)["exe"] = path
    assert 900 not in scan(windows)


def test_where_the_path_is_not_told_the_name_is_believed(windows, scan):
    windows.process(5200)["denied"] = ["exe", "environ", "cwd", "cmdline"]
    assert named(scan(windows)[5200]) == ("node", "script")


def test_a_package_names_the_service(macos, scan, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "@acme/api", "version": "1.2.3"}')
    macos.process(800).update(environ={}, cwd=str(tmp_path))
    found = scan(macos)[800]
    assert (named(found), found.name.version) == (("@acme/api", "package"), "1.2.3")


def test_a_process_is_looked_at_closely_only_at_first(macos, scan):
    for _ in range(LOOKS_UNTIL_SETTLED):
        first = scan(macos)[701]
    macos.errors.update(dict.fromkeys(("exe", "environ", "cmdline"), AssertionError("asked again")))
    macos.readings["processes"] = [one for one in macos.readings["processes"] if one["pid"] == 701]
    assert scan(macos)[701] is first


def test_a_later_process_with_the_same_pid_is_another(macos, scan):
    for _ in range(LOOKS_UNTIL_SETTLED):
        before = scan(macos)[701]
    macos.process(701).update(create_time=1790009000.0, environ={"OTEL_SERVICE_NAME": "other"})
    after = scan(macos)[701]
    assert after.key != before.key
    assert after.name.text == "other"


def test_a_shell_that_becomes_node_is_found_later(macos, scan):
    for _ in range(LOOKS_UNTIL_SETTLED):
        assert 350 not in scan(macos)
    macos.process(350)["exe"] = "/usr/local/bin/node"
    assert any(350 in scan(macos) for _ in range(LOOK_AGAIN_EVERY))


def test_one_that_ends_or_may_not_be_seen_hides_no_other(macos, scan):
    scan(macos)
    macos.process(701)["denied"] = ["create_time"]
    macos.readings["processes"].remove(macos.process(702))
    assert list(scan(macos)) == [800]


def test_a_list_that_is_refused_is_an_os_error(macos, scan):
    macos.errors["pids"] = psutil.AccessDenied()
    with pytest.raises(OSError, match="Permission denied"):
        scan(macos)


def test_secrets_of_a_process_stay_on_the_host(elsewhere, scan):
    host = Host("shop-1", "id", "arm64", "darwin", "macOS 15.1")
    resources = [process_resource(host, process) for process in scan(elsewhere).values()]
    assert len(resources) >= 2
    assert "s3cret" not in json.dumps(resources)
