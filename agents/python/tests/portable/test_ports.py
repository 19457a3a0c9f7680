from __future__ import annotations

import psutil


def use(scene):
    return {pid: (found.listening, found.connections) for pid, found in scene.ports.items()}


def test_a_worker_answers_on_its_primarys_port(macos, look):
    assert use(look(macos)) == {701: (1, 0), 702: (1, 2), 800: (1, 0)}


def test_connections_that_go_out_are_not_counted(macos, look):
    macos.readings["net_connections"] = [
        row for row in macos.readings["net_connections"] if row["laddr"][1] != 3000 or row["pid"] == 350
    ]
    assert use(look(macos))[702] == (0, 0)


def test_on_windows_every_connection_has_its_owner(windows, look):
    assert use(look(windows)) == {4120: (1, 1), 5200: (0, 0)}


def test_without_root_macos_tells_each_process_of_this_user(macos, look):
    macos.errors["net_connections"] = psutil.AccessDenied(1)
    scene = look(macos)
    assert use(scene) == {701: (1, 0), 702: (1, 2), 800: (1, 0)}
    assert scene.states is None


def test_what_is_hidden_is_unknown_and_not_none(macos, look):
    macos.errors["net_connections"] = psutil.AccessDenied(1)
    macos.errors["Process.net_connections"] = psutil.AccessDenied(701)
    scene = look(macos)
    assert scene.ports == {}
    assert scene.hidden == {701, 702, 800}


def test_states_are_counted(windows, look):
    assert look(windows).states == {"LISTEN": 2, "ESTABLISHED": 2, "TIME_WAIT": 1}


def test_pm2s_daemon_serves_nothing_and_its_workers_do(macos, look):
    macos.process(701)["environ"] = {}
    macos.process(702)["environ"] = {"pm_id": "0", "name": "shop", "NODE_UNIQUE_ID": "0"}
    assert use(look(macos)) == {701: (0, 0), 702: (1, 2), 800: (1, 0)}
