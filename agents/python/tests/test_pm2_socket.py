"""Somebody answers on PM2's socket, not always as PM2 would. A real PM2 is asked in `errands/test_pm2.py`."""

from __future__ import annotations

import os

import pytest

from advisor_agent.errand import ErrandError
from advisor_agent.pm2_socket import apps_of
from fakes.pm2 import lying, message


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x12",
        b"\x12\xff\xff\xff\xff",
        message({"args": [[]]})[:9],
        message({"error": "method does not exist"}),
        message({"args": []}),
        message({"args": 7}),
        message([]),
        message(b"{", b"j:"),
        message(b"\xff\xfe", b"j:"),
    ],
)
def test_an_answer_that_is_none_is_one_sentence(tmp_path, answer):
    with lying(tmp_path, answer), pytest.raises(ErrandError) as caught:
        apps_of(os.getpid(), str(tmp_path))
    assert str(caught.value).startswith(f"PM2 in {tmp_path} ")


def test_a_daemon_that_does_not_run_is_not_started(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with pytest.raises(ErrandError, match="does not answer: No such file"):
        apps_of(1, str(home))
    assert not list(home.iterdir())


def test_a_socket_that_another_process_holds_is_not_spoken_to(tmp_path):
    heard = []
    with lying(tmp_path, b"", heard), pytest.raises(ErrandError, match="its socket is held by process"):
        apps_of(1, str(tmp_path))
    assert heard == [b""]


def test_a_home_too_deep_for_a_socket_is_told(tmp_path):
    with pytest.raises(ErrandError, match="too long for a socket"):
        apps_of(1, f"{tmp_path}/{'x' * 120}")
