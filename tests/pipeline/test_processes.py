"""Real workers and beats on a real broker: the bell is heard, and no kill or second beat tells anything twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from advisor.alerts import dispatch, outbox
from advisor.alerts.models import Attempt, Delivery
from advisor.celery import app
from advisor.fleet.models import Service
from advisor.pipeline import doorbell
from advisor.pipeline.models import Heartbeat, Schedule
from advisor.recommendations.models import Transition
from tests import builders
from tests.alerts.outbox_rows import channel, opened
from tests.pipeline.stored import FULL, NOW, store

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
SCALE = 30.0


class Processes:
    """Workers and beats of one installation, all killed at the end."""

    def __init__(self, home: Path, valkey: Path, database_url: str) -> None:
        self.home = home
        self.started: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "ADVISOR_DATABASE_URL": database_url,
            "ADVISOR_HOME": str(home),
            "ADVISOR_VALKEY_SOCKET": str(valkey),
            "ADVISOR_TIME_SCALE": str(SCALE),
            "ADVISOR_EVALUATE_SECONDS": "1",
            "ADVISOR_LOG_LEVEL": "WARNING",
        }

    def worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--pool", "solo", "--without-gossip", "--without-mingle")

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat", "--schedule", str(self.home / f"beat-{len(self.started)}"))

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "advisor.celery", *arguments]
        with (self.home / f"{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=settings.BASE_DIR)
        self.started.append(process)
        return process

    def stop(self) -> None:
        for process in self.started:
            process.kill()
            process.wait(30)


@pytest.fixture
def processes(valkey: Path, database_url: str, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(tmp_path, valkey, database_url)
    yield found
    found.stop()
    app.control.purge()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 240.0) -> None:
    """Other processes decide when, so the rows are asked until they have."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.2)


def busy_until_later() -> Service:
    """A service whose loop is full, from 100 s ago until 500 s from now, so that it is so at every look."""
    window = builders.service(FULL, name="checkout", seconds=600.0, senders=builders.Senders(interval=0.5))
    found = store(window, later=time.time() + 500 - NOW.timestamp())
    Service.objects.update(last_seen=timezone.now())
    return found


def test_a_worker_hears_the_bell(processes: Processes) -> None:
    channel()
    processes.worker()
    ids = dispatch.tell([opened()], timezone.now())
    doorbell.deliver(ids)
    wait_until(lambda: Delivery.objects.filter(pk__in=ids, state="delivered").exists(), "delivery")
    app.send_task("advisor.pipeline.tasks.evaluate_due")
    wait_until(Heartbeat.objects.exists, "heartbeat")
    assert len(list((processes.home / "mail").iterdir())) == 1
    assert outbox.due(timezone.now()) == []


def test_two_beats_and_a_killed_worker_tell_once(processes: Processes) -> None:
    channel()
    service = busy_until_later()
    killed = processes.worker()
    for start in (processes.worker, processes.beat, processes.beat):
        start()
    wait_until(lambda: Transition.objects.filter(after="forming").exists(), "forming")
    killed.kill()
    Schedule.objects.filter(leased_until__gt=timezone.now()).update(leased_until=timezone.now())
    wait_until(lambda: Delivery.objects.filter(state="delivered").exists(), "delivery")
    beats = Heartbeat.objects.get().at
    wait_until(lambda: (Heartbeat.objects.get().at - beats).total_seconds() > 5, "more looks")
    steps = Transition.objects.filter(recommendation__service=service).order_by("pk")
    assert [(step.before, step.after) for step in steps] == [("", "forming"), ("forming", "open")]
    assert Delivery.objects.count() == Attempt.objects.count() == 1
    assert len(list((processes.home / "mail").iterdir())) == 1
