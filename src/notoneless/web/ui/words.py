"""Words on screen: the reader's language, states, ways, and errors told with the name of the field, not its code."""

from collections.abc import Mapping

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from notoneless.kernel.errors import DomainError, catalogue

FIELDS = {
    "day": gettext_lazy("Day"),
    "unit": gettext_lazy("Unit"),
    "person": gettext_lazy("Person"),
    "duty": gettext_lazy("Duty"),
    "level": gettext_lazy("Level"),
    "limit": gettext_lazy("Limit"),
    "offset": gettext_lazy("Offset"),
    "answers.statement": gettext_lazy("Statement"),
    "answers.note": gettext_lazy("Note"),
    "policy": gettext_lazy("Rule"),
    "text": gettext_lazy("Text"),
    "answer": gettext_lazy("Answer"),
    "reason": gettext_lazy("Reason"),
    "days": gettext_lazy("Days"),
    "effective_to": gettext_lazy("Until"),
    "document": gettext_lazy("Document number"),
    "windows": gettext_lazy("Window"),
    "code": gettext_lazy("Code"),
    "supersedes": gettext_lazy("Supersedes"),
    "strictness": gettext_lazy("How far it binds"),
    "first_day": gettext_lazy("First day"),
    "last_day": gettext_lazy("Last day"),
    "kind": gettext_lazy("Kind"),
    "by": gettext_lazy("Order"),
    "size": gettext_lazy("Size"),
    "file": gettext_lazy("File"),
    "title_zh": gettext_lazy("Title in Chinese"),
    "title_en": gettext_lazy("Title in English"),
    "body_zh": gettext_lazy("Text in Chinese"),
    "body_en": gettext_lazy("Text in English"),
    "households": gettext_lazy("Number of households"),
    "why": gettext_lazy("Reason"),
    "number": gettext_lazy("Telephone"),
    "letter": gettext_lazy("Letter"),
    "hours_zh": gettext_lazy("Hours in Chinese"),
    "hours_en": gettext_lazy("Hours in English"),
    "link": gettext_lazy("Link"),
    "asks_a_day": gettext_lazy("Things a household may be asked a day"),
    "state": gettext_lazy("State"),
    "item": gettext_lazy("About"),
    "on": gettext_lazy("From which day on"),
    "stage": gettext_lazy("Stage"),
    "reason_zh": gettext_lazy("Reason in Chinese"),
    "reason_en": gettext_lazy("Reason in English"),
    "entry": gettext_lazy("Entry"),
    "role": gettext_lazy("Role"),
    "phone": gettext_lazy("Phone"),
    "invitation": gettext_lazy("Code of the slip"),
    "grant": gettext_lazy("Role"),
    "username": gettext_lazy("User name"),
    "from_day": gettext_lazy("From"),
    "to_day": gettext_lazy("Ends on"),
    "qualified_until": gettext_lazy("Qualification valid until"),
    "year": gettext_lazy("Year"),
    "typed": gettext_lazy("Number"),
    "holidays": gettext_lazy("Holidays"),
    "makeups": gettext_lazy("Worked weekend days"),
    "source": gettext_lazy("Document"),
    "capacity": gettext_lazy("Who agrees"),
    "request": gettext_lazy("Request"),
    "outcome": gettext_lazy("What came of it"),
    "back_on": gettext_lazy("Day of return"),
    # Of the events of a calendar file.
    "summary": gettext_lazy("Summary"),
    "dtstart": gettext_lazy("Beginning"),
    "dtend": gettext_lazy("End"),
    "duration": gettext_lazy("Length"),
    "rrule": gettext_lazy("Repetition"),
    "status": gettext_lazy("Status"),
    "uid": gettext_lazy("Event's UID"),
}
ENTRY_KINDS = {
    "closure": gettext_lazy("Classes suspended"),
    "vacation": gettext_lazy("Vacation"),
    "school_day": gettext_lazy("School day"),
}
"""What a unit can enter in its calendar, the most frequent first."""
STATES: Mapping[str, tuple[object, str, str]] = {
    "on_time": (gettext_lazy("Reported on time"), "good", "circle-check"),
    "late": (gettext_lazy("Reported late"), "warning", "clock"),
    "due": (gettext_lazy("Not yet reported"), "info", "hourglass"),
    "missing": (gettext_lazy("Missing"), "bad", "user-question"),
    "excused": (gettext_lazy("Excused"), "", ""),
    "voluntary": (gettext_lazy("Voluntary"), "good", "heart-handshake"),
}
"""State -> its words, tone and icon. A reported slot is on time or late."""
WAYS = {
    "self": gettext_lazy("themselves"),
    "guardian": gettext_lazy("guardian"),
    "teacher": gettext_lazy("teacher"),
    "device": gettext_lazy("device"),
    "import": gettext_lazy("import"),
}
LEVELS = {
    "person": gettext_lazy("People"),
    "class": gettext_lazy("Classes"),
    "school": gettext_lazy("Schools"),
    "district": gettext_lazy("Districts"),
}
POLICY_STATUS = {
    "draft": gettext_lazy("Draft"),
    "approved": gettext_lazy("Approved, not yet in force"),
    "published": gettext_lazy("Published"),
    "superseded": gettext_lazy("Superseded"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
NOTICE_STATUS = {
    "sent": gettext_lazy("Sent"),
    "queued": gettext_lazy("Queued"),
    "refused": gettext_lazy("Refused"),
    "recalled": gettext_lazy("Withdrawn"),
}
REQUESTS = {
    "access": gettext_lazy("See what is held"),
    "copy": gettext_lazy("Get a copy"),
    "correct": gettext_lazy("Correct something"),
    "delete": gettext_lazy("Delete the data"),
    "explain": gettext_lazy("Explain something"),
}
CAPACITIES = {
    "guardian": gettext_lazy("the guardian, for a child under 14"),
    "pupil": gettext_lazy("the pupil, being 14 or over"),
    "for_pupil": gettext_lazy("the guardian, on behalf of a pupil of 14 or over"),
}
REASONS = {"closure": gettext_lazy("School closed")}


def reading() -> str:
    """The reader's language as our data name it: `zh` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def sentence(error: DomainError, label: str = "") -> str:
    """The error in the reader's language, its field named as the page names it."""
    name = label or str(FIELDS.get(error.field, error.field)) or _("This")
    text = catalogue()[error.code][reading()].format_map({"field": name, **error.params})
    return text[:1].upper() + text[1:]


def state_key(state: str, on_time: bool | None) -> str:
    if state == "reported":
        return "on_time" if on_time else "late"
    return state
