"""What households may be asked, notices within it, and complaints that must be answered."""

from datetime import date, timedelta

import pytest

from notoneless import jobs
from notoneless.expect.models import AskLimit, Complaint, Duty, Notice, Policy
from notoneless.expect.queries import (
    asks_of_households,
    complaints_of_households,
    households_over,
    inbox,
    reach_of,
    report_of_asks,
    standing,
)
from notoneless.expect.services import (
    answer_complaint,
    complain,
    enter_override,
    place_queued,
    refresh_open_days,
    send_notice,
    set_ask_limit,
)
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.models import DaySession, PersonSlot
from notoneless.roster.models import Household, Person
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, clock_at, make_person, opened_city

pytestmark = pytest.mark.django_db


def family(code: str = "H1") -> Scope:
    return Scope("family", households=frozenset({Household.objects.get(code=code).pk}))


def notify(unit: str = "S", title: str = "家长会", day_after: int = 0) -> Notice:
    day = DAY + timedelta(days=day_after)
    return send_notice(SYSTEM, unit, kind="notice", title_zh=title, day=day, clock=clock_at(8))


def test_three_children_with_one_duty_are_one_ask_and_a_notice_is_another() -> None:
    opened_city()
    asks = asks_of_households(family(), DAY)  # K1-1, K2-1 and L1-1 live together
    assert ([duty.code for duty in asks.duties], asks.count, asks.limit) == (["daily-health"], 1, 3)
    notify("S")
    notify("T", "运动会")
    told = asks_of_households(family(), DAY)
    assert (told.count, [notice.title_zh for notice in told.notices]) == (3, ["运动会", "家长会"])


def test_one_too_many_is_refused_with_the_reason_and_kept_for_the_report() -> None:
    opened_city()
    notify(title="一")
    notify(title="二")
    with pytest.raises(DomainError) as error:
        notify(title="三")
    assert error.value.code == "asks_over_budget"
    assert error.value.params == {"households": 3, "over": 3, "limit": 3}
    lines = {line.code: line for line in report_of_asks(SYSTEM, "D", DAY, DAY)[1]}
    assert (lines["S"].sent, lines["S"].refused, lines["S"].duties) == (2, 1, 7)
    # The households of school T are those of school S: they have no room left either.
    with pytest.raises(DomainError, match="asks_over_budget"):
        notify("T")


def test_where_the_limit_queues_it_goes_out_on_the_first_day_with_room() -> None:
    opened_city()
    AskLimit.objects.update(asks_a_day=2, over="queue")
    assert notify(title="一").status == "sent"
    assert notify(title="二").status == "queued"
    assert place_queued(clock=clock_at(9)) == 1
    second = Notice.objects.get(title_zh="二")
    assert (second.status, second.day) == ("sent", DAY + timedelta(days=1))


def test_a_queue_without_room_ends_in_a_refusal() -> None:
    opened_city()
    AskLimit.objects.update(asks_a_day=0, over="queue")
    notify(title="一")
    assert place_queued(clock=clock_at(9)) == 0
    assert Notice.objects.get().status == "queued"
    place_queued(clock=clock_at(8, day=DAY + timedelta(days=15)))
    assert Notice.objects.get().status == "refused"


def test_a_units_own_limit_can_only_be_stricter() -> None:
    opened_city()
    set_ask_limit(SYSTEM, "D", 1, over="refuse", clock=clock_at(8))
    assert asks_of_households(family(), DAY).limit == 1
    with pytest.raises(DomainError, match="asks_over_budget"):
        notify("S")
    with pytest.raises(DomainError, match="limit_above"):
        set_ask_limit(SYSTEM, "S", 2, over="refuse", clock=clock_at(8))


def test_a_school_that_is_stricter_than_the_sender_is_heeded() -> None:
    opened_city()
    set_ask_limit(SYSTEM, "S", 1, over="refuse", clock=clock_at(8))
    for sender in ("C", "T"):  # the city above, and the school of the siblings
        with pytest.raises(DomainError) as error:
            notify(sender)
        assert error.value.params == {"households": 3, "over": 3, "limit": 1}
    assert households_over(DAY, "") == 0
    assert households_over(DAY, "", extra=1) == 3


def test_a_notice_waits_only_where_every_limit_that_it_breaks_lets_it() -> None:
    units = opened_city()
    make_person("lone", units["L1"], household="H9")
    refresh_open_days(DAY, None, clock=clock_at(1), only=None)
    set_ask_limit(SYSTEM, "T", 1, over="queue", clock=clock_at(8))
    assert notify("T").status == "queued"
    set_ask_limit(SYSTEM, "S", 1, over="refuse", clock=clock_at(8))
    with pytest.raises(DomainError) as error:
        notify("T")
    assert error.value.params == {"households": 4, "over": 4, "limit": 1}
    found = reach_of(units["T"].path, DAY)
    assert (found.households, found.over, found.refusing, [duty.code for duty in found.duties]) == (
        4, 4, 3, ["daily-health"],
    )  # fmt: skip


def test_a_day_that_is_not_open_yet_counts_what_its_rules_will_ask() -> None:
    opened_city()
    AskLimit.objects.update(asks_a_day=1)
    with pytest.raises(DomainError, match="asks_over_budget"):
        notify("S", day_after=1)
    Policy.objects.filter(duty__code="daily-health").update(effective_to=DAY)
    assert notify("S", day_after=1).day == DAY + timedelta(days=1)


def test_a_day_that_is_being_opened_counts_by_its_rules() -> None:
    units = opened_city()
    PersonSlot.objects.all().delete()
    assert households_over(DAY, units["S"].path, extra=3) == 0
    DaySession.objects.filter(duty_id=Duty.objects.get(code="daily-health").pk).delete()
    assert households_over(DAY, units["S"].path, extra=3) == 3


def test_whoever_is_excused_is_not_asked() -> None:
    opened_city()
    AskLimit.objects.update(asks_a_day=1)
    for day in (DAY, DAY + timedelta(days=1)):  # an open day, and one to come
        Policy.objects.update(days=["school_day"])
        enter_override(SYSTEM, "C", kind="closure", first_day=day, last_day=day, clock=clock_at(1), reason_zh="台风")
    jobs.drain_outbox(clock=clock_at(2))
    assert asks_of_households(family(), DAY).count == 0
    assert notify("S").status == notify("S", day_after=1).status == "sent"


def test_the_queue_is_looked_through_once_a_day_and_its_end_is_audited() -> None:
    opened_city()
    AskLimit.objects.update(asks_a_day=1, over="queue")
    notify(title="一")
    assert place_queued(clock=clock_at(9)) == 0
    AskLimit.objects.update(asks_a_day=2)
    assert place_queued(clock=clock_at(10)) == 0
    tomorrow = clock_at(0, 5, day=DAY + timedelta(days=1))
    assert place_queued(clock=tomorrow) == 1
    assert Notice.objects.get().day == DAY + timedelta(days=1)
    acts = AuditEntry.objects.filter(act__startswith="notice.").values_list("act", "actor")
    assert list(acts.order_by("pk")) == [("notice.queued", "system"), ("notice.sent", "system")]


def test_an_ask_tells_from_which_unit_and_by_which_rule() -> None:
    units = opened_city()
    Policy.objects.filter(duty__code="daily-health").update(unit=units["D"])
    refresh_open_days(DAY, None, clock=clock_at(1), only=None)
    (owed,) = asks_of_households(family(), DAY).owed
    assert (owed.label("zh"), owed.sender("zh"), owed.why("en")) == (
        "每日健康上报", "D", "Standing rule: one report a person a day",
    )  # fmt: skip


def test_the_report_is_read_in_pages_and_only_inside_the_scope() -> None:
    units = opened_city()
    notify("S")
    whole = report_of_asks(SYSTEM, "C", DAY, DAY)
    assert [(line.code, line.duties, line.sent) for line in whole[1]] == [("C", 0, 0), ("D", 7, 1), ("E", 4, 0)]
    pages = [report_of_asks(SYSTEM, "C", DAY, DAY, limit=1, offset=place) for place in range(4)]
    assert [total for total, _ in pages] == [3, 3, 3, 3]
    assert [line for _, lines in pages for line in lines] == whole[1]
    other = Scope("other", paths=(units["T"].path,))
    for code in ("S", "nowhere"):
        with pytest.raises(DomainError, match="out_of_scope"):
            report_of_asks(other, code, DAY, DAY)
        with pytest.raises(DomainError, match="out_of_scope"):
            send_notice(other, code, kind="notice", title_zh="家长会", day=DAY, clock=clock_at(8))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"kind": "advert"}, "unknown_choice"),
        ({"title_zh": " "}, "value_required"),
        ({"title_zh": "长" * 121}, "value_too_long"),
        ({"link": "javascript:alert(1)"}, "bad_link"),
        ({"day": DAY - timedelta(days=1)}, "day_past"),
        ({"day": DAY + timedelta(days=367)}, "day_far"),
        ({"day": date.max}, "day_far"),
    ],
)
def test_a_bad_notice_is_told_by_code(parts: dict[str, object], code: str) -> None:
    opened_city()
    given = {"kind": "notice", "title_zh": "家长会", "day": DAY} | parts
    with pytest.raises(DomainError, match=code):
        send_notice(SYSTEM, "S", clock=clock_at(8), **given)  # type: ignore[arg-type] # wrong on purpose
    assert not Notice.objects.exists()


def make_complaint(text: str = "在校为什么还要报？") -> Complaint:
    person = Person.objects.get(code="K1-1")
    return complain(
        family(), person_id=person.pk, day=DAY, duty_code="daily-health", session="day", policy_id=None,
        trace=["第一行"], text=text, clock=clock_at(8),
    )  # fmt: skip


def test_a_complaint_goes_to_the_unit_that_made_the_rule_and_is_answered_once() -> None:
    units = opened_city()
    made = make_complaint()
    assert make_complaint() == made  # sent twice
    total, found = inbox(SYSTEM, "C", limit=10, offset=0)
    assert total == 1 and found[0].place == "S K1" and "王" not in str(found[0])
    officer, other = Scope("city", paths=(units["C"].path,)), Scope("district", paths=(units["D"].path,))
    with pytest.raises(DomainError, match="out_of_scope"):
        answer_complaint(other, "C", made.pk, "不归我们", clock=clock_at(9))
    with pytest.raises(DomainError, match="out_of_scope"):
        answer_complaint(officer, "D", made.pk, "不在这个收件箱", clock=clock_at(9))
    with pytest.raises(DomainError, match="value_required"):
        answer_complaint(officer, "C", made.pk, " ", clock=clock_at(9))
    answer_complaint(officer, "C", made.pk, "已核实，将修改规定。", clock=clock_at(10))
    with pytest.raises(DomainError, match="complaint_answered"):
        answer_complaint(officer, "C", made.pk, "再答", clock=clock_at(11))
    assert complaints_of_households(family())[0].answer == "已核实，将修改规定。"
    line = standing(SYSTEM, "C", DAY, DAY, clock=clock_at(12))[0]
    assert (line.received, line.answered, line.median_hours, line.longest_hours) == (1, 1, 2.0, 2.0)


def test_complaints_are_the_households_own_and_few() -> None:
    units = opened_city()
    make_person("other", units["K2"], household="H9")
    with pytest.raises(DomainError, match="out_of_scope"):
        complain(
            family("H9"), person_id=Person.objects.get(code="K1-1").pk, day=DAY, duty_code="daily-health",
            session="day", policy_id=None, trace=[], text="x", clock=clock_at(8),
        )  # fmt: skip
    for number in range(5):
        make_complaint(f"第{number}条")
    with pytest.raises(DomainError, match="too_many_complaints"):
        make_complaint("第六条")
    assert complaints_of_households(family("H2")) == []


def test_a_complaint_has_words_and_not_too_many() -> None:
    opened_city()
    for text, code in (("  ", "value_required"), ("长" * 1001, "value_too_long")):
        with pytest.raises(DomainError, match=code):
            make_complaint(text)
    assert make_complaint("长" * 1000).text == "长" * 1000


def test_inboxes_and_standings_are_read_only_inside_the_scope() -> None:
    units = opened_city()
    make_complaint()
    other = Scope("other", paths=(units["T"].path,))
    for code in ("S", "C", "nowhere"):
        with pytest.raises(DomainError, match="out_of_scope"):
            inbox(other, code, limit=10, offset=0)
        with pytest.raises(DomainError, match="out_of_scope"):
            standing(other, code, DAY, DAY, clock=clock_at(9))
        with pytest.raises(DomainError, match="out_of_scope"):
            answer_complaint(other, code, Complaint.objects.get().pk, "答复", clock=clock_at(9))
    assert complaints_of_households(other) == []


def test_the_level_above_sees_how_quickly_each_unit_below_answers() -> None:
    units = opened_city()
    rule = Policy.objects.get(duty__code="daily-health")
    for code, answered_at in (("S", (9, 11, 18)), ("T", (10,)), ("C", ())):
        rule.unit = units[code]
        rule.save()
        pupil = Person.objects.get(code="L1-1" if code == "T" else "K1-1").pk
        for number in range(4 if code == "S" else 1):
            made = complain(
                SYSTEM, person_id=pupil, day=DAY, duty_code="daily-health", session="day", policy_id=rule.pk,
                trace=[], text=f"{code}{number}", clock=clock_at(8),
            )  # fmt: skip
            if number < len(answered_at):
                answer_complaint(SYSTEM, code, made.pk, "答复", clock=clock_at(answered_at[number]))
    later = clock_at(9, day=DAY + timedelta(days=3))
    lines = {line.unit: line for line in standing(SYSTEM, "C", DAY, DAY, clock=later)}
    assert list(lines) == ["C", "D", "E"]
    found = {
        code: (line.received, line.answered, line.open, line.oldest_open_days, line.median_hours, line.longest_hours)
        for code, line in lines.items()
    }
    assert found == {"C": (1, 0, 1, 3, None, None), "D": (4, 3, 1, 3, 3.0, 10.0), "E": (1, 1, 0, 0, 2.0, 2.0)}
