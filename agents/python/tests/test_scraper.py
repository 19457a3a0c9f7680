"""Real Node.js services that show pages of metrics."""

from __future__ import annotations

import selectors
import socket
import time

import pytest

from advisor_agent import scraper as module
from advisor_agent.config import Config
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.scene import Observer
from advisor_agent.scraper import Scraper
from fakes.node import node
from fakes.running import until

PAGES = """
const http = require('http'), zlib = require('zlib'), cluster = require('cluster')
const start = Math.round(Date.now() / 1000 - process.uptime())
const page = () => `nodejs_external_memory_bytes ${process.pid}\\nprocess_start_time_seconds ${start}\\n`
const padding = '# nothing\\n'.repeat(600000)
const answers = {
  '/metrics': (response) => response.end(page()),
  '/gzip': (response) => { response.setHeader('Content-Encoding', 'gzip'); response.end(zlib.gzipSync(page())) },
  '/chunked': (response) => { for (const part of page()) response.write(part); response.end() },
  '/large': (response) => { response.write(padding.slice(0, 3000000)); response.end(page()) },
  '/close': (response) => { response.setHeader('Connection', 'close'); response.end(page()) },
  '/500': (response) => { response.statusCode = 500; response.end(page()) },
  '/br': (response) => { response.setHeader('Content-Encoding', 'br'); response.end(zlib.brotliCompressSync(page())) },
  '/huge': (response) => response.end(padding),
  '/bomb': (response) => { response.setHeader('Content-Encoding', 'gzip'); response.end(zlib.gzipSync(padding)) },
  '/torn': (response) => {
    response.setHeader('Content-Encoding', 'gzip')
    response.end(zlib.gzipSync(page()).subarray(0, 30))
  },
  '/broken': (response) => response.end('nodejs_external_memory_bytes many\\n'),
  '/hangup': (response) => response.socket.destroy(),
  '/silent': () => {},
}
const serve = () => http.createServer((request, response) => answers[request.url](response))
if (process.env.WORKERS && cluster.isPrimary) {
  let ready = 0
  const own = serve().listen(0, '127.0.0.1', () => {
    cluster.on('listening', (worker, address) => {
      if (++ready === +process.env.WORKERS) console.log(address.port + ' ' + own.address().port)
    })
    for (let n = 0; n < +process.env.WORKERS; n++) cluster.fork()
  })
} else {
  const server = serve().listen(0, process.env.HOST || '127.0.0.1', () => {
    if (!cluster.isWorker) console.log(server.address().port)
  })
}
"""


@pytest.fixture
def service(tmp_path):
    with node(tmp_path / "pages.js", PAGES) as started:
        yield started


@pytest.fixture
def scraper_of():
    """Make a scraper that knows whom to ask."""
    made = []

    def _scraper_of(*pages):
        settings = {"ADVISOR_SERVER": "http://127.0.0.1:1", "ADVISOR_TOKEN": "sah_x", "ADVISOR_SCRAPE": " ".join(pages)}
        scraper = Scraper(Config(settings), selectors.DefaultSelector(), Log())
        scraper.start_due(Observer(Kernel()).look())
        made.append(scraper)
        return scraper

    yield _scraper_of
    for scraper in made:
        scraper.close()
        assert not scraper._visits
        assert not scraper._selector.get_map(), "a socket was left behind"


def asked(scraper):
    """Ask once, wait for the answers; pid -> the external memory that its page tells, which here is its pid."""
    scraper.ask()
    scraper.settle()
    return {
        answer.pid: answer.sample.value
        for answers in scraper.take().values()
        for answer in answers
        if answer.sample.metric.name == "advisor.v8js.memory.external"
    }


@pytest.mark.parametrize("path", ["/metrics", "/gzip", "/chunked", "/large", "/close"])
def test_a_page_is_read_however_it_is_sent(service, scraper_of, path):
    scraper = scraper_of(f"http://127.0.0.1:{service.port}{path}")
    assert asked(scraper) == {service.pid: service.pid}
    assert asked(scraper) == {service.pid: service.pid}, "and again"
    assert scraper.costs["scrape"].failures == 0
    assert scraper.costs["scrape"].seconds > 0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/500", "it answers with status 500"),
        ("/br", "packed as br, which is not understood"),
        ("/huge", "larger than 4194304 bytes"),
        ("/bomb", "larger than 4194304 bytes"),
        ("/torn", "broken off, or larger"),
        ("/broken", "a line cannot be read: nodejs_external_memory_bytes many"),
        ("/hangup", "closed the connection without an answer"),
    ],
)
def test_what_is_no_page_is_told_once(service, scraper_of, capfd, path, words):
    scraper = scraper_of(f"http://127.0.0.1:{service.port}{path}")
    assert asked(scraper) == asked(scraper) == {}
    assert scraper.costs["scrape"].failures == 2
    told = capfd.readouterr().err
    assert words in told
    assert told.count("advisor-agent: ") == 1


def test_a_service_that_is_held_up_keeps_nobody_waiting(service, scraper_of, monkeypatch, capfd):
    monkeypatch.setattr(module, "DEADLINE_SECONDS", 0.3)
    url = f"http://127.0.0.1:{service.port}"
    scraper = scraper_of(f"{url}/silent", f"{url}/metrics")
    assert asked(scraper) == {service.pid: service.pid}
    assert f"{url}/silent is not read: no answer within" in capfd.readouterr().err


def test_while_an_answer_is_awaited_it_is_not_asked_for_again(service, scraper_of):
    scraper = scraper_of(f"http://127.0.0.1:{service.port}/silent")
    scraper.ask()
    scraper.ask()
    assert len(scraper._visits) == 1


def test_it_asks_shortly_before_the_tick(service, scraper_of):
    scraper = scraper_of(f"http://127.0.0.1:{service.port}/metrics")
    tick = time.monotonic() + 0.4
    scraper.plan(tick)
    assert time.monotonic() < scraper.next_wake() < tick
    until(lambda: scraper._brought, scraper._selector, scraper)
    assert scraper.next_wake() == float("inf"), "once a tick"


def test_a_page_that_comes_back_is_told(service, scraper_of, capfd):
    url = f"http://127.0.0.1:{service.port}/metrics"
    scraper = scraper_of(url)
    scraper._wrong[url] = "no answer"
    scraper._log.once(url, "no answer")
    asked(scraper)
    assert f"{url} is read again." in capfd.readouterr().err


def test_nobody_listens(scraper_of, capfd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert asked(scraper_of(f"http://127.0.0.1:{port}/metrics")) == {}
    assert "Connection refused" in capfd.readouterr().err


def test_no_other_machine_is_asked(scraper_of, capfd):
    assert asked(scraper_of("http://192.0.2.1:3000/metrics")) == {}
    assert "it is no address of this host" in capfd.readouterr().err


@pytest.mark.parametrize("host", ["::1", "::"])
def test_a_service_on_ipv6(tmp_path, scraper_of, host):
    with node(tmp_path / "pages.js", PAGES, {"HOST": host}) as service:
        place = "[::1]" if host == "::1" else "127.0.0.1"
        assert asked(scraper_of(f"http://{place}:{service.port}/metrics")) == {service.pid: service.pid}


def test_each_worker_of_a_shared_port_is_told_apart(tmp_path, scraper_of):
    with node(tmp_path / "pages.js", PAGES, {"WORKERS": "3"}) as primary:
        shared, _ = primary.line.split()
        found = asked(scraper_of(f"http://127.0.0.1:{shared}/metrics"))
    assert len(found) == 3, "each had its turn"
    assert all(pid == told for pid, told in found.items()), "and each page is bound to the one that sent it"
    assert primary.pid not in found


def test_the_page_of_a_whole_cluster_is_nobodys(tmp_path, scraper_of, capfd):
    with node(tmp_path / "pages.js", PAGES, {"WORKERS": "2"}) as primary:
        _, own = primary.line.split()
        scraper = scraper_of(f"http://127.0.0.1:{own}/metrics")
        assert asked(scraper) == asked(scraper) == {}
    assert capfd.readouterr().err.count("it is of a whole cluster") == 1
