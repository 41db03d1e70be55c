"""The ledger's tables. Hot ones: no foreign keys, keys that begin with (district, day), the same text of SQL on both
databases. PostgreSQL partitions slots by month of their day (docs/DATABASE.md).
"""

from django.db import models

from notoneless.kernel.fields import InstantField


class DayUnit(models.Model):
    """The tree as it was on one day: a unit, its place and names. Frozen when the day opens. No personal data."""

    pk = models.CompositePrimaryKey("day", "unit_id")
    day = models.DateField()
    unit_id = models.IntegerField()
    parent_id = models.IntegerField(null=True)
    path = models.CharField(max_length=140)
    district_id = models.IntegerField()
    school_id = models.IntegerField()
    level = models.CharField(max_length=12)
    kind = models.CharField(max_length=24)
    stage = models.CharField(max_length=16, blank=True)
    grade = models.CharField(max_length=4, blank=True)
    area = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "day_unit"
        indexes = [
            models.Index(fields=["day", "path"], name="day_unit_path"),
            models.Index(fields=["day", "code"], name="day_unit_code"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.code}"


class DaySession(models.Model):
    """One duty's session on one day: its window, and when it was opened and closed. No personal data.

    `closes_at` is the latest of its slots'. Some may close earlier, by a policy of their own: `early_closes` lists
    when, and up to `closed_to` that has been done. `merged_at` is when the whole of it was last brought into line; null
    while it is being opened for the first time, or if that was cut short. `expired_at`: its answers are past their term
    and gone; its slots still count, and are nobody's.
    """

    pk = models.CompositePrimaryKey("day", "duty_id", "session")
    day = models.DateField()
    duty_id = models.IntegerField()
    session = models.SmallIntegerField()
    opens_at = InstantField()
    due_at = InstantField()
    closes_at = InstantField()
    locks_at = InstantField()
    opened_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    merged_at = InstantField(null=True)
    expired_at = InstantField(null=True)
    early_closes = models.TextField(default="[]", db_default="[]")
    closed_to = InstantField(default=0, db_default=0)

    class Meta:
        db_table = "day_session"

    def __str__(self) -> str:
        return f"{self.day} duty {self.duty_id}/{self.session}"


class Slot(models.Model):
    """One respondent, one thing owed, one day and session. See ledger/rules.py for the states.

    `district_id` and `unit_id` are what it counts under on that day. `filled_at` is the earliest instant at which an
    accepted report counts as having come in; `declared` says that this instant was stated by an import, not seen.
    Personal data: the answers and whose they are. Purpose: the duty's. Kept: the duty's retention_days; then the row is
    nobody's (services/forgetting.py).
    """

    pk = models.CompositePrimaryKey("respondent_id", "day", "duty_id", "session")
    district_id = models.IntegerField()
    day = models.DateField()
    duty_id = models.IntegerField()
    session = models.SmallIntegerField()
    unit_id = models.IntegerField()
    respondent_id = models.BigIntegerField()
    population = models.CharField(max_length=8)
    state = models.CharField(max_length=9)
    reason = models.CharField(max_length=40, blank=True)
    policy_id = models.IntegerField(null=True)
    opens_at = InstantField()
    due_at = InstantField()
    closes_at = InstantField()
    filled_at = InstantField(null=True)
    declared = models.BooleanField(default=False)
    on_time = models.BooleanField(null=True)
    by = models.CharField(max_length=8, blank=True)
    made_at = InstantField(null=True)
    report_id = models.CharField(max_length=32, blank=True)
    revision = models.IntegerField(default=0)
    answers = models.TextField(blank=True)
    measures = models.TextField(default="[]")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"slot {self.day} {self.duty_id}/{self.session} {self.respondent_id}"


class PersonSlot(Slot):
    """A slot owed by or for a person.

    Personal data: state, answers and measures of one person. Purpose: the duty's. Kept: as of every slot.
    """

    class Meta(Slot.Meta):
        db_table = "person_slot"
        indexes = [
            models.Index(fields=["district_id", "day", "duty_id", "session", "unit_id"], name="person_slot_board"),
        ]


class UnitSlot(Slot):
    """A slot owed by a unit: its daily sheet, its attendance rate.

    Personal data: the account that signed. Purpose: who answers for the figures. Kept: with the ledger.
    """

    class Meta(Slot.Meta):
        db_table = "unit_slot"
        indexes = [
            models.Index(fields=["district_id", "day", "duty_id", "session", "unit_id"], name="unit_slot_board"),
        ]


class Tally(models.Model):
    """Counts of slots by day, duty, session, unit and population, with the unit's ancestors of that day.

    reported = on_time + late; expected = reported + excused + missing + due. No personal data.
    """

    pk = models.CompositePrimaryKey("district_id", "day", "duty_id", "session", "unit_id", "population")
    district_id = models.IntegerField()
    day = models.DateField()
    duty_id = models.IntegerField()
    session = models.SmallIntegerField()
    unit_id = models.IntegerField()
    population = models.CharField(max_length=8)
    school_id = models.IntegerField()
    path = models.CharField(max_length=140)
    on_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)
    missing = models.IntegerField(default=0)
    due = models.IntegerField(default=0)
    voluntary = models.IntegerField(default=0)

    class Meta:
        db_table = "tally"
        indexes = [models.Index(fields=["day", "duty_id", "path"], name="tally_subtree")]

    def __str__(self) -> str:
        return f"tally {self.day} {self.duty_id}/{self.session} unit {self.unit_id} {self.population}"


class MeasureTally(models.Model):
    """How many current answers raise a measure: `n` of reported slots, `voluntary` of reports nobody owed.

    No personal data: counts. Small ones are shown only where people are cared for (rollup/small.py).
    """

    pk = models.CompositePrimaryKey("district_id", "day", "duty_id", "session", "unit_id", "population", "measure")
    district_id = models.IntegerField()
    day = models.DateField()
    duty_id = models.IntegerField()
    session = models.SmallIntegerField()
    unit_id = models.IntegerField()
    population = models.CharField(max_length=8)
    measure = models.CharField(max_length=40)
    school_id = models.IntegerField()
    path = models.CharField(max_length=140)
    n = models.IntegerField(default=0)
    voluntary = models.IntegerField(default=0)

    class Meta:
        db_table = "measure_tally"
        indexes = [models.Index(fields=["day", "duty_id", "path"], name="measure_subtree")]

    def __str__(self) -> str:
        return f"measure {self.measure} {self.day} unit {self.unit_id}"
