"""Who reads a person's record is written down, and the family can see it."""

from notoneless.kernel import audit
from notoneless.roster.scope import Scope
from notoneless.web.access import Reader
from notoneless.web.ui.days import CLOCK

ACT = "record.read"


def subject_of(code: str) -> str:
    """The subject of the entries about the person with this code."""
    return audit.person_subject(code)


def note_read(reader: Reader, code: str, path: str, page: str) -> None:
    """Write down that a member of staff has read the record of the person with this code, who counts under `path`.

    A family that reads its own child's record is not written down. The role and unit are those that let the reader in,
    so that the family can be told without naming anybody.
    """
    grant = next((one for one in reader.grants if one.path and path.startswith(one.path)), None)
    if grant is None:
        return
    audit.record(
        reader.scope.actor, ACT, subject_of(code), clock=CLOCK,
        detail={"role": grant.role, "unit": grant.unit_code, "page": page},
    )  # fmt: skip


def note_api_read(scope: Scope, code: str) -> None:
    """The same for a program: its token says no role, so the entry names the way alone."""
    audit.record(scope.actor, ACT, subject_of(code), clock=CLOCK, detail={"role": "", "unit": "", "page": "api"})


def note_names(actor: str, unit_code: str, count: int, page: str) -> None:
    """A list of names was read: where, how many, and on which page. One entry, whatever its length."""
    if count:
        audit.record(actor, "names.read", f"unit:{unit_code}", clock=CLOCK, detail={"count": count, "page": page})
