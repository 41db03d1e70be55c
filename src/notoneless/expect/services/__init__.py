"""Set up the standing rules; make, preview and publish policies; open, refresh and close the day; set a unit's days."""

from notoneless.expect.rules.events import MOST_BYTES
from notoneless.expect.rules.years import Holiday, read_holidays, read_makeups
from notoneless.expect.services.asks import ask_by_letter, place_queued, send_notice, set_ask_limit, take_back_ask
from notoneless.expect.services.calendar import enter_override, enter_year, remove_override
from notoneless.expect.services.complaints import answer_complaint, complain
from notoneless.expect.services.day import close_day, close_due_sessions, open_day, refresh_open_days
from notoneless.expect.services.ical import Imported, export_days, import_days
from notoneless.expect.services.policies import (
    Published,
    approve_policy,
    discard_policy,
    draft_policy,
    policy_by_code,
    publish_policy,
    withdraw_policy,
)
from notoneless.expect.services.policy_bounds import clashes_of
from notoneless.expect.services.policy_terms import DocumentTerms, PolicyTerms, policies_from, read_policies
from notoneless.expect.services.preview import Preview, preview_kept, preview_policies, publish_within_budget
from notoneless.expect.services.standard import seed_standard

__all__ = [
    "MOST_BYTES",
    "DocumentTerms",
    "Holiday",
    "Imported",
    "PolicyTerms",
    "Preview",
    "Published",
    "answer_complaint",
    "approve_policy",
    "ask_by_letter",
    "clashes_of",
    "close_day",
    "close_due_sessions",
    "complain",
    "discard_policy",
    "draft_policy",
    "enter_override",
    "enter_year",
    "export_days",
    "import_days",
    "open_day",
    "place_queued",
    "policies_from",
    "policy_by_code",
    "preview_kept",
    "preview_policies",
    "publish_policy",
    "publish_within_budget",
    "read_holidays",
    "read_makeups",
    "read_policies",
    "refresh_open_days",
    "remove_override",
    "seed_standard",
    "send_notice",
    "set_ask_limit",
    "take_back_ask",
    "withdraw_policy",
]
