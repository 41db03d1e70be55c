"""Letters: to whom, by whom, how often they may ask, and what is kept of each household."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from notoneless.expect.models import AskLimit, Notice
from notoneless.expect.queries import asks_of_households
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.publish import queries, services
from notoneless.publish.models import Letter, Receipt
from notoneless.publish.queries import Counts
from notoneless.publish.rules import Words
from notoneless.retain.queries import due_on
from notoneless.retain.services import Approval, destroy_household, run_retention
from notoneless.roster.models import Account, Household, Person, Unit
from notoneless.roster.queries import scope_of
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, clock_at, make_person, make_unit, move_person, opened_city
from tests.web.cast import make_account, make_cast

pytestmark = pytest.mark.django_db
NINE = clock_at(9)


@pytest.fixture(autouse=True)
def city() -> dict[str, Unit]:
    """H1 to H3 each have a child in K1, K2 (school S) and L1 (school T)."""
    units = opened_city()
    make_cast()
    return units


def family(code: str) -> Scope:
    return Scope(f"guardian of {code}", households=frozenset({Household.objects.get(code=code).pk}), powers=())


def as_role(name: str) -> Scope:
    return scope_of(Account.objects.get(username=name), DAY)


def send(unit: str = "S", kind: str = "receipt", scope: Scope = SYSTEM, **more: Any) -> Letter:
    words = Words(kind, more.pop("title", "春游"), more.pop("body", "周五出发。"))
    options: dict[str, Any] = {"clock": NINE, "number": 3} | more
    return services.send_letter(scope, unit, words, **options)


def test_letter_goes_to_the_households_below_its_unit_that_day(city: dict[str, Unit]) -> None:
    make_person("K1-9", city["K1"], household="H9")
    make_person("L1-9", city["L1"], household="H8")
    make_person("S-t2", city["S"], population="staff", household="H7")
    letter = send("S")
    assert letter.households == 4
    for code, is_told in (("H1", True), ("H9", True), ("H8", False), ("H7", False)):
        assert (queries.unread_count(family(code)) == 1) == is_told, code


def test_family_that_moves_keeps_its_letters_and_gets_no_older_ones(city: dict[str, Unit]) -> None:
    make_person("K1-9", city["K1"], household="H9")
    make_person("L1-9", city["L1"], household="H8")
    letter, day = send("S"), DAY + timedelta(days=1)
    move_person(Person.objects.get(code="K1-9"), city["L1"], day)
    move_person(Person.objects.get(code="L1-9"), city["K1"], day)
    assert queries.letter_of_household(family("H9"), letter.pk).info.id == letter.pk
    with pytest.raises(DomainError, match="out_of_scope"):
        queries.letter_of_household(family("H8"), letter.pk)
    assert queries.standing_of(SYSTEM, "S", letter.pk).total.households == 4


def test_household_confirms_once_whoever_of_it_does() -> None:
    letter, father = send("C"), family("H1")
    assert services.note_shown(father, letter.pk, clock=NINE) == 1
    assert services.confirm_letter(father, letter.pk, clock=clock_at(10)) is True
    mother = Scope("mother", households=father.households, powers=())
    assert services.confirm_letter(mother, letter.pk, clock=clock_at(11)) is False
    receipt = Receipt.objects.get()
    assert (receipt.shown_at, receipt.confirmed_at) == (NINE.now(), clock_at(10).now())
    assert receipt.confirmed_by == "guardian of H1"


def test_confirming_what_was_never_opened_keeps_both(city: dict[str, Unit]) -> None:
    letter = send("K1")
    services.confirm_letter(family("H2"), letter.pk, clock=NINE)
    assert queries.standing_of(SYSTEM, "K1", letter.pk).total == Counts(3, 1, 1)


def test_counts_are_of_households_and_sum_up_the_tree(city: dict[str, Unit]) -> None:
    """H1 to H3 have children in three classes of two schools and count once each, in the first class."""
    make_person("K2-9", city["K2"], household="H9")
    letter = send("C", number=4)
    services.confirm_letter(family("H1"), letter.pk, clock=NINE)
    services.note_shown(family("H9"), letter.pk, clock=NINE)
    whole = queries.standing_of(SYSTEM, "C", letter.pk)
    assert (whole.total, whole.elsewhere) == (Counts(4, 2, 1), 0)
    assert [(line.code, line.counts.households) for line in whole.lines] == [("D", 4)]
    school = queries.standing_of(SYSTEM, "S", letter.pk)
    assert [(line.code, line.counts) for line in school.lines] == [("K1", Counts(3, 1, 1)), ("K2", Counts(1, 1, 0))]
    other = queries.standing_of(SYSTEM, "T", letter.pk)
    assert (other.total, other.lines, other.elsewhere) == (Counts(0, 0, 0), (), 3)
    assert whole.total.waiting == 3 and whole.total.unopened == 2


@pytest.mark.parametrize(
    ("name", "units"),
    [("teacher", "K1"), ("principal", "K1 S"), ("reporter", "K1 S"), ("officer", "S D"), ("city_officer", "S D C"),
     ("other_teacher", ""), ("parent", ""), ("inspector", ""), ("city_leader", ""), ("gate", ""), ("nobody", ""),
     ("security_admin", "")],
)  # fmt: skip
def test_who_may_write_in_whose_name(name: str, units: str) -> None:
    scope = as_role(name)
    for unit in ("K1", "S", "D", "C"):
        if unit in units.split():
            assert send(unit, "information", scope).unit.code == unit
        else:
            with pytest.raises(DomainError, match=r"wrong_role|out_of_scope"):
                send(unit, "information", scope)


def test_letter_that_asks_for_a_receipt_is_an_ask_and_one_too_many_is_refused() -> None:
    AskLimit.objects.update(asks_a_day=2)
    first = send("S")
    assert [notice.kind for notice in asks_of_households(family("H1"), DAY).notices] == ["letter"]
    with pytest.raises(DomainError, match="letter_over_budget"):
        send("K1")
    assert Letter.objects.count() == 1
    assert Notice.objects.filter(kind="letter", status="refused").count() == 1, "who asks how much stays on record"
    assert send("K1", "information").notice is None
    services.withdraw_letter(SYSTEM, "S", first.pk, why="日期有误", clock=NINE)
    assert send("K1").notice is not None, "what is taken back leaves room"


def test_limit_that_lets_notices_wait_makes_no_letter_wait() -> None:
    AskLimit.objects.update(asks_a_day=1, over="queue")
    with pytest.raises(DomainError, match="letter_over_budget"):
        send("S")
    assert not Letter.objects.exists()


def test_draft_sent_twice_is_one_letter() -> None:
    draft = uuid.uuid4()
    assert send("S", draft=draft).pk == send("S", draft=draft, title="另一个").pk
    assert Notice.objects.filter(kind="letter").count() == 1


@pytest.mark.parametrize("number", [None, 2, 30])
def test_bureau_types_how_many_households(number: int | None) -> None:
    with pytest.raises(DomainError, match="letter_wrong_number"):
        send("D", number=number)
    assert not Letter.objects.exists() and not Notice.objects.exists()


def test_letter_to_nobody_and_letter_with_nothing_in_it_are_refused(city: dict[str, Unit]) -> None:
    make_unit("K9", "class", city["S"])
    with pytest.raises(DomainError, match="letter_no_household"):
        send("K9")
    with pytest.raises(DomainError, match="value_required"):
        send("S", body=" \n ")
    with pytest.raises(DomainError, match="bad_text"):
        send("S", title="a\0b")


def test_withdrawn_letter_says_why_asks_nothing_and_is_corrected_by_another() -> None:
    letter, home = send("S"), family("H1")
    assert services.withdraw_letter(SYSTEM, "S", letter.pk, why="日期有误", clock=NINE) is True
    assert services.withdraw_letter(SYSTEM, "S", letter.pk, why="再次", clock=NINE) is False
    assert queries.unread_count(home) == 0
    with pytest.raises(DomainError, match="letter_withdrawn"):
        services.confirm_letter(home, letter.pk, clock=NINE)
    later = send("S", corrects=letter.pk)
    told = queries.letter_of_household(home, letter.pk).info
    assert (told.withdrawn_why, told.corrected_by) == ("日期有误", later.pk)
    with pytest.raises(DomainError, match="letter_not_yours_to_correct"):
        send("K1", corrects=letter.pk)
    with pytest.raises(DomainError, match="value_required"):
        services.withdraw_letter(SYSTEM, "S", later.pk, why=" ", clock=NINE)


def test_letter_for_information_is_read_when_it_is_shown_and_cannot_be_confirmed() -> None:
    letter, home = send("S", "information"), family("H1")
    assert queries.unread_count(home) == 1
    services.note_shown(home, letter.pk, clock=NINE)
    assert queries.unread_count(home) == 0
    with pytest.raises(DomainError, match="no_receipt_asked"):
        services.confirm_letter(home, letter.pk, clock=NINE)


def test_unread_letters_come_first_in_few_statements(django_assert_num_queries: Any) -> None:
    sent = [send("S", "information", clock=clock_at(hour)).pk for hour in (7, 8, 9)]
    home = family("H1")
    services.note_shown(home, sent[2], clock=NINE)
    with django_assert_num_queries(7):
        total, shown = queries.letters_of_households(home, limit=50, offset=0)
    assert total == 3
    assert [(one.info.id, one.is_unread) for one in shown] == [(sent[1], True), (sent[0], True), (sent[2], False)]


def test_who_speaks_for_a_class_sees_who_has_not_confirmed_and_a_bureau_how_many(city: dict[str, Unit]) -> None:
    make_person("K1-9", city["K1"], household="H9", name="赵小梅")
    make_account("xiaomei-mother", ("guardian", "H9"))
    letter = send("S")
    services.confirm_letter(family("H1"), letter.pk, clock=NINE)
    services.note_shown(family("H9"), letter.pk, clock=NINE)
    total, shown = queries.unconfirmed_of(as_role("teacher"), "K1", letter.pk, today=DAY, limit=50, offset=0)
    assert total == 3
    assert [(one.people[0][1], one.was_opened, one.can_read) for one in shown] == [
        ("王小明", False, False), ("王小明", False, False), ("赵小梅", True, True),
    ]  # fmt: skip
    assert queries.unconfirmed_of(SYSTEM, "K1", letter.pk, today=DAY, limit=1, offset=2)[1] == shown[2:]
    for name in ("officer", "inspector"):
        assert queries.standing_of(as_role(name), "K1", letter.pk).total.waiting == 3
        with pytest.raises(DomainError, match="wrong_role"):
            queries.unconfirmed_of(as_role(name), "K1", letter.pk, today=DAY, limit=50, offset=0)


def test_nobody_reads_anothers_letter() -> None:
    letter = send("K1")
    for name in ("other_teacher", "other_principal"):
        with pytest.raises(DomainError, match="out_of_scope"):
            queries.standing_of(as_role(name), "K1", letter.pk)
    with pytest.raises(DomainError, match="out_of_scope"):
        queries.letter_at(as_role("other_principal"), "T", letter.pk)
    for act in (services.note_shown, services.confirm_letter):
        with pytest.raises(DomainError, match="out_of_scope"):
            act(as_role("teacher"), letter.pk, clock=NINE)
    assert not Receipt.objects.exists()


def test_sending_and_withdrawing_are_in_the_log() -> None:
    letter = send("S", scope=as_role("principal"))
    services.withdraw_letter(as_role("principal"), "S", letter.pk, why="日期有误", clock=NINE)
    assert list(AuditEntry.objects.filter(act__startswith="letter").values_list("act", "actor", "subject")) == [
        ("letter.sent", "principal", "unit:S"), ("letter.withdrawn", "principal", "unit:S"),
    ]  # fmt: skip


def test_number_to_call_is_the_nearest_one_above_the_child() -> None:
    assert queries.telephones_of_households(family("H1"), DAY) == []
    services.set_telephone(SYSTEM, "C", "12345", clock=NINE)
    services.set_telephone(as_role("principal"), "S", "0516-8888 8888", hours_zh="8:00-17:00", clock=NINE)
    assert [one.number for one in queries.telephones_of_households(family("H1"), DAY)] == ["0516-8888 8888", "12345"]
    services.set_telephone(SYSTEM, "S", "", clock=NINE)
    assert [one.number for one in queries.telephones_of_households(family("H1"), DAY)] == ["12345"]
    with pytest.raises(DomainError, match="bad_phone"):
        services.set_telephone(SYSTEM, "S", "ask me", clock=NINE)
    with pytest.raises(DomainError, match="wrong_role"):
        services.set_telephone(as_role("reporter"), "S", "12345", clock=NINE)


def test_receipts_end_with_their_term_and_with_their_household() -> None:
    letter = send("S")
    for code in ("H1", "H2"):
        services.confirm_letter(family(code), letter.pk, clock=NINE)
    destroy_household("H1", Approval("director wang", "request"), clock=NINE)
    assert [one.household.code for one in Receipt.objects.all()] == ["H2"]
    end = DAY + timedelta(days=731)
    assert [due.term.rule for due in due_on(end - timedelta(days=1)) if due.term.rule == "letters"] == []
    run_retention(end, Approval("director wang", "term"), clock=clock_at(9, day=end))
    assert not Receipt.objects.exists() and not Letter.objects.exists()
