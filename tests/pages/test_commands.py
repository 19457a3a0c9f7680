from __future__ import annotations

from pytest_django import Settings

from advisor.pages import commands


def test_on_this_machine_the_probe_is_used_where_it_lies(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert commands.probe() == f"NODE_OPTIONS='--require {commands.PROBE}' node server.js"


def test_elsewhere_the_probe_is_fetched_first(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://advisor.example.com"
    assert commands.probe().startswith("curl -fsS https://advisor.example.com/agent/advisor-probe.tgz | tar xz\n")


def test_under_pm2_it_is_an_option_of_node(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert commands.probe_under_pm2() == f'node_args: "--require {commands.PROBE}",'
    settings.PUBLIC_URL = "https://advisor.example.com"
    assert commands.probe_under_pm2() == 'node_args: "--require /path/to/advisor-probe",'


def test_the_agent_reports_to_this_installation(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://advisor.example.com"
    assert commands.agent("sah_x").splitlines() == [
        "curl -fsSO https://advisor.example.com/agent/advisor-agent.pyz",
        "ADVISOR_TOKEN=sah_x python3 advisor-agent.pyz run --server https://advisor.example.com",
    ]


def test_an_sdk_sends_metrics_alone() -> None:
    lines = commands.sdk("sat_x").splitlines()
    assert 'OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer sat_x"' in lines
    assert {"OTEL_METRICS_EXPORTER=otlp", "OTEL_TRACES_EXPORTER=none", "OTEL_LOGS_EXPORTER=none"} <= set(lines)
