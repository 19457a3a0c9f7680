from __future__ import annotations

import math
import random
from contextlib import suppress

import pytest

from advisor_agent.exposition import PageError, bound_of, labels_of, samples

SEEDS = range(400)
ALL = ("a", "b")


def read(page, wanted=ALL):
    return [(name, labels_of(labels), value) for name, labels, value in samples(page, wanted)]


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ("a 1", ("a", {}, 1)),
        ("a{} 1", ("a", {}, 1)),
        ('a{x="1"} 7', ("a", {"x": "1"}, 7)),
        ('a{x="1",y="2",} 7.5e-3', ("a", {"x": "1", "y": "2"}, 0.0075)),
        ('a { x = "1" , y="2" } 3', ("a", {"x": "1", "y": "2"}, 3)),
        ('a{x="back\\\\slash \\"quoted\\" new\\nline"} 1', ("a", {"x": 'back\\slash "quoted" new\nline'}, 1)),
        ('a{x="} 5"} 6', ("a", {"x": "} 5"}, 6)),
        ('a{x="tab\tand \u2028 é #"} 1', ("a", {"x": "tab\tand \u2028 é #"}, 1)),
        ("a -Inf", ("a", {}, -math.inf)),
        ("a +Inf", ("a", {}, math.inf)),
        ("a 1.5 1395066363000", ("a", {}, 1.5)),
        ('a{x="1"} 5 1395066363000', ("a", {"x": "1"}, 5)),
        ("a 1 1520879607.789", ("a", {}, 1)),
        ('a{le="1"} 17 # {trace_id="KOO5S4vxi0o"} 0.67', ("a", {"le": "1"}, 17)),
        ('a{x="1"} 17 # {trace="} 9"} 0.67 1520879607.789', ("a", {"x": "1"}, 17)),
        ('a{x="1"} 17 # {} 9', ("a", {"x": "1"}, 17)),
        ("a 1\r", ("a", {}, 1)),
    ],
)
def test_a_line(line, sample):
    assert read(line) == [sample]


def test_what_is_no_number_is_told_as_such():
    assert math.isnan(read("a NaN")[0][2])


def test_comments_and_what_nobody_wants_are_passed_over_unread():
    page = "# HELP a what it is\n# TYPE a gauge\na 1\n\nother{broken 5\n# EOF\n"
    assert read(page) == [("a", {}, 1)]


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a x",
        "a 1_000",
        "a 0x10",
        "a \u0661",
        "a{x=1} 2",
        'a{x="1" 2',
        'a{x="1} 2',
        'a{x="1"y="2"} 2',
        "a{x} 1",
        "a 1 2 3",
    ],
)
def test_a_wanted_line_that_cannot_be_read_is_an_error(line):
    with pytest.raises(PageError):
        read(line)


def test_a_label_that_stands_there_twice_is_an_error():
    with pytest.raises(PageError):
        labels_of('x="1",x="2"')


@pytest.mark.parametrize(
    ("text", "bound", "rest"),
    [
        ('le="0.5",x="1"', "0.5", {"x": "1"}),
        ('le="+Inf"', "+Inf", {}),
        ('x="1",le="0.5"', "0.5", {"x": "1"}),
        ('x="1",le="0.5",y="2"', "0.5", {"x": "1", "y": "2"}),
        ('title="8",le="1"', "1", {"title": "8"}),
        ('x=",le=5",le="1"', "1", {"x": ",le=5"}),
        ('x=",le=",le="1",y="a\\"b\\\\"', "1", {"x": ",le=", "y": 'a"b\\'}),
    ],
)
def test_the_bound_of_a_bucket_wherever_it_stands(text, bound, rest):
    found, others = bound_of(text)
    assert (found, labels_of(others)) == (bound, rest)


@pytest.mark.parametrize("text", ["", 'x="1"', 'title="8"', "le=1", 'x=",le="'])
def test_a_bucket_without_a_bound_is_an_error(text):
    with pytest.raises(PageError):
        bound_of(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_written_is_read(seed):
    """Whatever stands in the labels, and in whichever order."""
    dice = random.Random(seed)
    given = [(f"a_{n}", _labels(dice), dice.choice((0, 7, 2.5, 1e-9, 12345678901))) for n in range(20)]
    page = "".join(f"{name}{_braces(labels)} {value}\n" for name, labels, value in given)
    assert read(page) == given
    for _, labels, _ in given:
        if "le" in labels:
            bound, rest = bound_of(_braces(labels)[1:-1])
            assert {"le": bound, **labels_of(rest)} == labels


@pytest.mark.parametrize("seed", SEEDS)
def test_a_broken_page_is_an_error_and_no_surprise(seed):
    dice = random.Random(seed)
    page = "".join(f"a{_braces(_labels(dice))} {dice.random()}\n" for _ in range(5))
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(page))
        page = (
            page[:at] + dice.choice(('"', "\\", "{", "}", ",", "\n", "=", " ", "#", "é", "a", "5", "")) + page[at + 1 :]
        )
    with suppress(PageError):
        for _, labels, value in samples(page, ALL):
            assert isinstance(value, (int, float))
            labels_of(labels)
            bound_of(labels)


def _labels(dice):
    names = dice.sample(["le", "x", "path", "title", "_y"], dice.randint(0, 4))
    return {name: "".join(dice.choices('ab ,=}{"\\\n#5le', k=dice.randint(0, 9))) for name in names}


def _braces(labels):
    pairs = (f'{n}="{_escaped(v)}"' for n, v in labels.items())
    return "{" + ",".join(pairs) + "}" if labels else ""


def _escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
