"""What a viewer may see: subtrees and households. Every query takes it first."""

from dataclasses import dataclass, field

from notoneless.kernel.errors import DomainError
from notoneless.roster.tree import is_within


@dataclass(frozen=True)
class Scope:
    """The reach of one account. `paths`: roots of the subtrees; `households`: ids; `actor`: who, for the audit."""

    actor: str
    paths: tuple[str, ...] = ()
    households: frozenset[int] = field(default_factory=frozenset)
    is_everything: bool = False

    def covers(self, path: str) -> bool:
        return self.is_everything or any(is_within(path, root) for root in self.paths)

    def covers_person(self, path: str, household_id: int | None) -> bool:
        return self.covers(path) or (household_id is not None and household_id in self.households)

    def require(self, path: str, field_name: str = "unit") -> None:
        """Raises DomainError `out_of_scope`: what lies outside and what does not exist look alike."""
        if not self.covers(path):
            raise DomainError("out_of_scope", field_name)


SYSTEM = Scope(actor="system", is_everything=True)
"""The machine's own acts: command line, replays, jobs."""
