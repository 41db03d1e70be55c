"""The daily report of a school: only what is true can be signed, and what changes later is shown."""

import pytest
from django.utils.translation import override

from notoneless.collect.services import standing_by_class, symptoms_in
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.models import DayUnit, UnitSlot
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM
from notoneless.web.school.figures import Sums, by_grade
from tests.builders import DAY, check, clock_at, opened_city, report, send
from tests.web.cast import draft_in, make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
EVERYONE = ("K1-1", "K2-1", "S-t")


def statement() -> str:
    return UnitSlot.objects.filter(unit_id=Unit.objects.get(code="S").pk, day=DAY).order_by("duty_id")[0].answers


def everyone_well() -> None:
    send(*(report(code) for code in EVERYONE))


def test_silent_school_is_offered_a_zero_with_gaps_and_refused_a_zero() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("K1-1"))
    client = signed_in("principal")
    page = client.get("/school/S/")
    assert 'name="statement" value="zero_with_gaps"' in text_of(page)
    assert "K2: 1" in text_of(page)
    answer = client.post("/school/S/", {"draft": draft_in(page), "statement": "zero"})
    assert answer.status_code == 422
    assert "classes have not been heard from (K2, S)" in text_of(answer)
    assert statement() == ""


def test_zero_is_signed_with_its_figures_and_signer() -> None:
    opened_city(pupils=1)
    make_cast()
    everyone_well()
    client = signed_in("principal")
    page = client.get("/school/S/")
    assert 'name="statement" value="zero"' in text_of(page)
    sent = {"draft": draft_in(page), "statement": "zero", "note": " 无 "}
    for _ in range(2):
        assert client.post("/school/S/", sent).status_code == 302
    assert '"note":"无"' in statement()
    after = text_of(client.get("/school/S/"))
    assert "Signed by principal at 2026-11-23 09:00." in after
    assert "As signed: 3 expected, 3 accounted for, 0 abnormal." in after
    assert "The ledger still says the same." in after
    assert UnitSlot.objects.filter(revision=1).count() == 1


def test_what_changes_after_signing_is_an_amendment() -> None:
    opened_city(pupils=1)
    make_cast()
    everyone_well()
    client = signed_in("principal")
    client.post("/school/S/", {"draft": draft_in(client.get("/school/S/")), "statement": "zero"})
    send(report("K1-1", answers={"condition": "unwell"}, made_at=f"{DAY}T07:50:00+08:00"))
    page = text_of(client.get("/school/S/"))
    assert "Changed since it was signed" in page
    table = page.split("nol-amendments")[1].split("</table>")[0]
    assert "Abnormal" in table and "Expected" not in table
    assert 'name="statement" value="abnormal"' in page and "data-confirm" in page


def test_page_that_is_out_of_date_is_refused_by_the_ledger() -> None:
    opened_city(pupils=1)
    make_cast()
    everyone_well()
    client = signed_in("principal")
    page = client.get("/school/S/")
    send(report("K1-1", answers={"condition": "unwell"}, made_at=f"{DAY}T07:50:00+08:00"))
    answer = client.post("/school/S/", {"draft": draft_in(page), "statement": "zero"})
    assert answer.status_code == 422
    assert "Statement: the ledger has 1 abnormal, so this is no zero." in text_of(answer)


def test_officer_reads_but_does_not_sign() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("officer")
    assert 'name="statement"' not in text_of(client.get("/school/S/"))
    assert client.post("/school/S/", {"statement": "zero"}).status_code == 422


def test_classes_and_missing_people_are_listed() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"))
    page = text_of(signed_in("principal").get("/school/S/?duty=daily-health"))
    assert 'href="/class/K1/?day=2026-11-23"' in page
    assert page.count("王小明") == 6
    assert signed_in("principal").get("/school/S/?duty=school-daily").status_code == 404


def test_grades_sum_to_the_school_and_each_symptom_counts_a_person_once() -> None:
    units = opened_city()
    make_cast()
    DayUnit.objects.filter(unit_id=units["K1"].pk).update(grade="1")
    DayUnit.objects.filter(unit_id=units["K2"].pk).update(grade="7")
    cough = {"condition": "unwell", "symptoms": ["cough"]}
    send(
        report("K1-1", answers=cough), check("K1-1", answers={"presence": "sick", "symptoms": ["cough", "rash"]}),
        report("K2-1", answers=cough), report("K1-2"),
    )  # fmt: skip
    send(report("K2-2", made_at=f"{DAY}T11:00:00+08:00"), clock=clock_at(11))
    school = ledger_queries.day_unit(SYSTEM, DAY, "S")
    now = Sums(tuple(standing_by_class(school, DAY)))
    with override("zh-hans"):
        grades = by_grade(now)
    assert [grade.name for grade in grades] == ["一年级", "七年级", ""]
    for figure in ("expected", "accounted", "unheard", "late", "abnormal", "sick"):
        assert sum(getattr(grade.sums, figure) for grade in grades) == getattr(now, figure), figure
    assert (now.expected, now.accounted, now.late, now.abnormal, now.sick) == (7, 4, 1, 2, 1)
    found = {one.measure: (one.n, one.units) for one in symptoms_in(school, DAY)}
    assert found == {
        "symptom.cough": (2, {units["K1"].pk: 1, units["K2"].pk: 1}), "symptom.rash": (1, {units["K1"].pk: 1}),
    }  # fmt: skip
    page = text_of(signed_in("principal").get("/school/S/"))
    assert "school-grade" in page and 'href="/school/S/sick/?day=2026-11-23"' in page
