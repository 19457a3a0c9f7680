"""Batches that wait for the server, as files, so that a restart loses none of them."""

from __future__ import annotations

import errno
import os
import zlib

from advisor_agent.log import Log
from advisor_agent.settings import ConfigError
from advisor_agent.signals import METRICS, SIGNALS
from advisor_agent.state_lock import Held, take
from advisor_agent.uuid7 import uuid7

QUEUE, LOCK = "queue", "lock"
"""What lies in the state directory: a folder of batches, and a file that the agent at work holds."""

_SUFFIX = ".batch"
_MOST_DISK_BYTES = 256 << 20
_MOST_MEMORY_BYTES = 4 << 20
_LEAST_FREE_BYTES = 64 << 20
"""Room that is left to others: an agent that fills a disk to its end takes the services with it."""


class Batch:
    """A body as it was made or received, where it goes, and the id that it keeps over every retry."""

    __slots__ = ("body", "content_type", "encoding", "id", "signal")

    def __init__(self, batch_id: str, content_type: str, encoding: str, body: bytes, signal: str = METRICS) -> None:
        self.id = batch_id
        self.content_type = content_type
        self.encoding = encoding
        self.body = body
        self.signal = signal

    def to_bytes(self) -> bytes:
        """One line of fields, the last one a checksum of all the rest, then the body."""
        head = f"{self.id} {self.content_type} {self.encoding or '-'} {self.signal}"
        return f"{head} {_checksum(head, self.body)}\n".encode() + self.body

    @classmethod
    def from_bytes(cls, data: bytes) -> Batch:
        """The reverse; ValueError for a torn file, or one with a flipped bit."""
        line, _, body = data.partition(b"\n")
        head, _, checksum = line.decode("ascii").rpartition(" ")
        fields = head.split(" ")
        if not body or len(fields) != 4 or fields[3] not in SIGNALS or checksum != _checksum(head, body):
            raise ValueError("not a whole batch")
        batch_id, content_type, encoding, signal = fields
        return cls(batch_id, content_type, "" if encoding == "-" else encoding, body, signal)


def _checksum(head: str, body: bytes) -> str:
    return f"{zlib.crc32(body, zlib.crc32(head.encode())):08x}"


class Spool:
    """First in, first out. Where the directory cannot be written, batches wait in memory instead.

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
        """Name -> size, the oldest first."""
        self._in_memory: dict[str, Batch] = {}
        self._disk_bytes = self._memory_bytes = 0
        self._lock = -1
        self.dropped = 0
        """Batches dropped since the start, for want of room or because their file was torn."""
        self._open(directory)

    def __len__(self) -> int:
        return len(self._on_disk) + len(self._in_memory)

    @property
    def only_in_memory(self) -> int:
        """Batches that a restart would lose."""
        return len(self._in_memory)

    def add(self, batch: Batch) -> None:
        """Queue a batch."""
        name = uuid7() + _SUFFIX
        size = self._written(name, batch)
        if size:
            self._on_disk[name] = size
            self._disk_bytes += size
        else:
            self._in_memory[name] = batch
            self._memory_bytes += len(batch.body)
        while self._disk_bytes > self._most_disk:
            self._drop(next(iter(self._on_disk)))
        while self._memory_bytes > self._most_memory:
            self._drop(next(iter(self._in_memory)))

    def first(self) -> tuple[str, Batch] | None:
        """The oldest batch and the name to remove it by, or None. Unreadable files are dropped."""
        while self:
            name = min(next(iter(waiting)) for waiting in (self._on_disk, self._in_memory) if waiting)
            if name in self._in_memory:
                return name, self._in_memory[name]
            try:
                with open(os.path.join(self._directory, name), "rb") as file:
                    return name, Batch.from_bytes(file.read())
            except (OSError, ValueError) as error:
                self.remove(name)
                self.dropped += 1
                self._log.say(f"A waiting batch was unreadable and is lost ({error}).")
        return None

    def remove(self, name: str) -> None:
        """Forget a batch; one that is already gone is fine."""
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

    def _drop(self, name: str) -> None:
        self.remove(name)
        self.dropped += 1
        self._log.once("dropped", "The queue is full: the oldest batches are dropped until the server takes some.")

    def _open(self, directory: str) -> None:
        try:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
            os.chmod(directory, 0o700)
            self._lock = _locked(os.path.join(directory, LOCK))
            for name in sorted(os.listdir(self._directory)):
                self._found(name)
        except OSError as error:
            self._complain(error)

    def _found(self, name: str) -> None:
        path = os.path.join(self._directory, name)
        if name.endswith(_SUFFIX):
            self._on_disk[name] = os.path.getsize(path)
            self._disk_bytes += self._on_disk[name]
        else:
            os.unlink(path)  # half written when the agent was killed

    def _written(self, name: str, batch: Batch) -> int:
        """The size of the new file, 0 if it could not be written."""
        path = os.path.join(self._directory, name)
        data = batch.to_bytes()
        try:
            self._leave_room(len(data))
            with open(path + ".part", "wb", opener=_private) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(path + ".part", path)
            _sync_folder(self._directory)
        except OSError as error:
            self._complain(error)
            return 0
        self._log.settle("state", "The state directory can be written again.")
        return len(data)

    def _leave_room(self, size: int) -> None:
        """OSError where the filesystem would have less room left than others may need."""
        if _free_bytes(self._directory) - size < self._least_free:
            raise OSError(errno.ENOSPC, f"less than {self._least_free >> 20} MiB would be left free")

    def _complain(self, error: OSError) -> None:
        self._log.once(
            "state",
            f"Cannot write to {self._directory} ({error.strerror}); unsent data waits in memory only."
            " Give another --state-dir, or make room.",
        )


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
