"""`manage.py advice`: the recommendations that stand, for scripts (JSON) and people (text)."""

from __future__ import annotations

from typing import Any

from advisor.pipeline.management.listing import ListingCommand
from advisor.recommendations import export


class Command(ListingCommand):
    """Prints every recommendation that has not ended, the most urgent first."""

    help = "Print the recommendations that stand, the most urgent first."
    between = "\n\n"
    nothing = "No recommendation stands."

    def read(self, service: str | None) -> list[dict[str, Any]]:
        """Ask the rows."""
        return export.advice(service)

    def text(self, item: dict[str, Any]) -> str:
        """What it says, in as few lines as hold it."""
        lines = [
            item["claim"],
            f"  {item['service']}  {item['rule']}  {item['state']}  {item['severity']}  since {item['since']}",
            *(f"  {strategy['rank']}. {strategy['title']} ({strategy['id']})" for strategy in item["strategies"]),
            *(f"  not {rejected['id']}: {rejected['reason']}" for rejected in item["rejected"]),
        ]
        return "\n".join(lines)
