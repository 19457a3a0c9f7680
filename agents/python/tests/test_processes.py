from __future__ import annotations

import shutil

import pytest

from advisor_agent.kernel import TICKS_PER_SECOND
from advisor_agent.processes import Processes, Stat
from fakes.machine import BOOT


@pytest.fixture
def processes(machine):
    return Processes(machine.kernel)


def test_a_name_with_parentheses_does_not_shift_the_fields():
    stat = Stat("7 (a) b) (c) S 3 0 0 0 0 0 0 0 0 0 200 100 0 0 0 0 5 0 900 0 10 0")
    assert (stat.parent, stat.threads, stat.start) == (3, 5, 900)
    assert stat.user == 200 / TICKS_PER_SECOND


def test_only_node_is_found_and_all_are_counted(machine, processes):
    machine.node(100, "/srv/shop/main.js", environ={"OTEL_SERVICE_NAME": "shop"})
    machine.other(200)
    machine.other(300, "/usr/bin/node_exporter")
    (found,) = processes.scan()
    assert (found.pid, found.name.text, found.executable, found.version) == (100, "shop", "node", "20.20.2")
    assert found.created == BOOT + 1000
    assert processes.count == 3


def test_figures_are_fresh_in_each_scan(machine, processes):
    for user in (500, 600, 700, 800, 900):
        machine.node(100, "/srv/shop/main.js", user=user)
        assert processes.scan()[0].stat.user == user / TICKS_PER_SECOND


def test_a_reused_pid_is_another_process(machine, processes):
    machine.node(100, "/srv/old.js")
    keys = [processes.scan()[0].key for _ in range(4)]
    machine.node(100, "/srv/new.js", start=200_000)
    (found,) = processes.scan()
    assert found.key not in keys
    assert found.name.text == "new"


def test_a_pid_reused_by_something_else_is_let_go(machine, processes):
    machine.node(100, "/srv/shop/main.js")
    processes.scan()
    machine.link("proc/100/exe", "/bin/sleep")
    assert processes.scan() == []


def test_what_a_child_shows_between_fork_and_exec_is_not_kept(machine, processes):
    machine.node(100, "/srv/parent.js")
    assert processes.scan()[0].name.text == "parent"
    machine.node(100, "/srv/child.js", environ={"NODE_UNIQUE_ID": "1"})
    (found,) = processes.scan()
    assert found.name.text == "child"
    assert found.claims.is_worker


def test_a_shell_that_becomes_node_later_is_found(machine, processes):
    machine.other(100, "/bin/sh")
    for _ in range(10):
        assert processes.scan() == []
    machine.node(100, "/srv/late.js")
    assert any(processes.scan() for _ in range(6))


def test_a_process_that_ends_is_forgotten(machine, processes):
    machine.node(100, "/srv/shop/main.js")
    processes.scan()
    shutil.rmtree(machine.root / "proc/100")
    assert processes.scan() == []


def test_one_that_vanishes_during_the_scan_hides_no_other(machine, processes):
    machine.node(100, "/srv/gone.js")
    machine.node(200, "/srv/there.js")
    (machine.root / "proc/100/stat").unlink()
    assert [found.pid for found in processes.scan()] == [200]


def test_another_users_process_is_known_by_its_command_line(machine, processes, monkeypatch):
    machine.node(100, "/srv/shop/main.js")
    machine.other(200)
    machine.write("proc/200/cmdline", "/bin/sleep\0")
    link = machine.kernel.link

    def refuse(*parts):
        if parts[-1] in ("exe", "cwd"):
            raise PermissionError(13, "Permission denied", "/".join(parts))
        return link(*parts)

    monkeypatch.setattr(machine.kernel, "link", refuse)
    (found,) = processes.scan()
    assert (found.pid, found.name.text) == (100, "main")


def test_a_process_in_a_container_is_named_by_the_files_that_the_container_sees(machine, processes):
    cgroup = "0::/system.slice/docker-" + "3f" * 32 + ".scope\n"
    machine.write("srv/shop/package.json", '{"name": "of-the-machine"}')
    machine.write("layers/web/srv/shop/package.json", '{"name": "of-the-container"}')
    machine.node(100, "/srv/shop/main.js", cgroup=cgroup, virtual_pid=1)
    machine.link("proc/100/root", str(machine.root / "layers/web"))
    machine.node(200, "/srv/shop/main.js")
    inside, outside = processes.scan()
    assert (inside.name.text, inside.container.id, inside.container.virtual_pid) == ("of-the-container", "3f" * 32, 1)
    assert (outside.name.text, outside.container.id, outside.container.virtual_pid) == ("of-the-machine", "", 0)


def seconds_old(age):
    return round((5000.5 - age) * TICKS_PER_SECOND)


def test_a_newcomer_is_found_among_the_children_of_a_parent_and_told_once(machine, processes):
    machine.other(50)
    processes.scan()
    machine.node(100, "/srv/a.js", parent=50)
    machine.node(200, "/srv/elsewhere.js")
    machine.children(50, 100)
    assert [found.pid for found in processes.newcomers([50])] == [100]
    assert processes.newcomers([50]) == []
    assert [found.pid for found in processes.known] == [100]
    assert [found.pid for found in processes.scan()] == [100, 200]


def test_where_a_parent_is_gone_newcomers_are_looked_for_everywhere(machine, processes):
    processes.scan()
    machine.node(100, "/srv/a.js")
    assert [found.pid for found in processes.newcomers([50])] == [100]


def test_what_the_last_scan_saw_is_no_newcomer(machine, processes):
    machine.node(100, "/srv/a.js")
    processes.scan()
    assert processes.newcomers([50]) == []


def test_one_that_may_still_look_like_its_parent_is_left_for_the_next_look(machine, processes):
    machine.node(100, "/srv/a.js", start=seconds_old(0.01))
    assert processes.newcomers([50]) == []
    machine.node(100, "/srv/a.js", start=seconds_old(0.03))
    assert [found.pid for found in processes.newcomers([50])] == [100]


def test_looks_for_newcomers_do_not_make_a_shell_settle(machine, processes):
    machine.other(100, "/bin/sh")
    for _ in range(10):
        assert processes.newcomers([50]) == []
    machine.node(100, "/srv/late.js")
    assert [found.pid for found in processes.scan()] == [100]


def test_a_thread_of_the_kernel_is_not_looked_at_in_every_scan(machine, processes, monkeypatch):
    machine.write("proc/2/stat", "2 (kthreadd) S 0 0 0")
    looked = []
    link = machine.kernel.link
    monkeypatch.setattr(machine.kernel, "link", lambda *parts: looked.append(parts) or link(*parts))
    for _ in range(12):
        processes.scan()
    assert len(looked) < 6


def test_programs_that_were_asked_for_are_named(machine):
    machine.program(700, "/usr/lib/postgresql/16/bin/postgres")
    machine.program(701, "/usr/lib/postgresql/16/bin/postgres (deleted)")
    machine.program(800, "/usr/sbin/nginx")
    processes = Processes(machine.kernel, {"postgres"})
    for _ in range(10):
        assert processes.scan() == []
        assert processes.named == {"postgres": [700, 701]}
    shutil.rmtree(machine.root / "proc/701")
    processes.scan()
    assert processes.named == {"postgres": [700]}


def test_another_users_postgres_is_known_by_the_title_of_its_process(machine, monkeypatch):
    machine.program(700, "/hidden")
    machine.write("proc/700/cmdline", "postgres: 16/main: checkpointer \0")

    def refuse(*parts):
        raise PermissionError(13, "Permission denied", "/".join(parts))

    monkeypatch.setattr(machine.kernel, "link", refuse)
    processes = Processes(machine.kernel, {"postgres"})
    processes.scan()
    assert processes.named == {"postgres": [700]}


def test_a_program_of_which_nothing_may_be_read_is_not_looked_at_each_time(machine, processes, monkeypatch):
    machine.other(100)
    looks = []

    def refuse(*parts):
        looks.append(parts)
        raise FileNotFoundError(2, "No such file or directory", "/".join(parts))  # a thread of the kernel

    monkeypatch.setattr(machine.kernel, "link", refuse)
    for _ in range(15):
        processes.scan()
    assert len(looks) == 3 + 2
