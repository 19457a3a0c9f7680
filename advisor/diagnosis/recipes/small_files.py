"""Finding what fills a filesystem with files, and removing those that are old."""

from __future__ import annotations

import shlex

from advisor.diagnosis.advice import Step


def removed(mount: str) -> tuple[Step, ...]:
    """See which folders hold most files, clear what is old once and then daily, and make fewer files from then on."""
    return (
        Step("See which folders hold the most files. A few large files take next to no inodes, so their size does not "
             "matter here.", "", "shell", most(mount)),
        Step("Usual ones are sessions and caches that are kept as files, old releases with their node_modules, mail "
             "that nobody fetches, and thumbnails. Put the folder and the days that its files are needed in place of "
             "these, look at what would go, then delete it; do so daily by cron or a systemd timer.", "", "shell",
             old("FOLDER", 7)),
        Step("Make fewer files: keep sessions and caches in a store (Redis, a database), and uploads and thumbnails in "
             "object storage."),
        Step("An ext4 filesystem has as many inodes as it was made with. Where many small files must stay, make a new "
             "one for them with an inode for each 4 KB (mkfs.ext4 -i 4096), or with XFS, which makes them as needed."),
    )  # fmt: skip


def most(mount: str) -> str:
    """Commands that show the folders with the most files, and what is left."""
    where = shlex.quote(mount)
    counted = f"du --inodes --one-file-system --max-depth=3 {where} | sort --numeric-sort | tail -n 20"
    return f"{counted}\ndf --inodes {where}"


def old(folder: str, days: int) -> str:
    """Commands that list the files of a folder that nobody has changed for so many days, then delete them."""
    files = f"find {shlex.quote(folder)} -xdev -type f -mtime +{days}"
    return f"{files} | head -n 50\n{files} -delete"
