"""Set up the standing rules; open, refresh and close the day; enter closures and vacations."""

from notoneless.expect.services.calendar import enter_override
from notoneless.expect.services.day import close_day, close_due_sessions, open_day, refresh_open_days
from notoneless.expect.services.standard import seed_standard

__all__ = ["close_day", "close_due_sessions", "enter_override", "open_day", "refresh_open_days", "seed_standard"]
