"""Whole answers that NGINX keeps before a service: a hit does not reach it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.caching import FRESH, KEPT
from advisor.diagnosis.recipes.nginx import Site


def before(site: Site) -> tuple[Step, ...]:
    """Answers kept by NGINX, whose hits do not reach the service; `site.answers` are where."""
    return (
        Step("Say where the answer is sent that all may share it, and for how long. Express adds an ETag by itself, so "
             "a browser that asks again gets 304 and no body.", nginx.PLATFORM, "keep.mjs", _KEEP),
        *nginx.steps(site, "Keep what the service marks so; one request at a time renews an answer, and an old one "
                           "stands in while the service fails. Put the machine's address in place of its name."),
        Step("X-Cache-Status tells HIT or MISS; a second request should HIT.", nginx.PLATFORM),
    )  # fmt: skip


def places(routes: Iterable[str]) -> tuple[str, ...]:
    """Where these routes lie, as NGINX finds them: `= /products` or, before a parameter, `/products/`."""
    found = (_place(route) for route in routes)
    return tuple(dict.fromkeys(place for place in found if place))


def _place(route: str) -> str:
    """Empty for one that begins with a parameter: it would take all paths along."""
    path = route.partition(" ")[2]
    plain = re.match(r"/(?:[\w.-]+/)*", path, re.ASCII)
    if re.fullmatch(r"/[\w./-]*", path, re.ASCII):
        return f"= {path}"
    return plain[0] if plain and plain[0] != "/" else ""


_KEEP: Final = f"""// Call it where a good answer is sent, never for an error: keep(response).json(products).
// What the answer depends on besides the path goes into Vary: response.vary("Accept-Language").
export function keep(response, seconds = {FRESH}) {{
  const shared = `s-maxage=${{seconds}}, stale-while-revalidate=${{seconds}}, stale-if-error={KEPT}`;
  return response.set("Cache-Control", `public, max-age=0, ${{shared}}`);
}}
"""
