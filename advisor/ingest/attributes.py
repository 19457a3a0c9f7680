"""Attribute lists, from raw JSON to plain values, cleaned of what no name may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Raw, Struct

from advisor.fleet.claim import ATTRIBUTES, Said
from advisor.fleet.memory import Memory
from advisor.ingest import limits
from advisor.ingest.command_lines import redacted_line, redacted_path
from advisor.vocabulary.aliases import ATTRIBUTES as ALIASES

Scalar = str | int | float | bool

RESOURCE_KEYS: Final = frozenset(ATTRIBUTES)
"""The resource attributes that are read. Lists of arguments and environments are not: they may hold secrets."""

_CLEANERS: Final = {"process.command": redacted_path, "process.command_line": redacted_line}
"""An agent takes secrets out of these before it sends them. Nobody has to trust that it did."""

_CACHED: Final = 20_000
_CACHED_BYTES: Final = 8 << 10
"""A resource that says more is read anew each time: the memory of what was read must be bounded in bytes too."""


class _Value(Struct, rename="camel"):
    string_value: str | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    bool_value: bool | None = None

    def plain(self) -> Scalar | None:
        """The one value that is set; None for arrays, maps and bytes."""
        if self.string_value is not None:
            return clean(self.string_value)
        if self.int_value is not None:
            return int(self.int_value)
        return self.bool_value if self.double_value is None else float(self.double_value)


class _Pair(Struct):
    key: str = ""
    value: _Value | None = None


_DECODER: Final = msgspec.json.Decoder(list[_Pair] | None)


def parse(raw: Raw) -> dict[str, Scalar]:
    """Key -> value of one attribute list; keys with no scalar value are left out.

    Raises:
        ValueError: the list is no list of OTLP attributes.
    """
    pairs = _DECODER.decode(raw) or ()
    plain = ((pair.key, pair.value.plain()) for pair in pairs if pair.value is not None)
    return {key: value for key, value in plain if value is not None}


def parse_point(raw: Raw) -> dict[str, str]:
    """The attributes of a data point under today's keys, as text; what is said twice keeps today's word."""
    given = {key: str(value) for key, value in parse(raw).items()}
    renamed = {ALIASES[key]: value for key, value in given.items() if key in ALIASES}
    return {**renamed, **given}


def clean(text: str) -> str:
    """The text cut to `limits.STRING_CHARACTERS`, with control and direction characters as spaces.

    PostgreSQL takes no NUL, a mail subject no newline, and a page should not turn its reading order.
    """
    text = text[: limits.STRING_CHARACTERS]
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def _without_secrets(name: str, value: Scalar) -> Scalar:
    take_out = _CLEANERS.get(name)
    return take_out(value) if take_out and isinstance(value, str) else value


class ResourceReader:
    """Reads resources; the same few come with every export, so what they say is kept."""

    def __init__(self) -> None:
        self._known = Memory[bytes, Said](_CACHED)

    def read(self, key: bytes, as_json: Callable[[bytes], Raw] = Raw) -> Said:
        """The attributes of a resource that are in `RESOURCE_KEYS`; `as_json` gives their JSON, where they are not.

        Raises:
            ValueError: the list is no list of OTLP attributes.
        """
        known = self._known.find(key)
        if known is None:
            said = parse(as_json(key)).items()
            known = Said(
                {
                    name: _without_secrets(name, value)
                    for name, value in said
                    if name in RESOURCE_KEYS and not isinstance(value, float)
                }
            )
            if len(key) <= _CACHED_BYTES:
                self._known[key] = known
        return known
