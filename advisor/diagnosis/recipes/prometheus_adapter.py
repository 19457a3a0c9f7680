"""The adapter that makes series of a Prometheus metrics of Pods, which the autoscaler of Kubernetes follows."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.recipes.copy_metrics import COUNTER, LOOP, PORT, REQUESTS, SOCKETS

ANNOTATIONS: Final = f'prometheus.io/scrape: "true", prometheus.io/port: "{PORT}", prometheus.io/path: /metrics'
"""By these the chart's Prometheus finds the page of a Pod. It sets the labels namespace and pod, as operators do."""

_OVER_TIME: Final = "avg(avg_over_time(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)"

_RATE: Final = "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)"

_MADE_OF: Final = {LOOP: (LOOP, _OVER_TIME), REQUESTS: (COUNTER, _RATE), SOCKETS: (SOCKETS, _OVER_TIME)}
"""The series of each metric, and the figure of a Pod made of it: two minutes hold a few readings, one a minute too."""


def values(names: tuple[str, ...]) -> str:
    """The values of the chart prometheus-adapter, as YAML: one rule for each of these metrics."""
    return _VALUES + "".join(_rule(name, *_MADE_OF[name]) for name in names)


def _rule(name: str, series: str, query: str) -> str:
    return _RULE.format(name=name, series=series, query=query)


_VALUES: Final = """prometheus: {url: "http://PROMETHEUS", port: 9090} # 80 where the chart prometheus made its Service
rules:
  default: false # the adapter's own would make some of these names as well
  custom:
"""

_RULE: Final = """    - seriesQuery: '{series}{{namespace!="",pod!=""}}'
      resources: {{overrides: {{namespace: {{resource: namespace}}, pod: {{resource: pod}}}}}}
      name: {{matches: "^{series}$", as: "{name}"}}
      metricsQuery: '{query}'
"""

INSTALL: Final = """helm upgrade --install prometheus-adapter prometheus-adapter --namespace monitoring \\
  --create-namespace --repo https://prometheus-community.github.io/helm-charts --values adapter.yaml
kubectl get --raw /apis/custom.metrics.k8s.io/v1beta1
"""
