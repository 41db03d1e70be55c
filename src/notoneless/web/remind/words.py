"""What became of a reminder, in the reader's language."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notoneless.follow.queries import ReminderLine
from notoneless.web.ui.days import CLOCK

RUNGS = {
    "family": gettext_lazy("Families"),
    "teacher": gettext_lazy("Class teachers"),
    "school": gettext_lazy("Schools"),
    "bureau": gettext_lazy("Bureaus"),
}
CHANNELS = {
    "dry-run": gettext_lazy("Rehearsal: nothing really left"),
    "apprise": gettext_lazy("Message"),
    "webpush": gettext_lazy("Notification in the browser"),
    "page": gettext_lazy("Shown on their page"),
}
REASONS = {
    "reported": gettext_lazy("Not sent: the report had come in"),
    "no_way": gettext_lazy("Nobody there has joined yet: please call"),
    "too_many": gettext_lazy("Not sent: enough messages for one day"),
    "too_late": gettext_lazy("Not sent: too late for this day"),
    "refused": gettext_lazy("Refused by the provider"),
    "unreachable": gettext_lazy("The provider could not be reached"),
    "unanswered": gettext_lazy("The provider did not answer: it may have arrived"),
    "interrupted": gettext_lazy("Cut short: it may have arrived"),
}
TONES = {"sent": "good", "planned": "info", "failed": "bad", "suppressed": "warning"}


def outcome(line: ReminderLine) -> str:
    """One line: where it stands, and by which channel."""
    if line.state == "planned":
        if line.not_before > CLOCK.now():
            return _("Waits until %(time)s") % {"time": f"{localtime(line.not_before):%H:%M}"}
        return _("Being sent")
    if line.state == "sent":
        return str(CHANNELS.get(line.channel, line.channel))
    return str(REASONS.get(line.reason, line.reason))


def tone(line: ReminderLine) -> str:
    """Somebody has reported: nothing is wrong with what was not sent for it."""
    return "" if line.reason == "reported" else TONES[line.state]
