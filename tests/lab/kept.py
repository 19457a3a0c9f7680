"""Results that are kept: in the tree what the score is made of, in `.lab` also every rule's last verdict.

A whole run takes hours, and a change of one case or rule asks for some of them again, so each result says by itself
when, where and with which commit it was measured. It counts until its case or one of its programs differs.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.lab import discovery
from tests.lab.case import SILENT, Case
from tests.lab.machine import PREFIX

RESULTS = discovery.LAB / "results"
_OF_MACHINE = re.compile(
    f'{re.escape(str(discovery.LAB.parents[1]))}/|{re.escape(tempfile.gettempdir())}/{re.escape(PREFIX)}[^/"]+/'
)
"""The folder of the project, and that of one run's data."""

VERDICTS = discovery.LAB.parents[1] / ".lab" / "results"


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """The results of one folder of cases (open or frozen) at one time scale, below `root`."""

    folder: str
    scale: float
    root: Path = RESULTS
    verdicts: Path = VERDICTS

    @property
    def name(self) -> str:
        """Such as `cases-at-10`."""
        return f"{self.folder}-at-{self.scale:g}"

    def save(self, name: str, case: Case, result: dict[str, Any]) -> None:
        """Keep a result, with what it was measured by and on; one that has been kept before stays of its commit.

        What Clinic Doctor said of the case stays as well: it knows nothing of our rules, so it is asked once.
        """
        origin = {"name": name, "case": fingerprint(self.folder, case), "scale": self.scale}
        before = self.load({name: case})
        answered = {key: value for earlier in before for key, value in earlier.items() if key == "clinic"}
        whole = origin | {"commit": commit(), "machine": machine()} | answered | result
        _write(self.verdicts / self.name / f"{name}.json", whole)
        short = {key: value for key, value in whole.items() if key not in {"verdicts", *told(case)}}
        _write(self.root / self.name / f"{name}.json", short)

    def load(self, cases: dict[str, Case]) -> list[dict[str, Any]]:
        """The results of these cases as they are now, with their labels as they are now."""
        found = []
        for name, case in cases.items():
            path = self.root / self.name / f"{name}.json"
            result = json.loads(path.read_text()) if path.is_file() else None
            if result is not None and result["case"] == fingerprint(self.folder, case):
                found.append(result | told(case))
        return found


def all_of_them() -> dict[str, list[dict[str, Any]]]:
    """The results of all cases, by the name of their folder and scale."""
    found = {}
    for path in sorted(RESULTS.glob("*-at-*")):
        folder, scale = path.name.split("-at-")
        found[path.name] = Kept(folder, float(scale)).load(discovery.cases(folder))
    return found


def told(case: Case) -> dict[str, Any]:
    """What scoring needs of the case itself."""
    label = dataclasses.asdict(case.label)
    sender = case.services[0].telemetry
    told = {"reason": case.reason, "onset": case.onset, "stretched": case.stretched, "telemetry": sender}
    return {"label": label, **told}


def fingerprint(folder: str, case: Case) -> str:
    """Another one as soon as the case or one of its programs would run differently; the label may change."""
    seen = hashlib.sha256(repr(dataclasses.replace(case, label=SILENT, reason="", light=False)).encode())
    for service in case.services:
        seen.update(discovery.script(folder, service.script).read_bytes())
    return seen.hexdigest()[:12]


def commit() -> str:
    """The commit that is checked out; marked where files of it are changed, other than results."""
    name = _git("rev-parse", "--short=7", "HEAD").stdout.strip()
    others = _git(
        "diff", "--quiet", "HEAD", "--", ":/", f":(exclude,top){RESULTS.relative_to(discovery.LAB.parents[1])}"
    )
    return f"{name}-dirty" if others.returncode else name


def machine() -> str:
    """Processors, memory, kernel and Node.js of this machine."""
    node = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors, {memory:.0f} GiB, Linux {platform.release().partition('-')[0]}, Node.js {node}"
    )


def day(seconds: float) -> str:
    """A Unix time as a day."""
    return time.strftime("%d %B %Y", time.gmtime(seconds))


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(("git", *words), cwd=discovery.LAB, capture_output=True, text=True, check=False)


def _write(path: Path, result: dict[str, Any]) -> None:
    """One line for each field, so that two results can be compared line by line; no folder of this machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items())
    path.write_text(f"{{\n{_OF_MACHINE.sub('', fields)}\n}}\n")
