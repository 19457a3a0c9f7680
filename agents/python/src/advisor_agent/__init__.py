"""The host agent: what a machine and its Node.js processes do, sent as OTLP/HTTP.

In: /proc, /sys, netlink (on macOS and Windows psutil instead, in `portable`), and what local SDKs and probes post to
127.0.0.1:4318.
Out: `POST /v1/metrics` with a bearer token; nothing else leaves the machine.
May import: the standard library only.
"""

VERSION = "0.1.0"
