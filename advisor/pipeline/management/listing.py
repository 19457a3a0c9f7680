"""What `manage.py advice` and `manage.py verdicts` share: one list, as JSON or as text."""

from __future__ import annotations

import json
from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError


class ListingCommand(BaseCommand):
    """Prints a list; a database that cannot be read is one sentence that says what to do."""

    between = "\n"
    nothing = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer, and one service if only that is wanted."""
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--service", metavar="NAME", help="only this service")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        try:
            found = self.read(options["service"])
        except DatabaseError as error:
            raise CommandError(
                f"Nothing can be read here: start with `make run`, or name the data with ADVISOR_HOME. ({error})"
            ) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(self.between.join(map(self.text, found)) or self.nothing)

    @abstractmethod
    def read(self, service: str | None) -> list[dict[str, Any]]:
        """The entries, of one service if its name is given."""

    @abstractmethod
    def text(self, item: dict[str, Any]) -> str:
        """One entry for people."""
