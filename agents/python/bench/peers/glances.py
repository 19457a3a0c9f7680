"""Glances without a screen, which writes a CSV file."""

from __future__ import annotations

from bench.subject import Launch, Place, Subject, needs_module


def _launch(place: Place) -> Launch:
    out = str(place.folder / "figures.csv")
    flags = ["-q", "-t", str(place.every), "--export", "csv", "--export-csv-file", out, "--disable-check-update"]
    configuration = place.write("glances.conf", "[global]\n")
    return Launch([str(place.python), "-m", "glances", "-C", str(configuration), *flags])


SUBJECT = Subject("glances", "host, all processes", needs_module("glances"), _launch)
