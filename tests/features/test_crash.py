"""crash: what most ends have in common, and with which deploy they began."""

from __future__ import annotations

from advisor.features import Snapshot
from advisor.features.crash import Reason, crash, is_told, repeated
from advisor.vocabulary import PartKind
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_lives, with_part
from tests.builders import snapshot

WINDOW = 900.0


def ended(*signals: str, first_version: str = "") -> Snapshot:
    seen = snapshot()
    for n, signal in enumerate(signals):
        ago = 10.0 + 50 * (len(signals) - n)
        seen = with_lives(seen, life(ago + 40, ago, 100 + n, version="1.1"))
        seen = with_events(seen, happened(EXITED.name, ago, 100 + n, signal=signal))
    return seen


def test_the_most_frequent_reason_and_its_newest_end() -> None:
    found = crash(ended("SIGKILL", "SIGSEGV", "SIGSEGV", "SIGABRT"), WINDOW)
    assert found.reason is Reason.SIGNAL
    assert found.typical is not None
    assert found.typical.signal == "SIGSEGV"
    assert (found.worst, len(found.ends)) == (4, 4)


def test_nothing_ended() -> None:
    found = crash(snapshot(), WINDOW)
    assert (found.ends, found.worst, found.typical, found.deploy) == ((), 0, None, None)


def test_it_began_with_a_deploy_only_if_that_came_right_before() -> None:
    old = life(9000, 215, 1, version="1.0")
    seen = with_lives(ended("SIGSEGV", "SIGSEGV", "SIGSEGV"), old)
    seen = with_events(seen, happened(EXITED.name, 215, 1, signal="SIGTERM"))
    found = crash(seen, WINDOW)
    assert found.deploy is not None
    assert (found.deploy.before, found.deploy.version) == ("1.0", "1.1")
    earlier = with_events(with_lives(seen, life(400, 260, 2)), happened(EXITED.name, 260, 2, exit_code=1))
    assert crash(earlier, WINDOW).deploy is None


def test_only_the_app_of_the_services_name_counts_and_only_while_it_reports() -> None:
    assert crash(with_part(snapshot(), PartKind.APP, "shop", errored=2), WINDOW).pm2.given_up == 2
    assert crash(with_part(snapshot(), PartKind.APP, "other", errored=2), WINDOW).pm2.given_up == 0
    stale = with_part(snapshot(), PartKind.APP, "shop", errored=2)
    assert crash(Snapshot(stale.window, stale.now + 300), WINDOW).pm2.given_up == 0


def thrown(*agos: float, **said: str) -> Snapshot:
    seen = snapshot()
    for n, ago in enumerate(agos):
        seen = with_lives(seen, life(ago + 300, ago, 100 + n))
        seen = with_events(seen, happened(EXITED.name, ago, 100 + n, exit_code=1, **said))
    return seen


def test_what_comes_again_has_one_exception_and_one_place() -> None:
    often = thrown(3000, 2000, 1000, 100, exception="TypeError", file="a.js")
    assert len(repeated(often, WINDOW).ends) == 4
    others = thrown(2500, 1500, exception="TypeError", file="b.js")
    both = with_events(often, *(event for event in others.window.events))
    assert len(repeated(both, WINDOW).ends) == 4
    assert repeated(both, WINDOW).typical == repeated(often, WINDOW).typical


def test_nothing_comes_again_that_has_no_exception_or_stopped_or_is_old() -> None:
    assert repeated(thrown(3000, 2000, 1000, 100), WINDOW).ends == ()
    assert repeated(thrown(3500, 3000, 2000, 1000, exception="TypeError"), WINDOW).ends == ()
    assert len(repeated(thrown(9000, 5000, 3700, 100, exception="TypeError"), WINDOW).ends) == 1


def test_somebody_tells_unless_processes_vanish_without_a_word() -> None:
    assert is_told(snapshot(), WINDOW)
    assert is_told(ended("SIGKILL"), WINDOW)
    assert not is_told(with_lives(snapshot(), life(500, 300, 7)), WINDOW)
