from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from django.test import Client


def test_the_agent_runs_from_its_one_file(client: Client, tmp_path: Path) -> None:
    answer = client.get("/agent/advisor-agent.pyz")
    assert answer["Content-Disposition"] == 'attachment; filename="advisor-agent.pyz"'
    file = tmp_path / "advisor-agent.pyz"
    file.write_bytes(answer.content)
    said = subprocess.run([sys.executable, file, "--help"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "run" in said.stdout
    assert "check" in said.stdout


def test_the_probe_has_what_node_needs_and_no_tests(client: Client) -> None:
    with tarfile.open(fileobj=io.BytesIO(client.get("/agent/advisor-probe.tgz").content)) as archive:
        names = archive.getnames()
    assert {"advisor-probe/package.json", "advisor-probe/index.js"} <= set(names)
    assert any(name.startswith("advisor-probe/lib/collectors/") for name in names)
    assert not any("test" in name or "node_modules" in name for name in names)
