"""Batches that wait for the server, as files, so that a restart loses none of them."""

from __future__ import annotations

import errno
import os
from itertools import islice

from advisor_agent.batch import Batch
from advisor_agent.failpoint import failpoint
from advisor_agent.log import Log
from advisor_agent.settings import ConfigError
from advisor_agent.state_lock import Held, take
from advisor_agent.uuid7 import uuid7

QUEUE, LOCK = "queue", "lock"
"""What lies in the state directory: a folder of batches, and a file that the agent at work holds."""

_SUFFIX, _PART = ".batch", ".part"
_BLOCK_BYTES = 4096
"""In which filesystems hand out room: a small file takes up a whole one."""
_MOST_MOVES = 16
"""From memory to the disk at once: each waits for the disk, and meanwhile nobody is served."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_GONE = (errno.ENOENT, errno.EIO)
_MOST_DISK_BYTES = 256 << 20
_MOST_MEMORY_BYTES = 4 << 20
_LEAST_FREE_BYTES = 64 << 20
"""Room that is left to others: an agent that fills a disk to its end takes the services with it."""


class Spool:
    """First in, first out. What the disk does not take waits in memory, until the disk takes files again.

    What was added is on the disk itself, not only in the kernel's memory: whoever handed it over is told that it is
    kept. Over a limit (bytes) the oldest are dropped and counted: what just happened matters most.
    """

    def __init__(
        self,
        directory: str,
        log: Log,
        most_disk_bytes: int = _MOST_DISK_BYTES,
        most_memory_bytes: int = _MOST_MEMORY_BYTES,
        least_free_bytes: int = _LEAST_FREE_BYTES,
    ) -> None:
        self._directory = os.path.join(directory, QUEUE)
        self._log = log
        self._most_disk, self._most_memory = most_disk_bytes, most_memory_bytes
        self._least_free = least_free_bytes
        self._on_disk: dict[str, int] = {}
        """Name -> bytes it takes up, the oldest first. All of them are older than those in memory."""
        self._in_memory: dict[str, Batch] = {}
        self._disk_bytes = self._memory_bytes = 0
        self._is_short = False
        """The disk has too little room for the oldest batch in memory."""
        self._given_up = 0
        """Bytes that dropped batches left on such a disk, for those that came after them."""
        self.dropped = 0
        """Batches dropped since the start, for want of room or because their file was torn."""
        for step in (self._prepare, self._hold, self._find):  # a full or read-only disk still has what waits there
            try:
                step(directory)
            except OSError as error:
                self._complain(error)

    def __len__(self) -> int:
        return len(self._on_disk) + len(self._in_memory)

    @property
    def only_in_memory(self) -> int:
        """Batches that a restart would lose."""
        return len(self._in_memory)

    def add(self, batch: Batch) -> None:
        """Queue a batch."""
        self._in_memory[uuid7() + _SUFFIX] = batch
        self._memory_bytes += len(batch.body)
        self._move_to_disk()
        while self._disk_bytes > self._most_disk:
            self._drop(next(iter(self._on_disk)))
        while self._memory_bytes > self._most_memory:
            self._make_way()

    def first(self) -> tuple[str, Batch] | None:
        """The oldest batch that can be read, and the name to remove it by, or None. Damaged files are dropped."""
        while self._on_disk:
            name = next(iter(self._on_disk))
            try:
                with open(os.path.join(self._directory, name), "rb") as file:
                    return name, Batch.from_bytes(file.read())
            except (OSError, ValueError) as error:
                if isinstance(error, OSError) and error.errno not in _GONE:  # no descriptor left, say: it may be later
                    self._log.once("unread", f"Cannot read {self._directory} ({error.strerror}); it is tried again.")
                    break
                self.remove(name)
                self.dropped += 1
                self._log.say(f"A waiting batch was unreadable and is lost ({error}).")
        return next(iter(self._in_memory.items()), None)

    def remove(self, name: str) -> bool:
        """Forget a batch; False for one that is already gone."""
        if name in self._in_memory:
            self._memory_bytes -= len(self._in_memory.pop(name).body)
        elif name in self._on_disk:
            self._disk_bytes -= self._on_disk.pop(name)
            try:
                os.unlink(os.path.join(self._directory, name))
            except FileNotFoundError:
                pass
            except OSError as error:
                self._complain(error)
        else:
            return False
        return True

    def _drop(self, name: str) -> None:
        self.remove(name)
        self.dropped += 1
        self._log.once("dropped", "The queue is full: the oldest batches are dropped until the server takes some.")

    def _make_way(self) -> None:
        """Memory is full: its oldest batch takes the place of older ones on a disk that is short of room, or goes."""
        name, batch = next(iter(self._in_memory.items()))
        needed = _room_of(len(batch.to_bytes()))
        while self._is_short and self._on_disk and self._given_up < needed:
            oldest = next(iter(self._on_disk))
            self._given_up += self._on_disk[oldest]
            self._drop(oldest)
        self._move_to_disk()
        if name in self._in_memory:
            self._drop(name)

    def _move_to_disk(self) -> None:
        """What waits in memory goes to the disk, the oldest first, until the disk takes no more."""
        for name, batch in list(islice(self._in_memory.items(), _MOST_MOVES)):
            data = batch.to_bytes()
            if not self._is_written(name, data):
                return
            self.remove(name)
            self._on_disk[name] = _room_of(len(data))
            self._disk_bytes += self._on_disk[name]

    def _prepare(self, directory: str) -> None:
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        os.chmod(directory, 0o700)

    def _hold(self, directory: str) -> None:
        self._lock = _locked(os.path.join(directory, LOCK))

    def _find(self, directory: str) -> None:
        """What an agent before us left. Whatever else lies there is left alone."""
        for entry in sorted(os.scandir(self._directory), key=lambda entry: entry.name):
            if entry.name.endswith(_SUFFIX + _PART):
                self._discard(entry.path)  # half written when the agent was killed
            elif entry.name.endswith(_SUFFIX) and entry.is_file():
                self._on_disk[entry.name] = _room_of(entry.stat().st_size)
                self._disk_bytes += self._on_disk[entry.name]

    def _is_written(self, name: str, data: bytes) -> bool:
        path = os.path.join(self._directory, name)
        try:
            self._leave_room(_room_of(len(data)))
            with open(path + _PART, "wb", opener=_private) as file:
                file.write(data)
                file.flush()
                failpoint("agent.after_spool_write_before_fsync")
                os.fsync(file.fileno())
            failpoint("agent.after_fsync_before_rename")
            os.replace(path + _PART, path)
            failpoint("agent.after_rename_before_folder_sync")
            _sync_folder(self._directory)
        except OSError as error:
            self._is_short = error.errno in _FULL
            self._discard(path + _PART)  # it would take up what little room there is
            self._discard(path)
            self._complain(error)
            return False
        self._is_short = False
        self._log.settle("state", "The state directory can be written again.")
        return True

    def _leave_room(self, size: int) -> None:
        """OSError where the filesystem would have less room left than others may need."""
        if _free_bytes(self._directory) - size >= self._least_free:
            self._given_up = 0
        elif size <= self._given_up:
            self._given_up -= size
        else:
            raise OSError(errno.ENOSPC, f"less than {self._least_free >> 20} MiB would be left free")

    def _discard(self, path: str) -> None:
        try:
            os.unlink(path)
        except OSError:
            return  # it is not there, or cannot be: the next start looks again

    def _complain(self, error: OSError) -> None:
        self._log.once(
            "state",
            f"Cannot write to {self._directory} ({error.strerror}); unsent data waits in memory only."
            " Give another --state-dir, or make room.",
        )


def _room_of(size: int) -> int:
    """What a file of so many bytes takes up on a disk."""
    return -(-size // _BLOCK_BYTES) * _BLOCK_BYTES


def _locked(path: str) -> int:
    """Hold the state directory as long as this process lives. ConfigError if another agent has it."""
    try:
        return take(path)
    except Held as error:
        folder = os.path.dirname(path)
        raise ConfigError(f"Another advisor-agent uses {folder}: stop it, or give another --state-dir.") from error


def _free_bytes(path: str) -> int:
    if hasattr(os, "statvfs"):
        space = os.statvfs(path)
        return space.f_bavail * space.f_frsize
    import shutil  # it would cost memory for good where it is not needed

    return shutil.disk_usage(path).free


def _sync_folder(path: str) -> None:
    """A new name is not on the disk before its folder is. Windows opens no folders: its journal keeps their order."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
