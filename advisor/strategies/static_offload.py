"""Serve files from NGINX or a content delivery network

## When it fits
At least {share:.0%} of the request time goes to files that are the same for everybody: scripts, styles, images. Any
server sends them, and a cache near the reader sends them without asking the service.

## When it does not
Answers made for one reader, even if their path ends like a file. Less than {share:.0%}: then the loop hardly notices.

## How
NGINX sends what lies on its disk, asks the service for what does not, and keeps what the service calls cacheable
(`Cache-Control`). A content delivery network does the same closer to readers. Name files by their content, so that
they may be kept for a year.

## What it costs
A release that copies files to another place; a network by the amount that it sends.

## How to verify
Requests for files disappear from the service, and the loop falls to what is left: now times one minus their share.

## References
- [NGINX: serving static content](https://docs.nginx.com/nginx/admin-guide/web-server/serving-static-content/)
- [Express: use a reverse proxy](https://expressjs.com/en/advanced/best-practice-performance.html)
- [MDN: Cache-Control](https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Cache-Control)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.prediction import LONG, NOW, is_censored, loop_expectation
from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.vetoes import deciding
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot
from advisor.features.static_routes import Static, static_of
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.OFFLOADING,
    name="Files sent by NGINX or a network of caches",
    effort="a day",
    risk="low, if files are named by their content",
    share=Limit(0.20, "1", "less of the loop than a fifth is not worth a second place for files (decision model C1)"),
    guessed=Limit(0.7, "1", "what is left of the confidence where a route of all paths may hold more than files"),
)

_LOOP = ("event-loop-saturated", "event-loop-blocked", "host-cpu-saturated", "thread-pool-saturated", "uneven-load")


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Add up the routes that are named like files."""
    if ruling.rule not in _LOOP:
        return strategy.reject(f"Fewer files to send do not mend this ({deciding(snapshot, ruling)}).")
    found = static_of(snapshot.routes(LONG))
    if found.high < strategy.share:
        return strategy.reject(
            f"Files take {percent(found.high)} of the request time; it pays from {percent(strategy.share)} on."
        )
    return _option(snapshot, ruling, found)


def _option(snapshot: Snapshot, ruling: Ruling, found: Static) -> Option:
    now = snapshot.loop(NOW)
    share = percent(found.high) if found.low == found.high else f"{percent(found.low)} to {percent(found.high)}"
    unsure = "" if found.sure else f" {found.guessed} answers all paths and may hold more than files."
    return strategy.option(
        f"Send the files that take {share} of the request time from NGINX",
        why=f"{', '.join(found.names[:3])} take {share} of the request time, estimated for the loop.{unsure}",
        confidence=ruling.reading.confidence * (1.0 if found.low >= strategy.share else strategy.guessed),
        cost="no machine",
        expected=() if math.isnan(now) else (
            # P6. Time in requests stands for work of the loop, which for files is less: reading them is not its work.
            loop_expectation(now, now * (1 - found.high), None if is_censored(snapshot) else now * (1 - found.low / 2)),
        ),
        steps=_steps(snapshot, found),
        check_first=(
            f"Check that these paths answer everybody alike: {', '.join(found.names)}. A file that needs a login must "
            "not be sent by NGINX alone."
        ),
    )  # fmt: skip


def _steps(snapshot: Snapshot, found: Static) -> tuple[Step, ...]:
    names = [machine.name for machine in snapshot.machines] or ["host-1"]
    sockets = snapshot.websockets(LONG) > 0
    site = Site(snapshot.name, tuple(f"{name}:3000" for name in names), Choice.LEAST_CONNECTIONS, sockets,
                static=found.prefixes, files=found.by_ending)  # fmt: skip
    return (
        Step(f"Copy the release's files to /srv/{site.label}/public on each NGINX, in the folders of their paths.",
             nginx.PLATFORM),
        *nginx.steps(site, "Send files from the disk; what is not there is asked of the service, and kept if it says "
                           "so. Put the machine's address in place of its name."),
        nginx.KEPT_LONGER,
        Step("Let the service say what may be kept: what the build names by its content for a year, all others asked "
             "again. Put the folder in that your build writes such names to, and let nothing else lie there.",
             "Express", "static.mjs", _EXPRESS),
        Step("Or put a content delivery network before all (CloudFront, Cloud CDN, Fastly): it obeys the same header, "
             "and needs no copy of the files.", "CDN"),
        Step(f"Watch this page: these routes should fall from {number(found.rate)} requests a second to almost none."),
    )  # fmt: skip


_EXPRESS = """import { resolve, sep } from "node:path";

// The names alone do not tell: report-20240131.pdf may change, and hashes have any letters (index-DiwrgTda.js).
const BUILT = resolve("public/assets") + sep; // Vite: dist/assets; Next.js: .next/static; webpack: with [contenthash]

export const options = {
  setHeaders(response, path) {
    const kept = path.startsWith(BUILT) ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate";
    response.setHeader("Cache-Control", kept);
  },
};
// app.use(express.static("public", options));
"""
