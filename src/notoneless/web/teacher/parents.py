"""What families sent for a class: what differs from yesterday and from the check first, and who has looked at it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from notoneless.collect.queries import form_in_force
from notoneless.collect.seen import FamilyReport, mark_seen, reports_of_class
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.teacher.classroom import CHECK, HEALTH, beside, class_of
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.tags import answer_text
from notoneless.web.ui.words import sentence

Fields = Mapping[str, Sequence[Mapping[str, Any]]]
"""The questions of each form in force."""
WORDS: Mapping[str, tuple[object, str]] = {
    "well_but_absent_sick": (gettext_lazy("Family says well, check says absent for illness"), "bad"),
    "well_but_unwell_here": (gettext_lazy("Family says well, check saw symptoms"), "bad"),
    "ill_away_but_here": (gettext_lazy("Family says ill at home, check says at school"), "bad"),
    "absent_unexplained": (gettext_lazy("Family says well, absent and nobody knows why"), "bad"),
    "unwell_but_not_seen": (gettext_lazy("Family says unwell, check saw nothing"), "warning"),
    "newly_ill": (gettext_lazy("Well yesterday, unwell today"), "warning"),
    "symptoms_changed": (gettext_lazy("Not the same as yesterday"), "warning"),
    "better": (gettext_lazy("Unwell yesterday, well today"), "good"),
}
"""Difference -> its words and tone."""


@dataclass(frozen=True)
class Line:
    """A report in the reader's words."""

    report: FamilyReport
    differences: tuple[tuple[str, str], ...]
    now: str
    before: str
    check: str

    @property
    def shown(self) -> str:
        """Names the report as it stood when it was shown."""
        return f"{self.report.code}:{self.report.slot.revision}"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def parents(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    found = class_of(request, reader, code, HEALTH)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            name = "one" if "one" in request.POST else "shown"
            mark_seen(reader.scope, code, found.shown.day, _shown(request.POST.getlist(name)), clock=CLOCK)
            messages.success(request, _("Noted: you have seen them."))
            return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    fields = {form: list(form_in_force(form).definition["fields"]) for form in (HEALTH, CHECK)}
    lines = [_line(one, fields) for one in reports_of_class(reader.scope, code, found.shown.day)]
    note_names(reader.scope.actor, code, len(lines), "parents", part=str(found.shown.day))
    context = {
        "found": found, "refusal": refusal, "beside": beside(found), "n": len(lines),
        "waiting": [line for line in lines if not line.report.is_seen],
        "differing": [line for line in lines if line.differences],
        "alike": [line for line in lines if not line.differences],
    }  # fmt: skip
    return render(request, "teacher/parents.html", context, status=status)


def _line(report: FamilyReport, fields: Fields) -> Line:
    words = tuple((str(WORDS[code][0]), WORDS[code][1]) for code in report.differences)
    family, check = fields[HEALTH], fields[CHECK]
    return Line(report, words, _brief(report.slot.answers, family), _brief(report.before, family),
                _brief(report.check, check))  # fmt: skip


def _brief(text: str, fields: Sequence[Mapping[str, Any]]) -> str:
    given = json.loads(text) if text else {}
    return _(", ").join(answer_text(entry, given[entry["code"]]) for entry in fields if entry["code"] in given)


def _shown(sent: list[str]) -> dict[str, int]:
    """Code of a person -> revision, as the page named them; anything else is passed over."""
    found = {}
    for one in sent:
        code, _colon, revision = one.rpartition(":")
        if code and revision.isascii() and revision.isdigit() and len(revision) < 9:
            found[code] = int(revision)
    return found
