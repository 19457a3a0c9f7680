"""A person's way through the product, on a real server in a real browser."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from advisor.fleet.models import Host, Service
from advisor.recommendations.models import LimitOverride
from tests.browser.conftest import AXE, DESKTOP, PHONE, needs
from tests.browser.sender import Sender
from tests.live.conftest import Broker
from tests.pages.fleet import OPTION, Cast

pytestmark = pytest.mark.browser

PATIENCE = 60_000
HOSTILE = '<img src=x onerror="alert(1)"><b>&'


def cast(sender: Sender, name: str = "checkout") -> Cast:
    """A service that reports, as rows; both processes until one moment, so that a chart's newest point has both."""
    now = time.time()
    sender.history(name, 0.9, 40, until=now)
    sender.history(name, 0.4, 40, pid=101, until=now)
    service = Service.objects.get(name=name)
    return Cast(Host.objects.get(), service, service, list(service.instances.all()), datetime.now(UTC))


def test_a_new_service_appears_without_reload(page: Page, sender: Sender) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No service to judge yet")
    page.evaluate("window.sameDocument = true")
    sender.history("checkout", 0.5, 10)
    expect(page.get_by_role("heading", level=1)).to_have_text("One service has no verdict yet", timeout=PATIENCE)
    expect(page.get_by_role("link", name="checkout")).to_be_visible()
    expect(page.get_by_text("web-01").first).to_be_visible()
    assert page.evaluate("window.sameDocument")


def test_the_chart_moves_without_reload(page: Page, sender: Sender) -> None:
    advice = cast(sender)
    page.goto(f"/services/{advice.service.pk}/?range=15m")
    card = page.locator("[data-card=loop_busy]")
    expect(card.locator("[data-now]")).to_have_text("90%", timeout=PATIENCE)
    expect(card.locator("path.js-line")).to_have_count(1)
    drawn = card.locator("path.js-line").get_attribute("d")
    page.evaluate("window.sameDocument = true")
    sender.history("checkout", 0.97, 6)
    expect(card.locator("[data-now]")).not_to_have_text("90%", timeout=PATIENCE)
    expect(card.locator("path.js-line")).not_to_have_attribute("d", drawn or "")
    assert page.evaluate("window.sameDocument")


def test_what_the_probe_sees_inside_appears_without_reload(page: Page, sender: Sender) -> None:
    number = cast(sender).service.pk
    page.goto(f"/services/{number}/?range=15m")
    expect(page.get_by_text("No block of the event loop was reported in the last 24 hours.")).to_be_visible()
    expect(page.get_by_role("heading", name="Calls to others")).to_be_hidden()
    page.evaluate("window.sameDocument = true")
    sender.inside("checkout")
    held_up = page.locator("[data-live=held-up]")
    expect(held_up.locator("tbody tr").first).to_contain_text("render", timeout=PATIENCE)
    expect(held_up.locator("[title$='/app.js:12']").first).to_be_visible()
    for name in ("Calls to others", "Connection pools", "Worker threads", "Starts and ends"):
        expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()
    handles = page.get_by_text("What keeps the event loop alive, by type")
    handles.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Timers Timeout")).to_be_visible()
    assert page.evaluate("window.sameDocument")


def test_a_chart_of_nothing_but_zeros_is_absent_where_zero_says_so(page: Page, sender: Sender) -> None:
    number = cast(sender).service.pk
    sender.inside("checkout", messages=0.0)
    page.goto(f"/services/{number}/?range=15m")
    expect(page.locator("[data-card=loop_delay]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-card=websocket_messages]")).to_be_hidden()
    sender.inside("checkout", messages=20.0)
    expect(page.locator("[data-card=websocket_messages]")).to_be_visible(timeout=PATIENCE)


def test_a_chart_can_be_read_as_a_table_and_taken_along(page: Page, sender: Sender) -> None:
    number = cast(sender).service.pk
    page.goto(f"/services/{number}/?range=15m")
    card = page.locator("[data-card=response_time]")
    card.get_by_text("Show as table").click()
    expect(card.locator("tbody tr").first.locator("td").nth(1)).to_have_text(re.compile(r"^[\d.]+$"), timeout=PATIENCE)
    with page.expect_download() as download:
        card.get_by_role("link", name="Download CSV").click()
    text = download.value.path().read_text()
    assert text.startswith("time,p95 (s),median (s)")


def test_advice_is_read_worked_through_and_acknowledged(page: Page, sender: Sender) -> None:
    other = OPTION | {"id": "autoscale", "rank": 2, "title": "Run 3 workers"}
    advice = cast(sender).advise(options=[OPTION, other])
    page.goto("/")
    page.get_by_role("link", name=re.compile("Run 2 workers")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run 2 workers on the host")
    first, second, *_ = page.get_by_role("tab").all()
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("cluster.fork()")
    others = page.get_by_role("region", name="Steps for the other options")
    others.get_by_text("Run 3 workers").click()
    others.get_by_role("tab", name="node:cluster").click()
    advice.options = [OPTION | {"steps": [step | {"text": "Look again."} for step in OPTION["steps"]]}, other]
    advice.save()
    sender.report("checkout", 0.9)  # the page refreshes itself, and what was chosen and opened stays
    expect(page.get_by_role("tabpanel").first).to_contain_text("Look again.", timeout=PATIENCE)
    expect(page.get_by_role("tabpanel").first).to_contain_text("cluster.fork()")
    expect(others.get_by_role("tabpanel")).to_contain_text("cluster.fork()")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status").filter(has_text="Acknowledged.")).to_be_visible()
    advice.refresh_from_db()
    assert advice.state == "acknowledged"


def test_a_restart_of_the_broker_is_shown_and_survived(page: Page, sender: Sender, broker: Broker) -> None:
    cast(sender)
    page.goto("/")
    feed = page.locator("[data-feed-text]")
    expect(feed).to_have_text("Live, every 5 s", timeout=PATIENCE)
    broker.kill()
    expect(feed).to_have_text("Live updates interrupted", timeout=PATIENCE)
    broker.start()
    expect(feed).to_have_text("Live, every 5 s", timeout=PATIENCE)


def test_a_limit_of_a_service_is_set_and_taken_back(page: Page, sender: Sender) -> None:
    page.goto(f"/services/{cast(sender).service.pk}/")
    page.get_by_role("link", name="Limits of this service").click()
    page.get_by_role("link", name="Event loop saturated").click()
    limit = page.get_by_role("region", name="Busy", exact=True)
    limit.get_by_label("Value").fill("92.5")
    limit.get_by_label("Why this service needs another").fill("batch work")
    limit.get_by_role("button", name="Set").click()
    expect(page.get_by_text("Busy: 92.5% for checkout from the next look on.")).to_be_visible()
    limit.get_by_role("button", name="Go back to 80%").click()
    expect(page.get_by_text("Busy: back to the default, 80%.")).to_be_visible()


def test_a_key_is_made_and_revoked(page: Page, sender: Sender) -> None:
    page.goto("/hosts/")
    page.get_by_role("link", name="Keys and tokens").click()
    page.get_by_label("Hosts that may enrol with it").fill("3")
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("#enrol-command")).to_contain_text("advisor-agent.pyz enroll --server")
    key = page.get_by_role("row").filter(has_text="0 of 3 hosts")
    end = datetime.now(UTC) + timedelta(days=7)
    expect(key).to_contain_text(f"{end:%Y}")  # a weekday alone would say today
    key.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("is revoked. It opens nothing from at most 10 s on.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="0 of 3 hosts")).to_contain_text("Revoked")


def test_the_theme_is_kept(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Switch theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/hosts/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_hostile_names_stay_names(page: Page, sender: Sender) -> None:
    sender.history(HOSTILE, 0.9, 30, host=HOSTILE)
    sender.history(HOSTILE, 0.9, 30, host=HOSTILE, pid=101)
    page.goto("/")
    page.get_by_role("link", name=HOSTILE).nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page).to_have_url(re.compile("/hosts/"))
    page.goto("/")
    page.get_by_role("link", name=HOSTILE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.locator("[data-card=loop_by_process] .yaxislayer-above").first).to_contain_text(
        HOSTILE, timeout=PATIENCE
    )
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_every_page_is_accessible_and_fits(
    context: BrowserContext, sender: Sender, viewport: ViewportSize, scheme: str
) -> None:
    needs(AXE, "axe-core (npm ci in tests/browser)")
    told = cast(sender)
    told.advise(rule="event-loop-blocked", held_back_by="event-loop-saturated")
    advice = told.advise(notes=["More copies will not help: 7 of 8 cores are idle."])
    LimitOverride.objects.create(
        service=told.service, entry="event-loop-saturated", limit="busy", value=0.9, reason="batch", set_at=told.now
    )
    sender.inside("checkout", messages=20.0)
    numbers = {"service": f"/services/{advice.service_id}/?range=15m", "advice": f"/recommendations/{advice.pk}/"}
    numbers["limits"] = f"/services/{advice.service_id}/limits/"
    numbers["entry"] = f"{numbers['limits']}event-loop-saturated/"
    numbers["host"] = f"/hosts/{Host.objects.get().pk}/?range=15m"
    page = context.new_page()
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words
    others = (
        "/",
        "/recommendations/",
        "/alerts/",
        "/mail/",
        "/hosts/",
        "/hosts/add/",
        "/hosts/keys/",
        "/hosts/database/",
        "/rules/",
    )
    for address in (*numbers.values(), *others, "/sign-in/", "/rules/event-loop-saturated/"):
        page.goto(address)
        if page.locator("[data-chart]").count():
            expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{address} scrolls sideways"
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run().then((result) => result.violations)")
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], address
