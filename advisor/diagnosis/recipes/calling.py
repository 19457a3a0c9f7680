"""Calls to other services and to datastores: fewer, side by side, over kept connections and with a limit of time."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step


def fewer(system: str) -> tuple[Step, ...]:
    """Where a request makes several calls to the same place."""
    together = Step("Calls that do not need each other's answer: start all, then wait for all. Bound how many run at a "
                    "time where there may be many.", "", "JavaScript", _TOGETHER)  # fmt: skip
    once = Step("A call in a loop: ask once for all rows.", "", "JavaScript", _ONCE)
    return (once, together) if system == "postgresql" else (together,)


def agent(sockets: int, limit: int) -> tuple[Step, ...]:
    """An agent that keeps so many connections to a service, and a limit of time (milliseconds) for each call."""
    code = _AGENT.format(sockets=sockets, limit=limit)
    return (
        Step("Keep connections open, and give every call a limit of time. For https take node:https. fetch keeps them "
             "anyway: give it the signal alone.", "", "agent.mjs", code),
    )  # fmt: skip


_TOGETHER: Final = """const [order, stock] = await Promise.all([readOrder(id), readStock(id)]);
"""

_ONCE: Final = """const { rows } = await pool.query("SELECT * FROM items WHERE id = ANY($1)", [ids]);
"""

_AGENT: Final = """import http from "node:http";

export const agent = new http.Agent({{ keepAlive: true, maxSockets: {sockets} }});

export const get = (url) =>
  new Promise((resolve, reject) => {{
    http.get(url, {{ agent, signal: AbortSignal.timeout({limit}) }}, resolve).on("error", reject);
  }});
"""
