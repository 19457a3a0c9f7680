"""The schemas of Kubernetes, strictly."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import yaml


def manifests(code: str) -> list[dict[str, Any]]:
    """The resources in a file, each accepted by the schema of the newest version and by that of 1.29."""
    found = list(yaml.safe_load_all(code))
    for resource in found:
        for version in ("1.29", kubernetes_validate.latest_version()):
            kubernetes_validate.validate(resource, version, strict=True)
    return found
