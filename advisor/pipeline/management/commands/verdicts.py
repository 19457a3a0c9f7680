"""`manage.py verdicts`: what every rule says of every service, for scripts (JSON) and people (text)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from advisor.recommendations import export
from advisor.recommendations.export import NOTHING_KEPT


class Command(BaseCommand):
    """Prints every rule's verdict with the signals it looked at."""

    help = "Print every rule's verdict on every service, with its signals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer, and one service if only that is wanted."""
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--service", metavar="NAME", help="only this service")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        try:
            found = export.verdicts(options["service"])
        except DatabaseError as error:
            raise CommandError(f"{NOTHING_KEPT} ({error})") from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        elif found:
            self.stdout.write("\n".join(map(_text, found)))
        else:
            self.stdout.write("No service has been judged yet.")


def _text(item: dict[str, Any]) -> str:
    line = f"{item['service']}  {item['rule']}  {item['verdict']}"
    if item["since"]:
        line += f" since {item['since']}"
    if item["until"]:
        line += f", firing at {item['until']} if nothing changes"
    if item["missing"]:
        line += f", missing: {', '.join(item['missing'])}"
    return line
