"""The tables of the samples and events. Number columns of samples come from the vocabulary: a line there adds one here.

`time` is the sender's own timestamp and part of a sample's identity; `at` is the same moment on the
server's clock (`at - time` is the measured clock offset), and every reader asks by `at`. Both are
microseconds since the epoch. There are no foreign keys: a sample never waits for another row.
"""

from __future__ import annotations

from django.db import models

from advisor.store.columns import OwnerIndex, RealField, TimeIndex, minute_figures, sample_figures
from advisor.vocabulary import Entity


class _Sample(models.Model):
    """What every sample has. `span` is the seconds that its increases cover, 0 where unknown."""

    time = models.BigIntegerField()
    at = models.BigIntegerField()
    span = RealField()

    class Meta:
        abstract = True


class _Minute(models.Model):
    """What every rollup has. `minute` counts from the epoch in server time; `n` is the number of samples."""

    minute = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        abstract = True


@sample_figures(Entity.PROCESS)
class ProcessSample(_Sample):
    """One snapshot of a process. `latency` is the encoded `Histogram` of its request durations."""

    pk = models.CompositePrimaryKey("service_id", "instance_id", "time")
    service_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    latency = models.BinaryField(null=True)

    class Meta:
        indexes = (
            OwnerIndex(fields=("service_id", "at"), name="store_process_service_at"),
            TimeIndex(fields=("at",), name="store_process_at"),
        )


@sample_figures(Entity.HOST)
class HostSample(_Sample):
    """One snapshot of a machine."""

    pk = models.CompositePrimaryKey("host_id", "time")
    host_id = models.BigIntegerField()

    class Meta:
        indexes = (
            OwnerIndex(fields=("host_id", "at"), name="store_host_host_at"),
            TimeIndex(fields=("at",), name="store_host_at"),
        )


@sample_figures(Entity.PART)
class PartSample(_Sample):
    """One snapshot of a part of a process or of a host.

    `owner_id` is the service or the host; `instance_id` is 0 below a host.
    """

    pk = models.CompositePrimaryKey("owner_id", "instance_id", "time", "kind", "name")
    owner_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=255)
    histogram = models.BinaryField(null=True)

    class Meta:
        indexes = (
            OwnerIndex(fields=("owner_id", "at"), name="store_part_owner_at"),
            TimeIndex(fields=("at",), name="store_part_at"),
        )


@minute_figures(Entity.PROCESS)
class ProcessMinute(_Minute):
    """One minute of a process. Time stands second in the key: a chart reads one contiguous stretch."""

    pk = models.CompositePrimaryKey("service_id", "minute", "instance_id")
    service_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    latency = models.BinaryField(null=True)

    class Meta:
        indexes = (TimeIndex(fields=("minute",), name="store_process_minute"),)


@minute_figures(Entity.HOST)
class HostMinute(_Minute):
    """One minute of a machine."""

    pk = models.CompositePrimaryKey("host_id", "minute")
    host_id = models.BigIntegerField()

    class Meta:
        indexes = (TimeIndex(fields=("minute",), name="store_host_minute"),)


@minute_figures(Entity.PART)
class PartMinute(_Minute):
    """One minute of a part."""

    pk = models.CompositePrimaryKey("owner_id", "minute", "instance_id", "kind", "name")
    owner_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=255)
    histogram = models.BinaryField(null=True)

    class Meta:
        indexes = (TimeIndex(fields=("minute",), name="store_part_minute"),)


class Event(models.Model):
    """What happened at one moment in one process; the columns after `ordinal` are `vocabulary.events.ATTRIBUTES`.

    `pid` is that of another process that the event is about. A column is null where its sender did not say.
    """

    pk = models.CompositePrimaryKey("service_id", "instance_id", "time", "name", "ordinal")
    service_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    time = models.BigIntegerField()
    at = models.BigIntegerField()
    name = models.CharField(max_length=64)
    ordinal = models.IntegerField(default=0)
    duration = RealField(null=True)
    delay = RealField(null=True)
    cause = models.CharField(max_length=32, null=True)
    share = RealField(null=True)
    function = models.CharField(max_length=255, null=True)
    file = models.CharField(max_length=1024, null=True)
    line = models.IntegerField(null=True)
    exception = models.CharField(max_length=255, null=True)
    exit_code = models.BigIntegerField(null=True)
    signal = models.CharField(max_length=32, null=True)
    active = models.IntegerField(null=True)
    pid = models.IntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("service_id", "at"), name="store_event_service_at"),
            TimeIndex(fields=("at",), name="store_event_at"),
        )


class RollupMark(models.Model):
    """A minute (since the epoch, server time) whose samples changed since it was rolled up last."""

    minute = models.IntegerField(primary_key=True)


class Stream(models.Model):
    """The last point of a cumulative stream: what the next one is subtracted from.

    `key` is a 16-byte digest of the stream's identity. `value` is a counter's, `histogram` an encoded
    cumulative histogram; both are null in a row that only holds the place for its first point.
    """

    key = models.BinaryField(primary_key=True, max_length=16)
    time = models.BigIntegerField(db_index=True)
    start = models.BigIntegerField()
    value = models.FloatField(null=True)
    histogram = models.BinaryField(null=True)


class LeftOut(models.Model):
    """How many points, figures or events of a token were left out on a day (UTC) for one reason."""

    pk = models.CompositePrimaryKey("token_id", "day", "reason")
    token_id = models.BigIntegerField()
    day = models.DateField(db_index=True)
    reason = models.CharField(max_length=255)
    count = models.BigIntegerField()
    last_at = models.DateTimeField()


class Batch(models.Model):
    """A batch that was stored, by the id that its sender keeps over retries."""

    pk = models.CompositePrimaryKey("token_id", "key")
    token_id = models.BigIntegerField()
    key = models.UUIDField()
    received_at = models.DateTimeField(db_index=True)
