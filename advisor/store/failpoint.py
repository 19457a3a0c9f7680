"""Places with a name where a test lets the server fail: `ADVISOR_FAILPOINT=name:action:nth`, `ADVISOR_TESTING=1`.

Actions: `kill9` ends the process as SIGKILL does, `raise` is a disk that fails (OSError).
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Mapping


def _nowhere(name: str) -> None:
    """What production calls: nothing."""


def armed(environ: Mapping[str, str]) -> Callable[[str], None]:
    """What to call with a place's name: it fails at the nth time that the wished place is reached, and only then."""
    if environ.get("ADVISOR_TESTING") != "1" or not environ.get("ADVISOR_FAILPOINT"):
        return _nowhere
    wished, action, nth = environ["ADVISOR_FAILPOINT"].split(":")
    fail = {"kill9": _kill9, "raise": _raise}[action]
    left = int(nth)

    def reached(name: str) -> None:
        nonlocal left
        left -= name == wished
        if name == wished and left == 0:
            fail()

    return reached


def _kill9() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


failpoint = armed(os.environ)
