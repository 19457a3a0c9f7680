"""More photographs are asked for than a pool of eight threads can wait for."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=(
            "raise-limit",
            "cache",
            "static-offload",
            "cluster",
            "load-balance",
            "autoscale",
            "decompose",
            "optimise-code",
        ),
        forbidden=("vertical", "scale-down", "read-replica", "fix-leak", "tune-heap"),
    ),
    reason=(
        "Each photograph holds one of the pool's eight threads for 0.15 s while the volume lets it wait, and 54 a "
        "second are more than they can take: p95 goes from 0.29 to 3.3 s, while loop and processor are 6 % busy."
    ),
    services=(
        Service(
            script="photo_archive.js",
            knobs={"volume_ms": 300},
            environment={"UV_THREADPOOL_SIZE": "8"},
            descriptors=4096,
        ),
    ),
    phases=(
        Phase(300, (Http(path="/album", rate=20), Http(path="/photo/{n}", rate=12))),
        Phase(900, (Http(path="/album", rate=20), Http(path="/photo/{n}", rate=54))),
    ),
    onset=300,
)
