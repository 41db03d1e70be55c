"""What a viewer may see: subtrees and households. Every query takes it first."""

import msgspec

from notoneless.kernel.errors import DomainError
from notoneless.roster.roles import NAMES
from notoneless.roster.tree import is_within


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """The reach of one account. `paths`: roots of the subtrees it reads; `households`: ids; `actor`: for the audit.

    `powers`: (power, paths) pairs, what it may do and where (roster/roles.py); None is every power within `paths`,
    which only the machine and tests have. A struct, because the lane reads one out of every token.
    """

    actor: str
    paths: tuple[str, ...] = ()
    households: frozenset[int] = frozenset()
    is_everything: bool = False
    powers: tuple[tuple[str, tuple[str, ...]], ...] | None = None

    def covers(self, path: str) -> bool:
        return self.is_everything or any(is_within(path, root) for root in self.paths)

    def covers_person(self, path: str, household_id: int | None) -> bool:
        """A family sees its own; of everybody else, who sees names there."""
        return household_id in self.households or self.may(NAMES, path)

    @property
    def name_paths(self) -> tuple[str, ...]:
        """The subtrees whose people are seen by name."""
        return self.paths if self.powers is None else dict(self.powers).get(NAMES, ())

    def require(self, path: str, field_name: str = "unit") -> None:
        """Raises DomainError `out_of_scope`: what lies outside and what does not exist look alike."""
        if not self.covers(path):
            raise DomainError("out_of_scope", field_name)

    def may(self, power: str, path: str) -> bool:
        """Whether this power is held at the unit with this path, or above it."""
        if self.is_everything or self.powers is None:
            return self.covers(path)
        return any(is_within(path, root) for name, roots in self.powers if name == power for root in roots)

    def require_power(self, power: str, path: str, field_name: str = "unit") -> None:
        """Raises DomainError `out_of_scope` for what is not to be seen, `wrong_role` for what is not to be done."""
        if not self.may(power, path):
            self.require(path, field_name)
            raise DomainError("wrong_role")


SYSTEM = Scope(actor="system", is_everything=True)
"""The machine's own acts: command line, replays, jobs."""
