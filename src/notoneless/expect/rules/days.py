"""What a day is for a unit: the nation's calendar, and the days that units above it and it itself have entered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DayType = Literal["school_day", "weekend", "holiday", "vacation", "closure"]
OVERRIDE_KINDS = ("school_day", "vacation", "closure")
"""What a unit can enter for itself."""
DAY_TYPES: tuple[DayType, ...] = ("school_day", "weekend", "holiday", "vacation", "closure")

_NATIONAL: dict[str, DayType] = {
    "workday": "school_day", "makeup": "school_day", "weekend": "weekend", "holiday": "holiday",
}  # fmt: skip


@dataclass(frozen=True)
class NationalDay:
    """A date in the bureau's calendar. `is_known` is False when nobody has entered the year: weekdays then decide."""

    day: date
    kind: str
    is_known: bool = True
    name_zh: str = ""
    name_en: str = ""
    source: str = ""

    @property
    def day_type(self) -> DayType:
        return _NATIONAL[self.kind]


def guess_day(day: date) -> NationalDay:
    """What a date is while its year has not been entered: Monday to Friday are workdays (domain.md, section 3)."""
    return NationalDay(day, "weekend" if day.weekday() >= 5 else "workday", is_known=False)


@dataclass(frozen=True)
class Override:
    """A unit's own day type, for its subtree or one stage of it."""

    id: int
    unit_id: int
    kind: str
    stage: str
    reason_zh: str = ""
    reason_en: str = ""
    document: str = ""


@dataclass(frozen=True)
class DayJudgement:
    """The day type of a unit, and why: the override that decided, or none where the nation's calendar did."""

    day_type: DayType
    national: NationalDay
    by: Override | None = None


def judge_day(
    path_ids: Sequence[int], stage: str, national: NationalDay, overrides: Iterable[Override]
) -> DayJudgement:
    """The override of the nearest unit on the path decides, the latest entry among equals.

    A closure closes what would have been a school day; a Sunday or a vacation stays what it is.
    """
    depth = {unit_id: place for place, unit_id in enumerate(path_ids)}
    own = sorted(
        (o for o in overrides if o.unit_id in depth and o.stage in ("", stage)), key=lambda o: (depth[o.unit_id], o.id)
    )
    planned = DayJudgement(national.day_type, national)
    for override in own:
        if override.kind in ("school_day", "vacation"):
            planned = DayJudgement("school_day" if override.kind == "school_day" else "vacation", national, override)
    if planned.day_type == "school_day" and own and own[-1].kind == "closure":
        return DayJudgement("closure", national, own[-1])
    return planned


def day_type_of(path_ids: Sequence[int], stage: str, national: NationalDay, overrides: Iterable[Override]) -> DayType:
    """The day type of a unit, without the reason."""
    return judge_day(path_ids, stage, national, overrides).day_type
