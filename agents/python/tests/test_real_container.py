"""Against a real process in pid and mount namespaces of its own, as a container has them."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from advisor_agent.collection import Collection, now
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.otlp import export
from advisor_agent.system import linux
from fakes.node import SERVER, node, wanted
from fakes.sink import attributes, values

ID = "3f2a9c0b1d2e" + "4d" * 26


@pytest.fixture
def inside(tmp_path):
    """Words that start a program in namespaces of its own, with a hostname file where Docker has it."""
    can = os.geteuid() == 0 and shutil.which("unshare") and shutil.which("mount")
    wanted(bool(can), "Namespaces need root, and unshare and mount of util-linux.")
    hostname = tmp_path / "containers" / ID / "hostname"
    hostname.parent.mkdir(parents=True)
    hostname.write_text("3f2a9c0b1d2e\n")
    namespaces = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    return (*namespaces, "sh", "-c", 'mount --bind "$0" /etc/hostname && exec "$@"', str(hostname))


def test_a_process_in_a_container_is_known_from_both_sides(inside, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "shop"}')
    with node(tmp_path / "server.js", SERVER, inside=inside) as started:
        moment = now()
        sent = json.loads(export(Collection(linux(Kernel()), Log()).collect(moment), moment))["resourceMetrics"]
        (found,) = [one for one in sent if attributes(one).get("process.parent_pid") == str(started.pid)]
        who = attributes(found)
        assert (who["process.vpid"], who["container.id"], who["service.name"]) == ("1", ID, "shop")
        assert os.readlink(f"/proc/{who['process.pid']}/exe").endswith("/node")
        assert values(found)["advisor.process.listening_port.count"] == [1]
