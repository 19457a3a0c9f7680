"""One peer a file, with a `SUBJECT`; a file laid here is found by itself."""

from __future__ import annotations

import importlib
import pkgutil

from bench.subject import Subject


def found() -> list[Subject]:
    """Every peer, by name."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return sorted((module.SUBJECT for module in modules), key=lambda subject: subject.name)
