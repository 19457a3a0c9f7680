"""More of what the host of a datastore is short of: processors, memory for its data, a disk that is fast enough."""

from __future__ import annotations

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.machine_size import cores_for
from advisor.diagnosis.prediction import SIZING
from advisor.diagnosis.recipes import faster_disk, resize
from advisor.diagnosis.sizes import Growth, memory_for, misses_expectation
from advisor.diagnosis.words import number, percent, size
from advisor.features.datastores import Datastore
from advisor.features.machine import Machine
from advisor.features.store_memory import Store


def of_cores(machine: Machine) -> Growth:
    """Cores of which a busy hour leaves some."""
    busy, wanted = machine.cpu(SIZING), cores_for(machine)
    then = busy * machine.cores / wanted
    return Growth(
        f"Move {machine.name}, with the datastore, to {wanted} cores",
        f"Its {number(machine.cores)} cores are {percent(busy)} busy, and a datastore uses many at once.",
        f"{number(wanted - machine.cores)} more cores",
        (Expectation("cpu", "Processors busy", "1", busy, then * 0.9, min(busy, then * 1.25)),),
        resize.MACHINE,
        "Check first for statements that are dear, for indexes and for pools: they cost no machine.",
    )


def of_memory(store: Store, memory: float) -> Growth:
    """Memory for all its data, at most twice of what there is."""
    wanted = min(2 * memory, memory_for(store.size))
    return Growth(
        f"Move {store.machine.name} to {size(wanted)} of memory",
        f"{size(store.size)} of data do not fit {size(memory)}: {percent(store.missing)} of blocks are missed.",
        f"{size(wanted - memory)} more memory",
        (misses_expectation(store.misses, store.size, memory, wanted),),
        resize.MACHINE,
        "Check for an index that is missing and for queries that read more than they need: cheaper.",
    )


def of_disk(store: Datastore) -> Growth:
    """A disk that takes the writes in less time; by how much, only a measurement tells."""
    return Growth(
        f"Give {store.name} on {store.machine} a faster disk",
        f"Its disk is at work {percent(store.disk)} of the time, and {number(store.held_up)} of {number(store.active)} "
        "active sessions wait for it or inside the server.",
        "a volume with more operations a second, or a disk inside the machine",
        (Expectation("db_held_up", "Sessions that wait for a disk or inside", "{session}", store.held_up, 0.0,
                     store.held_up),),
        faster_disk.STEPS,
        "Check first for indexes that nobody reads, for rows that can be written together and for checkpoints that "
        "come too often (max_wal_size): each is cheaper than a disk.",
    )  # fmt: skip
