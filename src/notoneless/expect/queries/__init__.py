"""Duties, the calendar and the policies in force, as pages and the later stages need them."""

from notoneless.expect.queries.calendar import last_known_day, national_day, overrides_on
from notoneless.expect.queries.claims import claims_of
from notoneless.expect.queries.duties import DutyInfo, SessionInfo, duties, duty_by_code
from notoneless.expect.queries.explain import Explanation, Item, explain_person
from notoneless.expect.queries.policies import (
    DocumentInfo,
    PolicyInfo,
    policies_of,
    policies_on,
    policies_read,
    rules_between,
    tags_named,
)
from notoneless.expect.queries.tree import Node, Tree, tree_on

__all__ = [
    "DocumentInfo",
    "DutyInfo",
    "Explanation",
    "Item",
    "Node",
    "PolicyInfo",
    "SessionInfo",
    "Tree",
    "claims_of",
    "duties",
    "duty_by_code",
    "explain_person",
    "last_known_day",
    "national_day",
    "overrides_on",
    "policies_of",
    "policies_on",
    "policies_read",
    "rules_between",
    "tags_named",
    "tree_on",
]
