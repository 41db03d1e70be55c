"""Whoever reads what, when and in which process: every read is covered by an entry that was there before the answer."""

from datetime import timedelta

import pytest
from django.test import TestCase, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.kernel import audit
from notoneless.kernel.clock import bureau_zone
from notoneless.kernel.models import AuditEntry, AuditHead
from notoneless.web import reading
from notoneless.web.reading import LIST, Written, note_names
from tests.builders import clock_at

PROCESSES = 2
reads = st.lists(
    st.tuples(
        st.integers(0, PROCESSES - 1),
        st.integers(-30, 40),  # seconds since the read before: the clock may step back
        st.sampled_from(["officer", "principal"]),
        st.sampled_from(["1", "2"]),  # part of the list
        st.integers(1, 3),  # how many names stood in it
        st.sampled_from([False, False, False, True]),  # this process has just begun
    ),
    max_size=25,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads)
def test_no_read_goes_unrecorded(
    monkeypatch: pytest.MonkeyPatch, reads: list[tuple[int, int, str, str, int, bool]]
) -> None:
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    memories = [Written(most=3) for _ in range(PROCESSES)]
    now = clock_at(9).now()
    for process, seconds, actor, part, count, is_new in reads:
        if is_new:
            memories[process] = Written(most=3)
        monkeypatch.setattr(reading, "written", memories[process])
        now += timedelta(seconds=seconds)
        with override_settings(REHEARSAL_NOW=now), TestCase.captureOnCommitCallbacks(execute=True):
            note_names(actor, "D", count, "missing", part=part)
        covering = AuditEntry.objects.filter(
            act=LIST, actor=actor, subject="unit:D", detail__part=part, detail__count__gte=count,
            detail__minute=f"{now.astimezone(bureau_zone()):%H:%M}",
        )  # fmt: skip
        assert covering.exists()
    assert audit.verify().faults == ()
