"""The days that units enter for themselves, and the years of the nation's calendar."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.rules.days import OVERRIDE_KINDS
from notoneless.expect.rules.years import Holiday
from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.kinds import STAGES
from notoneless.roster.models import Unit
from notoneless.roster.roles import RULE
from notoneless.roster.rules import tidy
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

LONGEST = 400
"""Days of one entry: a year, and a little."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that can be entered."""
_LIMITS = {"reason_zh": 120, "reason_en": 120, "document": 80}


def enter_override(
    scope: Scope,
    unit_code: str,
    *,
    kind: str,
    first_day: date,
    last_day: date,
    clock: Clock,
    stage: str = "",
    reason_zh: str = "",
    reason_en: str = "",
    document: str = "",
    uid: str = "",
) -> CalendarOverride:
    """Enter days for a unit and its subtree. Open days hear of it through the outbox.

    Raises DomainError `unknown_calendar_kind`, `days_out_of_order`, `too_many_days`, `unknown_stage`, `value_too_long`,
    `bad_parameter`, or what `unit_to` raises.
    """
    check_days(kind, first_day, last_day, stage=stage, reason_zh=reason_zh, reason_en=reason_en, document=document)
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    with transaction.atomic():
        override = CalendarOverride.objects.create(
            unit_id=unit.pk, first_day=first_day, last_day=last_day, kind=kind, stage=stage,
            reason_zh=reason_zh, reason_en=reason_en, document=document, uid=uid,
        )  # fmt: skip
        audit.record(scope.actor, f"calendar.{kind}", unit.code, clock=clock,
                     detail={"first_day": str(first_day), "last_day": str(last_day)})  # fmt: skip
        tell(unit, first_day, last_day, clock=clock)
    return override


def check_days(kind: str, first_day: date, last_day: date, *, stage: str = "", **texts: str) -> None:
    """What must hold of every entry, from the page or a file. Raises DomainError as `enter_override` says."""
    if kind not in OVERRIDE_KINDS:
        raise DomainError("unknown_calendar_kind", "kind", known=", ".join(OVERRIDE_KINDS))
    if last_day < first_day:
        raise DomainError("days_out_of_order", "last_day")
    if (last_day - first_day).days >= LONGEST:
        raise DomainError("too_many_days", "last_day", limit=LONGEST)
    if stage and stage not in STAGES:
        raise DomainError("unknown_stage", "stage")
    for name, value in texts.items():
        check_text(name, value, _LIMITS[name])


def check_text(name: str, value: str, limit: int) -> None:
    """Raises DomainError `value_too_long`, or `bad_parameter` for signs that no database keeps."""
    if len(value) > limit:
        raise DomainError("value_too_long", name, limit=limit)
    if tidy(value) is None:
        raise DomainError("bad_parameter", name)


def remove_override(scope: Scope, unit_code: str, override_id: int, *, clock: Clock) -> None:
    """Take an entry of exactly this unit away; days that are open follow, locked ones keep their slots.

    Raises DomainError `out_of_scope`, also for an entry that does not exist.
    """
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    with transaction.atomic():
        override = CalendarOverride.objects.select_for_update().filter(pk=override_id, unit=unit).first()
        if override is None:
            raise DomainError("out_of_scope", "entry")
        override.delete()
        audit.record(scope.actor, "calendar.remove", unit.code, clock=clock,
                     detail={"first_day": str(override.first_day), "last_day": str(override.last_day)})  # fmt: skip
        tell(unit, override.first_day, override.last_day, clock=clock)


def tell(unit: Unit, first_day: date, last_day: date, *, clock: Clock) -> None:
    outbox.post(
        "calendar.changed", {"first_day": str(first_day), "last_day": str(last_day), "within": unit.path}, clock=clock
    )


def enter_year(
    scope: Scope, unit_code: str, year: int, holidays: Sequence[Holiday], makeups: Sequence[date], *, source: str,
    clock: Clock, is_replacing: bool = False,
) -> int:  # fmt: skip
    """Enter a year of the nation's calendar. Returns how many days.

    Only for the topmost unit, which speaks for the whole tree. A year that is known, from the library or from an
    officer, is refused unless `is_replacing`; days already locked keep their slots anyway. Raises DomainError
    `out_of_scope`, `year_known`, `bad_parameter` for a year out of range, `value_required` without any holiday (no
    year is without one: somebody has sent an empty form), `bad_calendar_day` for a holiday outside the year, a make-up
    day that is no weekend day or is a holiday too, `value_too_long`.
    """
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    if len(ids_of(unit.path)) != 1:
        raise DomainError("out_of_scope", "unit")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DomainError("bad_parameter", "year")
    if not holidays:
        raise DomainError("value_required", "holidays")
    check_text("source", source, 60)
    off = _days_off(year, holidays)
    for day in makeups:
        if day.year != year or day.weekday() < 5 or day in off:
            raise DomainError("bad_calendar_day", "makeups", day=day)
    with transaction.atomic():
        # Two officers at once: the second must see that the year is there.
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        known = CalendarDay.objects.filter(day__year=year)
        is_known = known.exists()
        if is_known and not is_replacing:
            raise DomainError("year_known", "year", year=year)
        known.delete()
        rows = [_row(date(year, 1, 1) + timedelta(days=n), off, set(makeups), source) for n in range(_length(year))]
        CalendarDay.objects.bulk_create(rows, batch_size=400)
        audit.record(scope.actor, "calendar.year", str(year), clock=clock,
                     detail={"source": source, "replaced": is_known})  # fmt: skip
        tell(unit, date(year, 1, 1), date(year, 12, 31), clock=clock)
    return len(rows)


def _days_off(year: int, holidays: Sequence[Holiday]) -> dict[date, Holiday]:
    off: dict[date, Holiday] = {}
    for holiday in holidays:
        check_text("holidays", holiday.name_zh, 40)
        check_text("holidays", holiday.name_en, 60)
        day = holiday.first_day
        if holiday.last_day < day:
            raise DomainError("days_out_of_order", "holidays")
        while day <= holiday.last_day:
            if day.year != year:
                raise DomainError("bad_calendar_day", "holidays", day=day)
            off[day] = holiday
            day += timedelta(days=1)
    return off


def _length(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _row(day: date, off: dict[date, Holiday], makeups: set[date], source: str) -> CalendarDay:
    holiday = off.get(day)
    if holiday is not None:
        return CalendarDay(
            day=day, kind="holiday", name_zh=holiday.name_zh, name_en=holiday.name_en, source=source
        )  # fmt: skip
    kind = "makeup" if day in makeups else "weekend" if day.weekday() >= 5 else "workday"
    return CalendarDay(day=day, kind=kind, source=source)
