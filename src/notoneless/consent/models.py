"""Notices shown, consents, requests of families, and impact assessments."""

from django.db import models

from notoneless.kernel.fields import InstantField


class NoticeText(models.Model):
    """A notice word for word as families were shown it, by its digest. Not personal. Kept: it is the evidence of what
    was told."""

    digest = models.CharField(max_length=32, unique=True)
    duty = models.ForeignKey("expect.Duty", on_delete=models.PROTECT, related_name="+")
    body = models.JSONField()
    first_shown_at = InstantField()

    def __str__(self) -> str:
        return f"notice {self.digest}"


class NoticeSeen(models.Model):
    """A guardian said that they have read a notice, for one child (PIPL 17).

    Personal data: which guardian's account read what for whom. Purpose: evidence. Kept: with the person.
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="notices_seen")
    notice = models.ForeignKey(NoticeText, on_delete=models.PROTECT, related_name="seen")
    by = models.CharField(max_length=150)
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "notice", "by"], name="one_reading_each")]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class Consent(models.Model):
    """A consent to a duty, or to one separate field of it (`item`), from `given_at` until `withdrawn_at` (PIPL 14, 29).

    `terms`: the digest of purpose, fields, recipients and retention to which it was given: it speaks for no others.
    `capacity`: guardian (for a child under 14, PIPL 31), pupil (14 or over, by their own word through the family's
    account) or for_pupil (14 or over, the guardian on their behalf).

    Personal data: who agreed to what for whom. Purpose: proof of the legal basis. Kept: with the person.
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="consents")
    duty = models.ForeignKey("expect.Duty", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=40, blank=True)
    terms = models.CharField(max_length=32)
    capacity = models.CharField(max_length=10)
    given_by = models.CharField(max_length=150)
    given_at = InstantField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "duty", "item"], condition=models.Q(withdrawn_at=None), name="one_open_consent"
            )
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class PrivacyRequest(models.Model):
    """What a guardian asks about a child's data: access, copy, correct, delete or explain (PIPL 44-48).

    `due_on`: the last day for the answer, by the rule in deadlines.toml. `status`: open, accepted or refused; a refusal
    says why in `answer`. `certificate`: of the destruction.

    Personal data: what was asked and answered about one child. Purpose: an answer in time. Kept: with the person. That
    there was a request, when and how it ended, stays in the audit log.
    """

    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="privacy_requests")
    unit = models.ForeignKey("roster.Unit", on_delete=models.PROTECT, related_name="privacy_requests")
    kind = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    made_by = models.CharField(max_length=150)
    made_at = InstantField()
    due_on = models.DateField()
    status = models.CharField(max_length=8, default="open")
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = InstantField(null=True)
    certificate = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "status", "due_on"], name="privacy_inbox")]

    def __str__(self) -> str:
        return f"privacy request {self.pk}"


class Assessment(models.Model):
    """A personal information protection impact assessment (PIPL 55, 56) of one duty's processing. Never edited; a
    later one takes its place. No personal data but the approver's name and office; kept three years and more
    (`keep_until`).
    """

    code = models.CharField(max_length=60, unique=True)
    duty = models.ForeignKey("expect.Duty", on_delete=models.PROTECT, related_name="assessments")
    processing = models.TextField()
    purpose = models.TextField()
    necessity = models.TextField()
    risks = models.JSONField()
    measures = models.JSONField()
    conclusion = models.CharField(max_length=12)
    remarks = models.TextField(blank=True)
    approver = models.CharField(max_length=80)
    approved_on = models.DateField()
    valid_until = models.DateField()
    keep_until = models.DateField()
    added_by = models.CharField(max_length=150)
    added_at = InstantField()

    def __str__(self) -> str:
        return self.code
