"""Who is in which class, and who belongs to one household, in a OneRoster set."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from notoneless.roster.files.headers import Problem

ROLES = {
    "student": "student",
    "teacher": "staff", "aide": "staff", "administrator": "staff", "proctor": "staff",
    "guardian": "relative", "parent": "relative", "relative": "relative",
}  # fmt: skip

Records = Callable[[], Iterable[tuple[int, dict[str, str], Problem | None]]]

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TRUE = {"true", "1", "yes"}


@dataclass
class Links:
    """`classes`: pupil -> (rank, class); the smallest wins. `problems`: enrolments that lead nowhere, by row."""

    classes: dict[str, tuple[int, str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    households: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def class_of(self, user: str) -> str:
        """The unit code of the pupil's class, or ""."""
        found = self.classes.get(user)
        return code_of(found[1]) if found else ""

    def household_of(self, user: str) -> str:
        """The household's code: the first pupil's in it by id. "" for people without agents."""
        return code_of(self.households.get(self._root(user), "")) if user in self.parents else ""

    @staticmethod
    def population_of(user: dict[str, str]) -> str:
        return ROLES.get(user.get("role", "").lower(), "")

    def join(self, user: str, agent: str) -> None:
        first, second = self._root(user), self._root(agent)
        self.parents[max(first, second)] = self.parents[min(first, second)] = min(first, second)

    def _root(self, user: str) -> str:
        """Of the connected people (union-find, with the path shortened on the way)."""
        while (parent := self.parents.setdefault(user, user)) != user:
            self.parents[user] = user = self.parents.setdefault(parent, parent)
        return user

    def name_households(self, pupils: set[str]) -> None:
        for user in list(self.parents):
            root = self._root(user)
            # Pupils before guardians, then by id: the same code whatever the order of the file.
            held = self.households.get(root)
            if held is None or (user not in pupils, user) < (held not in pupils, held):
                self.households[root] = user


def code_of(source_id: str) -> str:
    """Our code for a sourcedId. A UUID has 36 characters and a unit's code room for 32."""
    return source_id.replace("-", "") if _UUID.fullmatch(source_id) else source_id


def is_leaving(record: dict[str, str]) -> bool:
    return record.get("status", "").lower() == "tobedeleted"


def sort_of(status: str) -> Problem | None:
    """What is wrong with a status; a bulk file leaves it empty."""
    return None if status.lower() in ("", "active", "tobedeleted") else ("unknown_status", "status", {})


def read_links(classes: Records, users: Records, enrollments: Records, *, day: str) -> Links:
    """Read all three files once. `day` (ISO): enrolments that ended before or begin after do not count."""
    links = Links()
    # A class's rank: homerooms, where attendance is taken, before timetabled lessons.
    ranks = {
        record.get("sourcedId", ""): 0 if record.get("classType", "").lower() == "homeroom" else 1
        for _, record, _ in classes()
        if not is_leaving(record)
    }
    pupils: set[str] = set()
    guardians: set[str] = set()
    agents: list[tuple[str, str]] = []
    for _, user, unreadable in users():
        population = links.population_of(user)
        if unreadable is not None or population not in ("student", "relative") or is_leaving(user):
            continue
        (pupils if population == "student" else guardians).add(user["sourcedId"])
        named = user.get("agentSourcedIds", "")
        agents += [(user["sourcedId"], agent.strip()) for agent in named.split(",") if agent.strip()]
    for user_id, agent in agents:
        # A pupil's teacher may be an agent, and is no member of the household.
        if agent in guardians or (agent in pupils and user_id in guardians):
            links.join(user_id, agent)
    links.name_households(pupils)
    for number, record, unreadable in enrollments():
        if unreadable is not None:
            links.problems.append((number, unreadable))
        elif record.get("role", "").lower() == "student" and not is_leaving(record) and _runs(record, day):
            _enrol(links, number, record, pupils=pupils, ranks=ranks)
    return links


def _runs(record: dict[str, str], day: str) -> bool:
    begin, end = record.get("beginDate", ""), record.get("endDate", "")
    return (not begin or begin <= day) and (not end or end >= day)


def _enrol(links: Links, number: int, record: dict[str, str], *, pupils: set[str], ranks: dict[str, int]) -> None:
    user, class_id = record.get("userSourcedId", ""), record.get("classSourcedId", "")
    for value, known, column in ((user, pupils, "userSourcedId"), (class_id, ranks, "classSourcedId")):
        if value not in known:
            links.problems.append((number, ("unknown_link", column, {})))
            return
    is_primary = record.get("primary", "").lower() in _TRUE
    wanted = (-1 if is_primary else ranks[class_id], class_id)
    if user not in links.classes or wanted < links.classes[user]:
        links.classes[user] = wanted
