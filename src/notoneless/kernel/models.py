"""Outbox and audit: what one stage tells the later ones, and who did what."""

from django.db import models

from notoneless.kernel.fields import InstantField


class OutboxEvent(models.Model):
    """Something later stages must hear of, written in the transaction that made it true. No personal data: ids only.

    Rows end when they have been handled and are a week old.
    """

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    made_at = InstantField()
    handled_at = InstantField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(handled_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AuditEntry(models.Model):
    """One act by one account. Holds codes and keyed digests, never names or answers.

    Personal data: who acted (a sign-in name) and from which address. Purpose: CSL art. 21, PIPL art. 51 and 54. Kept:
    three years at least, and never fewer than six months.

    Appended, never changed: `digest` is a keyed digest of the entry and of the one before it (kernel/audit.py), so that
    a day's first entry seals the day before. `number` counts from 1 without a gap. `origin`: the address it came from;
    empty for the machine's own acts.
    """

    number = models.BigIntegerField(null=True, unique=True)
    made_at = InstantField()
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    origin = models.CharField(max_length=45, blank=True, default="")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "made_at"], name="audit_subject"),
            models.Index(fields=["actor", "made_at"], name="audit_actor"),
            models.Index(fields=["act", "made_at"], name="audit_act"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"


class AuditHead(models.Model):
    """The last entry of the audit chain, sealed: without it an entry cut off the end would not be missed. One row.

    No personal data.
    """

    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"audit head {self.number}"
