"""Notices and surveys that a unit sends, within what families may be asked; and who asks how much."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.queries import DutyInfo, NoticeInfo
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.policy.policies import managed_unit
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.drafts import new_draft, sent_draft
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence

COUNTED_DAYS = 7


@dataclass(frozen=True)
class Already:
    """What a unit's families are asked on the day for which a notice was refused."""

    duties: tuple[DutyInfo, ...]
    notices: list[NoticeInfo]


def _already(path: str, given: QueryDict) -> Already:
    day = read_day(given.get("day", ""))
    return Already(expect_queries.reach_of(path, day).duties, expect_queries.notices_along(path, day))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def asks(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = managed_unit(reader, code)
    refusal, status, given = "", 200, request.POST
    already: Already | None = None
    draft = new_draft(f"asks:{code}")
    if request.method == "POST":
        try:
            if given.get("act") == "limit":
                text = given.get("asks_a_day", "")
                expect.set_ask_limit(reader.scope, code, int(text) if text.isdecimal() and len(text) < 4 else -1,
                                     over=given.get("over", ""), clock=CLOCK)  # fmt: skip
                messages.success(request, _("The limit is set."))
                return redirect("asks", code)
            draft = sent_draft(request, f"asks:{code}")
            notice = expect.send_notice(
                reader.scope, code, kind=given.get("kind", ""), title_zh=given.get("title_zh", ""),
                title_en=given.get("title_en", ""), body_zh=given.get("body_zh", ""), body_en=given.get("body_en", ""),
                link=given.get("link", "").strip(), day=read_day(given.get("day", "")), clock=CLOCK, draft=draft.id,
            )  # fmt: skip
            told = _("Sent.") if notice.status == "sent" else _("Queued: it goes out on the first day with room.")
            messages.success(request, told)
            return redirect("asks", code)
        except DomainError as error:
            refusal, status = sentence(error), 422
            already = _already(unit.path, given) if error.code == "asks_over_budget" else None
    page = Page(page_number(request), 0)
    total, notices = expect_queries.notices_of(reader.scope, code, limit=page.per_page, offset=page.offset)
    since = today() - timedelta(days=COUNTED_DAYS - 1)
    lines = Page(page_number(request, "units"), 0, key="units")
    line_count, report = expect_queries.report_of_asks(
        reader.scope, code, since, today(), limit=lines.per_page, offset=lines.offset
    )
    return render(request, "policy/asks.html", {
        "unit": unit, "tab": "asks", "refusal": refusal, "given": given, "draft": draft, "notices": notices,
        "page": Page(page_number(request), total), "today_iso": str(today()), "days": COUNTED_DAYS,
        "report": report, "report_page": replace(lines, total=line_count), "already": already,
        "limit": expect_queries.limit_above(unit.path, today()),
    }, status=status)  # fmt: skip
