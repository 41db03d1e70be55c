"""What is kept of days that no longer change, so that a long trend costs one look-up a day."""

from django.db import models


class DaySum(models.Model):
    """A bureau's whole under one duty on a day whose ledger is locked: the sum of its tallies, and nothing else.

    `measures` is JSON text: measure -> n. No personal data: counts. Small ones are shown only where people are cared
    for (rollup/small.py).
    """

    pk = models.CompositePrimaryKey("day", "duty_id", "unit_id")
    day = models.DateField()
    duty_id = models.IntegerField()
    unit_id = models.IntegerField()
    on_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)
    missing = models.IntegerField(default=0)
    due = models.IntegerField(default=0)
    voluntary = models.IntegerField(default=0)
    measures = models.TextField(default="{}")

    class Meta:
        db_table = "day_sum"

    def __str__(self) -> str:
        return f"sum of {self.day} duty {self.duty_id} unit {self.unit_id}"
