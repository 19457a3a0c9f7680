"""TCP connections of the machine by state, and what its TCP had to repeat or turn away.

States by netlink or /proc/net/tcp, but those in TIME_WAIT, which can be tens of thousands, are only counted by
/proc/net/sockstat. Totals from /proc/net/snmp and /proc/net/netstat
(Documentation/networking/snmp_counter.rst). All of the agent's own network namespace.
"""

from __future__ import annotations

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, UPDOWNCOUNTER, Metric, Sample, Samples
from advisor_agent.scene import Scene
from advisor_agent.sockets import CLOSE_WAIT, ESTABLISHED, LISTEN, SYN_RECEIVED

COUNT = Metric("system.network.connection.count", "{connection}", UPDOWNCOUNTER, "TCP connections by state")
SENT = Metric("advisor.system.tcp.segments_sent", "{segment}", COUNTER, "TCP segments sent")
REPEATED = Metric("advisor.system.tcp.segments_repeated", "{segment}", COUNTER, "TCP segments sent again")
OVERFLOWS = Metric(
    "advisor.system.tcp.accept_queue.overflows", "{connection}", COUNTER, "Connections lost to a full accept queue"
)
METRICS = (COUNT, SENT, REPEATED, OVERFLOWS)

_NAMES = {
    ESTABLISHED: "established",
    SYN_RECEIVED: "syn_received",
    CLOSE_WAIT: "close_wait",
    LISTEN: "listen",
}


def collect_host(scene: Scene) -> Samples:
    """Counts by state, then totals."""
    if not scene.ports_error:
        for state, name in _NAMES.items():
            yield _count(scene.tcp_states.get(state, 0), name)
    yield _count(_time_wait(scene.kernel.read_again("proc/self/net/sockstat")), "time_wait")
    tcp = _totals(scene.kernel, "snmp", "Tcp:")
    yield SENT.at(tcp["OutSegs"])
    yield REPEATED.at(tcp["RetransSegs"])
    yield OVERFLOWS.at(_totals(scene.kernel, "netstat", "TcpExt:")["ListenOverflows"])


def _count(connections: int, state: str) -> Sample:
    return COUNT.at(connections, ("network.connection.state", state), ("network.transport", "tcp"))


def _time_wait(text: str) -> int:
    for line in text.splitlines():
        fields = line.split()
        if fields[0] == "TCP:":
            return int(fields[fields.index("tw") + 1])
    raise ValueError("sockstat has no TCP line")


def _totals(kernel: Kernel, name: str, prefix: str) -> dict[str, int]:
    """The two lines of one protocol: names, then figures."""
    rows = [line.split() for line in kernel.read_again(f"proc/self/net/{name}").splitlines() if line.startswith(prefix)]
    return {key: int(figure) for key, figure in zip(rows[0][1:], rows[1][1:])}
