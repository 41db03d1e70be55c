"""Import a unit's people: upload, read what would change, confirm it by its numbers, watch it, and the past ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.kernel import works
from notoneless.kernel.errors import DomainError
from notoneless.roster import importing
from notoneless.roster.roles import CONFIGURE, IMPORT
from notoneless.web.access import Reader, signed_in
from notoneless.web.sheets import TYPE
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence
from notoneless.web.works.words import failure_of, told


def may_import(reader: Reader, path: str) -> bool:
    return reader.scope.may(IMPORT, path) or reader.scope.may(CONFIGURE, path)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def imports(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = importing.importing_unit(reader.scope, code)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            sent = request.FILES.get("file")
            if sent is None:
                raise DomainError("value_required", "file")
            # One byte more than is taken, so that the service sees that a file is too large without reading it all.
            content = sent.read(importing.guard().most + 1)
            work = importing.ask_check(reader.scope, code, sent.name or "", content, clock=CLOCK)
            return redirect("import", code, work.pk)
        except DomainError as error:
            refusal, status = sentence(error), 422
    found = works.works_of(unit.code, importing.KINDS)
    page = Page(page_number(request), found.count())
    return render(request, "works/imports.html", {
        "unit": unit, "lines": [told(one) for one in found[page.offset : page.offset + page.per_page]], "page": page,
        "refusal": refusal, "most": importing.guard().most // 1_000_000, "is_topmost": unit.authority_id is None,
        "sees_people": reader.scope.covers(unit.path),
    }, status=status)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_(request: HttpRequest, reader: Reader, code: str, work_id: int) -> HttpResponse:
    """One check or import: how far it is, what it found, and what can be done about it."""
    unit = importing.importing_unit(reader.scope, code)
    work = works.work_of(unit.code, importing.KINDS, work_id)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "cancel":
                works.cancel(work, actor=reader.scope.actor, clock=CLOCK)
                messages.success(request, _("Cancelled. The roster stays as it was."))
            elif request.POST.get("act") == "apply":
                typed = request.POST.get("typed", "")
                work = importing.ask_import(reader.scope, code, work, typed=typed, clock=CLOCK)
            else:
                raise DomainError("bad_request")
            return redirect("import", code, work.pk)
        except DomainError as error:
            refusal, status = sentence(error), 422
    context = {"unit": unit, "work": told(work), "refusal": refusal, "failure": failure_of(work)} | _found(
        request, work
    )
    template = "works/import.html#work" if request.headers.get("HX-Request") == "true" else "works/import.html"
    return render(request, template, context, status=status)


def _found(request: HttpRequest, work: Any) -> dict[str, Any]:
    """What a check that is over found, a page of its refusals, and whether it can be applied."""
    if work.kind != importing.CHECK or work.state != "done":
        return {}
    files, result = works.files_of(work, clock=CLOCK), work.result
    refusals = importing.refusals_of(work, clock=CLOCK) if "refusals" in files else []
    page = Page(page_number(request), len(refusals))
    return {
        "refusals": [(sheet, row, sentence(error)) for sheet, row, error in page.cut(refusals)], "page": page,
        "left_off": result["errors"] - len(refusals) if refusals else 0, "has_report": "report" in files,
        "is_gone": not files,
        "may_apply": "given" in files and not result["refused_whole"]
        and bool(result["added"] + result["changed"] + result["units_added"] + result["units_changed"]),
        "is_unusual": importing.guard().is_unusual(result["left"], result["present"]),
    }  # fmt: skip


@require_safe
@signed_in
def import_report(request: HttpRequest, reader: Reader, code: str, work_id: int) -> HttpResponse:
    """The file as it was uploaded, a status and a reason on every row."""
    unit = importing.importing_unit(reader.scope, code)
    work = works.work_of(unit.code, (importing.CHECK,), work_id)
    content = importing.report_of(reader.scope, work, clock=CLOCK)
    name = f'attachment; filename="import-{work.pk}-checked.xlsx"'
    return HttpResponse(content, content_type=TYPE, headers={"Content-Disposition": name})
