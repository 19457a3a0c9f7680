"""The grammar of a Dockerfile, as far as ours use it. None is built: that takes a Docker daemon.

The parser of BuildKit itself has no wheel for Linux on ARM, where it would have to be built with Go, and it accepts an
instruction that does not exist. So the instructions are those of the reference
(https://docs.docker.com/reference/dockerfile/), kept here by hand with the fewest arguments that they take.
"""

from __future__ import annotations

import json
import shlex

INSTRUCTIONS = {"FROM": 1, "WORKDIR": 1, "COPY": 2, "RUN": 1, "ENV": 1, "USER": 1, "EXPOSE": 1, "CMD": 1}


def stages(code: str) -> list[list[tuple[str, list[str]]]]:
    """Each stage with its instructions and their arguments; a CMD is one in JSON, which is run without a shell.

    Raises:
        ValueError: an instruction is unknown or has too few arguments, one stands before the first FROM, or a stage
            that is copied from or a CMD is not as it should be.
    """
    found: list[list[tuple[str, list[str]]]] = []
    for line in code.replace("\\\n", " ").splitlines():
        if not line or line.startswith("#"):
            continue
        name, arguments = _instruction(line)
        if name == "FROM":
            found.append([])
        if not found:
            raise ValueError(f"{name} stands before FROM")
        found[-1].append((name, arguments))
    _check_sources(found)
    return found


def _instruction(line: str) -> tuple[str, list[str]]:
    name, _, rest = line.partition(" ")
    arguments = json.loads(rest) if name == "CMD" else shlex.split(rest)
    if len(arguments) < INSTRUCTIONS.get(name, len(arguments) + 1):
        raise ValueError(f"not an instruction with its arguments: {line}")
    return name, arguments


def _check_sources(found: list[list[tuple[str, list[str]]]]) -> None:
    """What `COPY --from=` names is a stage before."""
    names: list[str] = []
    for stage in found:
        for name, arguments in stage:
            source = arguments[0].removeprefix("--from=")
            if name == "COPY" and source != arguments[0] and source not in names:
                raise ValueError(f"no stage is called {source}")
        start = stage[0][1]
        names += start[2:] if start[1:2] == ["AS"] else []
