"""The adapter: its rules make the very names that the autoscaler follows, of the series that a copy tells.

No adapter runs here, for it takes a cluster: its rules are read as its documentation says (`matches` is a regular
expression that the series must match, `as` the name), which is
https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
import yaml

from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.recipes.copy_metrics import COUNTER, LOOP, REQUESTS, SOCKETS, page, told
from advisor.diagnosis.recipes.kubernetes import autoscaler
from advisor.diagnosis.recipes.prometheus_adapter import ANNOTATIONS, values
from tests.strategies.tools.kubernetes import manifests

SHOP = Workload("shop", "server.js", 2, 9)
ALL = (LOOP, REQUESTS, SOCKETS)
FIELDS = {"seriesQuery", "resources", "name", "metricsQuery"}


def _rules(*names: str) -> list[dict[str, Any]]:
    found = yaml.safe_load(values(names))
    assert set(found) == {"prometheus", "rules"}
    assert found["rules"]["default"] is False
    rules: list[dict[str, Any]] = found["rules"]["custom"]
    assert all(set(rule) == FIELDS for rule in rules)
    return rules


def _series(rule: dict[str, Any]) -> str:
    series, labels = rule["seriesQuery"].split("{")
    assert labels == 'namespace!="",pod!=""}'
    return str(series)


def _made(rule: dict[str, Any]) -> str:
    match = re.search(rule["name"]["matches"], _series(rule))
    assert match is not None
    return match.expand(rule["name"]["as"])


@pytest.mark.parametrize(("on_cpu", "rate", "sockets"), [*product((True, False), (None, 9.0), (None, 9.0))])
def test_each_metric_that_the_autoscaler_follows_is_one_that_a_rule_makes(
    on_cpu: bool, rate: float | None, sockets: float | None
) -> None:
    signals = Signals(on_cpu, rate, sockets)
    [scaler] = manifests(autoscaler(SHOP, signals))
    followed = [one["pods"]["metric"]["name"] for one in scaler["spec"]["metrics"] if one["type"] == "Pods"]
    assert followed == ([_made(rule) for rule in _rules(*told(signals))] if followed else [])


def test_each_series_is_one_that_a_copy_tells() -> None:
    assert [_series(rule) for rule in _rules(*ALL)] == [LOOP, COUNTER, SOCKETS]
    assert all(f'name: "{_series(rule)}"' in page(ALL) for rule in _rules(*ALL))


def test_counts_become_rates_and_levels_stay_levels() -> None:
    queries = {_made(rule): rule["metricsQuery"] for rule in _rules(*ALL)}
    assert {name for name, query in queries.items() if "(rate(" in query} == {REQUESTS}
    assert all(query.endswith("{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)") for query in queries.values())


def test_a_figure_belongs_to_its_pod() -> None:
    labels = {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}
    assert all(rule["resources"] == {"overrides": labels} for rule in _rules(*ALL))


def test_the_annotations_name_the_page_of_a_copy() -> None:
    found = yaml.safe_load(f"{{{ANNOTATIONS}}}")
    assert all(isinstance(value, str) for value in found.values())
    assert f".listen({found['prometheus.io/port']})" in page(ALL)
