"""A pytest plugin: a test that was skipped has failed. `make test` loads it where ADVISOR_REQUIRE_ALL is set."""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the outcome around, and keep the reason."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here (ADVISOR_REQUIRE_ALL is set): {report.longrepr}"
    return report
