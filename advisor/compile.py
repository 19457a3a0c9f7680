"""Compiles what is written in C where this machine can: `python -m advisor.compile`.

A folder of C becomes a module beside it: `ingest/scan` becomes `advisor.ingest._scan`. That needs a C compiler and
Python's headers. Without them the same is done in Python, with the same results and a fifth of the speed or less.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_FLAGS: Final = ("-O3", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-Werror=implicit-function-declaration")
_TOGETHER: Final = ("-flto",)
"""All files as one: the scanner takes 38 us for what takes it 51 without. Not every compiler has a linker that can."""

FOLDERS: Final = sorted({path.parent for path in _HERE.rglob("*.c")})
"""All folders of C."""


def compiled(folder: Path) -> Path:
    """Where the module of a folder lies, for this Python, once it is compiled."""
    return folder.parent / f"_{folder.name}{sysconfig.get_config_var('EXT_SUFFIX')}"


def compile_folder(folder: Path, *flags: str, to: Path | None = None) -> str | None:
    """Compile one, with more flags if any.

    Returns:
        Why it could not be compiled; None where it was.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    headers = Path(sysconfig.get_path("include"))
    if compiler is None:
        return "there is no C compiler (Debian: gcc)"
    if not (headers / "Python.h").exists():
        return "Python's headers are missing (Debian: python3-dev)"
    into = to or compiled(folder)
    making = into.with_suffix(f".new{into.suffix}")  # a process that runs keeps the one that it has
    sources = sorted(map(str, folder.glob("*.c")))
    for together in (_TOGETHER, ()):
        command = (compiler, *_FLAGS, *together, *flags, f"-I{headers}", *sources, "-lm", "-o", str(making))
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode == 0:
            making.replace(into)
            return None
    return f"{compiler} failed: {run.stderr.strip()}"


if __name__ == "__main__":
    for one in FOLDERS:
        if reason := compile_folder(one):
            compiled(one).unlink(missing_ok=True)
            print(f"{one.name} was not compiled: {reason}. Its work is done in Python.", file=sys.stderr)
