from __future__ import annotations

import psutil
import pytest

from advisor_agent.portable.asking import ask, ask_or


def raising(error):
    def cpu_times():
        raise error

    return cpu_times


def test_an_answer_is_passed_on_with_what_was_asked():
    assert ask(psutil, lambda *words, **options: (words, options), 1, deep=True) == ((1,), {"deep": True})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psutil.NoSuchProcess(7), ProcessLookupError),
        (psutil.ZombieProcess(7), ProcessLookupError),
        (psutil.AccessDenied(7), PermissionError),
        (NotImplementedError(), NotImplementedError),
        (RuntimeError("NtQuerySystemInformation failed"), OSError),
        (OSError(5, "Input/output error"), OSError),
    ],
)
def test_errors_are_pythons_own(error, kind):
    with pytest.raises(kind):
        ask(psutil, raising(error))


def test_what_may_not_be_asked_is_named():
    with pytest.raises(PermissionError) as caught:
        ask(psutil, raising(psutil.AccessDenied(7)))
    assert caught.value.filename == "psutil's cpu_times"


@pytest.mark.parametrize("error", [psutil.AccessDenied(7), NotImplementedError(), RuntimeError("x"), OSError(5, "x")])
def test_a_default_stands_for_what_is_not_told(error):
    assert ask_or("none", psutil, raising(error)) == "none"


def test_no_default_hides_that_a_process_has_ended():
    with pytest.raises(ProcessLookupError):
        ask_or("none", psutil, raising(psutil.NoSuchProcess(7)))
