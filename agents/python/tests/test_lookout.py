from __future__ import annotations

from advisor_agent.lookout import Lookout

PARENT, OTHER, SCRIPT = 50, 60, "/srv/a.js"


def looks(lookout, until, cost=0.0):
    """The times of all looks that are due before a moment, each of which costs so much."""
    times = []
    while lookout.next_look is not None and lookout.next_look < until:
        times.append(lookout.next_look)
        lookout.looked(cost, lookout.next_look)
    return times


def test_nobody_looks_as_long_as_nothing_ends():
    assert Lookout().next_look is None


def test_after_an_end_it_looks_soon_and_often_and_then_no_more():
    lookout = Lookout()
    lookout.alert(PARENT, SCRIPT, 100.0)
    assert list(lookout.parents) == [PARENT]
    times = looks(lookout, 200.0)
    gaps = {round(after - before, 6) for before, after in zip(times, times[1:])}
    assert (round(times[0] - 100.0, 6), gaps) == (0.02, {0.02})
    assert 104.9 < times[-1] < 105.1
    assert lookout.next_look is None
    assert list(lookout.parents) == []


def test_another_end_makes_it_last_longer_but_not_denser():
    lookout = Lookout()
    lookout.alert(PARENT, SCRIPT, 100.0)
    first = looks(lookout, 103.0)
    lookout.alert(PARENT, SCRIPT, 103.0)
    lookout.alert(OTHER, SCRIPT, 103.0)
    assert set(lookout.parents) == {PARENT, OTHER}
    times = first + looks(lookout, 200.0)
    assert min(after - before for before, after in zip(times, times[1:])) > 0.019
    assert times[-1] > 107.9


def test_each_parent_is_looked_at_for_its_own_time():
    lookout = Lookout()
    lookout.alert(PARENT, SCRIPT, 100.0)
    looks(lookout, 104.0)
    lookout.alert(OTHER, SCRIPT, 104.0)
    looks(lookout, 106.0)
    assert list(lookout.parents) == [OTHER]


def test_dear_looks_are_seldom():
    lookout = Lookout()
    count = 0
    for second in range(100, 200):  # a crash loop that never ends
        lookout.alert(PARENT, SCRIPT, float(second))
        count += len(looks(lookout, second + 1.0, cost=0.01))
    assert count * 0.01 <= 100 * 0.01 + 0.06  # a hundredth of the time, and the credit at the start


def test_a_look_that_took_very_long_is_paid_for_before_the_next():
    lookout = Lookout()
    lookout.alert(PARENT, SCRIPT, 100.0)
    lookout.looked(0.08, 100.02)
    assert round(lookout.next_look, 6) == 103.0  # 0.03 s over the credit, at a hundredth


def test_only_what_ran_before_is_expected():
    lookout = Lookout()
    assert not lookout.expects(SCRIPT)
    lookout.alert(PARENT, SCRIPT, 100.0)
    assert lookout.expects(SCRIPT)
    assert not lookout.expects("/srv/b.js")
    looks(lookout, 200.0)
    assert not lookout.expects(SCRIPT)


def test_without_a_script_nobody_could_tell_a_successor():
    lookout = Lookout()
    lookout.alert(PARENT, "", 100.0)
    assert lookout.next_look is None
