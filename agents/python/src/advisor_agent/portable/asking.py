"""psutil's errors as those of Python, which the rest of the agent understands."""

from __future__ import annotations

import errno
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

Answer = TypeVar("Answer")


def ask(psutil: ModuleType, call: Callable[..., Answer], *words: object, **options: object) -> Answer:
    """What psutil answers.

    PermissionError (its `filename` names the call) where this user may not know, ProcessLookupError where the process
    has ended, NotImplementedError where the system does not tell it, OSError for whatever else went wrong.
    """
    try:
        return call(*words, **options)
    except psutil.NoSuchProcess as error:  # a zombie too: it has ended, though nobody has asked for its status
        raise ProcessLookupError(errno.ESRCH, str(error)) from error
    except psutil.AccessDenied as error:
        raise PermissionError(errno.EACCES, "Permission denied", f"psutil's {call.__name__}") from error
    except NotImplementedError:
        raise
    except RuntimeError as error:  # what the C side of psutil says of calls that failed
        raise OSError(errno.EIO, str(error)) from error


def ask_or(default: Answer, psutil: ModuleType, call: Callable[..., Answer]) -> Answer:
    """What psutil answers, or the default where it may or can not. ProcessLookupError where the process has ended."""
    try:
        return ask(psutil, call)
    except ProcessLookupError:
        raise
    except (OSError, NotImplementedError):
        return default
