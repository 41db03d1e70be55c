"""Long work in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from notoneless.kernel.errors import DomainError
from notoneless.web.ui.words import sentence

STATES: Mapping[str, tuple[object, str]] = {
    "waiting": (gettext_lazy("Waiting its turn"), "info"),
    "running": (gettext_lazy("Under way"), "info"),
    "cancelling": (gettext_lazy("Being cancelled"), "warning"),
    "cancelled": (gettext_lazy("Cancelled"), ""),
    "done": (gettext_lazy("Finished"), "good"),
    "failed": (gettext_lazy("Failed"), "bad"),
}
"""State -> its words and tone."""
KINDS: Mapping[str, object] = {
    "roster.check": gettext_lazy("File checked"),
    "roster.import": gettext_lazy("File imported"),
    "people.export": gettext_lazy("List of people made"),
    "day.open": gettext_lazy("Day opened"),
}
STAGES: Mapping[str, object] = {
    "units": gettext_lazy("Reading units"),
    "people": gettext_lazy("Reading people"),
    "check": gettext_lazy("Comparing with the roster"),
    "write": gettext_lazy("Writing the roster"),
    "report": gettext_lazy("Writing the answer"),
    "export": gettext_lazy("Writing the list"),
}


def told(work: Any) -> dict[str, Any]:
    """A work as pages show it."""
    words, tone = STATES[work.state]
    total = work.total or 0
    return {
        "id": work.pk, "kind": work.kind, "title": KINDS.get(work.kind, work.kind), "state": work.state,
        "words": words, "tone": tone, "is_over": work.is_over, "asked_by": work.asked_by, "asked_at": work.asked_at,
        "ended_at": work.ended_at, "stage": STAGES.get(work.stage, work.stage or STATES["waiting"][0]),
        "done": min(work.done, total) if total else work.done, "total": total, "result": work.result,
        "unit_code": work.unit, "params": work.params,
    }  # fmt: skip


def failure_of(work: Any) -> str:
    """Why it failed, in the reader's language."""
    if work.state != "failed":
        return ""
    return sentence(DomainError(work.error, work.result.get("field", ""), **work.result.get("params", {})))
