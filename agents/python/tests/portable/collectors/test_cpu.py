from __future__ import annotations

import psutil
import pytest

from advisor_agent.portable.collectors import cpu


def of(figures, scene, number):
    return {key[2]: value for key, value in figures(cpu.collect_host(scene)).items() if key[1:2] == (number,)}


def test_the_modes_of_macos(macos, look, figures):
    assert of(figures, look(macos), "0") == {"user": 1000.5, "nice": 0.0, "system": 400.25, "idle": 8000.0}


def test_on_windows_the_kernels_time_is_without_interrupts(windows, look, figures):
    assert of(figures, look(windows), "0") == {"user": 1000.5, "system": 374.75, "interrupt": 25.5, "idle": 8000.0}


def test_processors_are_counted(elsewhere, look, figures):
    assert figures(cpu.collect_host(look(elsewhere)))[("system.cpu.logical.count",)] == 2


def test_what_is_refused_is_an_error_that_the_collection_tells(elsewhere, look):
    elsewhere.errors["per_cpu_times"] = psutil.AccessDenied()
    with pytest.raises(PermissionError):
        list(cpu.collect_host(look(elsewhere)))
