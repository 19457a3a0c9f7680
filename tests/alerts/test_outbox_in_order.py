"""Messages about one recommendation reach a channel in the order in which they were told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from advisor.alerts import dispatch, outbox
from advisor.alerts.channels.base import ChannelError
from advisor.alerts.models import Delivery
from tests.alerts.outbox_rows import another_channel, channel, opened, resolved
from tests.alerts.post import Post

pytestmark = pytest.mark.django_db


def test_the_end_does_not_overtake_the_beginning(post: Post) -> None:
    channel()
    step = opened()
    (first,) = dispatch.tell([step], timezone.now())
    post.trouble = ChannelError("HTTP 503")
    outbox.send([first])
    post.trouble = None
    (last,) = dispatch.tell([resolved(step)], timezone.now())
    assert outbox.due(timezone.now()) == []
    assert outbox.send([last]) == 0
    Delivery.objects.filter(pk=first).update(due_at=timezone.now())
    assert outbox.due(timezone.now()) == [first]
    assert outbox.send([first]) == 1
    assert outbox.due(timezone.now()) == [last]
    assert outbox.send([last]) == 1
    assert [sent.pk for sent in post.sent] == [first, first, last]


def test_what_was_given_up_and_what_is_about_others_holds_nothing_up(post: Post) -> None:
    channel()
    gone, other = opened(), opened("basket")
    (first,) = dispatch.tell([gone], timezone.now())
    Delivery.objects.filter(pk=first).update(state=Delivery.State.FAILED)
    (waits,) = dispatch.tell([other], timezone.now())
    Delivery.objects.filter(pk=waits).update(due_at=timezone.now() + timedelta(hours=1))
    (last,) = dispatch.tell([resolved(gone)], timezone.now())
    assert outbox.send([last]) == 1
    assert [sent.pk for sent in post.sent] == [last]


def test_another_channel_does_not_wait_for_one_that_refuses(post: Post) -> None:
    channel()
    step = opened()
    (first,) = dispatch.tell([step], timezone.now())
    Delivery.objects.filter(pk=first).update(due_at=timezone.now() + timedelta(minutes=5))
    other = another_channel("webhook")
    for told in dispatch.tell([resolved(step)], timezone.now()):
        outbox.attempt(told)
    assert [sent.channel_id for sent in post.sent] == [other.pk]
