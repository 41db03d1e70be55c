"""The outbox while others write to it."""

import threading

import pytest
from django.db import connection

from notoneless.jobs import drain_outbox
from notoneless.kernel import outbox
from notoneless.kernel.models import OutboxEvent
from tests.builders import clock_at

EVENTS = 400


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_events_that_nobody_hears_are_swept_and_none_is_tried_while_more_come_in() -> None:
    def post() -> None:
        for _ in range(EVENTS):
            outbox.post("slots.filled", {"filled": []}, clock=clock_at(8))
        connection.close()

    posting = threading.Thread(target=post)
    posting.start()
    while posting.is_alive():
        drain_outbox(clock=clock_at(8))
    posting.join()
    drain_outbox(clock=clock_at(8))

    assert OutboxEvent.objects.filter(failures__gt=0).count() == 0
    assert OutboxEvent.objects.filter(handled_at=None).count() == 0
    assert OutboxEvent.objects.count() == EVENTS
