"""Rules, reasons, calendars, notices and complaints: who may open them, and that they do what they say."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notoneless import jobs
from notoneless.expect.models import CalendarOverride, Complaint, Document, Notice, Policy
from notoneless.expect.services import complain, enter_override
from notoneless.roster.models import Person, PersonState, Unit
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_city, make_unit, opened_city
from tests.web.cast import draft_in, make_account, make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
MANAGED = ("policies", "policies/new", "calendar", "asks", "complaints")


def person(code: str) -> int:
    return Person.objects.get(code=code).pk


@pytest.fixture
def city() -> None:
    opened_city()
    make_cast()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("page", MANAGED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_managers_open_their_units_pages_and_nobody_else_does(page: str, language: str) -> None:
    for name, unit in (("officer", "D"), ("officer", "S"), ("principal", "S"), ("city_officer", "C")):
        assert signed_in(name, language).get(f"/unit/{unit}/{page}/").status_code == 200
    for name, unit in (("parent", "S"), ("nobody", "S"), ("principal", "D"), ("principal", "T"), ("officer", "E")):
        refused = signed_in(name, language).get(f"/unit/{unit}/{page}/")
        absent = signed_in(name, language).get(f"/unit/nowhere/{page}/")
        assert refused.status_code == absent.status_code == 404
    assert signed_in("teacher", language).get(f"/unit/K1/{page}/").status_code == 403
    assert Client().get(f"/unit/D/{page}/").status_code == 302


@pytest.mark.usefixtures("city")
def test_the_public_page_needs_no_sign_in_and_names_nobody() -> None:
    for language, heading in (("zh", "谁需要报什么"), ("en", "Who reports what")):
        reader = Client(headers={"accept-language": language})
        page = text_of(reader.get("/rules/2026-11-23/"))
        assert heading in page and "王小明" not in page and "K1-1" not in page
        assert reader.get("/rules/").status_code == 200
    assert Client().get("/rules/?day=2026-11-21")["Location"] == "/rules/2026-11-21/"
    assert Client().get("/rules/yesterday/").status_code == 400
    assert Client().get("/rules/1999-01-01/").status_code == 400


@pytest.mark.usefixtures("city")
def test_the_public_page_is_right_for_the_past_and_names_what_differs() -> None:
    enter_override(SYSTEM, "K1", kind="closure", first_day=DAY, last_day=DAY, clock=clock_at(6), reason_zh="诺如病毒")
    page = text_of(Client(headers={"accept-language": "zh"}).get("/rules/2026-11-23/?district=D"))
    assert "另有规定的：S K" in page
    saturday = text_of(Client(headers={"accept-language": "zh"}).get("/rules/2026-11-21/?district=D"))
    assert "周末" in saturday and "晨检" not in saturday


@pytest.mark.usefixtures("city")
def test_a_parent_reads_why_and_complains_and_the_answer_comes_back() -> None:
    parent, officer = signed_in("parent", "zh"), signed_in("city_officer", "zh")
    address = f"/why/{person('K1-1')}/{DAY}/"
    assert f'href="{address}"' in text_of(parent.get("/family/"))
    page = text_of(parent.get(address))
    assert "关于王小明" in page and "每日健康上报" in page and "用途" in page
    empty = parent.post(address, {"item": "daily-health:day", "text": ""})
    assert empty.status_code == 422 and "不能为空" in text_of(empty)
    sent = parent.post(address, {"item": "daily-health:day", "text": "已经在学校测过了<script>"}, follow=True)
    assert "待答复" in text_of(sent)
    assert "&lt;script&gt;" in text_of(sent)
    box = text_of(officer.get("/unit/C/complaints/"))
    assert "S K1" in box and "王小明" not in box and "每人每日一报" in box
    number = str(Complaint.objects.get().pk)
    assert signed_in("officer").post("/unit/D/complaints/", {"complaint": number, "answer": "no"}).status_code == 422
    officer.post("/unit/C/complaints/", {"complaint": number, "answer": "已核实。"})
    assert "已核实。" in text_of(parent.get("/family/complaints/"))


@pytest.mark.usefixtures("city")
def test_reasons_are_read_only_inside_the_scope() -> None:
    for name in ("other_teacher", "other_principal", "nobody"):
        assert signed_in(name).get(f"/why/{person('K1-1')}/{DAY}/").status_code == 404
    for name in ("parent", "teacher", "principal", "officer"):
        assert signed_in(name).get(f"/why/{person('K1-1')}/{DAY}/").status_code == 200
    assert signed_in("officer").get(f"/why/999999/{DAY}/").status_code == 404


FORM = {
    "code": "d-rule", "duty": "daily-health", "effect": "waive", "strictness": "default",
    "effective_from": "2026-11-23", "days": "school_day", "populations": "student", "title_zh": "在校学生不重复上报",
    "document": "教〔2026〕5号",
    "issuer": "D", "dated": "2026-11-01",
}  # fmt: skip


@pytest.mark.usefixtures("city")
def test_a_rule_is_drafted_by_one_and_approved_by_another_and_published() -> None:
    make_account("leader", ("officer", "D"))
    officer, leader = signed_in("officer", "zh"), signed_in("leader", "zh")
    wrong = officer.post("/unit/D/policies/new/", {**FORM, "days": ""})
    assert wrong.status_code == 422 and "d-rule" in text_of(wrong)
    drafted = officer.post("/unit/D/policies/new/", FORM, follow=True)
    assert "草稿" in text_of(drafted) and "上课日，学生不必完成“每日健康上报”。" in text_of(drafted)
    counted = text_of(officer.get("/unit/D/policies/d-rule/?preview=1"))
    assert "2026-12-06" in counted and ">6<" in counted
    own = officer.post("/unit/D/policies/d-rule/", {"act": "approve"})
    assert own.status_code == 422 and "另一人" in text_of(own)
    leader.post("/unit/D/policies/d-rule/", {"act": "approve"})
    leader.post("/unit/D/policies/d-rule/", {"act": "publish"})
    assert Policy.objects.get(code="d-rule").status == "published"
    assert "教〔2026〕5号" in text_of(signed_in("principal", "zh").get("/unit/S/policies/"))
    no_reason = leader.post("/unit/D/policies/d-rule/", {"act": "withdraw", "on": "2099-01-01", "reason": ""})
    assert no_reason.status_code == 422
    assert signed_in("officer").get("/unit/E/policies/d-rule/").status_code == 404


@pytest.mark.usefixtures("city")
def test_a_draft_that_breaks_a_floor_says_which() -> None:
    officer = signed_in("officer", "zh")
    officer.post("/unit/D/policies/new/", {**FORM, "code": "floor", "effect": "require", "strictness": "floor"})
    Policy.objects.filter(code="floor").update(status="published")
    page = signed_in("principal", "zh").post("/unit/S/policies/new/", {**FORM, "code": "looser"}, follow=True)
    assert "最低要求" in text_of(page) and "floor" in text_of(page)
    gone = signed_in("principal").post("/unit/S/policies/looser/", {"act": "discard"}, follow=True)
    assert gone.status_code == 200 and not Policy.objects.filter(code="looser").exists()


@pytest.mark.usefixtures("city")
def test_days_are_entered_and_removed_after_a_question() -> None:
    school = signed_in("principal", "zh")
    day = {"act": "add", "kind": "closure", "first_day": str(DAY), "last_day": str(DAY), "reason_zh": "诺如病毒聚集"}
    entered = school.post("/unit/S/calendar/", day, follow=True)
    assert "诺如病毒聚集" in text_of(entered)
    entry = CalendarOverride.objects.get()
    page = text_of(school.get(f"/unit/S/calendar/?year=2026&day={DAY}&remove={entry.pk}"))
    assert "停课期间，由S设定：诺如病毒聚集" in page and "确认移除" in page
    assert (
        signed_in("other_principal").post("/unit/T/calendar/", {"act": "remove", "entry": entry.pk}).status_code == 422
    )
    school.post("/unit/S/calendar/", {"act": "remove", "entry": entry.pk})
    assert not CalendarOverride.objects.exists()
    wrong = school.post("/unit/S/calendar/", {"act": "add", "kind": "closure", "first_day": "2026-11-24",
                                              "last_day": "2026-11-20"})  # fmt: skip
    assert wrong.status_code == 422 and 'value="2026-11-24"' in text_of(wrong)


@pytest.mark.usefixtures("city")
def test_a_calendar_goes_out_as_a_file_and_comes_in_again() -> None:
    officer = signed_in("officer")
    enter_override(SYSTEM, "D", kind="vacation", first_day=DAY, last_day=DAY, clock=clock_at(6), reason_zh="运动会")
    file = officer.get("/unit/S/calendar.ics?year=2026")
    assert file["Content-Type"].startswith("text/calendar")
    sent = SimpleUploadedFile("c.ics", file.getvalue())
    read = signed_in("principal", "zh").post("/unit/S/calendar/", {"act": "import", "file": sent})
    assert "录入 1 条" in text_of(read)
    broken = SimpleUploadedFile("c.ics", b"hello")
    assert signed_in("principal").post("/unit/S/calendar/", {"act": "import", "file": broken}).status_code == 422
    assert signed_in("other_principal").get("/unit/S/calendar.ics").status_code == 404


@pytest.mark.usefixtures("city")
def test_the_topmost_bureau_enters_next_year_and_schools_cannot() -> None:
    # The shipped calendar ends with 2026, so the warning is shown now.
    city = signed_in("city_officer", "zh")
    assert "全国日历即将用完" in text_of(city.get(f"/bureau/C/?day={DAY}"))
    year = {
        "act": "year",
        "year": "2027",
        "holidays": "2027-01-01 2027-01-03 元旦",
        "makeups": "2027-01-09",
        "source": "国办",
    }
    assert signed_in("principal").post("/unit/S/calendar/", year).status_code in (403, 422)
    assert "该年已录入" in text_of(city.post("/unit/C/calendar/", year, follow=True))
    assert "2027 年全国日历尚未录入" not in text_of(city.get("/unit/C/calendar/"))


@pytest.mark.usefixtures("city")
def test_a_notice_reaches_the_family_once_and_over_the_limit_it_does_not() -> None:
    school = signed_in("principal", "zh")
    page = school.get("/unit/S/asks/")
    form = {"kind": "notice", "title_zh": "周五家长会", "day": str(DAY), "draft": draft_in(page)}
    school.post("/unit/S/asks/", form)
    school.post("/unit/S/asks/", form)
    assert Notice.objects.count() == 1
    assert "周五家长会" in text_of(signed_in("parent", "zh").get("/family/"))
    school.post("/unit/S/asks/", {"act": "limit", "asks_a_day": "1", "over": "refuse"})
    refused = school.post(
        "/unit/S/asks/", {**form, "title_zh": "再一个", "draft": draft_in(school.get("/unit/S/asks/"))}
    )
    assert refused.status_code == 422 and "上限" in text_of(refused) and "再一个" in text_of(refused)
    told = text_of(refused).partition("这些家庭当天已有的事项")[2].partition("</ul>")[0]
    assert "每日健康上报" in told and "周五家长会" in told
    assert "这些家庭当天已有的事项" not in text_of(school.get("/unit/S/asks/"))


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ("今天", "每日健康上报", "系统缺省规则：每人每日一报")),
        ("en", ("Today 1 of at most 3", "one report a person a day")),
    ],
)
def test_a_family_reads_what_it_is_asked_and_by_which_rule(language: str, told: tuple[str, ...]) -> None:
    page = text_of(signed_in("parent", language).get("/family/"))
    digest = page.partition('<details class="text-secondary nol-small"')[2].partition("</details>")[0]
    assert all(words in digest for words in told)


@pytest.mark.usefixtures("city")
def test_the_burden_of_many_units_is_read_in_pages() -> None:
    city = Unit.objects.get(code="C")
    for number in range(60):
        make_unit(f"X{number:02}", "district", city)
    officer = signed_in("city_officer", "en")
    first, second = text_of(officer.get("/unit/C/asks/")), text_of(officer.get("/unit/C/asks/?units=2&page=1"))
    assert "X46" in first and "X47" not in first and 'href="?units=2"' in first
    assert "X59" in second and "X46" not in second and 'href="?units=1&amp;page=1"' in second


@pytest.mark.usefixtures("city")
def test_only_who_manages_a_unit_answers_what_came_to_it() -> None:
    """Reach alone is not enough: a teacher at S who manages T answers nothing of S through T's page."""
    make_account("both", ("teacher", "S"), ("school", "T"))
    rule = Policy.objects.get(duty__code="daily-health")
    rule.unit, rule.title_zh = Unit.objects.get(code="S"), "本校规定"
    rule.document = Document.objects.create(number="教〔2026〕9号")
    rule.save()
    made = complain(
        SYSTEM, person_id=person("K1-1"), day=DAY, duty_code="daily-health", session="day", policy_id=rule.pk,
        trace=["一行"], text="为什么？", clock=clock_at(8),
    )  # fmt: skip
    answer = {"complaint": str(made.pk), "answer": "答复"}
    assert signed_in("both").post("/unit/T/complaints/", answer).status_code == 422
    assert signed_in("both").post("/unit/S/complaints/", answer).status_code == 403
    assert Complaint.objects.get().answered_at is None
    principal = signed_in("principal", "zh")
    box = text_of(principal.get("/unit/S/complaints/"))
    assert "本校规定 · 教〔2026〕9号" in box and "S K1" in box and "王小明" not in box
    kept = principal.post("/unit/S/complaints/", {**answer, "answer": "长" * 1001})
    assert kept.status_code == 422 and "长" * 1001 in text_of(kept)
    assert principal.post("/unit/S/complaints/", answer).status_code == 302
    for number in ("", "x", "²", "9" * 19):
        assert principal.post("/unit/S/complaints/", {**answer, "complaint": number}).status_code == 422


@pytest.mark.usefixtures("city")
def test_a_teacher_records_where_a_pupil_stands() -> None:
    teacher = signed_in("teacher", "zh")
    assert "学生状态" in text_of(teacher.get("/class/K1/states/"))
    teacher.post("/class/K1/states/", {"act": "set", "person": "K1-1", "state": "leave", "first_day": str(DAY)})
    assert PersonState.objects.get().state == "leave"
    jobs.drain_outbox(clock=clock_at(9))
    assert "请假在家" in text_of(teacher.get("/class/K1/states/"))
    other = teacher.post("/class/K1/states/", {"act": "set", "person": "L1-1", "state": "leave"})
    assert other.status_code == 422
    assert signed_in("other_teacher").get("/class/K1/states/").status_code == 404
    teacher.post("/class/K1/states/", {"act": "end", "person": "K1-1", "on": str(DAY + timedelta(days=1))})
    assert PersonState.objects.get().to_day == DAY + timedelta(days=1)


def test_a_city_without_units_has_a_public_page() -> None:
    assert Client().get("/rules/").status_code == 200
    make_city()
    assert re.search(r"<h2>D</h2>|<h2>C</h2>", text_of(Client().get("/rules/2026-11-23/")))
