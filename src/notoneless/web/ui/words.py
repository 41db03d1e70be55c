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
}
STATES: Mapping[str, tuple[object, str]] = {
    "on_time": (gettext_lazy("Reported on time"), "green"),
    "late": (gettext_lazy("Reported late"), "orange"),
    "due": (gettext_lazy("Not yet reported"), "azure"),
    "missing": (gettext_lazy("Missing"), "red"),
    "excused": (gettext_lazy("Excused"), "secondary"),
    "voluntary": (gettext_lazy("Voluntary"), "teal"),
}
"""State -> its words and colour. A reported slot is on time or late."""
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
