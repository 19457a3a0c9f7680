"""Channels, and the outbox: one delivery per transition and channel."""

from __future__ import annotations

import uuid

from django.db import models

from advisor.recommendations.models import Transition


class Channel(models.Model):
    """A way to reach people. `kind` is a file name in `alerts/channels`; `config` its settings."""

    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    config = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one channel, written in the transaction of its transition.

    `id` is the message's identity over all tries (`webhook-id`, `Message-ID`).
    A try is due at `due_at`; a worker that takes it sets `leased_until`, so that a lost worker's
    lease runs out and another takes over.
    """

    class State(models.TextChoices):
        """Waiting for a try, done, or given up."""

        DUE = "due", "waiting"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "gave up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transition = models.ForeignKey(Transition, null=True, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(max_length=255)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("transition", "channel"), name="alerts_told_once"),)

    def __str__(self) -> str:
        return f"{self.subject} to {self.channel}"


class Attempt(models.Model):
    """One try of a delivery, as the delivery log shows it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    seconds = models.FloatField()
    ok = models.BooleanField()
    answer = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.answer}"
