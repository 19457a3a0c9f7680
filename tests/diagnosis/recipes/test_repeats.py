"""How often the same is asked: counted by a real Valkey."""

from __future__ import annotations

import math
import re
from pathlib import Path

from advisor.diagnosis.recipes.repeats import measured
from tests.strategies.tools.memory import put, said
from tests.strategies.tools.nginx import free_port
from tests.strategies.tools.realtime import valkey

ASK = """import { asked, client, connected } from "./repeats.mjs";

await connected;
await Promise.all(Array.from({ length: 1000 }, (_, n) => asked(`/products/${n % 100}`)));
await client.close();
"""

AWAY = """import { asked } from "./repeats.mjs";

const all = Promise.all(Array.from({ length: 1000 }, (_, n) => asked(`/products/${n}`)));
const late = new Promise((resolve) => setTimeout(resolve, 2000, "they wait in memory"));
console.log(await Promise.race([all.then(() => "nothing waits"), late]));
process.exit();
"""


def test_a_thousand_requests_for_a_hundred_keys_repeat_in_nine_of_ten(tmp_path: Path) -> None:
    count, ratio = measured("GET /products/:id", 40.0, 0.3)
    put(tmp_path, repeats=count.code, ask=ASK, ratio=ratio.code)
    with valkey(tmp_path) as url:
        said(tmp_path, "ask.mjs", REDIS_URL=url)
        told = re.fullmatch(
            r"(\d+) asked, (\d+) distinct, reachable ([\d.]+)", said(tmp_path, ratio.file, REDIS_URL=url)
        )
    assert told is not None
    assert int(told[1]) == 1000
    assert abs(int(told[2]) - 100) <= 3  # a HyperLogLog errs by 0.8 % on the mean
    assert abs(float(told[3]) - 0.9) <= 0.01


def test_without_a_redis_nothing_waits_for_one(tmp_path: Path) -> None:
    count, _ = measured("GET /products/:id", 40.0, 0.3)
    put(tmp_path, repeats=count.code, away=AWAY)
    assert said(tmp_path, "away.mjs", REDIS_URL=f"redis://127.0.0.1:{free_port()}") == "nothing waits"


def test_it_says_how_many_are_counted_and_what_is_too_little() -> None:
    count, ratio = measured("GET /products/:id", 40.0, 0.3)
    assert "keys of GET /products/:id for a day (about 3,456,000 at today's load)" in count.text
    assert "for a day. All" in measured("GET /", math.nan, 0.3)[0].text
    assert "Below 30% leave it" in ratio.text
