"""What the tables of the samples and their rollups have in common."""

from __future__ import annotations

from django.db import models

from advisor.store.columns import RealField


class Sample(models.Model):
    """What every sample has. `span` is the seconds that its increases cover, 0 where unknown."""

    time = models.BigIntegerField()
    at = models.BigIntegerField()
    span = RealField()

    class Meta:
        abstract = True


class OfProcess(models.Model):
    """What every row of a process has. `latency` is the encoded `Histogram` of its request durations."""

    service_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    latency = models.BinaryField(null=True)

    class Meta:
        abstract = True


class OfPart(models.Model):
    """What every row of a part of a process or of a host has.

    `owner_id` is the service or the host; `instance_id` is 0 below a host.
    """

    owner_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=255)
    histogram = models.BinaryField(null=True)

    class Meta:
        abstract = True


class Minute(models.Model):
    """What every rollup of a minute has. `minute` counts from the epoch in server time, `n` the samples."""

    minute = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        abstract = True


class Hour(models.Model):
    """What every rollup of an hour has. `hour` counts from the epoch in server time, `n` the samples."""

    hour = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        abstract = True
