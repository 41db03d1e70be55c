"""The button of the missing lists, what it says afterwards, the list of reminders, and the switch for a push."""

import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from notoneless.follow.channels.webpush.keys import make_key
from notoneless.follow.models import PushSubscription, Reminder
from notoneless.jobs import tick
from notoneless.kernel.models import AuditEntry
from tests.builders import check, clock_at, opened_city, report, send
from tests.follow.homes import join
from tests.follow.test_sending import BrowserOfSomebody
from tests.web.cast import draft_in, make_account, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
LISTS = {
    ("officer", "D"): "/bureau/D/missing/", ("principal", "S"): "/school/S/?duty=daily-health",
    ("teacher", "K1"): "/class/K1/?duty=daily-health", ("substitute", "K1"): "/class/K1/missing/",
}  # fmt: skip


def draft_of_button(page: str) -> str:
    form = page.split('/reminders/">')[1]
    return form.split('name="draft" value="')[1].split('"')[0]


def tap(client: Client, at: str, unit: str, duty: str = "daily-health") -> str:
    draft = draft_of_button(text_of(client.get(at)))
    sent = {"draft": draft, "duty": duty, "next": at}
    answer = client.post(f"/unit/{unit}/reminders/", sent)
    assert (answer.status_code, answer["Location"]) == (302, at)
    return text_of(client.get(at))


@pytest.mark.parametrize(("name", "unit"), LISTS)
def test_one_tap_from_each_missing_list(name: str, unit: str) -> None:
    opened_city(pupils=2)
    make_cast()  # H1 has joined
    make_account("substitute", ("substitute", "K1"))
    client = signed_in(name, "zh")
    at = LISTS[name, unit]
    assert "提醒 1 户家长" in text_of(client.get(at))
    page = tap(client, at, unit)
    assert "已提醒：1。" in page and "请电话联系" in page
    assert "已提醒 1，最近一次 09:00" in page and "提醒 1 户家长" not in page
    assert Reminder.objects.get(state="sent").by == name


def test_a_double_tap_and_a_second_officer_are_told_what_was_done(at: SetTime) -> None:
    opened_city(pupils=1)
    make_cast()
    one, two = signed_in("officer"), signed_in("city_officer")
    drafts = [draft_of_button(text_of(client.get("/bureau/D/missing/"))) for client in (one, two)]
    for client, draft in zip((one, one, two), (drafts[0], drafts[0], drafts[1]), strict=True):
        sent = {"draft": draft, "duty": "daily-health", "next": "/bureau/D/missing/"}
        last = text_of(client.post("/unit/D/reminders/", sent, follow=True))
    assert "Already reminded, last at 09:00: 1." in last
    assert Reminder.objects.filter(state="sent").count() == 1
    assert AuditEntry.objects.filter(act="remind").count() == 3


def test_in_quiet_hours_the_page_says_when(at: SetTime) -> None:
    opened_city(pupils=1)
    make_cast()
    at(6, 30)
    page = tap(signed_in("officer"), "/bureau/D/missing/", "D")
    assert "Quiet hours: 1 will be reminded at 07:00." in page
    assert "Waiting for the end of the quiet hours at 07:00: 1." in page


def test_a_stale_or_foreign_draft_reminds_nobody_and_says_so(at: SetTime) -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("officer")
    for draft in ("", "x", draft_in(signed_in("teacher").get("/class/K1/"))):
        answer = client.post("/unit/D/reminders/", {"draft": draft, "next": "https://evil.example/"}, follow=True)
        assert answer.redirect_chain[0][0] == "/unit/D/reminders/"
        assert "This form has expired" in text_of(answer)
    assert not Reminder.objects.exists()


def test_no_button_for_who_sees_counts_only_for_another_day_and_for_a_full_list(settings: Settings) -> None:
    opened_city(pupils=1)
    make_cast()
    assert "/unit/D/reminders/" not in text_of(signed_in("inspector").get("/bureau/D/missing/"))
    assert signed_in("inspector").post("/unit/D/reminders/", {}).status_code == 403
    send(report("K1-1"))
    assert "/unit/K1/reminders/" not in text_of(signed_in("teacher").get("/class/K1/?duty=daily-health"))
    settings.REHEARSAL_NOW = clock_at(24 + 9).now()
    assert "/unit/D/reminders/" not in text_of(signed_in("officer").get("/bureau/D/missing/?day=2026-11-23"))


def test_a_check_has_its_button_for_class_teachers_on_the_bureaus_list_and_none_on_the_teachers_own() -> None:
    opened_city(pupils=1)
    make_cast()
    send(check("K1-1"))
    assert "Remind 1 class teacher<" in text_of(signed_in("officer").get("/bureau/D/missing/?duty=morning-check"))
    assert "/reminders/" not in text_of(signed_in("other_teacher").get("/class/L1/"))
    noon = text_of(signed_in("officer").get("/bureau/D/missing/?duty=noon-check"))
    assert "Remind" not in noon, "nobody is awaited before it opens"


def test_the_list_says_who_when_by_whom_and_when_they_reported(at: SetTime) -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("officer", "zh")
    assert "还没有提醒过任何人" in text_of(client.get("/unit/D/reminders/"))
    tap(client, "/bureau/D/missing/", "D")
    send(report("K1-1"), clock=clock_at(9, 20))
    at(10, 1)
    assert "effect=1" in text_of(signed_in("officer", "zh").get("/unit/D/reminders/"))
    page = text_of(signed_in("officer", "zh").get("/unit/D/reminders/?effect=1"))
    assert "王小明" in page and "09:00 officer" in page and "演练：未真正发送" in page and "09:20" in page
    assert "家庭：提醒后 60 分钟内上报 50 %（2 人中 1 人）" in page  # K2-1 shares the household
    assert "可对照的人数太少" in page
    assert AuditEntry.objects.filter(act="names.read", detail__page="reminders").exists()
    class_page = text_of(signed_in("teacher").get("/unit/K1/reminders/"))
    assert class_page.count("王小明") == 1, "the sister in K2 is named to K2 and the school"


def test_a_unit_that_was_asked_reads_it_on_its_own_page(at: SetTime) -> None:
    opened_city(pupils=2)
    make_cast()
    tick(clock=clock_at(14))
    at(14, 1)
    asked = {
        "teacher": ["/class/K1/"], "principal": ["/school/S/"], "officer": ["/bureau/D/", "/bureau/D/situation/"],
    }  # fmt: skip
    for name, page in ((name, page) for name, pages in asked.items() for page in pages):
        text = text_of(signed_in(name, "zh").get(page))
        assert "10:00 到期，尚有" in text, (name, page)
    assert "请您逐一电话联系这些家庭" in text_of(signed_in("teacher", "zh").get("/class/K1/"))
    assert "到期，尚有" not in text_of(signed_in("inspector", "zh").get("/bureau/D/"))


@pytest.mark.parametrize("pupils", [1, 3])
def test_the_list_costs_the_same_whatever_its_size(
    pupils: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    opened_city(pupils=pupils)
    make_cast()
    join(*(["H2", "H3"] if pupils > 1 else []))
    client = signed_in("officer")
    tap(client, "/bureau/D/missing/", "D")
    with django_assert_num_queries(25):
        client.get("/unit/D/reminders/")


def test_a_family_turns_its_browser_on_and_off(settings: Settings) -> None:
    opened_city(pupils=1)
    make_cast()
    settings.PUSH_ORIGINS = ["https://push.example"]
    settings.REMINDER_CHANNELS = ["webpush"]
    browser = BrowserOfSomebody("push.example")
    browser.endpoint = browser.endpoint.replace("http:", "https:")

    def post(client: Client, place: str, body: bytes) -> int:
        return client.post(place, body, content_type="application/json").status_code

    client = signed_in("parent")
    assert post(client, "/family/push/", browser.told()) == 400  # there is no key yet
    make_key()
    assert post(client, "/family/push/", browser.told()) == 204
    assert PushSubscription.objects.get().account.username == "parent"
    for wrong in (b"", b"{}", browser.told().replace(b"push.example", b"127.0.0.1"), b"x" * 10_000):
        assert post(client, "/family/push/", wrong) == 400
    assert post(signed_in("teacher"), "/family/push/", browser.told()) == 403
    assert post(signed_in("teacher"), "/family/push/forget/", browser.told()) == 204
    assert PushSubscription.objects.count() == 1, "not theirs to end"
    assert post(client, "/family/push/forget/", browser.told()) == 204
    assert PushSubscription.objects.count() == 0
    for place in ("/family/push/", "/family/push/forget/"):
        assert Client().post(place)["Location"].startswith("/sign-in/")
        assert client.get(place).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        assert strict.post(place, json.dumps({}), content_type="application/json").status_code == 403
