"""Netdata with its stock configuration and its history in a folder that is thrown away. It looks each second."""

from __future__ import annotations

import getpass

from bench.subject import Launch, Place, Subject, free_port, needs_program

_PROGRAM = "/usr/sbin/netdata"

_CONFIGURATION = """\
[global]
    run as user = {user}
    hostname = bench
[directories]
    config = {folder}/etc
    stock config = /usr/lib/netdata/conf.d
    cache = {folder}/cache
    lib = {folder}/lib
    log = {folder}/log.d
[cloud]
    enabled = no
[web]
    bind to = 127.0.0.1:{port}
"""


def _launch(place: Place) -> Launch:
    for name in ("cache", "lib", "log.d"):
        (place.folder / name).mkdir()
    place.write("etc/.opt-out-from-anonymous-statistics", "")
    text = _CONFIGURATION.format(user=getpass.getuser(), folder=place.folder, port=free_port())
    return Launch([_PROGRAM, "-D", "-c", str(place.write("netdata.conf", text))])


SUBJECT = Subject(
    "netdata", "host, all processes; stores", needs_program(_PROGRAM, "netdata-core"), _launch, is_fixed=True
)
