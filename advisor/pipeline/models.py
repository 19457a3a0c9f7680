"""When each service is looked at next, and when the workers last gave a sign of life."""

from __future__ import annotations

from django.db import models

from advisor.fleet.models import Service


class Schedule(models.Model):
    """When a service is due for its next look, and who is looking.

    `lease` names the one evaluation that holds it until `leased_until`; then it is free again, so a
    lost worker costs one round.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="schedule")
    due_at = models.DateTimeField(db_index=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.service} at {self.due_at:%H:%M:%S}"


class Heartbeat(models.Model):
    """The last time that a part of the pipeline did its work. `name` is `Heartbeat.EVALUATION` so far.

    The row is written by a real task, so an old one means that beat, broker or worker does not move.
    """

    EVALUATION = "evaluation"

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
