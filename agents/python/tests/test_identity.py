from __future__ import annotations

import pytest

from advisor_agent.identity import iso_time, linux_host, process_resource
from advisor_agent.processes import Processes
from fakes.machine import BOOT, MACHINE_ID


def resource(machine):
    return process_resource(linux_host(machine.kernel), Processes(machine.kernel).scan()[0])


def test_the_host(machine):
    assert linux_host(machine.kernel).resource == {
        "host.id": MACHINE_ID,
        "host.name": "shop-1",
        "host.arch": "amd64",
        "os.type": "linux",
        "os.description": "Debian GNU/Linux 12 (bookworm)",
        "telemetry.sdk.name": "advisor-agent",
        "telemetry.sdk.version": "0.1.0",
    }


def test_a_host_without_an_id_is_known_by_its_name(machine):
    (machine.root / "etc/machine-id").unlink()
    assert linux_host(machine.kernel).id == "shop-1"


def test_a_process(machine):
    environ = {"OTEL_SERVICE_NAME": "shop", "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=acme"}
    machine.node(100, "/srv/shop/main.js", environ=environ, parent=7)
    found = resource(machine)
    assert found == {
        "service.name": "shop",
        "service.namespace": "acme",
        "service.instance.id": f"{MACHINE_ID}-100-{BOOT + 1000}",
        "host.id": MACHINE_ID,
        "host.name": "shop-1",
        "process.pid": 100,
        "process.parent_pid": 7,
        "process.creation.time": iso_time(BOOT + 1000),
        "process.runtime.name": "nodejs",
        "process.runtime.version": "20.20.2",
        "process.executable.name": "node",
        "process.command": "/srv/shop/main.js",
        "advisor.service.name.source": "configured",
        "advisor.cluster.role": "single",
        "telemetry.sdk.name": "advisor-agent",
        "telemetry.sdk.version": "0.1.0",
    }


def test_a_process_that_did_not_change_is_put_together_once(machine):
    machine.node(100, "/srv/a.js")
    host, (process,) = linux_host(machine.kernel), Processes(machine.kernel).scan()
    first = process_resource(host, process)
    assert process_resource(host, process) is first
    process.role = "worker"
    assert process_resource(host, process)["advisor.cluster.role"] == "worker"


def test_a_process_in_a_pod(machine):
    told = "k8s.pod.name=shop-7d9f,container.image.name=acme/shop,container.id=claimed"
    pod = "b51c7c40-0a6f-4cd3-9d5f-1f0c7e2a8b11"
    cgroup = f"0::/kubepods/besteffort/pod{pod}/{'3f' * 32}\n"
    machine.node(100, "/srv/a.js", environ={"OTEL_RESOURCE_ATTRIBUTES": told}, cgroup=cgroup, virtual_pid=7)
    found = resource(machine)
    assert (found["process.pid"], found["process.vpid"], found["container.id"]) == (100, 7, "3f" * 32)
    assert (found["k8s.pod.uid"], found["k8s.pod.name"]) == (pod, "shop-7d9f")
    assert found["container.image.name"] == "acme/shop"


def test_what_the_environment_says_of_the_container_stands_where_the_kernel_hides_it(machine):
    machine.node(100, "/srv/a.js", environ={"OTEL_RESOURCE_ATTRIBUTES": "container.id=abc"}, cgroup="0::/\n")
    assert resource(machine)["container.id"] == "abc"


def test_secrets_of_a_process_stay_on_the_host(machine):
    environ = {"API_KEY": "s3cret-env", "pm_id": "0", "name": "api"}
    machine.node(100, "--title", "s3cret-option", "/srv/a.js", "--password=s3cret-argument", environ=environ)
    assert "s3cret" not in repr(resource(machine))


def test_a_path_that_is_no_text_can_still_be_sent(machine):
    machine.node(100, "a.js", directory="/srv/\udcff/shop")
    resource(machine)["process.command"].encode()


def test_a_name_from_the_package_brings_its_version_and_the_environment_overrides_it(machine):
    machine.write("srv/shop/package.json", '{"name": "shop", "version": "3.0.0"}')
    machine.node(100, "/srv/shop/a.js")
    assert resource(machine)["service.version"] == "3.0.0"
    machine.node(100, "/srv/shop/a.js", environ={"OTEL_RESOURCE_ATTRIBUTES": "service.version=4"})
    assert resource(machine)["service.version"] == "4"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_790_001_000.1204, "2026-09-21T14:30:00.120Z"),
        (1.9996, "1970-01-01T00:00:02.000Z"),
    ],
)
def test_times_are_iso_8601_in_utc(seconds, text):
    assert iso_time(seconds) == text
