"""Officers who tap at the same moment, and two processes that send at the same moment: one message each."""

from functools import partial

import pytest
from pytest_django import Settings

from notoneless.follow.models import Reminded, Reminder
from notoneless.follow.services import remind_missing, send_waiting
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, opened_city
from tests.collect.test_concurrency import at_once
from tests.follow.homes import join, provider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_officers_and_two_processes_send_one_message_to_each_family(settings: Settings) -> None:
    opened_city()
    join("H1", "H2", "H3")
    with provider() as found:
        settings.REMINDER_CHANNELS = ["apprise"]
        settings.REMINDER_URLS = {"family": [f"json://{found.address}/{{phone}}"], "staff": []}
        taps = [partial(remind_missing, SYSTEM, unit, DAY, "daily-health", clock=clock_at(9)) for unit in "CDSE"]
        told = at_once(*taps)
        sent = at_once(*[partial(send_waiting, clock=clock_at(9))] * 4)
        assert sorted(path[-1] for path in found.paths) == ["1", "2", "3"]
    assert sum(one.planned for one in told) == 3
    assert sum(sent) == 3
    assert Reminder.objects.filter(rung="family", state="sent").count() == 3
    assert Reminded.objects.count() == 9
