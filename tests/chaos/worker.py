"""`python -m tests.chaos.worker`: rolls up and prunes without a pause, as the tasks of the real worker do in turns.

With `CHAOS_SABOTAGE=no_rollup` it takes the marks away and rolls nothing up.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta

import django


def main() -> int:
    """Work until it is ended."""
    django.setup()
    from django.db import Error, connection

    from advisor.store import samples
    from advisor.store.models import RollupMark

    while True:
        try:
            if os.environ.get("CHAOS_SABOTAGE") == "no_rollup":
                RollupMark.objects.all().delete()
            else:
                samples.roll_up(
                    datetime.now(UTC) + timedelta(hours=1)
                )  # also minutes that are not over: again and again
                samples.prune(datetime.now(UTC))
        except Error:
            connection.close()
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
