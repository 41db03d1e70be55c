"""Calendar, duties and policies. Data that a bureau owns; none of it personal."""

from django.db import models


class CalendarDay(models.Model):
    """What a date is for the whole country: workday, weekend, holiday or makeup (a weekend day that is worked)."""

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class CalendarOverride(models.Model):
    """A unit's own days, for its subtree: school_day (make-up), vacation, or closure. The nearest unit wins, then the
    latest entry. A vacation means that nothing was expected; a closure excuses what was.
    """

    unit = models.ForeignKey("roster.Unit", on_delete=models.CASCADE, related_name="calendar_overrides")
    first_day = models.DateField()
    last_day = models.DateField()
    kind = models.CharField(max_length=10)
    stage = models.CharField(max_length=16, blank=True)
    reason_zh = models.CharField(max_length=120, blank=True)
    reason_en = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["first_day", "last_day"], name="override_days")]
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="override_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day}..{self.last_day}"


class Duty(models.Model):
    """A form owed by an audience on certain days inside a window. Its purpose is shown wherever its data are entered.

    `sessions` is a list of {"code", "opens", "due", "closes"} in minutes after the bureau's midnight.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    form = models.CharField(max_length=40)
    respondent = models.CharField(max_length=8)
    level = models.CharField(max_length=12)
    sessions = models.JSONField()
    allows_voluntary = models.BooleanField(default=True)
    lock_days = models.PositiveSmallIntegerField(default=7)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    purpose_zh = models.CharField(max_length=200)
    purpose_en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.code


class Policy(models.Model):
    """Who owes a duty on which days, by which document. `unit` null is the standing rule of the whole system.

    `audience`: {"populations": [...], "stages": [...], "kinds": [...]}, an absent key meaning any. `days`: the day
    types on which it holds. The nearest unit's policy wins, unless a floor above it requires. Superseded, never edited.
    """

    id = models.AutoField(primary_key=True)
    unit = models.ForeignKey("roster.Unit", null=True, on_delete=models.PROTECT, related_name="policies")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="policies")
    effect = models.CharField(max_length=8)
    strictness = models.CharField(max_length=8, default="default")
    audience = models.JSONField(default=dict)
    days = models.JSONField(default=list)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    issuer = models.CharField(max_length=80, blank=True)
    document = models.CharField(max_length=80, blank=True)
    title_zh = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [models.Index(fields=["effective_from", "effective_to"], name="policy_effective")]

    def __str__(self) -> str:
        return f"{self.effect} {self.duty.code}"
