"""Template tags of the pages: labels in the reader's language, states, rates, instants, pages of a list."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from notoneless.collect import queries as collect_queries
from notoneless.expect.words.phrases import one_day, pick
from notoneless.kernel.clock import from_micros
from notoneless.kernel.errors import DomainError
from notoneless.roster.kinds import STAGES
from notoneless.roster.roles import ROLES
from notoneless.web.ui.words import (
    CAPACITIES,
    ENTRY_KINDS,
    LEVELS,
    NOTICE_STATUS,
    POLICY_STATUS,
    REASONS,
    REQUESTS,
    STATES,
    WAYS,
    reading,
    sentence,
    state_key,
)

register = template.Library()


@register.filter
def label(thing: Any) -> str:
    """The name of a unit, a duty, a grant, or a {"zh", "en"} pair, in the reader's language."""
    if isinstance(thing, Mapping):
        return str(thing[reading()])
    return str((thing.label if hasattr(thing, "label") else thing.name)(reading()))


@register.filter
def short_label(unit: Any) -> str:
    """A bureau's name without what every bureau's name ends with, for a map or a wall: 历下区教育局 is 历下区."""
    name = label(unit)
    return next(
        (name.removesuffix(end) for end in ("教育和体育局", "教育体育局", "教育局") if name.endswith(end)), name
    )


@register.filter
def said(thing: Any, what: str) -> str:
    """What a duty, a notice, a complaint or an entry says in the reader's language: its purpose, sender, body ..."""
    return str(getattr(thing, what)(reading()))


@register.filter
def get(found: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that is itself a variable."""
    return found.get(key, "")


@register.filter
def percent(rate: Fraction | None) -> str:
    """Rounded down: 100 % means everyone. A dash where nothing was expected."""
    if rate is None:
        return "—"
    tenths = rate.numerator * 1000 // rate.denominator
    return f"{tenths // 10}.{tenths % 10}\u2009%" if tenths < 1000 else "100\u2009%"


@register.filter
def tenths(n: int) -> str:
    """Tenths of a percent as a percentage: 973 is 97.3 %."""
    return percent(Fraction(n, 1000))


@register.filter
def signed(n: int) -> str:
    """A change with its sign: +3, -2, ±0."""
    return f"{n:+d}" if n else "±0"


@register.filter
def clock_time(instant: int | datetime | None) -> str:
    """The bureau's wall time, such as 07:40."""
    if instant is None:
        return ""
    return localtime(from_micros(instant) if isinstance(instant, int) else instant).strftime("%H:%M")


@register.filter
def day_and_time(instant: int | datetime | None) -> str:
    """Date and wall time, such as 2026-11-23 07:40."""
    if instant is None:
        return ""
    return localtime(from_micros(instant) if isinstance(instant, int) else instant).strftime("%Y-%m-%d %H:%M")


@register.filter
def long_day(day: Any) -> str:
    """The date with its weekday, in the reader's language."""
    return date_format(day, "l, j F Y" if reading() == "en" else "Y年n月j日 l")


@register.inclusion_tag("ui/state.html")
def state(slot: Any) -> dict[str, Any]:
    """A badge for the state of a slot."""
    words, tone, mark = STATES[state_key(slot.state, getattr(slot, "on_time", None))]
    return {"words": words, "tone": tone, "mark": mark, "reason": REASONS.get(getattr(slot, "reason", ""), "")}


@register.filter
def way(by: str) -> str:
    return str(WAYS.get(by, by))


@register.filter
def level_name(level: str) -> str:
    return str(LEVELS[level])


@register.filter
def measures(found: Mapping[str, int], form_code: str) -> list[tuple[str, str, int]]:
    """(code, label, count) of the measures that are not zero; of those with one label the first, the wider one."""
    shown: dict[str, tuple[str, str, int]] = {}
    for code, n in found.items():
        name = collect_queries.measure_label(form_code, code, reading())
        if n:
            shown.setdefault(name, (code, name, n))
    return list(shown.values())


@register.filter
def hidden_measures(codes: Sequence[str], form_code: str) -> list[str]:
    """The labels of measures whose count is not shown."""
    return sorted({str(collect_queries.measure_label(form_code, code, reading())) for code in codes})


@register.filter
def answers(text: str, form_code: str) -> list[tuple[str, str]]:
    """(question, answer) in the reader's language, from the JSON text of a slot or a revision."""
    given = json.loads(text) if text else {}
    fields = collect_queries.form_in_force(form_code).definition["fields"]
    return [(label(entry["label"]), answer_text(entry, given[entry["code"]])) for entry in fields
            if entry["code"] in given]  # fmt: skip


@register.filter
def spoken(given: Mapping[str, Any], form_code: str) -> str:
    """Answers as one line without their questions: unwell, cough, headache."""
    fields = collect_queries.form_in_force(form_code).definition["fields"]
    return _(", ").join(answer_text(entry, given[entry["code"]]) for entry in fields if entry["code"] in given)


def answer_text(entry: Mapping[str, Any], value: Any) -> str:
    """One answer as a person reads it: 365 is 36.5 ℃, an option its label."""
    options = {o["code"]: label(o["label"]) for o in (*entry.get("options", ()), *entry.get("also", ()))}
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list) and entry["type"] == "trips":
        return "; ".join(f"{trip['place']} {trip['from']} – {trip['to']}" for trip in value)
    if isinstance(value, list):
        return _(", ").join(options.get(item, str(item)) for item in value)
    if entry["type"] == "temperature" and isinstance(value, int):
        return f"{value // 10}.{value % 10}\u2009℃"
    return options.get(value, str(value)) if isinstance(value, str) else str(value)


@register.filter
def title_of(policy: Any) -> str:
    """A policy's title in the reader's language; its code where it has none."""
    return str(policy.title(reading()) or policy.code)


@register.filter
def parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """What the address asks for. (`request.GET.items` in a template is first the parameter that is called items.)"""
    return [(name, str(values[-1])) for name, values in request.GET.lists() if values]


@register.filter
def policy_status(status: str) -> str:
    return str(POLICY_STATUS[status])


@register.filter
def day_kind(day_type: str) -> str:
    """What a day is for a unit."""
    return one_day(day_type, reading())


@register.filter
def entry_kind(kind: str) -> str:
    """What a unit has entered, as its form names it."""
    return str(ENTRY_KINDS[kind])


@register.filter
def clash_sentence(clash: Any, other: Any) -> str:
    """Why a policy may not be published beside `other`."""
    unit = other.unit.name if other.unit else _("the system")
    document = other.document.number if other.document else "—"
    return sentence(
        DomainError(clash.code, "policy", mine=_("this rule"), other=other.code, title=other.title_zh or other.code,
                    document=document, unit=unit)
    )  # fmt: skip


@register.filter
def stage_name(stage: str) -> str:
    return pick(STAGES[stage], reading())


@register.filter
def notice_status(status: str) -> str:
    return str(NOTICE_STATUS[status])


@register.simple_tag(takes_context=True)
def page_address(context: Mapping[str, Any], page: Any, number: int) -> str:
    """The same page with another part of one of its lists."""
    given = context["request"].GET.copy()
    given[page.key] = number
    return f"?{given.urlencode()}"


@register.filter
def dialled(number: str) -> str:
    """A telephone number as a phone dials it: its first number, without an extension."""
    return "".join(sign for sign in re.split("转|x|ext", number)[0] if sign in "+0123456789")


@register.filter
def role_name(role: str) -> str:
    return pick((ROLES[role].zh, ROLES[role].en), reading()) if role in ROLES else role


@register.filter
def labels(things: Any) -> str:
    """Several names, one after the other."""
    return _(", ").join(label(thing) for thing in things)


@register.filter
def request_kind(kind: str) -> str:
    return str(REQUESTS[kind])


@register.filter
def capacity_name(capacity: str) -> str:
    return str(CAPACITIES[capacity])


@register.filter
def field_name(code: str, duty: Any) -> str:
    """The question of a form in force, as its duty's notice names it; its code where it is gone."""
    return next((field.label(reading()) for field in duty.fields if field.code == code), code)


@register.filter
def control(field: Any) -> str:
    """A form's field as our own pages draw one."""
    kind = (
        "form-check-input" if getattr(field.field.widget, "input_type", "") in ("checkbox", "radio") else "form-control"
    )
    drawn: str = field.as_widget(attrs={"class": kind})
    return drawn


@register.filter
def message_tone(level: str) -> str:
    """The tone of a message's level."""
    return {"success": "good", "warning": "warning", "error": "bad"}.get(level, "info")
