"""The roles: where each may be held, what it may do there, and what it asks of its holder. Plain Python.

Source: domain.md sections 0 and 5 (the epidemic reporter's qualification; three administrators, GB/T 22239-2019
8.1.5). What a role may do is a power, and a power reaches the subtree of the unit at which the role is held. A role
reads the records of its subtree only where `sees_people` says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

REPORT = "report"
"""Speak for the people of the subtree: class checks, reports on behalf."""
SIGN = "sign"
"""Make a unit's own statement: the school's daily report."""
STATE = "state"
"""Record where a person stands: ill at home, on leave, cleared."""
RULE = "rule"
"""Write rules, calendars and notices, and answer complaints."""
BIND = "bind"
"""Invite families, and bind a guardian's new phone."""
GRANT = "grant"
"""Give and end roles below the unit; which ones, the role itself says (`gives`)."""
NAMES = "names"
"""See who: lists of names, and the record of one person. Without it a role sees counts."""
CALL = "call"
"""See a family's whole phone number, with a reason."""
UNMASK = "unmask"
"""See a whole document number, with a reason."""
EXPORT = "export"
"""Take lists of people out of the system."""
IMPORT = "import"
"""Bring the unit's people in from a file, and take them out. Whoever has CONFIGURE may as well: files, not records."""
AUDIT = "audit"
"""Search the log of acts."""
CONFIGURE = "configure"
"""Keep the system running: it opens nobody's record."""
POWERS = (NAMES, REPORT, SIGN, STATE, RULE, BIND, GRANT, CALL, UNMASK, EXPORT, IMPORT, AUDIT, CONFIGURE)

BUREAU = frozenset({"province", "city", "district", "central"})
SCHOOL = frozenset({"school"})
CLASS = frozenset({"class"})


@dataclass(frozen=True)
class Role:
    """A role. `desk`: the page where it begins and the menu it gets; `levels`: of the units at which it may be held.

    `gives`: roles that a holder may give below their unit. `second_factor`: a password alone does not admit it.
    `qualified`: its powers to sign hold only while a qualification is in date. `most_days`: the longest term.
    """

    code: str
    desk: str
    zh: str
    en: str
    levels: frozenset[str]
    powers: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    second_factor: bool = False
    sees_people: bool = True
    qualified: bool = False
    most_days: int | None = None
    is_administrator: bool = False


_CLASS_ROLES = frozenset({"teacher", "substitute", "counsellor"})
_SCHOOL_ROLES = _CLASS_ROLES | {"reporter", "doctor", "gate"}


def _officer(code: str, zh: str, en: str, *powers: str, levels: frozenset[str] = BUREAU) -> Role:
    return Role(code, "officer", zh, en, levels, frozenset(powers), second_factor=True)


def _administrator(code: str, zh: str, en: str, power: str) -> Role:
    return Role(
        code, "admin", zh, en, BUREAU, frozenset({power}), second_factor=True, sees_people=False, is_administrator=True
    )


def _table(roles: Iterable[Role]) -> dict[str, Role]:
    return {role.code: role for role in roles}


ROLES = _table((
    Role("guardian", "guardian", "监护人", "Guardian", frozenset()),
    Role("teacher", "teacher", "班主任", "Class teacher", CLASS, frozenset({NAMES, REPORT, STATE, BIND, CALL}),
         gives=frozenset({"substitute"})),
    Role("substitute", "teacher", "代班教师", "Substitute teacher", CLASS, frozenset({NAMES, REPORT}), most_days=14),
    Role("counsellor", "teacher", "辅导员", "Counsellor", CLASS, frozenset({NAMES, REPORT, STATE, BIND, CALL})),
    Role("school", "school", "校长", "Principal", SCHOOL,
         frozenset({NAMES, REPORT, SIGN, STATE, RULE, BIND, CALL, UNMASK, EXPORT, IMPORT}), gives=_SCHOOL_ROLES),
    Role("reporter", "school", "疫情报告人", "Epidemic reporter", SCHOOL,
         frozenset({NAMES, REPORT, SIGN, STATE, CALL, UNMASK, EXPORT}), qualified=True),
    Role("doctor", "school", "校医", "School doctor", SCHOOL, frozenset({NAMES, REPORT, STATE, CALL, UNMASK})),
    Role("gate", "gate", "门卫", "Gate", SCHOOL, sees_people=False),
    Role("central", "officer", "中心校", "Central school", frozenset({"central"}), frozenset({RULE, EXPORT}),
         gives=_SCHOOL_ROLES | {"school"}),
    _officer("officer", "科室干部", "Bureau officer", NAMES, RULE, CALL, UNMASK, EXPORT),
    _officer("duty_officer", "值班员", "Duty officer", NAMES, CALL),
    _officer("leader", "局领导", "Bureau leader"),
    _officer("inspector", "督查", "Inspector"),
    # Signed in once a month by a person and left alone: so no power, no small count, and no second factor to type.
    Role("wall", "wall", "大屏", "Wall screen", BUREAU),
    Role("partner", "partner", "外部协作单位", "External partner", BUREAU | SCHOOL, second_factor=True,
         sees_people=False),
    Role("integration", "partner", "接口程序", "Program of another system", BUREAU | SCHOOL,
         frozenset({NAMES, REPORT, SIGN})),
    _administrator("system_admin", "系统管理员", "System administrator", CONFIGURE),
    Role("security_admin", "admin", "安全管理员", "Security administrator", BUREAU,
         second_factor=True, sees_people=False, is_administrator=True,
         gives=_SCHOOL_ROLES | {"school", "central", "officer", "duty_officer", "leader", "inspector", "wall",
                                "partner", "integration", "system_admin", "security_admin", "audit_admin"}),
    _administrator("audit_admin", "审计管理员", "Audit administrator", AUDIT),
))  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A role in force at a unit. `is_qualified`: its holder's qualification is in date, or none is needed."""

    role: str
    path: str
    is_qualified: bool = field(default=True)


def giving(role: str) -> str:
    """The power to give this role."""
    return f"give:{role}"


def powers_of(held: Iterable[Held]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each power and the paths at which it is held, in the order of names: the same for the same roles."""
    found: dict[str, set[str]] = {}
    for one in held:
        role = ROLES[one.role]
        for power in (*role.powers, *map(giving, role.gives), *([GRANT] if role.gives else ())):
            if power != SIGN or one.is_qualified:
                found.setdefault(power, set()).add(one.path)
    return tuple((power, tuple(sorted(paths))) for power, paths in sorted(found.items()))


def reading_paths(held: Iterable[Held]) -> tuple[str, ...]:
    """The subtrees whose records these roles read."""
    return tuple(sorted({one.path for one in held if ROLES[one.role].sees_people}))


def clash_of(held: Iterable[str], wanted: str) -> str:
    """A role that the same account may not hold beside `wanted`; nothing where there is none.

    The three administrators are three people, and none of them sees a record: so an account that administers holds
    nothing else (GB/T 22239-2019, 8.1.5).
    """
    others = [role for role in held if role != wanted]
    if ROLES[wanted].is_administrator:
        return others[0] if others else ""
    return next((role for role in others if ROLES[role].is_administrator), "")
