from __future__ import annotations

import json

import pytest

from advisor_agent.heap_flags import OLD, SEMI, WHOLE, heap_flags_of

PATH = "PATH=/bin"


def told(*arguments, **variables):
    environ = "\0".join([PATH, *(f"{key}={value}" for key, value in variables.items())]) + "\0"
    return heap_flags_of(environ, "\0".join(["node", *arguments]) + "\0")


@pytest.mark.parametrize("word", ["--max-old-space-size=256", "--max_old_space_size=256", "--max-old_space-size=256"])
def test_a_size_is_read_in_each_spelling(word):
    assert told(word, "/srv/app.js").sizes == {OLD: 256}
    assert told("/srv/app.js", NODE_OPTIONS=f'--no-warnings "{word}"').sizes == {OLD: 256}


def test_all_three_sizes_are_read():
    sizes = told("--max-heap-size=900", "--max-semi-space-size=32", "--max-old-space-size=700", "app.js").sizes
    assert sizes == {WHOLE: 900, SEMI: 32, OLD: 700}


def test_the_last_one_counts_and_the_command_line_over_the_environment():
    both = "--max-old-space-size=100 --max-old-space-size=200"
    assert told("app.js", NODE_OPTIONS=both).sizes == {OLD: 200}
    assert told("--max-old-space-size=300", "app.js", NODE_OPTIONS=both).sizes == {OLD: 300}


def test_what_stands_behind_the_script_is_the_applications_own():
    assert told("app.js", "--max-old-space-size=256").sizes == {}
    assert told("-r", "hook.js", "--", "--max-old-space-size=256").sizes == {}


def test_an_option_behind_one_with_a_value_is_nodes():
    assert told("-r", "hook.js", "-e", "code", "--max-old-space-size=256").sizes == {OLD: 256}


@pytest.mark.parametrize("word", ["--max-old-space-size=", "--max-old-space-size=1g", "--max-old-space-size=0"])
def test_what_is_no_size_says_nothing(word):
    assert told(word, "256", "app.js").sizes == {}


def test_all_is_known_of_a_process_that_shows_both():
    assert told("app.js").is_sure
    assert not told("--env-file=.env", "app.js").is_sure
    assert not heap_flags_of("", "node\0app.js\0").is_sure


@pytest.mark.parametrize("title", ["node /srv/app.js", "shop", "node"])
def test_a_title_hides_the_command_line(title):
    hidden = heap_flags_of(f"{PATH}\0NODE_OPTIONS=--max-old-space-size=256\0", f"{title}\0\0\0\0")
    assert (hidden.sizes, hidden.is_sure) == ({OLD: 256}, False)


def test_pm2_tells_what_its_title_hides_in_cluster_mode():
    given = json.dumps({"node_args": ["--max-old-space-size=300", 7], "env": {"TOKEN": "s3cret"}})
    found = heap_flags_of(f"{PATH}\0pm2_env={given}\0", "node /srv/app.js\0\0\0")
    assert (found.sizes, found.is_sure) == ({OLD: 300}, True)


@pytest.mark.parametrize("given", ["", "[]", '"x"', "{", "[" * 100_000, '{"node_args": "--max-old-space-size=300"}'])
def test_what_pm2_did_not_write_says_nothing(given):
    found = heap_flags_of(f"{PATH}\0pm2_env={given}\0", "node /srv/app.js\0\0\0")
    assert (found.sizes, found.is_sure) == ({}, False)


@pytest.mark.parametrize("word", ["--max-old-space-size-percentage=50", "--min_semi_space_size=4", "--lite-mode"])
def test_options_that_move_the_limit_otherwise_are_noticed(word):
    assert told(word, "app.js").is_otherwise
    assert not told("--no-warnings", "app.js", word).is_otherwise
