"""`manage.py verdicts`: what every rule says of every service, for scripts (JSON) and people (text)."""

from __future__ import annotations

from typing import Any

from advisor.pipeline.management.listing import ListingCommand
from advisor.recommendations import export


class Command(ListingCommand):
    """Prints every rule's verdict with the signals it looked at."""

    help = "Print every rule's verdict on every service, with its signals."
    nothing = "No service has been judged yet."

    def read(self, service: str | None) -> list[dict[str, Any]]:
        """Ask the rows."""
        return export.verdicts(service)

    def text(self, item: dict[str, Any]) -> str:
        """What it says, in as few lines as hold it."""
        line = f"{item['service']}  {item['rule']}  {item['verdict']}"
        if item["since"]:
            line += f" since {item['since']}"
        if item["until"]:
            line += f", firing at {item['until']} if nothing changes"
        if item["missing"]:
            line += f", missing: {', '.join(item['missing'])}"
        return line
