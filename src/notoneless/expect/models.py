"""Calendar, duties, policies, asks and complaints. But for complaints, none of it is personal."""

from django.db import models

from notoneless.kernel.fields import InstantField


class CalendarDay(models.Model):
    """What a date is for the whole country: workday, weekend, holiday or makeup (a weekend day that is worked).

    No personal data.
    """

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class CalendarOverride(models.Model):
    """A unit's own days, for its subtree: school_day (make-up), vacation, or closure. The nearest unit wins, then the
    latest entry. `uid`: of the calendar file that it came with.
    A vacation means that nothing was expected; a closure excuses what was. No personal data.
    """

    unit = models.ForeignKey("roster.Unit", on_delete=models.CASCADE, related_name="calendar_overrides")
    first_day = models.DateField()
    last_day = models.DateField()
    kind = models.CharField(max_length=10)
    stage = models.CharField(max_length=16, blank=True)
    reason_zh = models.CharField(max_length=120, blank=True)
    reason_en = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=80, blank=True)
    uid = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["first_day", "last_day"], name="override_days")]
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="override_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day}..{self.last_day}"


class Duty(models.Model):
    """A form owed by an audience on certain days inside a window. What it is for, how long it is kept and who receives
    it is part of it, and shown wherever its data are entered.

    `sessions` is a list of {"code", "opens", "due", "closes"} in minutes after the bureau's midnight. `asked`: who is
    asked for it, `family`, `teacher` or `school`; what a family is asked counts toward its budget. `basis`: the law on
    which the data are held, `statutory` (families are told) or `consent` (they are asked); `separate`: codes of fields
    that are asked and kept only with a consent of their own (PIPL 13, 29, 34). No personal data.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    form = models.CharField(max_length=40)
    respondent = models.CharField(max_length=8)
    level = models.CharField(max_length=12)
    sessions = models.JSONField()
    asked = models.CharField(max_length=8, default="school")
    allows_voluntary = models.BooleanField(default=True)
    lock_days = models.PositiveSmallIntegerField(default=7)
    retention_days = models.PositiveSmallIntegerField(default=30)
    basis = models.CharField(max_length=9, default="statutory")
    separate = models.JSONField(default=list, blank=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    purpose_zh = models.CharField(max_length=200)
    purpose_en = models.CharField(max_length=200)
    recipients_zh = models.CharField(max_length=200, blank=True)
    recipients_en = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.code


class Document(models.Model):
    """The paper on which a policy rests (发文): its number stands for one text and never for another.

    No personal data.
    """

    id = models.AutoField(primary_key=True)
    number = models.CharField(max_length=80, unique=True)
    issuer = models.CharField(max_length=120, blank=True)
    dated = models.DateField(null=True)
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.number


class Policy(models.Model):
    """Who owes a duty on which days, by which document. `unit` null is the standing rule of the whole system.

    `audience`: {"populations", "stages", "kinds", "grades", "tags", "states"}, lists of codes, an absent key meaning
    any. `days`: the day types on which it holds; `weekdays` narrows them (Monday is 0). `sessions`: codes of the
    duty's, empty for all; `windows`: {session code: [opens, due, closes]} where they are not the duty's own.
    `strictness`:
    default, floor or ceiling (rules/policies.py).

    `status`: draft, approved, published, superseded or withdrawn. From publication on nothing of it is edited but
    its end. It was in force from `effective_from` to `effective_to` if it was ever published. No personal data.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("roster.Unit", null=True, on_delete=models.PROTECT, related_name="policies")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="policies")
    status = models.CharField(max_length=10, default="draft")
    effect = models.CharField(max_length=8)
    strictness = models.CharField(max_length=8, default="default")
    audience = models.JSONField(default=dict)
    days = models.JSONField(default=list)
    weekdays = models.JSONField(default=list)
    sessions = models.JSONField(default=list)
    windows = models.JSONField(default=dict)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="policies")
    title_zh = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    drafted_by = models.CharField(max_length=150, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    published_by = models.CharField(max_length=150, blank=True)
    published_at = InstantField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["effective_from", "effective_to"], name="policy_effective")]

    def __str__(self) -> str:
        return self.code


class AskLimit(models.Model):
    """How many things a household may be asked on one day, by whom below `unit`; null is the whole system.

    `over`: `refuse` or `queue` what would be one too many. The nearest unit's limit counts. No personal data.
    """

    unit = models.ForeignKey("roster.Unit", null=True, on_delete=models.CASCADE, related_name="ask_limits")
    asks_a_day = models.PositiveSmallIntegerField()
    over = models.CharField(max_length=8, default="refuse")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.asks_a_day} a day"


class Notice(models.Model):
    """A notice or survey that a unit sends to the households of its subtree on one day, or a letter (publish) that asks
    for a receipt: an ask beside the duties.

    `status`: sent, queued (waits for a day with room), refused, with `reason`, or recalled. No personal data.
    """

    unit = models.ForeignKey("roster.Unit", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=8)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    link = models.URLField(max_length=300, blank=True)
    wanted_day = models.DateField()
    day = models.DateField(null=True)
    status = models.CharField(max_length=8)
    reason = models.JSONField(default=dict)
    sent_by = models.CharField(max_length=150)
    draft = models.CharField(max_length=32, blank=True)
    made_at = InstantField()

    class Meta:
        indexes = [models.Index(fields=["day", "status"], name="notice_day")]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Complaint(models.Model):
    """ "I think this is wrong": a reader's doubt about one ask, with the whole trace, to the unit that made the rule.

    Personal data: who is concerned and what the complainant wrote. Purpose: an answer. Kept: two years after
    the answer, or with the person.
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="complaints")
    day = models.DateField()
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT)
    session = models.CharField(max_length=20, blank=True)
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="complaints")
    unit = models.ForeignKey("roster.Unit", null=True, on_delete=models.PROTECT, related_name="complaints")
    text = models.TextField()
    trace = models.JSONField()
    made_by = models.CharField(max_length=150)
    made_at = InstantField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = InstantField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "answered_at"], name="complaint_inbox")]

    def __str__(self) -> str:
        return f"complaint {self.pk}"
