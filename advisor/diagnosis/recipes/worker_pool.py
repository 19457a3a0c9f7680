"""Heavy work in a pool of worker threads: with piscina or with workerpool, by the same two files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from advisor.diagnosis.advice import Step


@dataclass(frozen=True, slots=True)
class Work:
    """What is handed over.

    Attributes:
        threads: how many.
        route: method and route on which it is asked for; empty where that is not known.
        function: the name of what held the loop; empty where that is not known.
        where: its file and line; empty as well.
    """

    threads: int
    route: str = ""
    function: str = ""
    where: str = ""


def steps(work: Work) -> tuple[Step, ...]:
    """How to hand this work to a pool, with either package."""
    move = (
        "Put the heavy function into a file of its own; it takes and returns plain data. `input` holds what a request "
        "brings: params, query and body."
    )
    call = (
        "Make one pool at start and call it where the function was called. Only a full queue answers 503; an error of "
        "the function goes where all errors go."
    )
    close = "Close the pool once the server has closed: no request waits for it then, and its threads end."
    own = {"function": _identifier(work.function), "was": work.where or "the synchronous work that held the loop"}
    method, path = _handler(work.route)
    told = {"threads": work.threads, "method": method, "path": json.dumps(path)}
    return (
        Step("Add the pool.", "piscina", "shell", "npm install piscina"),
        Step(move, "piscina", "heavy.mjs", _PISCINA_WORKER.format(**own)),
        Step(call, "piscina", "server.mjs", _PISCINA.format(**told)),
        Step(close, "piscina", "server.mjs, after listen", _CLOSE.format(call="close")),
        Step("Add the pool.", "workerpool", "shell", "npm install workerpool"),
        Step(move, "workerpool", "heavy.mjs", _WORKERPOOL_WORKER.format(**own)),
        Step(call, "workerpool", "server.mjs", _WORKERPOOL.format(**told)),
        Step(close, "workerpool", "server.mjs, after listen", _CLOSE.format(call="terminate")),
        Step("Large buffers: hand them over (`transferList` of piscina, `transfer` of workerpool), or share them with "
             "SharedArrayBuffer; copies hold the loop."),
    )  # fmt: skip


def _identifier(function: str) -> str:
    """The last part of a name such as Report.render, if it can stand in code."""
    last = function.rpartition(".")[2]
    return last if re.fullmatch(r"[A-Za-z_$][\w$]*", last, re.ASCII) and last not in _RESERVED else "compute"


_RESERVED = {
    "heavy",
    "default",
    "delete",
    "new",
    "function",
    "class",
    "import",
    "export",
    "eval",
    "arguments",
    "return",
}


def _handler(route: str) -> tuple[str, str]:
    named = re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/.*)", route)
    return (named[1].lower(), named[2]) if named else ("get", "/report")


_PISCINA_WORKER = """export default function heavy(input) {{
  return {function}(input); // {was}
}}
"""

_PISCINA = """import {{ Piscina }} from "piscina";

const MOST = 1000; // requests that wait for a thread; more are refused instead of piling up
const pool = new Piscina({{ filename: new URL("./heavy.mjs", import.meta.url).href, maxThreads: {threads} }});

app.{method}({path}, async (request, response, next) => {{
  if (pool.queueSize >= MOST) return response.sendStatus(503);
  const {{ params, query, body }} = request;
  try {{
    response.json(await pool.run({{ params, query, body }}));
  }} catch (error) {{
    next(error);
  }}
}});
"""

_WORKERPOOL_WORKER = """import workerpool from "workerpool";

function heavy(input) {{
  return {function}(input); // {was}
}}

workerpool.worker({{ heavy }});
"""

_WORKERPOOL = """import {{ fileURLToPath }} from "node:url";
import workerpool from "workerpool";

const MOST = 1000; // requests that wait for a thread; more are refused instead of piling up
const heavy = fileURLToPath(new URL("./heavy.mjs", import.meta.url));
const pool = workerpool.pool(heavy, {{ maxWorkers: {threads}, workerType: "thread" }});

app.{method}({path}, async (request, response, next) => {{
  if (pool.stats().pendingTasks >= MOST) return response.sendStatus(503);
  const {{ params, query, body }} = request;
  try {{
    response.json(await pool.exec("heavy", [{{ params, query, body }}]));
  }} catch (error) {{
    next(error);
  }}
}});
"""

_CLOSE = """server.once("close", () => pool.{call}());
"""
