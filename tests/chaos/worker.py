"""`python -m tests.chaos.worker`: rolls up and prunes without a pause, as the tasks of the real worker do in turns."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

import django


def main() -> int:
    """Work until it is ended."""
    django.setup()
    from django.db import Error, connection

    from advisor.store import samples

    while True:
        try:
            soon = datetime.now(UTC) + timedelta(hours=2)  # also what is not over: again and again
            samples.roll_up(soon)
            samples.prune(datetime.now(UTC))
        except Error:
            connection.close()
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
