"""What differs between a family's report, yesterday's and the check: whatever they say."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from notoneless.collect.differences import AGAINST_BEFORE, AGAINST_CHECK, DIFFERENCES, differences, told_by_family
from notoneless.collect.spells import spell_of

SYMPTOMS = st.lists(st.sampled_from(["fever", "cough", "rash", "vomiting"]), unique=True, max_size=3)
TEMPERATURES = st.one_of(st.none(), st.integers(340, 430), st.just("no_thermometer"))


def _kept(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if value not in (None, [])}


FAMILY = st.builds(
    lambda condition, symptoms, temperature: _kept(
        {"condition": condition, "symptoms": symptoms, "temperature": temperature}
    ),
    st.sampled_from(["well", "unwell", "ill_at_home", "hospital"]), SYMPTOMS, TEMPERATURES,
)  # fmt: skip
CHECK = st.builds(
    lambda presence, symptoms, temperature: _kept(
        {"presence": presence, "symptoms": symptoms, "temperature": temperature}
    ),
    st.sampled_from(["present", "present_symptoms", "late", "sick", "injured", "personal_leave", "other"]),
    SYMPTOMS, TEMPERATURES,
)  # fmt: skip


@given(st.one_of(st.none(), FAMILY), st.one_of(st.none(), FAMILY), st.one_of(st.none(), CHECK))
def test_only_known_differences_in_their_order_and_only_of_sides_that_are_there(
    family: dict[str, Any] | None, before: dict[str, Any] | None, check: dict[str, Any] | None
) -> None:
    found = differences(family, before, check)
    assert list(found) == [code for code in DIFFERENCES if code in found]
    if family is None:
        assert found == ()
    if check is None:
        assert not set(found) & set(AGAINST_CHECK)
    if before is None:
        assert not set(found) & set(AGAINST_BEFORE)
    assert len(set(found) & set(AGAINST_CHECK)) <= 1 and len(set(found) & set(AGAINST_BEFORE)) <= 1
    alone = {*differences(family, before, None), *differences(family, None, check)}
    assert set(found) == alone, "each side is compared by itself"


@given(FAMILY)
def test_as_yesterday_differs_in_nothing(family: dict[str, Any]) -> None:
    assert differences(family, dict(family), None) == ()
    turned = {**family, "symptoms": [*reversed(family.get("symptoms", []))], "note": "x"}
    assert differences(turned, family, None) == ()


@given(FAMILY, FAMILY)
def test_falling_ill_is_getting_better_backwards(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = differences(one, other, None), differences(other, one, None)
    assert ("newly_ill" in there) == ("better" in back)
    assert ("symptoms_changed" in there) == ("symptoms_changed" in back)


@given(FAMILY, CHECK)
def test_who_is_well_at_home_and_plainly_present_is_no_news(family: dict[str, Any], check: dict[str, Any]) -> None:
    plain = {"presence": "present"}
    if not told_by_family(family).is_ill:
        assert differences(family, None, plain) == ()
        absent = check["presence"] in ("sick", "injured")
        assert ("well_but_absent_sick" in differences(family, None, check)) == absent
    elif told_by_family(family).is_away:
        assert differences(family, None, plain) == ("ill_away_but_here",)


DAYS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=30)


@given(DAYS, st.randoms())
def test_spell_is_the_unbroken_run_of_days_of_illness(marks: list[tuple[int, bool]], order: Any) -> None:
    last = date(2026, 11, 23)
    checks = [(last - timedelta(days=back), ill) for back, ill in marks]
    found = spell_of(checks, last)
    shuffled = list(checks)
    order.shuffle(shuffled)
    assert spell_of(shuffled, last) == found, "the order of arrival is irrelevant"
    ill = {day: any(mark for when, mark in checks if when == day) for day, _ in checks}
    if not ill or not ill[max(ill)]:
        assert found is None
        return
    assert found is not None
    assert ill[found.since] and found.days == sum(1 for day in ill if day >= found.since)
    assert all(ill[day] for day in ill if day >= found.since)
    earlier = [day for day in ill if day < found.since]
    assert not earlier or not ill[max(earlier)]
