"""Certificates: what was destroyed, by which rule, and who approved it."""

from django.db import models

from notoneless.kernel.fields import InstantField


class Certificate(models.Model):
    """One destruction. `what`: rows by table. `digest`: SHA-256 of the canonical text; `seal`: keyed, so that none can
    be made or mended outside the system. No personal data: counts and rules. Kept for ever.
    """

    rule = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    basis = models.CharField(max_length=200)
    what = models.JSONField()
    until = models.DateField(null=True)
    approved_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=200)
    begun_at = InstantField()
    made_at = InstantField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        db_table = "retention_certificate"

    def __str__(self) -> str:
        return f"certificate {self.pk}"
