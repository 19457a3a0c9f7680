"""What this machine's kernel can do."""

from __future__ import annotations

import os

RELEASE = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])

TELLS_ENDS = RELEASE >= (5, 3) and hasattr(os, "pidfd_open")
"""A process can be held by a descriptor."""

TELLS_CODES = TELLS_ENDS and RELEASE >= (6, 15)
"""How it ended is told to others than its parent."""
