"""A real server and a real browser. Every console error and every breach of the content policy fails the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from advisor.fleet import links, tokens
from advisor.fleet.models import Token
from tests.browser.sender import Sender
from tests.live.conftest import Broker

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}


def needs(path: Path, what: str) -> None:
    """Skip where something is not installed; fail where everything has to be (`ADVISOR_REQUIRE_ALL`)."""
    if path.exists():
        return
    if os.environ.get("ADVISOR_REQUIRE_ALL"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("v"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(scope="module")
def server(django_db_setup: None, broker: Broker) -> Iterator[str]:
    """The address of a running server on the test database."""
    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"]
    sqlite = database["ENGINE"].endswith("sqlite3")
    url = f"sqlite:///{name}" if sqlite else f"postgres://postgres@/{database['HOST']}/{name}"
    environment = os.environ | {"ADVISOR_DATABASE_URL": url, "ADVISOR_VALKEY_SOCKET": str(broker.socket)}
    command = [sys.executable, "-m", "uvicorn", "advisor.asgi:application", "--port", "0", "--no-access-log"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = (line for line in process.stderr if "Uvicorn running on" in line)
        yield next(lines).split("running on ")[1].split()[0]
        process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs(CHROMIUM, "Chromium (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in this thread; Django would refuse to be called beside it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def sender(server: str) -> Sender:
    """Something that reports to the server over HTTP."""
    _, secret = tokens.make(Token.Kind.API, name="browser tests")
    return Sender(server, secret)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; empty at the end of every test."""
    return []


@pytest.fixture
def context(browser: Browser, server: str, complaints: list[str]) -> Iterator[BrowserContext]:
    """A browser profile that is signed in by link."""
    context = browser.new_context(base_url=server, viewport=DESKTOP, color_scheme="light")
    context.on("page", lambda page: _listen(page, complaints))
    person = User.objects.create(username="owner")
    page = context.new_page()
    page.goto(f"/sign-in/{links.make(person)}/")
    page.close()
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
