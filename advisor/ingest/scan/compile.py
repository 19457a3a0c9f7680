"""Compiles the scanner where this machine can: `python -m advisor.ingest.scan.compile`.

It needs a C compiler and Python's headers. Without them ingest reads every body in Python, with the same results and
a fifth of the speed or less.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_FLAGS: Final = ("-O3", "-std=c11", "-shared", "-fPIC", "-Werror=implicit-function-declaration")


def compiled() -> Path:
    """Where the scanner of this Python lies once it is compiled."""
    return _HERE.parent / f"_scan{sysconfig.get_config_var('EXT_SUFFIX')}"


def compile_scanner(*flags: str, to: Path | None = None) -> str | None:
    """Compile it, with more flags if any.

    Returns:
        Why it could not be compiled; None where it was.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    headers = Path(sysconfig.get_path("include"))
    if compiler is None:
        return "there is no C compiler (Debian: gcc)"
    if not (headers / "Python.h").exists():
        return "Python's headers are missing (Debian: python3-dev)"
    into = to or compiled()
    making = into.with_suffix(f".new{into.suffix}")  # a process that runs keeps the one that it has
    sources = sorted(map(str, _HERE.glob("*.c")))
    run = subprocess.run(
        (compiler, *_FLAGS, *flags, f"-I{headers}", *sources, "-o", str(making)), capture_output=True, text=True
    )
    if run.returncode:
        return f"{compiler} failed: {run.stderr.strip()}"
    making.replace(into)
    return None


if __name__ == "__main__":
    if reason := compile_scanner():
        compiled().unlink(missing_ok=True)
        print(f"The scanner of ingest was not compiled: {reason}. Bodies are read in Python.", file=sys.stderr)
