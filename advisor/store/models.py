"""The tables of the samples and events. Number columns of samples come from the vocabulary: a line there adds one here.

`time` is the sender's own timestamp and part of a sample's identity; `at` is the same moment on the
server's clock (`at - time` is the measured clock offset), and every reader asks by `at`. Both are
microseconds since the epoch. There are no foreign keys: a sample never waits for another row.
"""

from __future__ import annotations

from django.db import models

from advisor.store.bases import Hour, Minute, OfPart, OfProcess, Sample
from advisor.store.columns import OwnerIndex, RealField, TimeIndex, rollup_figures, sample_figures
from advisor.vocabulary import Entity


@sample_figures(Entity.PROCESS)
class ProcessSample(OfProcess, Sample):
    """One snapshot of a process."""

    pk = models.CompositePrimaryKey("service_id", "instance_id", "time")

    class Meta:
        indexes = (
            OwnerIndex(fields=("service_id", "at"), name="store_process_service_at"),
            TimeIndex(fields=("at",), name="store_process_at"),
        )


@sample_figures(Entity.HOST)
class HostSample(Sample):
    """One snapshot of a machine."""

    pk = models.CompositePrimaryKey("host_id", "time")
    host_id = models.BigIntegerField()

    class Meta:
        indexes = (
            OwnerIndex(fields=("host_id", "at"), name="store_host_host_at"),
            TimeIndex(fields=("at",), name="store_host_at"),
        )


@sample_figures(Entity.PART)
class PartSample(OfPart, Sample):
    """One snapshot of a part."""

    pk = models.CompositePrimaryKey("owner_id", "instance_id", "time", "kind", "name")

    class Meta:
        indexes = (
            OwnerIndex(fields=("owner_id", "at"), name="store_part_owner_at"),
            TimeIndex(fields=("at",), name="store_part_at"),
        )


@rollup_figures(Entity.PROCESS)
class ProcessMinute(OfProcess, Minute):
    """One minute of a process. Time stands second in the key: a chart reads one contiguous stretch."""

    pk = models.CompositePrimaryKey("service_id", "minute", "instance_id")

    class Meta:
        indexes = (models.Index(fields=("minute",), name="store_process_minute"),)


@rollup_figures(Entity.HOST)
class HostMinute(Minute):
    """One minute of a machine."""

    pk = models.CompositePrimaryKey("host_id", "minute")
    host_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("minute",), name="store_host_minute"),)


@rollup_figures(Entity.PART)
class PartMinute(OfPart, Minute):
    """One minute of a part."""

    pk = models.CompositePrimaryKey("owner_id", "minute", "instance_id", "kind", "name")

    class Meta:
        indexes = (models.Index(fields=("minute",), name="store_part_minute"),)


@rollup_figures(Entity.PROCESS, peaks=True)
class ProcessHour(OfProcess, Hour):
    """One hour of a process."""

    pk = models.CompositePrimaryKey("service_id", "hour", "instance_id")

    class Meta:
        indexes = (models.Index(fields=("hour",), name="store_process_hour"),)


@rollup_figures(Entity.HOST, peaks=True)
class HostHour(Hour):
    """One hour of a machine."""

    pk = models.CompositePrimaryKey("host_id", "hour")
    host_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("hour",), name="store_host_hour"),)


@rollup_figures(Entity.PART, peaks=True)
class PartHour(OfPart, Hour):
    """One hour of a part."""

    pk = models.CompositePrimaryKey("owner_id", "hour", "instance_id", "kind", "name")

    class Meta:
        indexes = (models.Index(fields=("hour",), name="store_part_hour"),)


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
            models.Index(fields=("at",), name="store_event_at"),
        )


class RollupMark(models.Model):
    """A minute (since the epoch, server time) whose samples changed since it was rolled up last."""

    minute = models.IntegerField(primary_key=True)


class HourMark(models.Model):
    """An hour (since the epoch, server time) of one owner whose rollups of `width` seconds are out of date.

    `entity` says in which tables; an owner of 0, which no row has, stands for all that have rows in the hour.
    """

    pk = models.CompositePrimaryKey("width", "hour", "entity", "owner_id")
    width = models.IntegerField()
    hour = models.IntegerField()
    entity = models.CharField(max_length=16)
    owner_id = models.BigIntegerField()


class Stream(models.Model):
    """The last point of a cumulative stream: what the next one is subtracted from.

    `key` is a 16-byte digest of the stream's identity. `value` is a counter's, `histogram` an encoded
    cumulative histogram; both are null in a row that only holds the place for its first point.
    `token_id` is who brought the first one.
    """

    key = models.BinaryField(primary_key=True, max_length=16)
    time = models.BigIntegerField()
    token_id = models.BigIntegerField(null=True)
    start = models.BigIntegerField()
    value = models.FloatField(null=True)
    histogram = models.BinaryField(null=True)

    class Meta:
        indexes = (models.Index(fields=("time", "token_id"), name="store_stream_time"),)


class PartName(models.Model):
    """A name of a part that is kept apart: a route of a process, a disk of a host.

    `owner_id` and `instance_id` are those of the samples; `token_id` is who spoke of it first, `seen_at` about when
    it was in use last, microseconds since the epoch.
    """

    pk = models.CompositePrimaryKey("owner_id", "instance_id", "kind", "name")
    owner_id = models.BigIntegerField()
    instance_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=255)
    token_id = models.BigIntegerField()
    seen_at = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("seen_at", "token_id"), name="store_partname_seen"),)


class LeftOut(models.Model):
    """How many points, figures or events of a token were left out on a day (UTC) for one reason."""

    pk = models.CompositePrimaryKey("token_id", "day", "reason")
    token_id = models.BigIntegerField()
    day = models.DateField(db_index=True)
    reason = models.CharField(max_length=255)
    count = models.BigIntegerField()
    last_at = models.DateTimeField()


class StoreSize(models.Model):
    """How large a class of data was on a day (UTC), as it was measured last on that day; `rows` is null if unknown."""

    pk = models.CompositePrimaryKey("day", "kind")
    day = models.DateField()
    kind = models.CharField(max_length=32)
    bytes = models.BigIntegerField()
    rows = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class Batch(models.Model):
    """A batch that was stored, by the id that its sender keeps over retries.

    `content` tells its body from others; null where it was stored before that was kept.
    """

    pk = models.CompositePrimaryKey("token_id", "key")
    token_id = models.BigIntegerField()
    key = models.UUIDField()
    received_at = models.DateTimeField(db_index=True)
    content = models.BigIntegerField(null=True)
