"""A kernel's table of open files: who fills it, and more room in it."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

FILE: Final = "/etc/sysctl.d/60-file-max.conf"


def steps(limit: int) -> tuple[Step, ...]:
    """Who has how many descriptors open on the machine, and a kernel that may open so many."""
    return _allowed(f"Allow more. {_WHOSE}", FILE, drop_in(limit))


def doubled() -> tuple[Step, ...]:
    """The same for a kernel of which nobody knows how many it may open: twice as many as it says."""
    return _allowed(f"Allow twice as many as now, as root. {_WHOSE}", "shell", DOUBLED)


def _allowed(text: str, file: str, code: str) -> tuple[Step, ...]:
    return (
        Step("Count who holds them, as root on the machine itself: open descriptors, process, program.", "", "shell",
             HOLDERS),
        Step(text, "", file, code),
        Step("Load it; nothing restarts. The first number of the last line is what is open, the third the new limit. "
             "If the limit is not this one, a later file in /etc/sysctl.d or /etc/sysctl.conf says otherwise.", "",
             "shell", "sysctl --system\ncat /proc/sys/fs/file-nr"),
    )  # fmt: skip


_WHOSE: Final = "The kernel is that of the whole machine: under containers and pods, set it on the host or the node."


def drop_in(limit: int) -> str:
    """The setting as sysctl reads it."""
    return f"fs.file-max = {limit}\n"


DOUBLED: Final = f"""echo "fs.file-max = $((2 * $(cat /proc/sys/fs/file-max)))" > {FILE}
"""

HOLDERS: Final = """for process in /proc/[0-9]*; do
  echo "$(ls "$process/fd" 2>/dev/null | wc -l) ${process#/proc/} $(cat "$process/comm" 2>/dev/null)"
done | sort -rn | head
"""
