"""The forms of `secret_forms.json` with generated secrets, for the tests of the agent and of the server."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TABLE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
HARMLESS: list[str] = TABLE["harmless"]
SEED = 20261126
DISTINCTIVE = 6
"""Characters in a row of a secret's random part that would give it away."""

_BASE62 = string.ascii_letters + string.digits
_ALPHABETS = {
    "base62": _BASE62,
    "base64": _BASE62 + "+/",
    "urlsafe": _BASE62 + "-_",
    "base36": string.ascii_lowercase + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "hex": "0123456789abcdef",
    "lower": string.ascii_lowercase,
    "digits": string.digits,
    "symbols": _BASE62 + "!#$%^*_-+.,~",
}


class Form(NamedTuple):
    """Words of a command line, and the random parts of the secret in them."""

    words: list[str]
    parts: list[str]

    def leaks(self, text: str) -> str:
        """What of the secret stands in a text, empty if nothing does."""
        windows = (p[i : i + DISTINCTIVE] for p in self.parts for i in range(len(p) - DISTINCTIVE + 1))
        return next((window for window in windows if window in text), "")


def forms(seed: int = SEED) -> list[Form]:
    """Every wrapper with every key, each with a secret of its own; bare tokens of every known kind."""
    draw = random.Random(seed)  # noqa: S311 - nobody's secrets
    return [_filled(words, key, secret, draw) for words, key, secret in _combinations()]


def _combinations() -> Iterator[tuple[list[str], str, str]]:
    secrets = TABLE["secrets"]
    for wrappers, keys in ((TABLE["keyed"], TABLE["keys"]), (TABLE["bare"], TABLE["bare_keys"])):
        for kind, several in wrappers.items():
            for number, words in enumerate(several):
                for turn, key in enumerate(keys):
                    yield words, key, secrets[kind][(number + turn) % len(secrets[kind])]
    for kind, several in TABLE["alone"].items():
        yield from ((words, "", secret) for words in several for secret in secrets[kind])


def _filled(words: list[str], key: str, pattern: str, draw: random.Random) -> Form:
    parts: list[str] = []

    class Random:
        def __init__(self, alphabet: str) -> None:
            self.alphabet = alphabet

        def __format__(self, length: str) -> str:
            parts.append("".join(draw.choices(self.alphabet, k=int(length))))
            return parts[-1]

    secret = pattern.format(**{name: Random(alphabet) for name, alphabet in _ALPHABETS.items()})
    filled = [word.format(key=key, KEY=key.upper().replace("-", "_"), secret=secret) for word in words]
    return Form(filled, [part for part in parts if len(part) >= DISTINCTIVE])
