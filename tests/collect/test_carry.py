"""What "as before" says again: what somebody stated, never what somebody measured or wrote about another day."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.collect.carry import NEVER, carried, mark_of
from notoneless.collect.queries import form_in_force
from notoneless.collect.rules import Form, check_answers
from notoneless.collect.services import seed_forms

pytestmark = pytest.mark.django_db

SYMPTOMS = ["fever", "cough", "headache", "rash"]
answers = st.fixed_dictionaries(
    {"condition": st.sampled_from(["well", "unwell", "ill_at_home", "hospital"])},
    optional={
        "temperature": st.integers(350, 420), "symptoms": st.lists(st.sampled_from(SYMPTOMS), unique=True, min_size=1),
        "left_city": st.booleans(), "contact": st.sampled_from(["none", "case"]), "note": st.just("昨晚开始"),
        "family_ill": st.booleans(),
    },
)  # fmt: skip


@pytest.fixture
def form() -> Form:
    seed_forms()
    return form_in_force("daily-health")


def test_a_measurement_a_journey_and_a_note_are_not_said_again(form: Form) -> None:
    given_before = {
        "condition": "unwell", "temperature": 384, "symptoms": ["cough"], "left_city": True, "note": "x",
        "trips": [{"place": "泰安", "from": "2026-11-20", "to": "2026-11-21"}],
    }  # fmt: skip
    assert carried(form, given_before) == {"condition": "unwell", "symptoms": ["cough"], "left_city": True}


def test_what_todays_form_no_longer_takes_is_not_offered(form: Form) -> None:
    assert carried(form, {"condition": "quarantined"}) is None
    assert carried(form, {"temperature": 365}) is None
    assert carried(form, {"gone": 1, "condition": "well"}) == {"condition": "well"}


def test_whatever_is_said_again_is_right_and_stays_the_same(form: Form) -> None:
    kinds = {entry["code"]: entry["type"] for entry in form.definition["fields"]}

    @given(answers)
    def holds(before: dict[str, Any]) -> None:
        again = carried(form, before)
        assert again is not None
        assert check_answers(form, again)[0] == again == carried(form, again)
        assert not any(kinds[code] in NEVER for code in again)
        assert {code for code in before if kinds[code] not in NEVER} == set(again)
        assert mark_of(again) == mark_of(dict(reversed(again.items())))

    holds()
