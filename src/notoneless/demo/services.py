"""Build the demo city once; a second call finds it and says how to sign in."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from notoneless.demo.accounts import DemoAccount, make_accounts
from notoneless.demo.history import History, Progress
from notoneless.demo.letters import write_letters
from notoneless.demo.roster import FAMILY, write_roster
from notoneless.demo.shape import CITY, SCALES
from notoneless.expect.models import Document, Policy
from notoneless.expect.queries import duties
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Account, Household, Unit
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

    A database that has the demo is left as it is. Raises DomainError `demo_in_production` where a known password would
    be a hole, and `demo_refused` when the invented files are refused, which would be a fault of ours.
    """
    if settings.PRODUCTION:
        raise DomainError("demo_in_production", "demo")
    if Household.objects.filter(code=FAMILY).exists() and Account.objects.filter(username="city").exists():
        return DemoSummary(scale, accounts=_accounts())
    length = DEFAULT_DAYS[scale] if days is None else days
    today = day_of(clock.now())
    written = write_roster(SCALES[scale], directory, seed=seed, today=today, progress=progress)
    outcome = import_roster([written.units, written.people], scope_actor="demo", clock=clock, progress=progress)
    if outcome.refused or outcome.errors:
        raise DomainError("demo_refused", "demo", count=outcome.refused)
    root = Unit.objects.get(code=CITY[0])
    _enter_policies(root, today)
    if length or scale != "city":
        flu = _flu_class()
        History(root.path, flu.code, seed=seed).run(length, clock=clock, progress=progress)
        write_letters(flu, clock=clock)
    return DemoSummary(scale, outcome.rows, length, _accounts())


def _enter_policies(root: Unit, today: date) -> None:
    """Two of the city's own: no noon check outside the season (domain.md, 1.1); checks kept here for a week only."""
    codes = duties()
    for code, until, number, zh, en in (
        ("noon-check", None, "9", "非流行季节不要求午检", "No noon check outside the season"),
        ("morning-check", today - timedelta(days=6), "12", "此前晨检用纸质登记", "Morning checks were kept on paper"),
    ):  # fmt: skip
        Policy.objects.create(
            code=f"demo-{code}", unit=root, duty_id=codes[code].id, status="published", effect="waive",
            effective_from=date(today.year, 1, 1), effective_to=until, days=["school_day"], title_zh=zh, title_en=en,
            document=Document.objects.create(
                number=f"泉教体卫〔{today.year}〕{number}号", issuer=root.name, title_zh=zh, title_en=en
            ),
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
