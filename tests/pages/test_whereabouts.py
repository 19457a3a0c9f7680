from __future__ import annotations

from typing import Any

import pytest

from advisor.fleet.models import Instance
from advisor.pages.whereabouts import Whereabouts, whereabouts

POD = {"k8s.pod.name": "checkout-7d9f", "k8s.namespace.name": "web", "container.image.name": "acme/shop"}


@pytest.mark.parametrize(
    ("container", "details", "place", "more"),
    [
        ("", {}, "", ""),
        ("3f2a9c0b1d2e", {}, "container 3f2a9c", "container id 3f2a9c0b1d2e"),
        ("3f2a9c0b1d2e", {"container.name": "web"}, "container web", "container web, container id 3f2a9c0b1d2e"),
        ("", POD, "pod checkout-7d9f", "namespace web, image acme/shop"),
        ("3f2a9c0b1d2e", POD, "pod checkout-7d9f", "namespace web, image acme/shop, container id 3f2a9c0b1d2e"),
        ("", {"k8s.deployment.name": "shop"}, "", "deployment shop"),
    ],
)
def test_a_place_has_two_words_and_the_rest_stands_behind(
    container: str, details: dict[str, Any], place: str, more: str
) -> None:
    assert whereabouts(Instance(container=container, details=details)) == Whereabouts(place, more)
