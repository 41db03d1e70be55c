"""Set up the standing rules; make, preview and publish policies; open, refresh and close the day; set a unit's days."""

from notoneless.expect.services.calendar import enter_override
from notoneless.expect.services.day import close_day, close_due_sessions, open_day, refresh_open_days
from notoneless.expect.services.policies import (
    Published,
    approve_policy,
    clashes_of,
    discard_policy,
    draft_policy,
    publish_policy,
    withdraw_policy,
)
from notoneless.expect.services.policy_terms import DocumentTerms, PolicyTerms, policies_from, read_policies
from notoneless.expect.services.preview import Preview, preview_policies
from notoneless.expect.services.standard import seed_standard

__all__ = [
    "DocumentTerms",
    "PolicyTerms",
    "Preview",
    "Published",
    "approve_policy",
    "clashes_of",
    "close_day",
    "close_due_sessions",
    "discard_policy",
    "draft_policy",
    "enter_override",
    "open_day",
    "policies_from",
    "preview_policies",
    "publish_policy",
    "read_policies",
    "refresh_open_days",
    "seed_standard",
    "withdraw_policy",
]
