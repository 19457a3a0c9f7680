"""Calls to other services and to datastores: fewer, side by side, over kept connections and with a limit of time."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

FAILURES: Final = 5
"""Failures in a row, after which a call is hardly worth a try (the library opossum opens at half of the calls)."""

PAUSE: Final = 10_000
"""Milliseconds without calls: what is overloaded gets time to recover."""


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


def guarded(limit: int) -> tuple[Step, ...]:
    """A breaker: what failed several times in a row is left alone for a while; `limit` is milliseconds for a call."""
    return (
        Step(f"Leave alone what fails: after {FAILURES} failures in a row who calls is refused at once for "
             f"{PAUSE // 1000} s, then one call tries. Requests fail early or do without the answer, and do not wait "
             f"{limit:,} ms each for what does not come.", "", "breaker.mjs",
             _BREAKER.format(failures=FAILURES, pause=PAUSE)),
        Step("Call through it. A late answer and one of 500 or more are failures; one of 404 is an answer.",
             "", "ask.mjs", _ASK.format(limit=limit)),
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

_BREAKER: Final = """const FAILURES = {failures}; // in a row
const PAUSE = {pause:_}; // milliseconds in which nobody calls

export function guarded(call) {{
  let failed = 0;
  let until = 0;
  return async (...given) => {{
    if (Date.now() < until) throw new Error(`Not called: it failed ${{failed}} times in a row`);
    if (failed >= FAILURES) until = Date.now() + PAUSE; // this call tries, all others are still refused
    try {{
      const answer = await call(...given);
      failed = until = 0;
      return answer;
    }} catch (error) {{
      failed += 1;
      if (failed >= FAILURES) until = Date.now() + PAUSE;
      throw error;
    }}
  }};
}}
"""

_ASK: Final = """import {{ guarded }} from "./breaker.mjs";

export const ask = guarded(async (url) => {{
  const response = await fetch(url, {{ signal: AbortSignal.timeout({limit}) }});
  if (response.status < 500) return {{ status: response.status, text: await response.text() }};
  await response.body?.cancel();
  throw new Error(`${{url}} answered ${{response.status}}`);
}});
"""
