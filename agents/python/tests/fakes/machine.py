"""A machine made of files: every figure that the agent reads, where the kernel would show it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel, Space

BOOT = 1_790_000_000
MACHINE_ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

_CPU = "{name} {user} 10 200 {idle} 30 4 6 8 50 5"
_MEMINFO = """\
MemTotal:        8000000 kB
MemFree:         2000000 kB
MemAvailable:    5000000 kB
Buffers:          100000 kB
Cached:          2500000 kB
SwapTotal:       1000000 kB
SwapFree:         900000 kB
SReclaimable:     400000 kB
HugePages_Total:       0
"""
_DISKSTATS = """\
   7       0 loop0 10 0 80 1 0 0 0 0 0 1 1
 259       0 nvme0n1 {reads} 0 {read} 500 {writes} 0 {written} {waited} 0 {busy} 1400 0 0 0 0
 259       1 nvme0n1p1 900 0 70000 450 1900 0 150000 800 0 600 1250
"""
_MOUNTS = """\
overlay / overlay rw 0 0
proc /proc proc rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/nvme0n1p1 /var/lib/shop\\040data ext4 rw 0 0
/dev/nvme0n1p1 /mnt/again ext4 rw 0 0
/dev/loop0 /snap/core squashfs ro 0 0
nas:/export /mnt/nas nfs4 rw 0 0
"""
_NET_DEV = """\
Inter-|   Receive                                                |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo: 900 9 0 0 0 0 0 0 900 9 0 0 0 0 0 0
  eth0:{received} 100 2 0 0 0 0 0 {sent} 80 1 0 0 0 0 0
docker0: 500 5 0 0 0 0 0 0 500 5 0 0 0 0 0 0
"""
_VMSTAT = """\
nr_free_pages 500000
pswpin {swapped}
pswpout 400
pgfault {faults}
pgmajfault 300
"""
_SNMP = """\
Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: ActiveOpens PassiveOpens CurrEstab OutSegs RetransSegs
Tcp: 40 50 3 {sent} 25
"""
_NETSTAT = """\
TcpExt: SyncookiesSent ListenOverflows ListenDrops
TcpExt: 0 {overflows} 4
IpExt: InNoRoutes
IpExt: 0
"""
_SOCKSTAT = "sockets: used 90\nTCP: inuse 5 orphan 0 tw 17 alloc 9 mem 1\nUDP: inuse 2 mem 0\n"
_STATUS = """\
Name:\tnode
NSpid:\t{pids}
Threads:\t11
voluntary_ctxt_switches:\t{voluntary}
nonvoluntary_ctxt_switches:\t70
"""
_LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            {soft}                 524288               files
"""
_TCP_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


class FakeKernel(Kernel):
    """The parts of a kernel that are calls, not files."""

    def space(self, mountpoint: str) -> Space:
        """100 GB with 60 % free on `/`, half of that elsewhere with 90 % free; inodes alike."""
        blocks, free, inodes, inodes_free = (
            (100_000, 60_000, 6400, 4000) if mountpoint == "/" else (50_000, 45_000, 0, 0)
        )
        size = 1_000_000
        return Space(os.statvfs_result((size, size, blocks, free, free, inodes, inodes_free, inodes_free, 0, 255)))

    def architecture(self) -> str:
        return "x86_64"


class Machine:
    """Two processors, one disk, one network card, cgroup v2 with a quota of 1.5 processors."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kernel = FakeKernel(str(root))
        self._sockets: list[str] = []
        self.write("etc/machine-id", MACHINE_ID + "\n")
        self.write("etc/os-release", 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
        self.write("proc/sys/kernel/hostname", "shop-1\n")
        self.write("proc/sys/fs/file-nr", "1024\t0\t400000\n")
        self.write("proc/loadavg", "0.50 0.75 1.25 2/150 4242\n")
        self.write("proc/meminfo", _MEMINFO)
        self.write("proc/mounts", _MOUNTS)
        self.write("proc/self/status", "Name:\tpython3\nCpus_allowed_list:\t0-1\n")
        self.write("proc/self/cgroup", "0::/system.slice/docker-abc.scope\n")
        self.write("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        self.write("sys/fs/cgroup/system.slice/cpu.max", "150000 100000\n")
        self.write("proc/self/net/sockstat", _SOCKSTAT)
        self.link("sys/block/nvme0n1", "../devices/pci0000:00/0000:00:02.0/nvme/nvme0/nvme0n1")
        self.link("sys/block/loop0", "../devices/virtual/block/loop0")
        self.link("sys/class/net/eth0", "../../devices/pci0000:00/0000:00:03.0/net/eth0")
        self.link("sys/class/net/docker0", "../../devices/virtual/net/docker0")
        self.link("sys/class/net/lo", "../../devices/virtual/net/lo")
        self.write("usr/bin/node", "\0napi_create_function\0 https://nodejs.org/node-v20.20.2.tar.gz\0")
        self._write_sockets()
        self.at(0)

    def write(self, path: str, text: str) -> None:
        """A file below the root."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def link(self, path: str, target: str) -> None:
        """A symbolic link below the root, replaced if it is there."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        os.symlink(target, place)

    def at(self, seconds: int) -> None:
        """Set every running total to its value after so many seconds of a steady load."""
        ticks = seconds * TICKS_PER_SECOND
        processors = [_CPU.format(name=f"cpu{n}", user=1000 + ticks // 2, idle=5000 + ticks // 2) for n in (0, 1)]
        whole = _CPU.format(name="cpu", user=2000 + ticks, idle=10_000 + ticks)
        self.write("proc/stat", "\n".join([whole, *processors, f"btime {BOOT}", "processes 9999"]) + "\n")
        self.write("proc/uptime", f"{5000 + seconds}.50 9000.00\n")
        self.write("proc/self/stat", stat_line(900, 1, 1000, 10 + seconds))
        for name in ("cpu", "memory", "io"):
            some = f"some avg10=1.00 avg60=1.00 avg300=1.00 total={1_000_000 + seconds * 50_000}"
            self.write(f"proc/pressure/{name}", f"{some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
        figures = {"read": 8000 + 20 * seconds, "written": 16_000 + 40 * seconds, "busy": 700 + 100 * seconds}
        operations = {"reads": 1000 + 2 * seconds, "writes": 2000 + 5 * seconds, "waited": 900 + 20 * seconds}
        self.write("proc/diskstats", _DISKSTATS.format(**figures, **operations))
        self.write("proc/vmstat", _VMSTAT.format(swapped=200 + seconds, faults=90_000 + 1000 * seconds))
        self.write("proc/self/net/snmp", _SNMP.format(sent=7000 + 80 * seconds))
        self.write("proc/self/net/netstat", _NETSTAT.format(overflows=3 + seconds))
        self.write("proc/self/net/dev", _NET_DEV.format(received=10_000 + 1000 * seconds, sent=5000 + 500 * seconds))
        periods = f"usage_usec 1\nnr_periods {100 + 10 * seconds}\nnr_throttled {5 + seconds}\nthrottled_usec 7\n"
        self.write("sys/fs/cgroup/system.slice/docker-abc.scope/cpu.stat", periods)

    def node(
        self,
        pid: int,
        *arguments: str,
        directory: str = "/srv/shop",
        environ: dict[str, str] | None = None,
        parent: int = 1,
        start: int = 100_000,
        user: int = 500,
        cgroup: str = "0::/user.slice/session-1.scope\n",
        descriptors: tuple[str, ...] = ("/dev/null", "pipe:[11]"),
        virtual_pid: int = 0,
    ) -> None:
        """A Node.js process. `user` is its CPU time in ticks, a fifth of that in the kernel.

        One with a `virtual_pid` runs in a pid namespace of its own.
        """
        place = f"proc/{pid}"
        self.link(f"{place}/exe", str(self.root / "usr/bin/node"))
        self.link(f"{place}/cwd", directory)
        self.link(f"{place}/root", str(self.root))
        self.write(f"{place}/cmdline", "\0".join(["node", *arguments]) + "\0")
        self.write(f"{place}/environ", "\0".join(f"{key}={value}" for key, value in (environ or {}).items()))
        self.write(f"{place}/cgroup", cgroup)
        self.write(f"{place}/limits", _LIMITS.format(soft=1024))
        self.write(f"{place}/stat", stat_line(pid, parent, start, user))
        self.write(f"{place}/status", _STATUS.format(voluntary=user * 3, pids=f"{pid}\t{virtual_pid or ''}"))
        self.write(f"{place}/schedstat", f"{user * 9_000_000} {user * 1_000_000} {user * 3}\n")
        self.write(f"{place}/io", f"rchar: 9\nwchar: 9\nread_bytes: {user * 4096}\nwrite_bytes: {user * 512}\n")
        self.write(f"{place}/task/{pid}/stat", stat_line(pid, parent, start, user * 9 // 10))
        self.write(f"{place}/task/{pid}/children", "")
        shutil.rmtree(self.root / place / "fd", ignore_errors=True)
        (self.root / place / "fd").mkdir()
        for number, target in enumerate(descriptors):
            self.link(f"{place}/fd/{number}", target)

    def other(self, pid: int, program: str = "/bin/sleep") -> None:
        """A process that is not Node.js."""
        self.link(f"proc/{pid}/exe", program)
        self.write(f"proc/{pid}/stat", stat_line(pid, 1, 1000, 1))

    def children(self, parent: int, *pids: int) -> None:
        """What a process shows as its children."""
        self.write(f"proc/{parent}/task/{parent}/children", "".join(f"{pid} " for pid in pids))

    def program(
        self, pid: int, path: str, parent: int = 1, user: int = 500, children: int = 0, start: int = 1000
    ) -> None:
        """A process of 12 MB of its own and 38 MB that it shares. CPU time is in ticks, as of `node`."""
        place = f"proc/{pid}"
        self.link(f"{place}/exe", path)
        self.write(f"{place}/stat", stat_line(pid, parent, start, user, children))
        resident, shared = (size // PAGE_BYTES for size in (50_000_000, 38_000_000))
        self.write(f"{place}/statm", f"90000 {resident} {shared} 900 0 4000 0\n")
        for number in range(4):
            self.link(f"{place}/fd/{number}", "/dev/null")

    def limited(self, cgroup: str, processors: float, memory: int, seconds: int = 0) -> None:
        """A control group with a quota that throttles in every other period, and a memory limit that is half used."""
        folder = f"sys/fs/cgroup{cgroup}"
        self.write(f"{folder}/cpu.max", f"{round(processors * 100_000)} 100000\n")
        held = f"nr_periods {10 * seconds}\nnr_throttled {5 * seconds}\nthrottled_usec {250_000 * seconds}\n"
        self.write(f"{folder}/cpu.stat", f"usage_usec 1\n{held}")
        self.write(f"{folder}/memory.max", f"{memory}\n")
        self.write(f"{folder}/memory.current", f"{memory // 2 + 4096}\n")
        self.write(f"{folder}/memory.stat", "anon 1\ninactive_file 4096\n")

    def tcp(self, state: int, port: int, inode: int, waiting: int = 0) -> None:
        """A socket in the table of the machine's network namespace."""
        local, remote = f"0100007F:{port:04X}", "0100007F:1F90"
        number = len(self._sockets)
        self._sockets.append(f"{number:4}: {local} {remote} {state:02X} 0:{waiting:X} 0:0 0 0 0 {inode} 1 0 100 0\n")
        self._write_sockets()

    def _write_sockets(self) -> None:
        self.write("proc/self/net/tcp", _TCP_HEAD + "".join(self._sockets))


def stat_line(pid: int, parent: int, start: int, user: int, children: int = 0) -> str:
    """/proc/PID/stat with a name that tries to break a parser."""
    resident = 50_000_000 // PAGE_BYTES
    head = f"{pid} (no) de) S {parent} 1 1 0 -1 4194304 {user * 10} 0 3 0 {user} {user // 5} {children} 0 20 0"
    return f"{head} 11 0 {start} 900000000 {resident} 18446744073709551615 1 1 0 0 0 0 0 0\n"
