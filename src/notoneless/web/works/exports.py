"""Lists of people taken out: asked for, made beside the page, taken by who asked, gone after a day."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.kernel import works
from notoneless.kernel.errors import DomainError
from notoneless.roster import exporting
from notoneless.web.access import Reader, signed_in
from notoneless.web.sheets import TYPE
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.numbers import number_of
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence
from notoneless.web.works.words import failure_of, told


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def exports(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = exporting.exporting_unit(reader.scope, code)
    mine, refusal, status = exporting.exports_of(reader.scope, unit), "", 200
    if request.method == "POST":
        try:
            number = number_of(request.POST.get("cancel", ""))
            if request.POST.get("act") == "ask":
                exporting.ask_export(reader.scope, code, clock=CLOCK)
            elif work := mine.filter(pk=number).first():
                works.cancel(work, actor=reader.scope.actor, clock=CLOCK)
                messages.success(request, _("Cancelled."))
            else:
                raise DomainError("bad_request")
            return redirect("exports", code)
        except DomainError as error:
            refusal, status = sentence(error), 422
    page = Page(page_number(request), mine.count())
    shown = list(mine[page.offset : page.offset + page.per_page])
    kept = works.with_file(shown, "export", clock=CLOCK)
    lines = [told(one) | {"failure": failure_of(one), "has_file": one.pk in kept} for one in shown]
    context = {"unit": unit, "lines": lines, "page": page, "refusal": refusal,
               "is_busy": any(not one["is_over"] for one in lines)}  # fmt: skip
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "works/exports.html#lines" if is_fragment else "works/exports.html", context, status=status)


@require_safe
@signed_in
def export_file(request: HttpRequest, reader: Reader, code: str, work_id: int) -> HttpResponse:
    content = exporting.export_of(reader.scope, code, work_id, clock=CLOCK)
    name = f'attachment; filename="people-{work_id}.xlsx"'
    return HttpResponse(content, content_type=TYPE, headers={"Content-Disposition": name})
