"""Which function has the work or makes the garbage, and what the thread pool computes: the dearest of a profile."""

from __future__ import annotations

import shlex

from advisor.diagnosis.advice import Step


def of_work(script: str) -> tuple[Step, ...]:
    """Where processor time goes in the service that is started by this script."""
    start = f"node --cpu-prof --cpu-prof-dir=profiles {shlex.quote(script)}"
    return (
        Step(
            "Start one copy so and give it a minute of usual load. The profile is written when the process exits by "
            "itself, so end it as a release does, with SIGTERM, if the service closes on that.",
            file="shell",
            code=start,
        ),
        *_read("cpu"),
    )


def of_garbage(script: str) -> tuple[Step, ...]:
    """Who makes the objects of the service that is started by this script, those that were collected included."""
    start = f"node --import ./garbage.mjs {shlex.quote(script)}"
    return (
        Step("Sample who makes objects. `node --heap-prof` would show only those still alive at the end.",
             file="garbage.mjs", code=_SAMPLE),
        Step("Start one copy so and give it usual load: after a minute the profile is written.",
             file="shell", code=start),
        *_read("heap"),
    )  # fmt: skip


def of_pool(script: str) -> tuple[Step, ...]:
    """What the threads of libuv's pool compute in the service that is started by this script, and how to do less."""
    return (
        Step("Start one copy so and give it a minute of usual load; the trace is complete when the process has exited. "
             "A profile of the loop shows nothing of this work.", file="shell",
             code=f"node --trace-event-categories node.threadpoolwork.sync {shlex.quote(script)}"),
        Step("Add up what the threads did, by kind: zlib is compression, crypto is hashes and keys, node_api is a "
             "native package (pictures, bcrypt).", file="pool.mjs", code=_POOL),
        Step("Print it.", file="shell", code="node pool.mjs node_trace.1.log"),
        Step("Compression: compress once and keep the result, take a lower level, leave out what is compressed already "
             "(pictures), or leave it to a balancer or CDN on other machines."),
        Step("Hashes of passwords must stay as dear as they are: bound how often they are asked for, keep sessions, or "
             "give them a service on a machine of its own. Pictures and archives: through a queue to other machines."),
    )  # fmt: skip


def _read(kind: str) -> tuple[Step, ...]:
    return (
        Step("Print where most of it is, or open the file in the developer tools of Chrome.",
             file="top.mjs", code=_TOP[kind]),
        Step("Change one thing, profile again, and compare.", file="shell", code="node top.mjs profiles"),
    )  # fmt: skip


_POOL = """import { readFileSync } from "node:fs";

const { traceEvents } = JSON.parse(readFileSync(process.argv[2] ?? "node_trace.1.log", "utf8"));
const begun = new Map(); // thread -> when its work began; a thread does one thing at a time
const found = new Map();
for (const { name, ph, tid, ts } of traceEvents.sort((a, b) => a.ts - b.ts)) {
  if (ph === "B") begun.set(tid, ts);
  if (ph === "E") found.set(name, (found.get(name) ?? 0) + ts - begun.get(tid));
}
const ranked = [...found].sort((a, b) => b[1] - a[1]);
for (const [name, time] of ranked) console.log(`${(time / 1e6).toFixed(1)} s  ${name}`);
"""

_SAMPLE = """import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

const session = new Session();
session.connect();
await session.post("HeapProfiler.startSampling", {
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
});
setTimeout(async () => {
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  mkdirSync("profiles", { recursive: true });
  writeFileSync("profiles/garbage.heapprofile", JSON.stringify(profile));
}, 60_000);
"""

_READ = """import {{ readFileSync, readdirSync }} from "node:fs";
import {{ join }} from "node:path";

const folder = process.argv[2] ?? "profiles";
const names = readdirSync(folder).filter((name) => name.endsWith(".{kind}profile")).sort();
const profile = JSON.parse(readFileSync(join(folder, names.at(-1)), "utf8"));
const found = new Map();
const add = ({{ functionName, url, lineNumber }}, amount) => {{
  const place = `${{functionName || "(anonymous)"}} ${{url}}:${{lineNumber + 1}}`;
  found.set(place, (found.get(place) ?? 0) + amount);
}};
"""

_PRINT = """const whole = [...found.values()].reduce((sum, amount) => sum + amount, 0);
const ranked = [...found].sort((a, b) => b[1] - a[1]).slice(0, 10);
for (const [place, amount] of ranked) console.log(`${((100 * amount) / whole).toFixed(1)}%  ${place}`);
"""

_TOP = {
    "cpu": _READ.format(kind="cpu")
    + """const idle = new Set(["(idle)", "(program)", "(root)"]);
const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
profile.samples.forEach((id, n) => {
  if (!idle.has(nodes.get(id).functionName)) add(nodes.get(id), profile.timeDeltas[n]);
});
"""
    + _PRINT,
    "heap": _READ.format(kind="heap")
    + """const visit = (node) => {
  add(node.callFrame, node.selfSize);
  node.children.forEach(visit);
};
visit(profile.head);
"""
    + _PRINT,
}
