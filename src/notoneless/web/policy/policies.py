"""Each level's own rules, within the bounds of the level above: drafts, a second pair of eyes, publication, the end."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.queries import PolicyInfo
from notoneless.expect.rules.days import DAY_TYPES
from notoneless.expect.words import basis, policy_sentence
from notoneless.expect.words.phrases import DAY_WORDS, pick
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.kinds import GRADES, KINDS, PERSON_STATES, POPULATIONS, STAGES, TAGS
from notoneless.roster.roles import RULE
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.words import reading, sentence

if TYPE_CHECKING:
    from notoneless.roster.models import Unit

PREVIEW_DAYS = 14


@dataclass(frozen=True)
class Told:
    """A policy as a page shows it."""

    info: PolicyInfo
    said: str
    basis: str


def managed_unit(reader: Reader, code: str) -> "Unit":
    """A unit whose rules, calendar and asks the reader manages. Raises DomainError `out_of_scope`, `wrong_role`."""
    unit = roster_queries.unit_by_code(reader.scope, code)
    if not reader.scope.may(RULE, unit.path) or unit.level == "class":
        raise DomainError("wrong_role")
    return unit


def _told(infos: list[PolicyInfo]) -> list[Told]:
    duties = expect_queries.duties()
    language = reading()
    return [Told(one, policy_sentence(one, duties[one.duty_code], language), basis(one, language)) for one in infos]


@require_safe
@signed_in
def policies(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = managed_unit(reader, code)
    own = expect_queries.policies_of(reader.scope, code, is_subtree=False)
    live = [one for one in own if one.status == "published" and one.rule.effective_to >= today()]
    drafts = [one for one in own if one.status in ("draft", "approved")]
    ended = [one for one in own if one not in live and one not in drafts]
    return render(request, "policy/policies.html", {
        "unit": unit, "tab": "policies", "drafts": _told(drafts), "live": _told(live), "ended": _told(ended),
        "above": _told(expect_queries.policies_above(unit.path, today())), "today": today(),
    })  # fmt: skip


def _choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(field, its question, its options) of the boxes to tick."""
    language = reading()

    def options(names: Any) -> list[tuple[str, str]]:
        return [(code, pick(pair, language)) for code, pair in names.items()]

    days = {code: DAY_WORDS[code] for code in DAY_TYPES}
    people = {code: pair for code, pair in POPULATIONS.items() if code != "unit"}
    schools = {code: (kind.zh, kind.en) for code, kind in KINDS.items() if kind.level == "school"}
    return [
        ("days", _("On which days"), options(days)),
        ("populations", _("For whom (none ticked: everyone)"), options(people)),
        ("stages", _("Stages (none ticked: all)"), options(STAGES)),
        ("kinds", _("Kinds of school (none ticked: all)"), options(schools)),
        ("grades", _("Grades (none ticked: all)"), options(GRADES)),
        ("states", _("Where people stand (none ticked: wherever)"), options(PERSON_STATES)),
        ("tags", _("Only people tagged (none ticked: all)"), options(TAGS)),
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = managed_unit(reader, code)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            (terms,) = expect.policies_from(_terms(request.POST, code), name="form")
            policy = expect.draft_policy(reader.scope, terms, clock=CLOCK)
            messages.success(request, _("The draft is kept. Look at what it would do, then have it approved."))
            return redirect("policy", code, policy.code)
        except DomainError as error:
            refusal, status = sentence(error), 422
    own = expect_queries.policies_of(reader.scope, code, is_subtree=False)
    context = {
        "unit": unit, "tab": "policies", "refusal": refusal, "given": request.POST,
        "duties": expect_queries.duties().values(),
        "choices": [(field, question, [(value, text, value in request.POST.getlist(field)) for value, text in options])
                    for field, question, options in _choices()],
        "own": [one for one in own if one.status == "published"], "today_iso": str(today()),
    }  # fmt: skip
    return render(request, "policy/policy_form.html", context, status=status)


def _terms(given: QueryDict, unit: str) -> dict[str, Any]:
    """The form as a file would say it."""
    lists = ("days", "populations", "stages", "kinds", "grades", "states", "tags")
    texts = ("code", "duty", "effect", "strictness", "title_zh", "title_en", "supersedes", "effective_from")
    policy: dict[str, Any] = {name: given.getlist(name) for name in lists} | {
        name: given.get(name, "").strip() for name in texts
    }
    policy["unit"] = unit
    if until := given.get("effective_to", "").strip():
        policy["effective_to"] = until
    windows = [line.split() for line in given.get("windows", "").splitlines() if line.strip()]
    if any(len(words) != 4 for words in windows):
        raise DomainError("bad_clock_time", "windows", value=given.get("windows", "")[:20])
    policy["windows"] = {session: times for session, *times in windows}
    number = given.get("document", "").strip()
    if not number:
        return {"policy": [policy]}
    policy["document"] = number
    words = {"issuer": "issuer", "text": "text", "title_zh": "document_title", "link": "link"}
    document = {"number": number} | {name: given.get(field, "").strip() for name, field in words.items()}
    if dated := given.get("dated", "").strip():
        document["dated"] = dated
    return {"policy": [policy], "document": [document]}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def policy(request: HttpRequest, reader: Reader, code: str, policy_code: str) -> HttpResponse:
    """One policy: what it says, what it would clash with, what it would change, and the next step."""
    unit = managed_unit(reader, code)
    info = expect_queries.policy_named(reader.scope, code, policy_code)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            leads_to = _act(request, reader, info)
            return redirect("policies", code) if leads_to == "list" else redirect("policy", code, policy_code)
        except DomainError as error:
            refusal, status = sentence(error), 422
            info = expect_queries.policy_named(reader.scope, code, policy_code)
    context: dict[str, Any] = {"unit": unit, "tab": "policies", "told": _told([info])[0], "refusal": refusal,
                               "is_mine": info.drafted_by == reader.scope.actor, "today": today(),
                               "is_live": info.status == "published" and info.rule.effective_to >= today(),
                               "ends": None if info.rule.effective_to == date.max else info.rule.effective_to,
                               "asks_for": request.GET.get("ask", "")}  # fmt: skip
    if info.status in ("draft", "approved"):
        context |= {"is_open": True, "clashes": expect.clashes_of(expect.policy_by_code(reader.scope, info.code))}
        if "preview" in request.GET:  # asked for: a city takes some seconds
            first = max(today(), info.rule.effective_from)
            context["preview"] = expect.preview_kept(reader.scope, info, unit.code, first_day=first, days=PREVIEW_DAYS)
    return render(request, "policy/policy.html", context, status=status)


def _act(request: HttpRequest, reader: Reader, info: PolicyInfo) -> str:
    """The button that was pressed. Returns where it leads: `list`, or the policy itself."""
    act = request.POST.get("act", "")
    if act == "approve":
        expect.approve_policy(reader.scope, info.code, clock=CLOCK)
        messages.success(request, _("Approved. It is in force once it is published."))
    elif act == "publish":
        published = expect.publish_within_budget(reader.scope, info.code, clock=CLOCK)
        messages.success(request, _("Published. Open days follow within a minute."))
        for code, name in published.warnings:
            messages.warning(request, sentence(DomainError(code, "policy", name=name)))
    elif act == "withdraw":
        on = read_day(request.POST.get("on", ""))
        expect.withdraw_policy(reader.scope, info.code, on=on, reason=request.POST.get("reason", ""), clock=CLOCK)
        messages.success(request, _("Withdrawn. Days gone by keep their ledger."))
    elif act == "discard":
        expect.discard_policy(reader.scope, info.code, clock=CLOCK)
        messages.success(request, _("The draft is gone."))
        return "list"
    else:
        raise DomainError("bad_request")
    return "policy"
