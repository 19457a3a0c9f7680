"""What a copy tells an autoscaler of itself, where the platform cannot see it: the names, and the code that tells.

On Kubernetes it is a page that Prometheus reads (prom-client), on ECS a line of the log in CloudWatch's embedded metric
format.
"""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.recipes.container import Signals

LOOP, REQUESTS, SOCKETS = "nodejs_eventloop_utilization", "http_requests_per_second", "websocket_connections"
"""What autoscalers follow, each for one copy."""

COUNTER: Final = "http_requests_total"
"""The series that `REQUESTS` is the rate of: a page of Prometheus holds counts, and the reader takes rates."""

FILE: Final = "metrics.mjs"

PORT: Final = 9464
"""Where the page is: a port of its own, which no Service and no balancer sends users to."""

PERIOD: Final = 30
"""Seconds between two lines of the log: CloudWatch looks at minutes, and each must hold a line of every copy."""


def told(signals: Signals) -> tuple[str, ...]:
    """The metrics that an autoscaler must be told to follow these signals; none for the processor and memory."""
    followed = (
        (LOOP, not signals.on_cpu),
        (REQUESTS, signals.rate is not None),
        (SOCKETS, signals.sockets is not None),
    )
    return tuple(name for name, follows in followed if follows)


def page(names: tuple[str, ...]) -> str:
    """A module that tells these metrics to who asks /metrics."""
    kinds = sorted({"Counter" if name == REQUESTS else "Gauge" for name in names})
    needs = _PERFORMANCE if LOOP in names else ""
    return _PAGE.format(
        needs=needs, kinds=", ".join([*kinds, "register"]), told="".join(_ON_PAGE[name] for name in names), port=PORT
    )


def line(names: tuple[str, ...], namespace: str) -> str:
    """A module that writes these metrics (`LOOP`, `SOCKETS`) into the log, under a namespace of CloudWatch."""
    return _LINE.format(
        needs=_PERFORMANCE + "\n" if LOOP in names else "",
        begins="".join(_BEGINS[name] for name in names),
        values="".join(_VALUES[name] for name in names),
        ends=_SINCE if LOOP in names else "",
        namespace=namespace,
        period=PERIOD,
    )


_PERFORMANCE: Final = 'import { performance } from "node:perf_hooks";\n'

_BEGINS: Final = {
    LOOP: "  let before = performance.eventLoopUtilization();\n",
    SOCKETS: """  let open = 0;
  server.on("upgrade", (request, socket) => {
    open += 1;
    socket.once("close", () => { open -= 1; });
  });
""",
}

_SINCE: Final = "    before = now;\n"

_BUSY: Final = "performance.eventLoopUtilization(now, before).utilization"

_NOW: Final = "const now = performance.eventLoopUtilization();\n"

_ON_PAGE: Final = {
    LOOP: f"""{_BEGINS[LOOP]}  new Gauge({{
    name: "{LOOP}",
    help: "Share of time that the event loop was busy since the page was last read.",
    collect() {{
      {_NOW}      this.set({_BUSY});
      before = now;
    }},
  }});
""",
    REQUESTS: f"""  const requests = new Counter({{ name: "{COUNTER}", help: "Requests that came." }});
  server.on("request", () => requests.inc());
""",
    SOCKETS: f"""{_BEGINS[SOCKETS]}  new Gauge({{
    name: "{SOCKETS}",
    help: "WebSockets that are open.",
    collect() {{ this.set(open); }},
  }});
""",
}

_VALUES: Final = {
    LOOP: f"    {_NOW}    values.{LOOP} = {_BUSY};\n",
    SOCKETS: f"    values.{SOCKETS} = open;\n",
}

_PAGE: Final = """import {{ createServer }} from "node:http";
{needs}import {{ {kinds} }} from "prom-client";

// Call once, before listen, with the HTTP server.
export function tellMetrics(server) {{
{told}
  createServer(async (request, response) => {{
    response.setHeader("Content-Type", register.contentType);
    response.end(await register.metrics());
  }}).listen({port}).unref();
}}
"""

_LINE: Final = """{needs}// Call once, before listen, with the HTTP server.
export function tellMetrics(server) {{
{begins}
  setInterval(() => {{
    const values = {{}};
{values}{ends}    const Metrics = Object.keys(values).map((Name) => ({{ Name }}));
    const CloudWatchMetrics = [{{ Namespace: "{namespace}", Dimensions: [[]], Metrics }}];
    const line = {{ _aws: {{ Timestamp: Date.now(), CloudWatchMetrics }}, ...values }};
    process.stdout.write(`${{JSON.stringify(line)}}\\n`); // a line of its own: a logger would wrap it
  }}, {period}_000).unref();
}}
"""
