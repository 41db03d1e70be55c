"""A policy's life, its bounds, and what changes while the day runs."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from notoneless import jobs
from notoneless.expect import services as expect
from notoneless.expect.models import AskLimit, Duty, Policy
from notoneless.expect.queries import duty_by_code, explain_person
from notoneless.expect.services import PolicyTerms, enter_override, policies_from, preview_policies, read_policies
from notoneless.expect.services.preview import publish_within_budget
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import OutboxEvent
from notoneless.ledger.models import DaySession, PersonSlot
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.roster.states import end_state, record_state
from tests.builders import DAY, SATURDAY, check, clock_at, make_city, opened_city, send

pytestmark = pytest.mark.django_db


def terms(code: str = "p", **parts: Any) -> PolicyTerms:
    base: dict[str, Any] = {
        "code": code, "unit": "D", "duty": "daily-health", "effect": "waive", "days": ["school_day"],
        "populations": ["student"], "effective_from": str(DAY), "title_zh": "测试规定",
    }  # fmt: skip
    return policies_from({"policy": [base | parts]}, name="test")[0]


def publish(code: str = "p", *, hour: int = 6, **parts: Any) -> Policy:
    clock = clock_at(hour)
    expect.draft_policy(SYSTEM, terms(code, **parts), clock=clock)
    expect.approve_policy(SYSTEM, code, clock=clock)
    return expect.publish_policy(SYSTEM, code, clock=clock).policy


def refused(**parts: Any) -> str:
    with pytest.raises(DomainError) as error:
        publish("q", **parts)
    Policy.objects.filter(code="q").delete()
    return error.value.code


def states(code: str, duty: str = "daily-health") -> list[tuple[str, str]]:
    slots = PersonSlot.objects.filter(respondent_id=Person.objects.get(code=code).pk, duty_id=duty_by_code(duty).id)
    return [(slot.state, slot.reason) for slot in slots]


def test_a_waiver_at_noon_voids_what_is_due_keeps_what_came_and_touches_nobody_else() -> None:
    opened_city()
    send({**check("K1-1"), "duty": "daily-health", "answers": {"condition": "well", "temperature": 365}})
    publish(hour=12)
    jobs.drain_outbox(clock=clock_at(12))
    assert states("K1-1") == [("voluntary", "not_owed")]
    assert states("K1-2") == [("void", "not_owed")]
    assert states("L1-1") == [("due", "")]
    assert states("S-t") == [("due", "")]
    counts = completeness(SYSTEM, "D", DAY, "daily-health").line.counts
    assert (counts.expected, counts.voluntary) == (1, 1)
    assert recount(DAY).is_exact


def test_withdrawing_restores_today_and_leaves_closed_days_as_they_were() -> None:
    opened_city()
    publish()
    jobs.drain_outbox(clock=clock_at(7))
    expect.close_day(DAY, clock=clock_at(24))
    before = list(PersonSlot.objects.filter(day=DAY).order_by("pk").values_list("respondent_id", "state", "policy_id"))
    tomorrow = DAY + timedelta(days=1)
    expect.open_day(tomorrow, clock=clock_at(24, day=DAY))
    expect.withdraw_policy(SYSTEM, "p", on=tomorrow, reason="误发", clock=clock_at(26))
    jobs.drain_outbox(clock=clock_at(26))
    owed = PersonSlot.objects.filter(day=tomorrow, duty_id=duty_by_code("daily-health").id, state="due")
    assert owed.count() == 11
    after = list(PersonSlot.objects.filter(day=DAY).order_by("pk").values_list("respondent_id", "state", "policy_id"))
    assert after == before
    assert Policy.objects.get(code="p").effective_to == DAY
    with pytest.raises(DomainError, match="policy_backdated"):
        expect.withdraw_policy(SYSTEM, "p", on=DAY, reason="again", clock=clock_at(26))


def test_what_is_published_is_not_edited_but_superseded() -> None:
    make_city()
    publish()
    with pytest.raises(DomainError, match="policy_code_taken"):
        expect.draft_policy(SYSTEM, terms(days=["weekend"]), clock=clock_at(7))
    later = DAY + timedelta(days=2)
    publish("p2", supersedes="p", effective_from=str(later), stages=["primary"])
    old = Policy.objects.get(code="p")
    assert (old.status, old.effective_to) == ("superseded", later - timedelta(days=1))


def test_equals_that_overlap_are_refused_with_both_named() -> None:
    make_city()
    publish("first", effect="require")
    with pytest.raises(DomainError) as error:
        publish("second")
    assert error.value.code == "policy_overlaps"
    assert "second" in error.value.message("zh") and "first" in error.value.message("zh")
    publish("third", populations=["staff"])
    publish("fourth", days=["weekend"])
    assert Policy.objects.filter(status="published", unit__code="D").count() == 3


def test_a_floor_may_be_made_stricter_below_and_not_looser() -> None:
    make_city()
    publish("floor", unit="C", effect="require", strictness="floor", windows={"day": ["00:00", "09:00", "20:00"]})
    assert refused(unit="S") == "policy_below_floor"
    assert refused(unit="K1", states=["at_school"]) == "policy_below_floor"
    assert refused(unit="S", effect="require", windows={"day": ["00:00", "09:30", "20:00"]}) == "policy_looser_window"
    publish("stricter", unit="S", effect="require", windows={"day": ["00:00", "08:00", "12:00"]})
    publish("elsewhere", unit="S", days=["weekend"])
    # The floor speaks for pupils: what it does not speak for may be waived.
    publish("staff", unit="S", populations=["staff"])


def test_a_waiver_for_stages_that_the_unit_has_not_got_does_not_touch_the_floor() -> None:
    units = make_city()
    units["S"].stage = "primary"
    units["S"].save()
    publish("floor", unit="C", effect="require", strictness="floor", stages=["primary"])
    publish("senior", unit="D", stages=["senior"])
    assert refused(unit="D") == "policy_below_floor"


def test_a_ceiling_forbids_to_ask() -> None:
    make_city()
    publish("ceiling", unit="C", strictness="ceiling")
    assert refused(unit="S", effect="require") == "policy_above_ceiling"


def test_whoever_drafts_does_not_approve() -> None:
    units = make_city()
    drafter, other = (Scope(name, paths=(units["D"].path,)) for name in ("li", "zhao"))
    expect.draft_policy(drafter, terms(), clock=clock_at(6))
    with pytest.raises(DomainError, match="policy_own_approval"):
        expect.approve_policy(drafter, "p", clock=clock_at(6))
    with pytest.raises(DomainError, match="policy_not_approved"):
        expect.publish_policy(other, "p", clock=clock_at(6))
    expect.approve_policy(other, "p", clock=clock_at(6))
    assert expect.publish_policy(drafter, "p", clock=clock_at(6)).warnings == []
    stranger = Scope("stranger", paths=(units["E"].path,))
    with pytest.raises(DomainError, match="unknown_policy"):
        expect.withdraw_policy(stranger, "p", on=DAY, reason="x", clock=clock_at(7))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"effective_to": "2026-11-01"}, "days_out_of_order"),
        ({"days": []}, "value_required"),
        ({"days": ["someday"]}, "unknown_choice"),
        ({"stages": ["university"]}, "unknown_choice"),
        ({"windows": {"day": ["10:00", "09:00", "20:00"]}}, "window_out_of_order"),
        ({"windows": {"night": ["08:00", "09:00", "20:00"]}}, "unknown_choice"),
        ({"windows": {"day": ["8 Uhr", "09:00", "20:00"]}}, "bad_clock_time"),
        ({"strictness": "floor"}, "unknown_choice"),
        ({"duty": "no-such"}, "unknown_duty"),
        ({"unit": "no-such"}, "unknown_unit"),
        ({"supersedes": "nobody"}, "unknown_policy"),
        ({"supersedes": "q"}, "policy_cycle"),
        ({"effective_from": "2026-10-01", "effective_to": "2026-10-09"}, "policy_backdated"),
    ],
)
def test_bad_terms_are_told_by_code(parts: dict[str, Any], code: str) -> None:
    make_city()
    assert refused(**parts) == code
    assert not Policy.objects.filter(code="q", status="published").exists()


def test_a_circle_of_supersessions_is_told_with_its_codes() -> None:
    make_city()
    publish("a")
    expect.draft_policy(SYSTEM, terms("b", supersedes="a"), clock=clock_at(6))
    Policy.objects.filter(code="a").update(supersedes=Policy.objects.get(code="b"))
    with pytest.raises(DomainError) as error:
        expect.draft_policy(SYSTEM, terms("b", supersedes="a"), clock=clock_at(6))
    assert error.value.code == "policy_cycle"
    assert "a → b → a" in error.value.message("en")


def test_one_document_number_stands_for_one_text() -> None:
    make_city()
    paper = {"number": "教〔2026〕1号", "text": "全文", "issuer": "D"}
    publish("first", document=paper)
    publish("again", populations=["staff"], document={**paper, "dated": "2026-11-01"})
    assert refused(populations=["relative"], document={**paper, "text": "另一份"}) == "document_reused"


def test_nobody_in_the_audience_is_a_warning() -> None:
    make_city()
    expect.draft_policy(SYSTEM, terms(tags=["tibet_class"]), clock=clock_at(6))
    expect.approve_policy(SYSTEM, "p", clock=clock_at(6))
    assert expect.publish_policy(SYSTEM, "p", clock=clock_at(6)).warnings == [("audience_nobody", "p")]


def test_a_new_floor_tells_which_policies_below_it_bars() -> None:
    make_city()
    publish("below", unit="S")
    expect.draft_policy(SYSTEM, terms("top", unit="C", effect="require", strictness="floor"), clock=clock_at(6))
    expect.approve_policy(SYSTEM, "top", clock=clock_at(6))
    assert expect.publish_policy(SYSTEM, "top", clock=clock_at(6)).warnings == [("policy_bars", "below")]


@pytest.mark.parametrize("text", ["[[policy", '{"policy": 3}', '{"policy": []}', '{"rules": []}', "policy = [1]"])
def test_a_broken_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / ("rules.json" if text.startswith("{") else "rules.toml")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DomainError, match="policy_file_broken"):
        read_policies(path)


def test_a_policys_own_window_makes_its_slots_due_and_closes_them_earlier() -> None:
    opened_city()
    publish("early", unit="S", effect="require", windows={"day": ["06:00", "08:00", "12:00"]})
    jobs.drain_outbox(clock=clock_at(7))
    send(
        {**check("K1-1"), "duty": "daily-health", "answers": {"condition": "well", "temperature": 365}},
        clock=clock_at(9),
    )
    assert states("K1-1") == [("reported", "")]
    late = completeness(SYSTEM, "K1", DAY, "daily-health").line.counts
    assert (late.late, late.due) == (1, 2)
    expect.close_due_sessions(clock=clock_at(12, 1))
    assert states("K1-2") == [("missing", "")]
    assert states("L1-1") == [("due", "")]
    assert DaySession.objects.get(day=DAY, duty_id=duty_by_code("daily-health").id).closed_at is None
    assert recount(DAY).is_exact
    expect.open_day(DAY, clock=clock_at(13))
    assert states("K1-2") == [("missing", "")]
    expect.close_due_sessions(clock=clock_at(24))
    assert states("L1-1") == [("missing", "")]
    assert recount(DAY).is_exact


def test_a_sick_absence_asks_from_home_until_the_pupil_is_cleared() -> None:
    make_city()
    publish("at-school", unit="C", states=["at_school"])
    jobs.drain_outbox(clock=clock_at(0))
    expect.open_day(DAY, clock=clock_at(0))
    assert states("K1-1") == []
    send(check("K1-1", "sick"), check("K1-2", "personal_leave"), check("K1-3"))
    jobs.drain_outbox(clock=clock_at(9))
    jobs.drain_outbox(clock=clock_at(9))
    assert states("K1-1") == [("due", "added")]
    assert states("K1-2") == [("due", "added")]
    assert states("K1-3") == []
    send(check("K1-2", made_at=f"{DAY}T10:00:00+08:00"), clock=clock_at(10))  # it was a mistake: the child is here
    jobs.drain_outbox(clock=clock_at(10))
    jobs.drain_outbox(clock=clock_at(10))
    assert states("K1-2") == [("void", "not_owed")]
    tomorrow = DAY + timedelta(days=1)
    expect.open_day(tomorrow, clock=clock_at(24))
    send(check("K1-1", day=str(tomorrow), made_at=f"{tomorrow}T07:40:00+08:00"), clock=clock_at(32))
    jobs.drain_outbox(clock=clock_at(32))
    sick = PersonSlot.objects.filter(
        day=tomorrow, duty_id=duty_by_code("daily-health").id, respondent_id=Person.objects.get(code="K1-1").pk
    )
    assert [slot.state for slot in sick] == ["due"]  # present, but not cleared
    end_state(SYSTEM, "K1-1", on=tomorrow, clock=clock_at(33))
    jobs.drain_outbox(clock=clock_at(33))
    assert [slot.state for slot in sick.all()] == ["void"]
    assert recount(DAY).is_exact and recount(tomorrow).is_exact


def test_the_graduated_owe_nothing_and_states_keep_their_order() -> None:
    opened_city()
    record_state(SYSTEM, "K1-1", "graduated", first_day=DAY, clock=clock_at(6))
    jobs.drain_outbox(clock=clock_at(6))
    assert {state for state, _ in states("K1-1")} | {s for s, _ in states("K1-1", "morning-check")} == {"void"}
    with pytest.raises(DomainError, match="unknown_state"):
        record_state(SYSTEM, "K1-1", "at_school", first_day=DAY, clock=clock_at(6))
    with pytest.raises(DomainError, match="state_before_begin"):
        record_state(SYSTEM, "K1-1", "leave", first_day=SATURDAY, clock=clock_at(6))
    with pytest.raises(DomainError, match="no_open_state"):
        end_state(SYSTEM, "K1-2", on=DAY, clock=clock_at(6))


def test_a_preview_counts_what_publication_then_does() -> None:
    opened_city()
    wanted = terms(unit="C", states=["at_school"])
    found = preview_policies(SYSTEM, [wanted], "C", first_day=DAY, days=6)
    assert [(one.day_type, one.whole.added, one.whole.removed) for one in found.days] == [
        ("school_day", 0, 9), ("school_day", 0, 9), ("school_day", 0, 9), ("school_day", 0, 9), ("school_day", 0, 9),
        ("weekend", 0, 0),
    ]  # fmt: skip
    assert {name: change.removed for name, change in found.days[0].by_district.items() if change.removed} == {
        "D": 6, "E": 3,
    }  # fmt: skip
    before = PersonSlot.objects.filter(day=DAY).exclude(state="void").count()
    publish("p", unit="C", states=["at_school"])
    jobs.drain_outbox(clock=clock_at(8))
    assert PersonSlot.objects.filter(day=DAY).exclude(state="void").count() == before - 9
    clash = preview_policies(SYSTEM, [terms("x", unit="C", effect="require")], "C", first_day=DAY, days=1).clashes
    assert [(mine.code, one.code, other.code) for mine, one, other in clash] == [("x", "policy_overlaps", "p")]


def test_a_rule_that_asks_too_much_of_a_household_is_refused() -> None:
    make_city()
    AskLimit.objects.update(asks_a_day=1)
    Duty.objects.filter(code="evening-check").update(asked="family")
    expect.draft_policy(SYSTEM, terms("more", unit="C", duty="evening-check", effect="require"), clock=clock_at(6))
    expect.approve_policy(SYSTEM, "more", clock=clock_at(6))
    with pytest.raises(DomainError) as error:
        publish_within_budget(SYSTEM, "more", clock=clock_at(6))
    assert error.value.code == "policy_over_budget"
    assert error.value.params["households"] == 3
    AskLimit.objects.update(asks_a_day=2)
    assert publish_within_budget(SYSTEM, "more", clock=clock_at(6)).policy.status == "published"


def test_a_preview_does_not_count_as_asked_who_is_excused() -> None:
    make_city()
    AskLimit.objects.update(asks_a_day=1)
    Duty.objects.filter(code="evening-check").update(asked="family")
    Policy.objects.filter(duty__code="daily-health").update(days=["school_day"])
    enter_override(SYSTEM, "S", kind="closure", first_day=DAY, last_day=DAY, clock=clock_at(6), reason_zh="台风")
    every_day = terms("more", unit="S", duty="evening-check", effect="require", days=("school_day", "closure"))
    found = preview_policies(SYSTEM, [every_day], "S", first_day=DAY, days=2)
    assert [day.over_budget for day in found.days] == [0, 3]


def test_an_explanation_tells_the_chain_and_the_silent() -> None:
    opened_city()
    publish("home", unit="D")
    jobs.drain_outbox(clock=clock_at(7))
    found = explain_person(SYSTEM, "K1-1", DAY)
    item = next(one for one in found.items if one.duty.code == "daily-health")
    assert item.outcome == "not_owed"
    told = [(found.policies[step.rule.id].code, step.outcome) for step in item.walk.steps]
    assert told == [("standing-daily-health", "replaced"), ("home", "decides")]
    assert item.recorded is not None and (item.recorded.state, item.recorded.reason) == ("void", "not_owed")
    saturday = explain_person(SYSTEM, "K1-1", SATURDAY)
    silent = next(one for one in saturday.items if one.duty.code == "morning-check").silent
    assert [(saturday.policies[rule.id].code, why) for rule, why in silent] == [("standing-morning-check", "day")]
    with pytest.raises(DomainError, match="out_of_scope"):
        explain_person(Scope("x", households=frozenset({999})), "K1-1", DAY)
    with pytest.raises(DomainError, match="unknown_person"):
        explain_person(SYSTEM, "nobody", DAY)
    assert explain_person(SYSTEM, "K1-1", date(2027, 1, 4)).judgement.national.is_known is False


def test_a_rule_published_while_the_day_opens_is_in_the_day_even_if_its_event_was_heard_too_early() -> None:
    make_city()
    published: list[Policy] = []

    def publish_once(duty: str, done: int, total: int) -> None:
        if not published:
            published.append(publish("late", unit="C"))
            OutboxEvent.objects.update(handled_at=clock_at(0).now())

    expect.open_day(DAY, clock=clock_at(0), progress=publish_once)
    pupils = PersonSlot.objects.filter(duty_id=duty_by_code("daily-health").id, population="student")
    assert set(pupils.values_list("state", flat=True)) <= {"void"}
    assert recount(DAY).is_exact
