"""Every metric that is stored: one line a column.

Names, units and attributes are those of the OpenTelemetry semantic conventions 1.44.0
(https://github.com/open-telemetry/semantic-conventions/tree/v1.44.0); names that start with
`advisor.` are ours, where the conventions have none. Seconds, bytes and ratios of 0 to 1 throughout.
"""

from __future__ import annotations

from functools import cache, partial

from advisor.vocabulary.apps import APPS
from advisor.vocabulary.column import Column, Combine, Entity, Facet, Kind, PartKind
from advisor.vocabulary.neighbours import NEIGHBOURS

_process = partial(Column, Entity.PROCESS)
_host = partial(Column, Entity.HOST)
_process_max = partial(Column, Entity.PROCESS, combine=Combine.MAX)
_host_max = partial(Column, Entity.HOST, combine=Combine.MAX)
_G, _U, _C, _H = Kind.GAUGE, Kind.UPDOWNCOUNTER, Kind.COUNTER, Kind.HISTOGRAM
_MODE, _GC, _STATE, _LOOP = "cpu.mode", "v8js.gc.type", "system.memory.state", "nodejs.eventloop.state"
_REQUEST = "http.server.request.duration"
_CLIENT = "http.client.request.duration"
_DATABASE = "db.client.operation.duration"
_POOL = "db.client.connection"
_DELAY = "nodejs.eventloop.delay"
_IN = {"disk.io.direction": ("read",)}
_OUT = {"disk.io.direction": ("write",)}
_SWAP_IN, _SWAP_OUT = {"system.paging.direction": ("in",)}, {"system.paging.direction": ("out",)}
_RX = {"network.io.direction": ("receive",)}
_TX = {"network.io.direction": ("transmit",)}
_FAULT, _SWITCH, _TCP = "system.paging.fault.type", "process.context_switch.type", "network.connection.state"
_GAVE, _LOST = {_SWITCH: ("voluntary",)}, {_SWITCH: ("involuntary",)}
_MINOR, _MAJOR = {_FAULT: ("minor",)}, {_FAULT: ("major",)}
_FD = "advisor.file_descriptor.kind"
_CGROUP = "advisor.process.cgroup"
_MAIN, _RESTART = "advisor.process.main_thread", "advisor.process.restart"
_ACCEPT = "advisor.system.tcp.accept_queue"
_CLIENT_ERROR = {"http.response.status_code": tuple(str(status) for status in range(400, 500))}
_ABORTED = {"error.type": ("aborted",)}

PROCESS = (
    _process("cpu_user", "process.cpu.time", "s", _C, "CPU time in user mode", {_MODE: ("user",)}),
    _process("cpu_system", "process.cpu.time", "s", _C, "CPU time in the kernel", {_MODE: ("system",)}),
    _process("cpu_main", f"{_MAIN}.cpu.time", "s", _C, "CPU time of the main thread"),
    _process(
        "cpu_main_system", f"{_MAIN}.cpu.system.time", "s", _C, "CPU time of the main thread's calls in the kernel"
    ),
    _process("cpu_wait", f"{_MAIN}.cpu.wait", "s", _C, "Time the main thread waited for a CPU"),
    _process("switches", "process.context_switches", "{context_switch}", _C, "Main thread gave its CPU up", _GAVE),
    _process("preemptions", "process.context_switches", "{context_switch}", _C, "Main thread lost its CPU", _LOST),
    _process("faults_minor", "process.paging.faults", "{fault}", _C, "Page faults without a disk", _MINOR),
    _process("faults_major", "process.paging.faults", "{fault}", _C, "Page faults that waited for a disk", _MAJOR),
    _process("disk_read", "process.disk.io", "By", _C, "Read from disks", _IN),
    _process("disk_written", "process.disk.io", "By", _C, "Written to disks", _OUT),
    _process("cgroup_cpu_limit", f"{_CGROUP}.cpu.limit", "{cpu}", _G, "Processors its control groups allow"),
    _process("cgroup_periods", f"{_CGROUP}.cpu.periods", "{period}", _C, "Quota periods of its control group"),
    _process("cgroup_throttled", f"{_CGROUP}.cpu.throttled_periods", "{period}", _C, "Quota periods throttled"),
    _process("cgroup_throttled_time", f"{_CGROUP}.cpu.throttled.time", "s", _C, "Time held back by its quota"),
    _process("cgroup_memory_limit", f"{_CGROUP}.memory.limit", "By", _G, "Memory its control groups allow"),
    _process("cgroup_memory_usage", f"{_CGROUP}.memory.usage", "By", _G, "Memory its limited control group uses"),
    _process("memory_rss", "process.memory.usage", "By", _U, "Resident memory"),
    _process("threads", "process.thread.count", "{thread}", _U, "Threads"),
    _process("fd_open", "process.unix.file_descriptor.count", "{file_descriptor}", _U, "Open descriptors"),
    *(
        _process(f"fd_{kind}s", "advisor.process.file_descriptor.count", "{file_descriptor}", _G, brief, {_FD: (kind,)})
        for kind, brief in (("socket", "Open sockets"), ("file", "Open files"), ("pipe", "Open pipes"))
    ),
    _process("fd_limit", "advisor.process.file_descriptor.limit", "{file_descriptor}", _G, "Soft descriptor limit"),
    _process("connections", "advisor.process.connection.count", "{connection}", _G, "Established inbound connections"),
    _process("listening", "advisor.process.listening_port.count", "{port}", _G, "Ports it listens on"),
    _process_max("accept_queue", "advisor.process.accept_queue.length", "{connection}", _G, "Waiting to be accepted"),
    _process_max("accept_queue_limit", "advisor.process.accept_queue.limit", "{connection}", _G, "Most that may wait"),
    _process_max("uptime", "process.uptime", "s", _G, "Time since the process started"),
    _process_max("restarts", f"{_RESTART}.count", "{restart}", _G, "Restarts that its supervisor (PM2) counted"),
    _process_max("restarts_unstable", f"{_RESTART}.unstable.count", "{restart}", _G, "Restarts right after a start"),
    _process_max("loop_utilization", "nodejs.eventloop.utilization", "1", _G, "Event loop busy"),
    _process("loop_active", "nodejs.eventloop.time", "s", _C, "Time the loop was active", {_LOOP: ("active",)}),
    _process("loop_idle", "nodejs.eventloop.time", "s", _C, "Time the loop was idle", {_LOOP: ("idle",)}),
    _process_max("loop_delay_min", f"{_DELAY}.min", "s", _G, "Shortest loop delay, resolution included"),
    _process_max("loop_delay_max", f"{_DELAY}.max", "s", _G, "Longest loop delay, resolution included"),
    _process_max("loop_delay_mean", f"{_DELAY}.mean", "s", _G, "Mean loop delay, resolution included"),
    _process_max("loop_delay_stddev", f"{_DELAY}.stddev", "s", _G, "Spread of the loop delay"),
    _process_max("loop_delay_p50", f"{_DELAY}.p50", "s", _G, "Median loop delay, resolution included"),
    _process_max("loop_delay_p90", f"{_DELAY}.p90", "s", _G, "90th percentile of loop delay"),
    _process_max("loop_delay_p99", f"{_DELAY}.p99", "s", _G, "99th percentile of loop delay"),
    _process_max("loop_resolution", f"advisor.{_DELAY}.resolution", "s", _G, "Resolution of the delay timer"),
    _process("loop_blocked", "advisor.nodejs.eventloop.blocked.time", "s", _C, "Time lost to delays over resolution"),
    _process("gc_major", "v8js.gc.duration", "s", _H, "Major GC", {_GC: ("major",)}, Facet.SUM),
    _process("gc_minor", "v8js.gc.duration", "s", _H, "Minor GC", {_GC: ("minor",)}, Facet.SUM),
    _process("gc_other", "v8js.gc.duration", "s", _H, "Other GC", {_GC: ("incremental", "weakcb")}, Facet.SUM),
    _process_max("gc_pause_max", "v8js.gc.duration", "s", _H, "Longest GC pause", {}, Facet.MAX),
    _process_max("gc_major_max", "v8js.gc.duration", "s", _H, "Longest major GC", {_GC: ("major",)}, Facet.MAX),
    _process_max("gc_minor_max", "v8js.gc.duration", "s", _H, "Longest minor GC", {_GC: ("minor",)}, Facet.MAX),
    _process("heap_used", "v8js.memory.heap.used", "By", _U, "Heap in use"),
    _process("heap_floor", "advisor.v8js.memory.heap.floor", "By", _G, "Heap in use right after a major GC"),
    _process("heap_size", "v8js.memory.heap.space.size", "By", _U, "Heap taken from the system"),
    _process("heap_limit", "advisor.v8js.memory.heap.limit", "By", _G, "Most the heap may grow to"),
    _process("heap_young", "advisor.v8js.memory.heap.young.limit", "By", _G, "Most of it for young objects"),
    _process("external_memory", "advisor.v8js.memory.external", "By", _G, "Memory outside the heap (buffers)"),
    _process("resources_active", "v8js.resource.active", "{resource}", _G, "Handles that keep the loop alive"),
    _process("requests", _REQUEST, "{request}", _H, "Requests answered", {}, Facet.COUNT),
    _process("request_time", _REQUEST, "s", _H, "Time spent in requests", {}, Facet.SUM),
    _process("request_errors", _REQUEST, "{request}", _H, "Requests failed (5xx or broken off)", {}, Facet.ERRORS),
    _process("requests_aborted", _REQUEST, "{request}", _H, "Requests broken off", _ABORTED, Facet.COUNT),
    _process("requests_active", "http.server.active_requests", "{request}", _U, "Requests in flight"),
    _process("websockets", "advisor.websocket.connection.count", "{connection}", _G, "Upgraded sockets open"),
    _process("websocket_received", "advisor.websocket.messages", "{message}", _C, "WebSocket messages received", _RX),
    _process("websocket_sent", "advisor.websocket.messages", "{message}", _C, "WebSocket messages sent", _TX),
    _process_max(
        "threadpool_wait", "advisor.nodejs.threadpool.wait", "s", _G, "Longest wait for a thread of libuv's pool"
    ),
    _process("threadpool_active", "advisor.nodejs.threadpool.active", "{request}", _G, "Requests to libuv's pool"),
    _process_max("threadpool_size", "advisor.nodejs.threadpool.size", "{thread}", _G, "Threads of libuv's pool"),
    _process("worker_threads", "advisor.nodejs.worker.count", "{thread}", _G, "Worker threads running"),
    _process("unhandled_errors", "advisor.nodejs.error.unhandled", "{error}", _C, "Errors that nobody caught"),
)

HOST = (
    _host("cpu_count", "system.cpu.logical.count", "{cpu}", _U, "Logical processors"),
    _host("cpu_effective", "advisor.system.cpu.effective", "{cpu}", _G, "Processors the agent's cgroup may use"),
    _host("cpu_user", "system.cpu.time", "s", _C, "User mode", {_MODE: ("user", "nice")}),
    _host("cpu_system", "system.cpu.time", "s", _C, "Kernel", {_MODE: ("system", "interrupt")}),
    _host("cpu_iowait", "system.cpu.time", "s", _C, "Idle, waiting for a disk", {_MODE: ("iowait",)}),
    _host("cpu_steal", "system.cpu.time", "s", _C, "Taken by the hypervisor", {_MODE: ("steal",)}),
    _host("cpu_idle", "system.cpu.time", "s", _C, "Idle", {_MODE: ("idle",)}),
    _host("load_1m", "advisor.system.load_average.1m", "{thread}", _G, "Load average, 1 minute"),
    _host("load_5m", "advisor.system.load_average.5m", "{thread}", _G, "Load average, 5 minutes"),
    _host("load_15m", "advisor.system.load_average.15m", "{thread}", _G, "Load average, 15 minutes"),
    _host("pressure_cpu", "advisor.system.pressure.cpu", "1", _G, "Share of time some task waited for CPU"),
    _host("pressure_memory", "advisor.system.pressure.memory", "1", _G, "Share of time some task waited for memory"),
    _host("pressure_io", "advisor.system.pressure.io", "1", _G, "Share of time some task waited for a disk"),
    _host("cpu_periods", "advisor.system.cgroup.cpu.periods", "{period}", _C, "Quota periods of the cgroup"),
    _host("cpu_throttled", "advisor.system.cgroup.cpu.throttled_periods", "{period}", _C, "Quota periods throttled"),
    _host("memory_limit", "system.memory.limit", "By", _U, "Memory of the machine"),
    _host("memory_available", "system.memory.linux.available", "By", _U, "Memory that can be had"),
    _host("memory_used", "system.memory.usage", "By", _U, "Memory in use", {_STATE: ("used",)}),
    _host("memory_free", "system.memory.usage", "By", _U, "Memory free", {_STATE: ("free",)}),
    _host("memory_cached", "system.memory.usage", "By", _U, "Page cache and buffers", {_STATE: ("cached", "buffers")}),
    _host("swap_used", "system.paging.usage", "By", _U, "Swap in use", {"system.paging.state": ("used",)}),
    _host("swap_free", "system.paging.usage", "By", _U, "Swap free", {"system.paging.state": ("free",)}),
    _host("swapped_in", "system.paging.operations", "{operation}", _C, "Pages read from swap", _SWAP_IN),
    _host("swapped_out", "system.paging.operations", "{operation}", _C, "Pages written to swap", _SWAP_OUT),
    _host("faults_minor", "system.paging.faults", "{fault}", _C, "Page faults without a disk", _MINOR),
    _host("faults_major", "system.paging.faults", "{fault}", _C, "Page faults that waited for a disk", _MAJOR),
    _host("disk_reads", "system.disk.operations", "{operation}", _C, "Reads from disks", _IN),
    _host("disk_writes", "system.disk.operations", "{operation}", _C, "Writes to disks", _OUT),
    _host("disk_read", "system.disk.io", "By", _C, "Read from disks", _IN),
    _host("disk_written", "system.disk.io", "By", _C, "Written to disks", _OUT),
    _host("network_received", "system.network.io", "By", _C, "Received", _RX),
    _host("network_sent", "system.network.io", "By", _C, "Sent", _TX),
    _host("network_errors", "system.network.errors", "{error}", _C, "Network errors"),
    *(
        _host(f"tcp_{state}", "system.network.connection.count", "{connection}", _U, brief, {_TCP: (state,)})
        for state, brief in (
            ("established", "Open TCP connections"),
            ("syn_received", "TCP connections half open"),
            ("close_wait", "TCP connections closed by the other end only"),
            ("time_wait", "TCP connections closed, their port not free yet"),
            ("listen", "TCP sockets that listen"),
        )
    ),
    _host("tcp_sent", "advisor.system.tcp.segments_sent", "{segment}", _C, "TCP segments sent"),
    _host("tcp_repeated", "advisor.system.tcp.segments_repeated", "{segment}", _C, "TCP segments sent again"),
    _host("accept_overflows", f"{_ACCEPT}.overflows", "{connection}", _C, "Connections lost to a full accept queue"),
    _host("fd_open", "advisor.system.file_descriptor.count", "{file_descriptor}", _G, "Descriptors of the kernel"),
    _host("fd_limit", "advisor.system.file_descriptor.limit", "{file_descriptor}", _G, "Most the kernel allows"),
    _host("processes", "system.process.count", "{process}", _U, "Processes"),
    _host("node_processes", "advisor.system.node_process.count", "{process}", _G, "Node.js processes found"),
    _host_max("uptime", "system.uptime", "s", _G, "Time since boot"),
    _host("agent_cpu", "advisor.agent.cpu.time", "s", _C, "CPU time of the agent"),
    _host("agent_memory", "advisor.agent.memory.usage", "By", _G, "Resident memory of the agent"),
)

_route = partial(Column, Entity.PART, part=PartKind.ROUTE, named_by=("http.request.method", "http.route"))
_destination = partial(Column, Entity.PART, part=PartKind.DESTINATION, named_by=("server.address", "server.port"))
_database = partial(
    Column, Entity.PART, part=PartKind.DATABASE, named_by=("db.system.name", "server.address", "server.port")
)
_pool = partial(Column, Entity.PART, part=PartKind.POOL, named_by=(f"{_POOL}.pool.name",))
_thread = partial(Column, Entity.PART, part=PartKind.THREAD, named_by=("thread.name",))
_handle = partial(Column, Entity.PART, part=PartKind.HANDLE, named_by=("v8js.resource.type",))
_disk = partial(Column, Entity.PART, part=PartKind.DISK, named_by=("system.device",))
_interface = partial(Column, Entity.PART, part=PartKind.INTERFACE, named_by=("network.interface.name",))
_cpu = partial(Column, Entity.PART, part=PartKind.CPU, named_by=("cpu.logical_number",))
_collector = partial(Column, Entity.PART, part=PartKind.COLLECTOR, named_by=("advisor.agent.collector",))
_filesystem = partial(Column, Entity.PART, part=PartKind.DISK, named_by=("system.filesystem.mountpoint",))
_BUSY = ("user", "nice", "system", "interrupt", "iowait", "steal")

PART = (
    _route("count", _REQUEST, "{request}", _H, "Requests answered", {}, Facet.COUNT),
    _route("duration", _REQUEST, "s", _H, "Time spent", {}, Facet.SUM),
    _route("errors", _REQUEST, "{request}", _H, "Requests failed", {}, Facet.ERRORS),
    _route("client_errors", _REQUEST, "{request}", _H, "Requests answered 4xx", _CLIENT_ERROR, Facet.COUNT),
    _route("aborted", _REQUEST, "{request}", _H, "Requests broken off", _ABORTED, Facet.COUNT),
    _destination("count", _CLIENT, "{request}", _H, "Calls made", {}, Facet.COUNT),
    _destination("duration", _CLIENT, "s", _H, "Time spent in calls", {}, Facet.SUM),
    _destination("errors", _CLIENT, "{request}", _H, "Calls failed", {}, Facet.ERRORS),
    _destination("active", "http.client.active_requests", "{request}", _U, "Calls in flight"),
    _database("count", _DATABASE, "{operation}", _H, "Calls made", {}, Facet.COUNT),
    _database("duration", _DATABASE, "s", _H, "Time spent in calls", {}, Facet.SUM),
    _database("errors", _DATABASE, "{operation}", _H, "Calls failed", {}, Facet.ERRORS),
    _pool("used", f"{_POOL}.count", "{connection}", _U, "Connections in use", {f"{_POOL}.state": ("used",)}),
    _pool("unused", f"{_POOL}.count", "{connection}", _U, "Connections idle", {f"{_POOL}.state": ("idle",)}),
    _pool("capacity", f"{_POOL}.max", "{connection}", _U, "Most connections it opens"),
    _pool("pending", f"{_POOL}.pending_requests", "{request}", _U, "Requests that wait for a connection"),
    _pool("count", f"{_POOL}.wait_time", "{request}", _H, "Connections handed out", {}, Facet.COUNT),
    _pool("duration", f"{_POOL}.wait_time", "s", _H, "Time spent waiting for one", {}, Facet.SUM),
    _thread("utilization", "advisor.nodejs.worker.eventloop.utilization", "1", _G, "Its own event loop busy"),
    _handle("active", "v8js.resource.active", "{resource}", _G, "Handles open"),
    _disk("received", "system.disk.io", "By", _C, "Read", _IN),
    _disk("sent", "system.disk.io", "By", _C, "Written", _OUT),
    _disk("busy", "system.disk.io_time", "s", _C, "Time the disk was busy"),
    _disk("count", "system.disk.operations", "{operation}", _C, "Reads and writes"),
    _disk("duration", "system.disk.operation_time", "s", _C, "Time reads and writes took"),
    _filesystem("inodes_used", "advisor.system.filesystem.inode.count", "{inode}", _U, "Inodes used"),
    _filesystem("inodes", "advisor.system.filesystem.inode.limit", "{inode}", _U, "Inodes"),
    _filesystem("used", "system.filesystem.usage", "By", _U, "Used", {"system.filesystem.state": ("used",)}),
    _filesystem("capacity", "system.filesystem.limit", "By", _U, "Size"),
    _interface("received", "system.network.io", "By", _C, "Received", _RX),
    _interface("sent", "system.network.io", "By", _C, "Sent", _TX),
    _interface("errors", "system.network.errors", "{error}", _C, "Errors"),
    _collector("duration", "advisor.agent.collector.time", "s", _C, "Time spent in it"),
    _collector("errors", "advisor.agent.collector.failures", "{failure}", _C, "Times it failed"),
    _cpu("busy", "system.cpu.time", "s", _C, "Time not idle", {_MODE: _BUSY}),
    _cpu("idle", "system.cpu.time", "s", _C, "Time idle", {_MODE: ("idle",)}),
)

COLUMNS: tuple[Column, ...] = PROCESS + HOST + PART + NEIGHBOURS + APPS

HISTOGRAMS: dict[str, tuple[Entity | None, PartKind]] = {
    _REQUEST: (Entity.PROCESS, PartKind.ROUTE),
    _CLIENT: (None, PartKind.DESTINATION),
    _DATABASE: (None, PartKind.DATABASE),
    f"{_POOL}.wait_time": (None, PartKind.POOL),
}
"""Metrics whose distribution is kept whole: in the process row (`latency`), in a part, or in both."""

_BY_NAME: dict[tuple[Entity, str], Column] = {(c.entity, c.name): c for c in COLUMNS if c.entity is not Entity.PART}


def column(entity: Entity, name: str) -> Column:
    """The column of a host or process row by its name; KeyError if there is none."""
    return _BY_NAME[entity, name]


@cache
def columns_of(entity: Entity) -> tuple[str, ...]:
    """The names of an entity's number columns, in the store's order, each once."""
    return tuple(dict.fromkeys(c.name for c in COLUMNS if c.entity is entity))
