"""NGINX in front of several servers: who gets a request, what passes, what stays, and how a server leaves.

Open source NGINX checks health passively: a server counts as failed after requests to it failed. Checks of its own
(`health_check`), and cookies that it sets by itself (`sticky`), are in NGINX Plus alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes.shutdown import IDLE, KEPT

PLATFORM: Final = "NGINX"

NAME: Final = "example.com"
"""Stands for the host names of the site, which nobody told."""

DOCUMENTS: Final = r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|txt|pdf|mp4|wasm)"
"""How the names of files end that any server can send."""


class Choice(StrEnum):
    """Which server gets a request."""

    ROUND_ROBIN = "round robin"
    LEAST_CONNECTIONS = "least connections"
    IP_HASH = "address of the client"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class Site:
    """What NGINX stands in front of.

    Attributes:
        name: of the service.
        servers: host:port of each copy.
        choice: which of them gets a request.
        websockets: connections are upgraded, and stay open while they are idle.
        draining: those of `servers` that get no new request.
        static: paths (`/assets/`) whose files NGINX sends itself, and asks the service only for what it lacks.
        files: send any path that ends like a document by the same means.
        answers: locations (`= /products`, `/products/`) whose answers NGINX keeps as long as the service lets it.
        weights: of `servers`, in their order: how many requests each gets beside the others; empty means equal shares.
        tls: end TLS here; the certificate lies in /etc/nginx/tls under the service's name.
    """

    name: str
    servers: tuple[str, ...]
    choice: Choice = Choice.LEAST_CONNECTIONS
    websockets: bool = False
    draining: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    files: bool = False
    answers: tuple[str, ...] = ()
    weights: tuple[int, ...] = ()
    tls: bool = False

    @property
    def label(self) -> str:
        """The name as NGINX takes it for an upstream and a variable."""
        return re.sub(r"\W+", "_", self.name)


def steps(site: Site, purpose: str) -> tuple[Step, ...]:
    """The configuration and how to load it; `purpose` says what it does here."""
    folder = "mkdir -p /var/cache/nginx\n" if _keeps(site) else ""
    port, scheme = (443, "https") if site.tls else (80, "http")
    return (
        Step(f"{purpose} Put the names that people type in place of {NAME}: requests for other names go elsewhere.",
             PLATFORM, f"/etc/nginx/conf.d/{site.label}.conf", configuration(site)),
        Step("Check and load the configuration; open connections are kept. The last line shows that the service "
             "answers, and not another site of this NGINX.", PLATFORM, "shell",
             f"{folder}nginx -t && nginx -s reload\n"
             f"curl --head --insecure --resolve {NAME}:{port}:127.0.0.1 {scheme}://{NAME}/"),
    )  # fmt: skip


KEPT_LONGER: Final = Step(
    f"Let the servers keep idle connections longer than the {IDLE} s that NGINX does: a request that meets one just "
    "closed is answered with 502.", PLATFORM, "where the server is made",
    f"server.keepAliveTimeout = {KEPT}_000; // ms\n"
    f"server.headersTimeout = {KEPT + 1}_000; // ms; before Node.js 18 it ends kept connections too\n",
)  # fmt: skip
"""For servers that do not end in order by `shutdown.steps`, which say so as well."""


def configuration(site: Site) -> str:
    """The file for `conf.d`."""
    blocks = [*_maps(site), *_cache(site), upstream(site), *_redirect(site), _server(site)]
    return "\n".join(blocks)


def upstream(site: Site) -> str:
    """The servers and how one of them is chosen."""
    chosen = {
        Choice.ROUND_ROBIN: "",
        Choice.LEAST_CONNECTIONS: "  least_conn;\n",
        Choice.IP_HASH: "  ip_hash;\n",
        Choice.COOKIE: f"  hash $route_of_{site.label} consistent;\n",
    }[site.choice]
    weights = site.weights or (1,) * len(site.servers)
    servers = "".join(_member(site, server, weight) for server, weight in zip(site.servers, weights, strict=True))
    note = "  # Passive health checks: two failed requests within 5 s, and a server is left out for 5 s.\n"
    return f"upstream {site.label} {{\n{chosen}{note}{servers}  keepalive 64;\n}}\n"


def _member(site: Site, server: str, weight: int) -> str:
    name = re.sub(r"[^\w.:-]", "-", server)  # what a machine is called may be no name of DNS
    more = (f" weight={weight}" if site.weights else "") + (" down" if server in site.draining else "")
    return f"  server {name} max_fails=2 fail_timeout=5s{more};\n"


def _maps(site: Site) -> Sequence[str]:
    found = []
    if site.websockets:
        # An empty value keeps the connection to the server open for the next request.
        found.append(
            f'map $http_upgrade $connection_of_{site.label} {{\n  "" "";\n  default upgrade;\n}}\n',
        )
    if site.choice is Choice.COOKIE:
        found.append(_STICKY.format(label=site.label))
    return found


def _cache(site: Site) -> Sequence[str]:
    if not _keeps(site):
        return ()
    place = f"/var/cache/nginx/{site.label}"
    return (f"proxy_cache_path {place} levels=1:2 keys_zone=files_of_{site.label}:10m max_size=1g inactive=7d;\n",)


def _keeps(site: Site) -> bool:
    return bool(site.static or site.answers) or site.files


def _redirect(site: Site) -> Sequence[str]:
    return (f"server {{\n{_LISTEN}{_NAMED}  return 301 https://$host$request_uri;\n}}\n",) if site.tls else ()


def _server(site: Site) -> str:
    listen = (_TLS.format(label=site.label) if site.tls else _LISTEN) + _NAMED
    cookie = f"  add_header Set-Cookie $new_route_of_{site.label};\n" if site.choice is Choice.COOKIE else ""
    body = _CACHE_KEY if _keeps(site) else ""
    body += "".join(_location(site, f"location {path} {{") for path in site.static)
    if site.files:
        body += _location(site, f"location ~* {DOCUMENTS}$ {{")
    if site.static or site.files:
        body += _FILES.format(label=site.label)
    body += "".join(_ANSWERS.format(place=place, label=site.label) for place in site.answers)
    headers = _PROXY.format(connection=_connection(site), failed=_failed(site))
    return f"server {{\n{listen}{cookie}{body}  location / {{\n    proxy_pass http://{site.label};\n  }}\n{headers}}}\n"


def _connection(site: Site) -> str:
    if not site.websockets:
        return '  proxy_set_header Connection "";\n'
    return (
        "  proxy_set_header Upgrade $http_upgrade;\n"
        f"  proxy_set_header Connection $connection_of_{site.label};\n"
        "  proxy_read_timeout 1h; # an idle socket is closed after this\n"
    )


def _failed(site: Site) -> str:
    tries = min(2, len(site.servers))
    return f"  proxy_next_upstream error timeout;\n  proxy_next_upstream_tries {tries};\n"


def _location(site: Site, opening: str) -> str:
    return _STATIC.format(opening=opening, label=site.label)


_STICKY: Final = """# A client without the cookie goes to any server, and stays there by the cookie that it gets.
map $cookie_route $route_of_{label} {{
  "" $request_id;
  default $cookie_route;
}}
map $cookie_route $new_route_of_{label} {{
  "" "route=$request_id; Path=/; HttpOnly; SameSite=Lax";
  default "";
}}
"""

_LISTEN: Final = "  listen 80;\n"

_NAMED: Final = f"  server_name {NAME}; # the names that people type\n"

_CACHE_KEY: Final = "  proxy_cache_key $scheme$host$request_uri; # names may have answers of their own\n"

_TLS: Final = """  listen 443 ssl;
  ssl_certificate /etc/nginx/tls/{label}.crt;
  ssl_certificate_key /etc/nginx/tls/{label}.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls_of_{label}:10m;
"""

_PROXY: Final = """  proxy_http_version 1.1;
{connection}  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_connect_timeout 2s;
{failed}"""

_STATIC: Final = """  {opening}
    root /srv/{label}/public; # the release's own files
    try_files $uri @files;
    expires -1; # asked again each time and answered with 304; 1y for names that carry a hash
    access_log off;
  }}
"""

_FILES: Final = """  location @files {{ # not on this disk: ask the service, keep what it lets be kept (Cache-Control)
    proxy_pass http://{label};
    proxy_cache files_of_{label};
    proxy_cache_lock on;
    proxy_cache_use_stale updating error timeout;
  }}
"""

_ANSWERS: Final = """  location {place} {{ # kept only where the service says so (Cache-Control)
    proxy_pass http://{label};
    proxy_cache files_of_{label};
    proxy_cache_lock on; # of requests for the same answer one asks the service, the others wait for it
    proxy_cache_background_update on;
    proxy_cache_use_stale updating error timeout http_500 http_502 http_503 http_504;
    proxy_cache_revalidate on;
    proxy_cache_bypass $http_authorization;
    proxy_no_cache $http_authorization;
    add_header X-Cache-Status $upstream_cache_status;
  }}
"""
