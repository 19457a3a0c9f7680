"""Hosts, services, their processes, and the tokens that they report with.

`brought_by` is the primary key of the token that spoke of a host, service or process first: it counts as that one's.
"""

from __future__ import annotations

from django.db import models


class Host(models.Model):
    """A machine, known by OpenTelemetry's `host.id`.

    `clock_offset` is server time minus the host's time in seconds, as last measured.
    """

    key = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    arch = models.CharField(max_length=32, blank=True)
    os = models.CharField(max_length=255, blank=True)
    agent_version = models.CharField(max_length=64, blank=True)
    clock_offset = models.FloatField(default=0.0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    brought_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What is judged: processes with one name in one namespace and environment.

    `serves` is True once a process of it listens on a port or reports from inside (probe or SDK);
    others are listed, not judged.
    """

    environment = models.CharField(max_length=255, blank=True)
    namespace = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255)
    serves = models.BooleanField(default=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    brought_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("environment", "namespace", "name"), name="fleet_service_identity"),
        )

    def __str__(self) -> str:
        return self.name


class Instance(models.Model):
    """One life of one process: (host, pid, start time within 5 s), or an SDK's `service.instance.id`.

    `worker_id` is the number that the primary of a cluster gave it, None where it gave none.
    `name_rank` is the weight of the source that named its service (0 weighs most).
    `inside` is the `telemetry.sdk.name` of who reports from inside the process, empty if nobody does.
    `container` are the first 12 characters of the id of its container, `sandbox` those of the one that lends it its
    host name; `virtual_pid` is its number in there, 0 where nobody outside tells it. `details` are further resource
    attributes, by OpenTelemetry's names. `command_line` holds no secrets, and is empty unless agents are asked for it.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="instances")
    host = models.ForeignKey(Host, null=True, on_delete=models.SET_NULL, related_name="instances")
    key = models.CharField(max_length=255, db_index=True)
    pid = models.PositiveIntegerField(default=0)
    virtual_pid = models.PositiveIntegerField(default=0)
    container = models.CharField(max_length=12, blank=True, db_index=True)
    sandbox = models.CharField(max_length=12, blank=True, db_index=True)
    details = models.JSONField(default=dict)
    command_line = models.CharField(max_length=1024, blank=True)
    started_at = models.FloatField(null=True)
    role = models.CharField(max_length=16, default="single")
    worker_id = models.PositiveIntegerField(null=True)
    name_rank = models.PositiveSmallIntegerField(default=0)
    inside = models.CharField(max_length=64, blank=True)
    runtime = models.CharField(max_length=32, blank=True)
    runtime_version = models.CharField(max_length=64, blank=True)
    service_version = models.CharField(max_length=255, blank=True)
    script = models.CharField(max_length=1024, blank=True)
    listening = models.PositiveSmallIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    brought_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",), condition=models.Q(host__isnull=True), name="fleet_instance_without_host"
            ),
        )
        indexes = (
            models.Index(fields=("host", "pid"), name="fleet_instance_process"),
            models.Index(fields=("host", "virtual_pid"), name="fleet_instance_virtual"),
        )

    def __str__(self) -> str:
        return f"{self.service.name} ({self.pid})"


class Token(models.Model):
    """A credential of an agent, an SDK or a script. Only its SHA-256 is kept.

    A host token binds to the first host that uses it and cannot report another afterwards.
    An enrolment key makes host tokens: `most_hosts` of them, `hosts_enrolled` so far.
    """

    class Kind(models.TextChoices):
        """The three kinds, by their prefix."""

        ENROL = "sae", "enrolment key"
        HOST = "sah", "host token"
        API = "sat", "API token"

    kind = models.CharField(max_length=3, choices=Kind.choices)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    name = models.CharField(max_length=255, blank=True)
    host = models.ForeignKey(Host, null=True, blank=True, on_delete=models.CASCADE, related_name="tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    most_hosts = models.PositiveIntegerField(default=0)
    hosts_enrolled = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}_{self.prefix}"


class SignInLink(models.Model):
    """A link that signs one person in, once. Only the SHA-256 of its token is kept."""

    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.user}"
