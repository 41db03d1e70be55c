"""One account for each role, each limited to its own subtree."""

from dataclasses import dataclass

from notoneless.demo.roster import FAMILY
from notoneless.roster.models import Account, Grant, Household, Unit

PASSWORD = "NotOneLess-2026"  # noqa: S105 - the demo's, printed for everyone
USERNAMES = frozenset({"family", "teacher", "school", "district", "city", "leader", "security", "audit"})
"""All of them, for who must make sure that none is left."""


@dataclass(frozen=True)
class DemoAccount:
    """How to sign in as one role."""

    role: str
    username: str
    password: str
    unit: str
    page: str


def make_accounts(*, city: Unit, district: Unit, school: Unit, class_unit: Unit) -> list[DemoAccount]:
    """Make the accounts that are not there, and say how to use them."""
    household = Household.objects.filter(code=FAMILY).first()
    wanted: list[tuple[str, str, str, Unit | None]] = [
        ("家长 guardian", "family", "guardian", None),
        ("班主任 teacher", "teacher", "teacher", class_unit),
        ("学校 school", "school", "school", school),
        ("区县 district", "district", "officer", district),
        ("市局 city", "city", "officer", city),
        ("市局领导 leader", "leader", "officer", city),
        ("安全管理员 security", "security", "security_admin", city),
        ("审计管理员 audit", "audit", "audit_admin", city),
    ]
    pages = {"guardian": "/family/", "teacher": "/class/", "school": "/school/", "officer": "/bureau/",
             "security_admin": "/office/", "audit_admin": "/office/"}  # fmt: skip
    made = []
    for label, username, role, unit in wanted:
        account = Account.objects.filter(username=username).first()
        if account is None:
            account = Account.objects.create_user(username, password=PASSWORD)
            if unit is not None or household is not None:
                Grant.objects.create(account=account, role=role, unit=unit, household=None if unit else household)
        made.append(
            DemoAccount(label, username, PASSWORD, unit.name if unit else "三个孩子 three children", pages[role])
        )
    return made
