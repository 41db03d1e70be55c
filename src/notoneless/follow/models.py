"""Reminders, whom they name, walks up the ladder, and the browsers that take a push."""

from django.db import models

from notoneless.kernel.fields import InstantField


class Reminder(models.Model):
    """One for a household (rung family) or a unit (the rungs above), a day and a duty, and never a second.

    `state`: planned, sent, failed or suppressed, with `reason`, a code of its own. `by`: a sign-in name, or empty where
    the ladder asked. `tried_at` is set before anything leaves, so that a message whose end nobody saw is never sent
    again. `answer`: the provider's, without personal data. `people`, `since`: how many were not heard from when a unit
    was asked, and since when. `rules`: the version of the pack.

    Personal data: that somebody of a household had not reported on a day. Purpose: to remind once, and to see whether
    reminding helps. Kept: 30 days (retain/pack.toml), or until the household is destroyed.
    """

    day = models.DateField()
    duty_id = models.IntegerField()
    rung = models.CharField(max_length=8)
    household = models.ForeignKey("roster.Household", null=True, on_delete=models.CASCADE, related_name="reminders")
    unit = models.ForeignKey("roster.Unit", null=True, on_delete=models.CASCADE, related_name="reminders")
    state = models.CharField(max_length=10, default="planned")
    reason = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    answer = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=150, blank=True)
    rules = models.CharField(max_length=20)
    people = models.IntegerField(default=0)
    since = InstantField(null=True)
    asked_at = InstantField()
    not_before = InstantField()
    tried_at = InstantField(null=True)
    settled_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "duty_id", "rung", "household"], name="one_reminder_a_home",
                condition=models.Q(household__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["day", "duty_id", "rung", "unit"], name="one_reminder_a_unit",
                condition=models.Q(unit__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(rung="family", household__isnull=False, unit=None)
                | (~models.Q(rung="family") & models.Q(unit__isnull=False, household=None)),
                name="reminder_has_one_reader",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["not_before"], name="reminder_waiting", condition=models.Q(state="planned")),
            models.Index(fields=["day", "duty_id"], name="reminder_day"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class Reminded(models.Model):
    """A person whom a reminder to a household is about, and where they counted on that day.

    Personal data: that a person had not reported on a day. Purpose: as of the reminder. Kept: with the reminder, or
    until the person is destroyed.
    """

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="people_named")
    person = models.ForeignKey("roster.Person", on_delete=models.CASCADE, related_name="reminded")
    unit_id = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reminder", "person"], name="named_once")]

    def __str__(self) -> str:
        return f"reminder {self.reminder_id} of {self.person_id}"


class Walk(models.Model):
    """A walk over a subtree that asks rung by rung, in small batches: the ladder's own (`path` empty), or a tap on a
    list too long for one request. `after`: where it stands; `next_at`: when it goes on, null when it is done.

    Personal data: the sign-in name of who asked. Purpose: to say who reminded. Kept: with the day's reminders.
    """

    day = models.DateField()
    duty_id = models.IntegerField()
    rung = models.CharField(max_length=8)
    path = models.CharField(max_length=140, blank=True)
    by = models.CharField(max_length=150, blank=True)
    minutes = models.IntegerField(default=0)
    after = models.CharField(max_length=140, blank=True)
    next_at = InstantField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "duty_id", "rung", "path"], name="one_walk_each")]

    def __str__(self) -> str:
        return f"walk {self.day} {self.duty_id} {self.rung}"


class PushSubscription(models.Model):
    """A browser that an account lets us push to.

    Personal data: the address and keys of a browser (sealed), and whose it is. Purpose: to bring reminders. Kept: until
    the family ends it, the push service says that it is gone, or the account ends.
    """

    account = models.ForeignKey("roster.Account", on_delete=models.CASCADE, related_name="push_subscriptions")
    code = models.CharField(max_length=32, unique=True)
    endpoint_index = models.CharField(max_length=32, unique=True)
    sealed = models.BinaryField()
    made_at = InstantField()

    def __str__(self) -> str:
        return f"browser {self.pk}"
