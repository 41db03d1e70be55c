"""What a viewer may see: subtrees and households. Every query takes it first."""

import msgspec

from notoneless.kernel.errors import DomainError
from notoneless.roster.tree import is_within


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """The reach of one account. `paths`: roots of the subtrees; `households`: ids; `actor`: who, for the audit.

    A struct, because the lane reads one out of every token.
    """

    actor: str
    paths: tuple[str, ...] = ()
    households: frozenset[int] = frozenset()
    is_everything: bool = False

    def covers(self, path: str) -> bool:
        return self.is_everything or any(is_within(path, root) for root in self.paths)

    def covers_person(self, path: str, household_id: int | None) -> bool:
        return household_id in self.households or self.covers(path)

    def require(self, path: str, field_name: str = "unit") -> None:
        """Raises DomainError `out_of_scope`: what lies outside and what does not exist look alike."""
        if not self.covers(path):
            raise DomainError("out_of_scope", field_name)


SYSTEM = Scope(actor="system", is_everything=True)
"""The machine's own acts: command line, replays, jobs."""
