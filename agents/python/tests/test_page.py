from __future__ import annotations

from pathlib import Path

import pytest

from advisor_agent.exposition import PageError
from advisor_agent.page import METRICS, REQUEST_METRICS, PageReader

RECORDED = (Path(__file__).parents[3] / "tests/recordings/prom/prom-client-15.txt").read_text()
GAUGE = "nodejs_eventloop_lag_{}_seconds {}\n"


@pytest.fixture
def reader():
    return PageReader(REQUEST_METRICS)


def requests(name, count=5, total=1.0, **labels):
    text = ",".join(f'{key}="{value}"' for key, value in labels.items())
    buckets = "".join(f'{name}_bucket{{le="{le}",{text}}} {n}\n' for le, n in (("100", count - 1), ("+Inf", count)))
    return f"{buckets}{name}_sum{{{text}}} {total}\n{name}_count{{{text}}} {count}\n"


def test_the_recorded_page_of_prom_client(reader, figures):
    reader.read(RECORDED)
    found = figures(reader.read(RECORDED.replace("0.016744447", "0.25")))
    assert found.pop(("v8js.gc.duration", "minor")).counts == (1, 1, 0, 0, 0, 0, 0)
    assert found == {
        ("nodejs.eventloop.delay.min",): 0.009068544,
        ("nodejs.eventloop.delay.max",): 0.25,
        ("nodejs.eventloop.delay.mean",): 0.010175994153344208,
        ("nodejs.eventloop.delay.stddev",): 0.0004932071624134272,
        ("nodejs.eventloop.delay.p50",): 0.010100735,
        ("nodejs.eventloop.delay.p90",): 0.010174463,
        ("nodejs.eventloop.delay.p99",): 0.012287999,
        ("v8js.memory.heap.used",): 7324440,
        ("v8js.memory.heap.space.size",): 10723328,
        ("advisor.v8js.memory.external",): 2139246,
        ("v8js.resource.active", "TCPServerWrap"): 1,
        ("v8js.resource.active", "TCPSocketWrap"): 1,
        ("v8js.resource.active", "Immediate"): 1,
    }


def test_what_the_kernel_tells_better_is_not_sent_twice(reader):
    assert not [s.metric.name for s in reader.read(RECORDED) if s.metric.name.startswith("process.")]
    assert not [metric.name for metric in METRICS if metric.name.startswith("process.")]


def test_the_first_delays_are_those_of_all_the_life_before(reader, figures):
    page = GAUGE.format("min", 0.01) + GAUGE.format("max", 3.2)
    assert figures(reader.read(page)) == {}


def test_delays_that_never_begin_anew_are_left_out(reader, figures):
    """As prom-client 12 and 13 tell them: one block at the start would be told for ever."""
    page = GAUGE.format("min", 0.01) + GAUGE.format("max", 3.2) + GAUGE.format("mean", 0.011)
    reader.read(page)
    assert figures(reader.read(page.replace("0.011", "0.012"))) == {}
    worse = figures(reader.read(page.replace("3.2", "4.5")))
    assert worse["nodejs.eventloop.delay.max",] == 4.5
    assert figures(reader.read(page.replace("3.2", "4.5"))) == {}


@pytest.mark.parametrize(("name", "factor"), REQUEST_METRICS.items())
def test_request_durations_by_their_well_known_names(reader, figures, name, factor):
    found = figures(reader.read(requests(name, method="GET", route="/a", status_code="200", total=3.0)))
    buckets = found["http.server.request.duration", "GET", "/a", "200"]
    assert buckets.bounds == pytest.approx((100 * factor,))
    assert (buckets.counts, buckets.count) == ((4, 1), 5)
    assert buckets.sum == pytest.approx(3.0 * factor)


def test_a_name_that_was_set_comes_first(figures):
    reader = PageReader({"my_http_ms": 0.001, **REQUEST_METRICS})
    page = requests("http_request_duration_seconds", count=90, route="/a") + requests("my_http_ms", route="/a")
    assert figures(reader.read(page))["http.server.request.duration", "/a"].count == 5
    assert figures(reader.read(requests("http_request_duration_seconds", route="/a")))


def test_series_that_we_cannot_tell_apart_are_one(reader, figures):
    name = "http_request_duration_seconds"
    page = "".join(requests(name, route="/a", customer=number) for number in range(300))
    assert figures(reader.read(page))["http.server.request.duration", "/a"].count == 1500


def test_handles_stand_in_where_there_are_no_resources(reader, figures):
    page = 'nodejs_active_handles{type="Socket"} 4\nnodejs_active_handles_total 4\n'
    assert figures(reader.read(page)) == {("v8js.resource.active", "Socket"): 4}
    both = page + 'nodejs_active_resources{type="Timeout"} 2\n'
    assert figures(reader.read(both)) == {("v8js.resource.active", "Timeout"): 2}


@pytest.mark.parametrize("value", ["NaN", "-1", "+Inf"])
def test_a_figure_that_cannot_be_true_is_left_out(reader, value):
    assert reader.read(f"nodejs_external_memory_bytes {value}\n") == []


def test_a_kind_of_collection_that_nobody_knows_is_left_out(reader):
    assert reader.read(requests("nodejs_gc_duration_seconds", kind="quantum")) == []


@pytest.mark.parametrize("page", ["", "<html>hello</html>\n", "process_cpu_seconds_total 5\n"])
def test_a_page_that_says_nothing_of_it_gives_nothing(reader, page):
    assert reader.read(page) == []


def test_a_broken_page_is_an_error(reader):
    with pytest.raises(PageError):
        reader.read("nodejs_external_memory_bytes five\n")
