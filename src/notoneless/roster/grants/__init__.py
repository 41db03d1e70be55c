"""Roles given to accounts at units: who may give which, for how long, and what ends them."""

from notoneless.roster.grants.giving import Term, end_grant, give, hand_over
from notoneless.roster.grants.leavers import end_grants_of_leavers
from notoneless.roster.grants.listing import GrantLine, grant_line, grants_at

__all__ = ["GrantLine", "Term", "end_grant", "end_grants_of_leavers", "give", "grant_line", "grants_at", "hand_over"]
