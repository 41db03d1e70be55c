"""Letters, the receipts of households, and the telephone numbers of units."""

from django.db import models

from notoneless.kernel.fields import InstantField


class Letter(models.Model):
    """A letter from a unit to the households that have a pupil below it on `day`. Never edited: a correction is a new
    letter that names this one (`corrects`). No personal data: its words are a unit's, for all families alike.

    `kind`: information, or receipt (each household is asked to confirm once that it has read it; then `notice` is the
    ask that it counts as). `households`: how many it went to, counted when it was sent. `draft` names the act of
    sending: sent twice, it is one.
    """

    unit = models.ForeignKey("roster.Unit", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=160, blank=True)
    body_zh = models.TextField()
    body_en = models.TextField(blank=True)
    day = models.DateField()
    sent_at = InstantField()
    sent_by = models.CharField(max_length=150)
    households = models.PositiveIntegerField()
    notice = models.ForeignKey("expect.Notice", null=True, on_delete=models.PROTECT, related_name="letters")
    corrects = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="corrections")
    draft = models.CharField(max_length=32, blank=True)
    withdrawn_at = InstantField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "day"], name="letter_of_unit")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "draft"], condition=~models.Q(draft=""), name="one_letter_a_draft")
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Receipt(models.Model):
    """One household's: when a letter was first shown to it, and when and by whom it was confirmed. Made when it is
    shown; a household that has not opened the letter has none.

    Personal data: which guardian's account read what, and when. Purpose: to know who still has to be told. Kept: two
    years after the letter was sent (retain/pack.toml), or with the household.
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="receipts")
    household = models.ForeignKey("roster.Household", on_delete=models.CASCADE, related_name="receipts")
    shown_at = InstantField()
    confirmed_at = InstantField(null=True)
    confirmed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["letter", "confirmed_at"], name="receipts_confirmed")]
        constraints = [models.UniqueConstraint(fields=["letter", "household"], name="one_receipt_a_household")]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class Telephone(models.Model):
    """The number at which a person answers families of a unit, and when. No personal data: an office's number."""

    unit = models.OneToOneField("roster.Unit", on_delete=models.CASCADE, related_name="telephone")
    number = models.CharField(max_length=24)
    hours_zh = models.CharField(max_length=60, blank=True)
    hours_en = models.CharField(max_length=120, blank=True)
    set_by = models.CharField(max_length=150)
    set_at = InstantField()

    def __str__(self) -> str:
        return f"telephone of unit {self.unit_id}"
