"""The agents as files, for machines that have nothing of ours yet. Built from their sources on first request."""

from __future__ import annotations

import functools
import io
import tarfile
import tempfile
import zipapp
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

AGENT = settings.BASE_DIR / "agents" / "python" / "src"
PROBE = settings.BASE_DIR / "agents" / "node"
_PROBE_PARTS = ("package.json", "README.md", "index.js", "index.d.ts", "lib")


@login_not_required
@require_safe
def agent(request: HttpRequest) -> HttpResponse:
    """`advisor-agent.pyz`: the agent as one file that any Python from 3.9 runs."""
    return _file(_agent(), "advisor-agent.pyz", "application/zip")


@login_not_required
@require_safe
def probe(request: HttpRequest) -> HttpResponse:
    """`advisor-probe.tgz`: the Node.js probe in one folder, `advisor-probe`."""
    return _file(_probe(), "advisor-probe.tgz", "application/gzip")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@functools.cache
def _agent() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "agent.pyz"
        zipapp.create_archive(
            AGENT,
            target,
            interpreter="/usr/bin/env python3",
            main="advisor_agent.__main__:main",
            filter=lambda path: path.suffix == ".py" or path.name == "advisor_agent",
            compressed=True,
        )
        return target.read_bytes()


@functools.cache
def _probe() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for part in _PROBE_PARTS:
            if (PROBE / part).exists():
                archive.add(PROBE / part, f"advisor-probe/{part}")
    return buffer.getvalue()
