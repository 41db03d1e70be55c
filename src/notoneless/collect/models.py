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


class ReportSeen(models.Model):
    """A teacher has looked at what came in for a person on a day: which revision, who looked, and when.

    A later revision has not been seen yet. Personal data: whose report it was and the account that looked. Purpose: a
    family's report is read by somebody who knows the child. Kept: as long as the answers (retain/pack.toml).
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    duty_id = models.IntegerField()
    revision = models.IntegerField()
    seen_at = InstantField()
    seen_by = models.CharField(max_length=150)

    class Meta:
        db_table = "report_seen"
        indexes = [models.Index(fields=["day"], name="report_seen_day")]
        constraints = [models.UniqueConstraint(fields=["person", "day", "duty_id"], name="one_report_seen")]

    def __str__(self) -> str:
        return f"seen {self.day} {self.person_id}"


class AbsenceContact(models.Model):
    """The family of a pupil who is absent for illness was called: what came of it, and when the child is expected back.

    No diagnosis and no free text. Personal data: that a child was ill, and the account that called. Purpose: tracing of
    absence for illness (WS/T 772-2020). Kept: to the end of the school year (retain/pack.toml).
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    outcome = models.CharField(max_length=12)
    back_on = models.DateField(null=True)
    noted_at = InstantField()
    noted_by = models.CharField(max_length=150)

    class Meta:
        db_table = "absence_contact"
        indexes = [
            models.Index(fields=["person", "day"], name="absence_contact_person"),
            models.Index(fields=["day"], name="absence_contact_day"),
        ]

    def __str__(self) -> str:
        return f"contact {self.day} {self.person_id}"
