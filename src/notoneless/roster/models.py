"""Units, people, households, placements, accounts and grants."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models

from notoneless.kernel.fields import InstantField


class Unit(models.Model):
    """A node of the tree: bureau, central school, school or class. No personal data. Closed, never deleted.

    `authority` is its parent; `area` is where it stands, which need not be its authority's. `path` is the chain
    of unit ids from the root, seven characters each (six base-36 digits and a dot): a prefix is an ancestor.
    `district_id` and `school_id` are the nearest such ancestors or the unit itself; where there is no district
    (市直 schools), the city takes its place; 0 where there is no school.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=24)
    level = models.CharField(max_length=12)
    authority = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    area = models.CharField(max_length=12, blank=True)
    stage = models.CharField(max_length=16, blank=True)
    grade = models.CharField(max_length=4, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    path = models.CharField(max_length=140, blank=True)
    district_id = models.IntegerField(default=0)
    school_id = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["path"], name="unit_path")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def label(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en or self.name


class Household(models.Model):
    """People who live together.

    Personal data: the code that the roster gave it. Purpose: one sign-in and one digest for all its children. Kept:
    until its last person goes, or it is destroyed on request (retain/services/household.py).
    """

    code = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """A pupil, member of staff or relative.

    Personal data: name, document number and phone (sealed), sex, birth date, tags. Purpose: to know who is accounted
    for, and whom to call. Kept: while the roster lists them, or until their household is destroyed; slots keep only
    the id.
    """

    code = models.CharField(max_length=40, unique=True)
    population = models.CharField(max_length=8)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="people")
    id_type = models.CharField(max_length=2, blank=True)
    id_index = models.CharField(max_length=32, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    tags = models.TextField(default="[]")
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["id_index"], name="person_document", condition=~models.Q(id_index=""))]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Placement(models.Model):
    """Where a person belongs from `from_day` until the day before `to_day`: enrolment, post or residence.

    `from_day` is 0001-01-01 where the roster did not say since when. One open placement a person; a transfer closes it
    and opens the next on the same day.

    Personal data: at which school and class a person is. Purpose: who answers for whom. Kept: with the person.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="placements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=60, blank=True)
    from_day = models.DateField()
    to_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(to_day=None), name="one_open_placement"),
            models.CheckConstraint(
                condition=models.Q(to_day=None) | models.Q(to_day__gte=models.F("from_day")), name="placement_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"placement {self.pk}"


class PersonState(models.Model):
    """Where a person stands from `from_day` until the day before `to_day`: ill at home, on leave, graduated ...

    One state at a time: a new one ends the one before it. No row: at school.

    Personal data: health or whereabouts of one person. Purpose: who owes what, and who may not be asked. Kept: a year
    after its end (retain/pack.toml).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="states")
    state = models.CharField(max_length=10)
    from_day = models.DateField()
    to_day = models.DateField(null=True)
    source = models.CharField(max_length=40, blank=True)
    opened_by = models.CharField(max_length=150)
    closed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["from_day", "to_day"], name="person_state_days")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(to_day=None), name="one_open_state"),
            models.CheckConstraint(
                condition=models.Q(to_day=None) | models.Q(to_day__gt=models.F("from_day")), name="state_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"state {self.pk}"


class Account(AbstractUser):
    """Who signs in.

    Personal data: a sign-in name, a phone (sealed) and its blind index. Purpose: to tell who acts. Kept: until the last
    role and the household are gone; a switched-off account keeps its name while the log does. `is_password_due`:
    somebody else chose the password, so the next sign-in begins with a new one. `offline_key`: sealed, see
    accounts/offline.py.
    """

    language = models.CharField(max_length=8, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="accounts")
    phone = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=32, blank=True)
    offline_key = models.BinaryField(default=bytes)
    is_password_due = models.BooleanField(default=False)
    password_since = InstantField(null=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(fields=["phone_index"], condition=~models.Q(phone_index=""), name="one_phone_each")
        ]


class Grant(models.Model):
    """A role at a unit, reaching its subtree; or a guardian's role in a household. No personal data of its own.

    In force from `from_day` until the day before `to_day`, unless it was taken away before (`ended_at`). Never deleted
    by a person: who held what, given by whom and why, is part of the record.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="grants")
    household = models.ForeignKey(Household, null=True, on_delete=models.CASCADE, related_name="grants")
    from_day = models.DateField(default=date.min)
    to_day = models.DateField(null=True)
    granted_by = models.CharField(max_length=150, default="system")
    reason = models.CharField(max_length=200, blank=True)
    qualification = models.CharField(max_length=80, blank=True)
    qualified_until = models.DateField(null=True)
    made_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to_day"], name="grant_ending", condition=models.Q(ended_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None, household__isnull=False) | models.Q(unit__isnull=False, household=None),
                name="grant_has_one_reach",
            ),
            models.CheckConstraint(
                condition=models.Q(to_day=None) | models.Q(to_day__gt=models.F("from_day")), name="grant_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class PastPassword(models.Model):
    """A password that an account had, hashed, so that it is not taken again.

    Personal data: a hash, which cannot be read. Purpose: GB/T 22239-2019, 8.1.4.1. Kept: the last five, with the
    account.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="past_passwords")
    hash = models.CharField(max_length=128)
    at = InstantField()

    def __str__(self) -> str:
        return f"password of account {self.account_id}"


class FailedSignIn(models.Model):
    """A sign-in that failed: by keyed digests of the name and of the address. No personal data; ends after a day."""

    name_index = models.CharField(max_length=32)
    address_index = models.CharField(max_length=32)
    at = InstantField()

    class Meta:
        indexes = [
            models.Index(fields=["name_index", "at"], name="failed_by_name"),
            models.Index(fields=["address_index", "at"], name="failed_by_address"),
            models.Index(fields=["at"], name="failed_at"),
        ]

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"


class OneTimeCode(models.Model):
    """A six-digit code sent to a phone: what it is for, and how often it was tried. Keyed digests only.

    No personal data that can be read. Kept: a day.
    """

    phone_index = models.CharField(max_length=32)
    purpose = models.CharField(max_length=12)
    code_index = models.CharField(max_length=32)
    made_at = InstantField()
    expires_at = InstantField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = InstantField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "made_at"], name="code_by_phone")]

    def __str__(self) -> str:
        return f"code {self.pk}"


class Invitation(models.Model):
    """A slip of paper or a link by which a guardian joins a household. Only a keyed digest of its code is kept.

    `rebinds`: the account whose lost phone is replaced. No personal data. Ends a year after it was used or ran out.
    """

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="invitations")
    code_index = models.CharField(max_length=32, unique=True)
    rebinds = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="rebindings")
    made_by = models.CharField(max_length=150)
    made_at = InstantField()
    expires_at = InstantField()
    used_at = InstantField(null=True)
    used_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="joined_by")
    withdrawn_at = InstantField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class OutgoingText(models.Model):
    """A text message to one phone. `channel` dry-run keeps it here and sends nothing.

    Personal data: phone and text, sealed. Purpose: to bring a one-time code. Kept: a day.
    """

    phone = models.BinaryField()
    text = models.BinaryField()
    purpose = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    made_at = InstantField()

    def __str__(self) -> str:
        return f"text {self.pk}"


class TokenRevocation(models.Model):
    """An account's tokens issued up to `at`, or one token, are refused. No personal data."""

    account_id = models.IntegerField()
    token = models.CharField(max_length=16, blank=True)
    at = InstantField(db_index=True)

    class Meta:
        db_table = "token_revocation"

    def __str__(self) -> str:
        return f"tokens of account {self.account_id}"
