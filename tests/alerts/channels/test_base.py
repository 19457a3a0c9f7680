"""Channels are found by their place."""

from __future__ import annotations

import pytest

from advisor.alerts.channels import base, email, webhook


def test_every_file_is_a_channel() -> None:
    assert base.KINDS == ("email", "webhook")
    assert [base.sender(kind) for kind in base.KINDS] == [email, webhook]


@pytest.mark.parametrize("kind", ["pigeon", "base", "", "../models", "os"])
def test_other_kinds_are_refused_for_good(kind: str) -> None:
    with pytest.raises(base.ChannelError, match="there are email, webhook") as refusal:
        base.sender(kind)
    assert refusal.value.permanent
