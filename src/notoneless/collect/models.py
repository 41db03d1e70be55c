"""Forms and reports. A report is kept once, for ever its own revision of the slot that it fills."""

from django.db import models

from notoneless.kernel.fields import InstantField


class FormVersion(models.Model):
    """One version of a form as data: fields, constraints, conditions and the measures they raise. Not personal."""

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    definition = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_form_version")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Report(models.Model):
    """One accepted report. `id` is the client's own (32 hex digits): a repeat finds its row and its answer here.

    Personal data: answers about one person. Purpose: the duty's. Kept: the duty's retention_days, then deleted
    (retain/services/expire.py). `digest` tells a repeat from
    another body under the same id. `state`, `on_time` and `revision` are what the sender was told.

    A morning's reports are nearly all their slots' first and only ones, and a slot names the report that holds it; so
    only later revisions are indexed by respondent, and the second keeps the id of the first (`first_id`).
    """

    id = models.UUIDField(primary_key=True)
    district_id = models.IntegerField()
    day = models.DateField()
    duty_id = models.IntegerField()
    session = models.SmallIntegerField()
    respondent_id = models.BigIntegerField()
    revision = models.IntegerField()
    first_id = models.UUIDField(null=True)
    made_at = InstantField()
    received_at = InstantField()
    by = models.CharField(max_length=8)
    actor = models.CharField(max_length=150)
    form_version = models.PositiveSmallIntegerField()
    answers = models.TextField()
    measures = models.TextField()
    digest = models.CharField(max_length=32)
    state = models.CharField(max_length=9)
    on_time = models.BooleanField()

    class Meta:
        db_table = "report"
        indexes = [
            models.Index(fields=["respondent_id", "day"], name="report_revisions", condition=models.Q(revision__gt=1)),
        ]

    def __str__(self) -> str:
        return f"report {self.id}"
