from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MIB = 1 << 20
PROGRAM = """
import os
from advisor.ingest.allocator import give_back_large
{first}
bytearray(b"x") * (4 << 20)  # freed at once: from here on a mebibyte counts as small
large, small = [], []
for _ in range(32):
    large.append(bytearray(b"x") * (1 << 20))
    small.append(bytearray(b"x") * (64 << 10))
large.clear()
print(int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE"))
"""


def rss(first: str) -> int:
    """Bytes that a process holds after it has freed 32 MiB, in pieces between others that stay."""
    command = [sys.executable, "-c", PROGRAM.format(first=first)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library gives back as it likes")
def test_what_was_large_goes_back_to_the_system() -> None:
    assert rss("give_back_large()") < rss("") - 16 * MIB


AGAIN = """
import resource
{}
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pieces = [bytearray(b"x") * (size << 20) for size in (2, 7, 30)]
    pieces.clear()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_anew(told: str, program: str = AGAIN) -> int:
    """Pages that the system gives a process for pieces of memory, when it had and freed the same before."""
    command = [sys.executable, "-c", program.format(told)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


SMALL = """
import resource
from advisor.ingest.allocator import give_back_large, keep_free
give_back_large()
{}
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pieces = [bytearray(b"x") * (128 << 10) for _ in range(32)]
    pieces.clear()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps what it likes")
def test_what_many_small_pieces_took_is_kept_for_the_next() -> None:
    assert pages_anew("keep_free()", SMALL) < pages_anew("pass", SMALL) / 10


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps what it likes")
@pytest.mark.parametrize(
    "keeping",
    [
        "from advisor.ingest.allocator import keep_large; keep_large()",
        "import advisor.celery, celery.signals; celery.signals.worker_process_init.send(sender=None)",
    ],
    ids=["asked", "as a worker"],
)
def test_what_was_large_is_kept_for_the_next(keeping: str) -> None:
    assert pages_anew(keeping) < pages_anew("") / 10
