"""A bad row is refused with a code and a column, and the good ones beside it come in."""

import pytest

from notoneless.kernel.crypto import unseal
from notoneless.roster.models import Person, Unit
from tests.roster.conftest import UNIT_HEADER, Import, people_text, problems, units_text

GOOD_PERSON = "OK,好,student,C1,,,,,,,"
GOOD_UNIT = "OK,好,class,2141000001,,,,"

PEOPLE_CASES = [
    (",无代码,student,C1,,,,,,,", "value_required", "code"),
    ("A B,空格,student,C1,,,,,,,", "bad_code", "code"),
    ("A\\B,斜线,student,C1,,,,,,,", "bad_code", "code"),
    ("1.23457E+11,科学计数,student,C1,,,,,,,", "number_lost_digits", "code"),
    (f"{'9' * 41},太长,student,C1,,,,,,,", "value_too_long", "code"),
    ("N1,,student,C1,,,,,,,", "value_required", "name"),
    ("N1,\x1b坏,student,C1,,,,,,,", "bad_text", "name"),
    (f"N1,{'长' * 10_000},student,C1,,,,,,,", "value_too_long", "name"),
    (f"N1,{'长' * 121},student,C1,,,,,,,", "value_too_long", "name"),
    ("N1,甲,,C1,,,,,,,", "value_required", "population"),
    ("N1,甲,robot,C1,,,,,,,", "unknown_population", "population"),
    ("N1,甲,unit,C1,,,,,,,", "unknown_population", "population"),
    ("N1,甲,student,NOWHERE,,,,,,,", "unknown_unit", "unit"),
    ("N1,甲,student,,,,,,,,", "value_required", "unit"),
    ("N1,甲,student,C9,,,,,,,", "unit_closed", "unit"),
    ("N1,甲,student,2141000003,,,,,,,", "unit_closed", "unit"),
    ("N1,甲,relative,,,,,,,,", "unit_required", "unit"),
    ("N1,甲,relative,,NO-HOME,,,,,,", "unit_required", "unit"),
    ("N1,甲,student,C1,,08,X1234567,,,,", "unknown_document", "id_type"),
    ("N1,甲,student,C1,,01,110105194912310021,,,,", "bad_document", "id_number"),
    ("N1,甲,student,C1,,,123456,,,,", "bad_document", "id_number"),
    ("N1,甲,student,C1,,03,!!,,,,", "bad_document", "id_number"),
    ("N1,甲,student,C1,,01,4.11702E+17,,,,", "number_lost_digits", "id_number"),
    ("N1,甲,student,C1,,01,440524188001010014,,2,,", "document_disagrees", "sex"),
    ("N1,甲,student,C1,,01,440524188001010014,,,1880-01-02,", "document_disagrees", "birth_date"),
    ("N1,甲,student,C1,,01,11010519491231002x,,,,", "document_taken", "id_number"),  # S1 holds it
    ("N1,甲,student,C1,,,,123,,,", "bad_phone", "phone"),
    ("N1,甲,student,C1,,,,,Q,,", "unknown_sex", "sex"),
    ("N1,甲,student,C1,,,,,,2015-02-30,", "bad_date", "birth_date"),
    ("N1,甲,student,C1,,,,,,2026-11-24,", "birth_in_future", "birth_date"),
    ("N1,甲,student,C1,,,,,,,boarder;wizard", "unknown_tag", "tags"),
    ("N1,甲,student,C1,,,,,,,,extra", "too_many_cells", "12"),
    ('N1,"甲"乙,student,C1,,,,,,,', "bad_quotes", ""),
    ("OK,又,student,C1,,,,,,,", "duplicate_code", "code"),
]

UNIT_CASES = [
    (",无,class,2141000001,,,,", "value_required", "code"),
    (f"{'9' * 33},长,class,2141000001,,,,", "value_too_long", "code"),
    ("N1,,class,2141000001,,,,", "value_required", "name"),
    ("N1,甲,,2141000001,,,,", "value_required", "kind"),
    ("N1,甲,castle,2141000001,,,,", "unknown_kind", "kind"),
    ("N1,甲,class,NOWHERE,,,,", "unknown_authority", "authority"),
    ("N1,甲,class,,,,,", "authority_required", "authority"),
    ("N1,甲,class,C1,,,,", "authority_level", "authority"),
    ("N1,甲,primary,C1,,,,", "authority_level", "authority"),
    ("N1,甲,city,YC,,,,", "authority_level", "authority"),
    ("N1,甲,district,2141000001,,,,", "authority_level", "authority"),
    ("N1,甲,class,N1,,,,", "authority_loop", "authority"),
    ("N1,甲,class,2141000001,,wizardry,,", "unknown_stage", "stage"),
    ("N1,甲,class,2141000001,1234567890123,,,", "value_too_long", "area"),
    ("N1,甲,class,2141000001,4-1,,,", "bad_area", "area"),
    ("N1,甲,class,2141000001,,,yesterday,", "bad_date", "opened_on"),
    ("N1,甲,class,2141000001,,,2020-01-01,2019-01-01", "dates_out_of_order", "closed_on"),
    ("3141000009,甲,primary,YC,,,,", "bad_school_code", "code"),
    ("12345,甲,primary,YC,,,,", "bad_school_code", "code"),
    ("N1,甲,class,2141000001,,,,,extra", "too_many_cells", "9"),
    ("OK,又,class,2141000001,,,,", "duplicate_code", "code"),
]


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("row", "code", "column"), PEOPLE_CASES)
def test_bad_person_is_refused_and_good_one_comes_in(row: str, code: str, column: str, bring: Import) -> None:
    outcome = bring(people_text(GOOD_PERSON, row))

    assert problems(outcome) == [(3, code, column)]
    assert (outcome.rows, outcome.added, outcome.refused) == (2, 1, 1)
    assert Person.objects.filter(code="OK").exists()


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("row", "code", "column"), UNIT_CASES)
def test_bad_unit_is_refused_and_good_one_comes_in(row: str, code: str, column: str, bring: Import) -> None:
    outcome = bring(units_text(GOOD_UNIT, row))

    assert problems(outcome) == [(3, code, column)]
    assert (outcome.rows, outcome.added, outcome.refused) == (2, 1, 1)
    assert Unit.objects.filter(code="OK").exists()


@pytest.mark.usefixtures("county")
def test_row_with_three_mistakes_counts_once_and_names_all(bring: Import) -> None:
    outcome = bring(people_text("N1,甲,robot,C1,,,,12,Q,,"))

    assert outcome.refused == 1
    assert {(code, column) for _, code, column in problems(outcome)} == {
        ("unknown_population", "population"), ("bad_phone", "phone"), ("unknown_sex", "sex")
    }  # fmt: skip


@pytest.mark.usefixtures("county")
def test_messages_speak_the_language_asked_for_and_hold_no_personal_data(bring: Import) -> None:
    outcome = bring(people_text("N1,张秘密,student,C1,,01,110105194912310021,,,,"))

    (chinese,), (english,) = (outcome.as_json(language)["errors"] for language in ("zh", "en"))
    assert "校验码" in chinese["message"]
    assert "check digit" in english["message"]
    assert "id_number" in chinese["message"]
    assert "张秘密" not in str(outcome.as_json()) and "110105194912310021" not in str(outcome.as_json())


@pytest.mark.usefixtures("county")
def test_same_document_twice_in_the_file_refuses_the_second_person(bring: Import) -> None:
    rows = ("N1,甲,student,C1,,01,440524188001010014,,,,", "N2,乙,student,C1,,01,440524188001010014,,,,")

    assert problems(bring(people_text(*rows))) == [(3, "duplicate_document", "id_number")]


@pytest.mark.usefixtures("county")
def test_two_people_whose_documents_were_mixed_up_can_be_put_right_in_one_file(bring: Import) -> None:
    swapped = people_text("S1,张三,student,C1,H1,01,411702201210150015,,,,boarder",
                          "S3,王五,student,C3,H3,01,11010519491231002X,,,,")  # fmt: skip

    outcome = bring(swapped)

    assert problems(outcome) == []
    assert outcome.changed == 2


@pytest.mark.usefixtures("county")
def test_holder_of_a_document_keeps_it_when_a_stranger_stands_first_in_the_file(bring: Import) -> None:
    rows = ("N1,甲,student,C1,,01,11010519491231002X,,,,", "S1,张三,student,C1,H1,01,11010519491231002X,,,,boarder")

    outcome = bring(people_text(*rows))

    assert problems(outcome) == [(2, "duplicate_document", "id_number")]
    assert outcome.unchanged == 1


def test_loop_of_authorities_is_refused_with_what_hangs_below_it(bring: Import) -> None:
    loop = units_text("A,甲,district,B,,,,", "B,乙,district,A,,,,", "C,丙,primary,A,,,,", "D,丁,class,C,,,,",
                      "E,戊,city,,,,,")  # fmt: skip

    outcome = bring(loop)

    assert problems(outcome) == [
        (2, "authority_loop", "authority"), (3, "authority_loop", "authority"),
        (4, "unknown_authority", "authority"), (5, "unknown_authority", "authority"),
    ]  # fmt: skip
    assert outcome.added == 1


@pytest.mark.usefixtures("county")
def test_row_that_would_close_a_loop_with_the_roster_is_refused(bring: Import) -> None:
    outcome = bring(units_text("CITY,驻马店市教育局,district,YC,4117,,,"))

    assert problems(outcome) == [(2, "authority_loop", "authority")]


@pytest.mark.usefixtures("county")
def test_school_cannot_become_a_class_over_its_classes(bring: Import) -> None:
    outcome = bring(units_text("2141000001,实验小学,class,YC,,,,"))

    assert problems(outcome) == [(2, "authority_level", "authority")]
    assert Unit.objects.get(code="2141000001").level == "school"


def test_tree_deeper_than_a_path_is_refused(bring: Import) -> None:
    rows = [f"U{depth},第{depth}级,district,{f'U{depth - 1}' if depth else ''},,,," for depth in range(22)]

    outcome = bring("\n".join((UNIT_HEADER, *rows)))

    assert problems(outcome) == [(22, "too_deep", "authority"), (23, "too_deep", "authority")]
    assert outcome.added == 20


@pytest.mark.usefixtures("county")
def test_only_the_first_thousand_errors_are_listed_and_the_rest_counted(bring: Import) -> None:
    outcome = bring(people_text(*(f"N{row},甲,robot,C1,,,,,,," for row in range(1005))))

    assert (outcome.refused, len(outcome.errors), outcome.errors_left_off) == (1005, 1000, 5)


@pytest.mark.usefixtures("county")
def test_marks_that_turn_the_direction_of_a_name_do_not_come_in(bring: Import) -> None:
    outcome = bring(people_text("N1,\u202e甲\u2066乙\u200b,student,C1,,,,,,,"))

    assert problems(outcome) == []
    assert unseal(bytes(Person.objects.get(code="N1").sealed), context="N1").name == "甲乙"
