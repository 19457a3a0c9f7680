"""cfn-lint, which knows the resources of AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

LINTER = Path(sys.executable).with_name("cfn-lint")


def complaints(code: str, folder: Path) -> str:
    """What the linter says of a template; empty where it finds nothing, not even a warning."""
    template = folder / "template.yaml"
    template.write_text(code)
    command = [str(LINTER), "--regions", "eu-west-1", "--non-zero-exit-code", "informational", "--", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def resources(code: str) -> dict[str, Any]:
    """The resources of a template by name; `!Sub` and its like as `{"Fn::Sub": ...}`."""
    found: dict[str, Any] = cfn_yaml.loads(code)["Resources"]
    return found
