"""Build the demo city once; a second call finds it and says how to sign in."""

from dataclasses import dataclass, field
from pathlib import Path

from notoneless.demo.accounts import DemoAccount, make_accounts
from notoneless.demo.history import History, Progress
from notoneless.demo.roster import write_roster
from notoneless.demo.shape import CITY, SCALES
from notoneless.expect.models import Policy
from notoneless.expect.queries import duties
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Account, Unit
from notoneless.roster.services import import_roster

DEFAULT_DAYS = {"tiny": 3, "small": 14, "district": 0, "city": 0}


@dataclass
class DemoSummary:
    """What there is to look at. `rows` is 0 when the demo was there already."""

    scale: str
    rows: int = 0
    days: int = 0
    accounts: list[DemoAccount] = field(default_factory=list)


def build_demo(
    scale: str, *, clock: Clock, progress: Progress, directory: Path, days: int | None = None, seed: int = 1
) -> DemoSummary:
    """Invent a roster, import it as any file would be, live through `days` of history and today, make the accounts.

    A database that has the accounts is left as it is. Raises DomainError `demo_refused` when the invented files are
    refused, which would be a fault of ours.
    """
    if Account.objects.filter(username="city").exists() and Unit.objects.filter(code=CITY[0]).exists():
        return DemoSummary(scale, accounts=_accounts())
    length = DEFAULT_DAYS[scale] if days is None else days
    today = day_of(clock.now())
    written = write_roster(SCALES[scale], directory, seed=seed, today=today, progress=progress)
    outcome = import_roster(
        [written.units, written.people], scope_actor="demo", clock=clock, progress=progress
    )
    if outcome.refused or outcome.errors:
        raise DomainError("demo_refused", "demo", count=outcome.refused)
    root = Unit.objects.get(code=CITY[0])
    _noon_check_in_season_only(root, clock)
    if length or scale != "city":
        flu = _flu_class()
        History(root.path, flu.code, seed=seed).run(length, clock=clock, progress=progress)
    return DemoSummary(scale, outcome.rows, length, _accounts())


def _noon_check_in_season_only(root: Unit, clock: Clock) -> None:
    """The city asks for the noon check only when influenza is about: not yet (domain.md, section 1.1)."""
    Policy.objects.create(
        unit=root, duty_id=duties()["noon-check"].id, effect="waive", effective_from=day_of(clock.now()).replace(month=1, day=1),
        days=["school_day"], issuer=root.name, document="泉教体卫〔2026〕9号",
        title_zh="非流行季节不要求午检", title_en="No noon check outside the season",
    )  # fmt: skip


def _flu_class() -> Unit:
    """The first class of the first district's primary school, by code."""
    found = Unit.objects.filter(level="class", authority__kind="primary", authority__authority__level="district")
    return found.order_by("authority__code", "code")[0]


def _accounts() -> list[DemoAccount]:
    class_unit = _flu_class()
    school = class_unit.authority
    if school is None or school.authority is None:
        raise DomainError("unknown_unit", "unit")
    return make_accounts(
        city=Unit.objects.get(code=CITY[0]), district=school.authority, school=school, class_unit=class_unit
    )
