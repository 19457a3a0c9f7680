"""collectd with what comes nearest to ours: the host, processes called node, TCP by port; sent over UDP."""

from __future__ import annotations

from bench.subject import Launch, Place, Subject, needs_program
from bench.wires import Datagrams

_PROGRAM = "/usr/sbin/collectd"
_PLUGINS = ("contextswitch", "cpu", "df", "disk", "interface", "load", "memory", "swap", "vmem")

_CONFIGURATION = """\
Hostname "bench"
FQDNLookup false
Interval {every}
BaseDir "{folder}"
PIDFile "{folder}/pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
{plugins}
<Plugin processes>
  Process "node"
</Plugin>
<Plugin tcpconns>
  ListeningPorts true
</Plugin>
<Plugin network>
  Server "127.0.0.1" "{port}"
</Plugin>
"""


def _launch(place: Place) -> Launch:
    wire = Datagrams()
    plugins = "\n".join(f"LoadPlugin {name}" for name in (*_PLUGINS, "processes", "tcpconns", "network"))
    text = _CONFIGURATION.format(every=place.every, folder=place.folder, port=wire.port, plugins=plugins)
    return Launch([_PROGRAM, "-f", "-C", str(place.write("collectd.conf", text))], wire)


SUBJECT = Subject("collectd", "host, named processes", needs_program(_PROGRAM, "collectd-core"), _launch)
