"""`manage.py advice`: the recommendations that stand, for scripts (JSON) and people (text)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from advisor.recommendations import export
from advisor.recommendations.export import NOTHING_KEPT


class Command(BaseCommand):
    """Prints every recommendation that has not ended, the most urgent first."""

    help = "Print the recommendations that stand, the most urgent first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer, and one service if only that is wanted."""
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--service", metavar="NAME", help="only this service")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        try:
            found = export.advice(options["service"])
        except DatabaseError as error:
            raise CommandError(f"{NOTHING_KEPT} ({error})") from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        elif found:
            self.stdout.write("\n\n".join(map(_text, found)))
        else:
            self.stdout.write("No recommendation stands.")


def _text(item: dict[str, Any]) -> str:
    lines = [
        item["claim"],
        f"  {item['service']}  {item['rule']}  {item['state']}  {item['severity']}  since {item['since']}",
        *(f"  {strategy['rank']}. {strategy['title']} ({strategy['id']})" for strategy in item["strategies"]),
        *(f"  not {rejected['id']}: {rejected['reason']}" for rejected in item["rejected"]),
    ]
    return "\n".join(lines)
