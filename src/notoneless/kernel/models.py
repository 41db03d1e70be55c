"""Outbox, audit and long work: what one stage tells the later ones, who did what, and what takes its time."""

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


UNDER_WAY = ("waiting", "running", "cancelling")


class Work(models.Model):
    """Something that takes its time: an import, an export, the opening of a day (kernel/works.py).

    Personal data: who asked (a sign-in name). `params` and `result` hold codes and counts. Purpose: to show how far it
    has come and who is answerable. Kept: ninety days after its end (retain/pack.toml).

    `unit`: a code; "" is the whole system. `total` null: nobody knows yet. `worker`: who has it, by host, process and
    turn; `tries`: how often it was taken. `error`: a code of kernel/errors, its parameters in `result`.
    """

    kind = models.CharField(max_length=40)
    unit = models.CharField(max_length=32, blank=True)
    asked_by = models.CharField(max_length=150)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    stage = models.CharField(max_length=40, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=40, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = InstantField()
    started_at = InstantField(null=True)
    heartbeat_at = InstantField(null=True)
    ended_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "kind", "id"], name="work_of_unit"),
            models.Index(fields=["id"], name="work_under_way", condition=models.Q(ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit"], condition=models.Q(state__in=UNDER_WAY), name="one_work_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state not in UNDER_WAY


class WorkFile(models.Model):
    """A file that a work was given, or made: sealed whole, destroyed when its hours are over.

    Personal data: whatever the file holds (names, documents, telephones), sealed. Purpose: to check and apply an
    import, to hand out an export. Kept: until `expires_at`, a day at most (retain/pack.toml).
    """

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=12)
    key = models.CharField(max_length=40, unique=True)
    sealed = models.BinaryField()
    size = models.IntegerField()
    expires_at = InstantField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "name"], name="one_file_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name} of work {self.work_id}"
