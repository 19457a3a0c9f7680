from __future__ import annotations

from advisor_agent.datastore import ANSWERED, report
from advisor_agent.dsn import REDIS, Dsn
from advisor_agent.errand import Answer, ErrandError

DSN = Dsn("redis://:p@db", REDIS)


def told(answers):
    return [str(one) if isinstance(one, ErrandError) else (one.sample.metric.name, one.sample.value) for one in answers]


def test_one_that_answers_says_so_first():
    missing = ErrandError("something is hidden")
    found = list(report(DSN, [Answer(ANSWERED.at(7)), missing]))
    assert told(found) == [(ANSWERED.name, 1), (ANSWERED.name, 7), "something is hidden"]
    assert found[0].sample.attributes == DSN.attributes


def test_one_that_breaks_off_tells_nothing_but_that():
    def breaks_off():
        yield Answer(ANSWERED.at(7))
        raise ErrandError("it hung up")

    assert told(report(DSN, breaks_off())) == [(ANSWERED.name, 0), "it hung up"]
