"""Duties, the calendar and the policies in force, as pages and the later stages need them."""

from notoneless.expect.queries.asks import (
    AskedDuty,
    Asks,
    NoticeInfo,
    asks_of_households,
    notices_along,
    notices_of,
)
from notoneless.expect.queries.burden import Burden, report_of_asks
from notoneless.expect.queries.calendar import (
    Entry,
    entries_of,
    is_known_year,
    last_known_day,
    national_day,
    overrides_on,
)
from notoneless.expect.queries.claims import claims_of
from notoneless.expect.queries.complaints import ComplaintInfo, Standing, complaints_of_households, inbox, standing
from notoneless.expect.queries.duties import DutyInfo, SessionInfo, duties, duty_by_code, is_open
from notoneless.expect.queries.explain import Explanation, Item, explain_person
from notoneless.expect.queries.policies import (
    DocumentInfo,
    PolicyInfo,
    policies_above,
    policies_along,
    policies_of,
    policies_on,
    policies_read,
    policy_named,
    rules_between,
    tags_named,
)
from notoneless.expect.queries.public import PublicRules, public_rules
from notoneless.expect.queries.reach import Limit, Reach, households_over, limit_above, reach_of
from notoneless.expect.queries.tree import Node, Tree, tree_on

__all__ = [
    "AskedDuty",
    "Asks",
    "Burden",
    "ComplaintInfo",
    "DocumentInfo",
    "DutyInfo",
    "Entry",
    "Explanation",
    "Item",
    "Limit",
    "Node",
    "NoticeInfo",
    "PolicyInfo",
    "PublicRules",
    "Reach",
    "SessionInfo",
    "Standing",
    "Tree",
    "asks_of_households",
    "claims_of",
    "complaints_of_households",
    "duties",
    "duty_by_code",
    "entries_of",
    "explain_person",
    "households_over",
    "inbox",
    "is_known_year",
    "is_open",
    "last_known_day",
    "limit_above",
    "national_day",
    "notices_along",
    "notices_of",
    "overrides_on",
    "policies_above",
    "policies_along",
    "policies_of",
    "policies_on",
    "policies_read",
    "policy_named",
    "public_rules",
    "reach_of",
    "report_of_asks",
    "rules_between",
    "standing",
    "tags_named",
    "tree_on",
]
