"""Verdicts and recommendations as rows; times that rules hold are columns, so restarts change nothing."""

from __future__ import annotations

from django.db import models

from advisor.fleet.models import Service
from advisor.vocabulary import Progress, Severity, Stand, Verdict


class RuleVerdict(models.Model):
    """What one rule says of one service now. Times are Unix seconds of sample time (`RuleState`).

    `reading` is the `Reading` as JSON (claim, evidence, severity, confidence, missing); `held_back_by` and `note`
    are those of the `Ruling`.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="verdicts")
    rule = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=[(v.value, v.value) for v in Verdict])
    since = models.FloatField(null=True)
    until = models.FloatField(null=True)
    over_since = models.FloatField(null=True)
    under_since = models.FloatField(null=True)
    reading = models.JSONField(default=dict)
    held_back_by = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    evaluated_at = models.FloatField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("service", "rule"), name="recommendations_verdict_once"),)

    def __str__(self) -> str:
        return f"{self.service} {self.rule}: {self.verdict}"


class ServiceSummary(models.Model):
    """What the last look at a service came to: the `Summary` of its judgement, at Unix seconds of sample time."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="summary", primary_key=True)
    stand = models.CharField(max_length=16, choices=[(s.value, s.value) for s in Stand])
    sentence = models.TextField()
    missing = models.JSONField(default=list)
    at = models.FloatField()

    def __str__(self) -> str:
        return f"{self.service}: {self.sentence}"


class LimitOverride(models.Model):
    """A limit that somebody set for one service, in the unit of the limit, with the reason.

    `entry` is the id of a rule or a strategy, `limit` the name of one of its limits.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="limits")
    entry = models.CharField(max_length=64)
    limit = models.CharField(max_length=64)
    value = models.FloatField()
    reason = models.TextField()
    set_by = models.CharField(max_length=150, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("service", "entry", "limit"), name="recommendations_limit_once"),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.entry} {self.limit}: {self.value:g}"


class Recommendation(models.Model):
    """Advice on one finding, from forming to its end. At most one that is not ended per service and rule.

    `options` and `rejected` are the lists of `Option` and `Rejection` as JSON; `evidence` of `Evidence`; `notes`
    are the sentences that stand beside the claim. `held_back_by` is the rule that explains it by now, if one does.
    `challenger` is the option that came first in the last `challenger_looks` looks in place of `options[0]`.
    Content follows the rule until it is acknowledged, then it stays as it was.
    `revision` grows with every change that a page should show.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="recommendations")
    rule = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Progress])
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    title = models.CharField(max_length=255)
    claim = models.TextField()
    confidence = models.FloatField(default=0.0)
    evidence = models.JSONField(default=list)
    options = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    challenger = models.CharField(max_length=64, blank=True)
    challenger_looks = models.PositiveSmallIntegerField(default=0)
    notes = models.JSONField(default=list)
    held_back_by = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=1)
    formed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("service", "rule"), condition=models.Q(ended_at__isnull=True), name="recommendations_one_alive"
            ),
        )
        indexes = (models.Index(fields=("state", "-opened_at"), name="recommendations_state"),)

    def __str__(self) -> str:
        return f"{self.service}: {self.title}"


class Transition(models.Model):
    """A step in the life of a recommendation: what is told to people, and its history.

    From open to open it became more severe. The note of a step to open is how severe it was then.
    """

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="transitions")
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"
