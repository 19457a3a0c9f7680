from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from advisor.pages.templatetags import speech

NOW = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claim", "html"),
    [
        (
            "the loop is 95% busy while 7 of 8 cores sit idle",
            "the loop is <b>95%</b> busy while <b>7 of 8 cores</b> sit idle",
        ),
        ("requests wait 821.5 ms at p95", "requests wait <b>821.5 ms</b> at p95"),
        ("<b>2</b> of v8", "&lt;b&gt;<b>2</b>&lt;/b&gt; of v8"),
        ("1,500 requests", "<b>1,500</b> requests"),
    ],
)
def test_decisive_numbers_are_bold_and_all_else_is_text(claim: str, html: str) -> None:
    assert speech.decisive(claim) == html


@time_machine.travel(NOW, tick=False)
def test_how_long_ago() -> None:
    at = datetime(2026, 3, 17, 9, 59, 57, tzinfo=UTC)
    assert speech.ago(at) == "3 s ago"
    assert speech.since(at) == "3 s"
    assert (speech.ago(None), speech.since(None)) == ("never", "")


@time_machine.travel(NOW, tick=False)
def test_a_moment_carries_its_exact_time() -> None:
    html = speech.moment(datetime(2026, 3, 17, 9, 12, 5, tzinfo=UTC))
    assert html == '<time datetime="2026-03-17T09:12:05+00:00" title="2026-03-17 09:12:05 UTC">09:12</time>'
    assert speech.moment(NOW.timestamp()) == speech.moment(NOW)
    assert speech.moment(None) == ""


@time_machine.travel(NOW, tick=False)
def test_moments_of_a_text_carry_their_exact_time() -> None:
    assert speech.timed("Waits until 2026-03-17 09:12 UTC: <b> took over.") == (
        'Waits until <time datetime="2026-03-17T09:12:00+00:00" title="2026-03-17 09:12:00 UTC">09:12</time>: '
        "&lt;b&gt; took over."
    )


@pytest.mark.parametrize("text", ["", "version 2026-13-41 09:12 UTC", "2026-03-17 09:12", "12026-03-17 09:12 UTC"])
def test_what_only_looks_like_a_moment_stays_text(text: str) -> None:
    assert speech.timed(text) == text


def test_words_of_figures() -> None:
    assert speech.offset(-1.5) == "-1.50 s"
    assert [speech.confidence(share) for share in (0.9, 0.7, 0.5, None)] == ["high", "medium", "low", "not known"]
    assert speech.unit(0.5, "1") == "50%"


def test_a_place_may_break_after_slashes_and_is_whole_in_its_title() -> None:
    assert speech.place("/srv/<b>.js", 12) == (
        '<span class="mono path" title="/srv/&lt;b&gt;.js:12">/<wbr>srv/<wbr>&lt;b&gt;.js:12</span>'
    )
    long = f"/srv/{'folder/' * 30}app.js"
    assert f'title="{long}"' in speech.place(long, None)
    assert "…" in speech.place(long, None)


def test_restarts_in_words() -> None:
    assert [speech.restarted(times) for times in (1.0, 12.0)] == ["restarted once", "restarted 12 times"]
