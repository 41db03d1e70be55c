"""The pupils and staff of a school or class, for whoever sees names there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notoneless.roster import people as roster_people
from notoneless.roster.roles import EXPORT
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.ui.days import today
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.works.imports import may_import


@require_safe
@signed_in
def people(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_people.unit_of_people(reader.scope, code)
    search, population = request.GET.get("find", "").strip()[:60], request.GET.get("population", "")
    classes = roster_people.classes_of(reader.scope, unit)
    chosen = next((one for one in classes if one.code == request.GET.get("class")), None)
    page = Page(page_number(request), 0)
    total, lines = roster_people.people_of(
        reader.scope, chosen or unit, day=today(), population=population, search=search, limit=page.per_page,
        offset=page.offset,
    )  # fmt: skip
    # What was searched for may be a child's name, and the log holds none.
    part = f"{chosen.code if chosen else ''} {population} {'search' if search else ''} {page.number}"
    note_names(reader.scope.actor, code, len(lines), "people", part=" ".join(part.split()))
    return render(request, "works/people.html", {
        "unit": unit, "lines": lines, "page": Page(page.number, total), "find": search, "population": population,
        "classes": classes if unit.level == "school" else [], "chosen": chosen,
        "may_import": may_import(reader, unit.path), "may_export": reader.scope.may(EXPORT, unit.path),
    })  # fmt: skip
