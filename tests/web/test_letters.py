"""The pages of letters: written, seen before they go, followed by staff; read and confirmed by families."""

import re

import pytest
from django.test import Client

from notoneless.expect.models import AskLimit
from notoneless.kernel.models import AuditEntry
from notoneless.publish import services
from notoneless.publish.models import Letter, Receipt, Telephone
from notoneless.publish.rules import Words
from notoneless.roster.models import Household
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import clock_at, make_person, opened_city
from tests.web.cast import draft_in, make_account, make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
WORDS = {"kind": "receipt", "title_zh": "𠮷日春游 🌱", "body_zh": "周五出发。\r\n\r\n详见 https://www.example.cn/a 。"}
SENT = Words("receipt", "春游", "周五出发。", "Outing", "We leave on Friday.")


@pytest.fixture(autouse=True)
def city() -> None:
    """H1 to H3 each have a child in K1, K2 (school S) and L1 (school T)."""
    units = opened_city()
    make_person("K1-9", units["K1"], household="H9", name="赵小梅")
    make_cast()
    make_account("meimei", ("guardian", "H9"))
    make_account("mother", ("guardian", "H1"))


def send(unit: str = "S", words: Words = SENT, number: int = 4) -> int:
    return services.send_letter(SYSTEM, unit, words, clock=clock_at(8), number=number).pk


def posted(client: Client, page: str, act: str, **changes: str) -> tuple[int, str]:
    """What comes of a form that is filled in and sent."""
    draft = draft_in(client.get(page))
    answer = client.post(page, {"draft": draft, "act": act, **WORDS, **changes}, follow=True)
    return answer.status_code, text_of(answer)


def test_letter_is_seen_before_it_is_sent_and_then_read_and_confirmed_once() -> None:
    principal = signed_in("principal")
    status, page = posted(principal, "/unit/S/letters/new/", "preview")
    assert status == 200 and "Send to 4 households" in page and not Letter.objects.exists()
    assert re.search(r'<a href="https://www.example.cn/a" rel="noopener noreferrer nofollow external">', page)
    assert "<b>www.example.cn</b>/a" in page
    status, page = posted(principal, "/unit/S/letters/new/", "send")
    letter = Letter.objects.get()
    assert status == 200 and "Sent." in page and (letter.sent_by, letter.households) == ("principal", 4)
    parent, address = signed_in("parent"), f"/family/letters/{letter.pk}/"
    assert "Not yet read: 1" in text_of(parent.get("/family/letters/"))
    assert "𠮷日春游 🌱" in text_of(parent.get(address))
    answer = parent.post(address, follow=True)
    assert "Your family has confirmed it." in text_of(answer)
    assert "Your family has confirmed it." in text_of(signed_in("mother").get(address))
    assert signed_in("mother").post(address).status_code == 302
    assert Receipt.objects.get().confirmed_by == "parent"
    assert "Not yet read" not in text_of(parent.get("/family/letters/"))


def test_form_sent_twice_is_one_letter() -> None:
    client = signed_in("teacher")
    draft = draft_in(client.get("/unit/K1/letters/new/"))
    for _ in range(2):
        assert client.post("/unit/K1/letters/new/", {"draft": draft, "act": "send", **WORDS}).status_code == 302
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "changes", "told"),
    [("zh", {"title_zh": ""}, "“标题（中文）”不能为空"),
     ("en", {"body_zh": "x" * 3001}, "“Text in Chinese” is longer than 3000"),
     ("en", {"title_en": "a\x07b"}, "“Title in English” holds invisible control characters"),
     ("zh", {"kind": "photograph"}, "不认识“photograph”")],
)  # fmt: skip
def test_fault_is_told_at_its_field_and_nothing_is_lost(language: str, changes: dict[str, str], told: str) -> None:
    status, page = posted(signed_in("principal", language), "/unit/S/letters/new/", "send", **changes)
    assert status == 422 and told in page and not Letter.objects.exists()
    (field,) = changes
    assert f'id="{field}-error"' in page
    assert field == "title_zh" or "𠮷日春游 🌱" in page


def test_null_is_refused_and_markup_stays_words() -> None:
    client = signed_in("principal")
    draft = draft_in(client.get("/unit/S/letters/new/"))
    sent = {"draft": draft, "act": "send", **WORDS}
    assert client.post("/unit/S/letters/new/", sent | {"body_zh": "a\0b"}).status_code == 400
    client.post("/unit/S/letters/new/", sent | {"body_zh": "<img src=https://evil.example/x.png><script>1</script>"})
    page = text_of(signed_in("parent").get(f"/family/letters/{Letter.objects.get().pk}/"))
    assert "<img src=https" not in page and "&lt;img src=<a href=" in page and "<script>1" not in page


def test_bureau_types_the_number_before_a_letter_goes_to_a_city() -> None:
    client, page = signed_in("city_officer"), "/unit/C/letters/new/"
    assert "type the number of households" in posted(client, page, "preview")[1]
    for typed in ("", "3", "40", "four"):
        status, told = posted(client, page, "send", number=typed)
        assert status == 422 and "this is not the number of households" in told
    assert not Letter.objects.exists()
    assert posted(client, page, "send", number="4")[0] == 200 and Letter.objects.get().unit.code == "C"


def test_one_ask_too_many_is_refused_with_what_can_be_done() -> None:
    AskLimit.objects.update(asks_a_day=1)
    status, page = posted(signed_in("principal"), "/unit/S/letters/new/", "send")
    assert status == 422 and "Of 4 households, 3 have reached today&#x27;s limit of 1 asks" in page
    assert "周五出发" in page
    assert posted(signed_in("principal"), "/unit/S/letters/new/", "send", kind="information")[0] == 200


def test_household_sees_its_letters_and_no_others() -> None:
    own, other = send("S"), send("T", number=3)
    home = signed_in("meimei")
    page = text_of(home.get("/family/letters/"))
    assert f"/family/letters/{own}/" in page and f"/family/letters/{other}/" not in page
    for method in ("get", "post"):
        assert getattr(home, method)(f"/family/letters/{other}/").status_code == 404
    assert "Outing" in text_of(home.get(f"/family/letters/{own}/"))
    assert "春游" in text_of(signed_in("meimei", "zh").get(f"/family/letters/{own}/"))


def test_letter_in_chinese_alone_says_so_to_who_reads_english() -> None:
    letter = send("S", Words("information", "春游", "周五出发。"))
    page = text_of(signed_in("meimei").get(f"/family/letters/{letter}/"))
    assert "in Chinese only" in page and 'lang="zh-Hans"' in page and "nothing to confirm" in page
    assert Receipt.objects.get().household.code == "H9"


def test_looking_without_opening_leaves_no_receipt() -> None:
    letter = send("S")
    signed_in("meimei").head(f"/family/letters/{letter}/")
    signed_in("meimei").get("/family/letters/")
    assert not Receipt.objects.exists()


def test_withdrawn_letter_says_why_and_leads_to_its_correction() -> None:
    letter, client = send("S"), signed_in("principal")
    page = f"/unit/S/letters/{letter}/"
    assert client.post(page, {"why": ""}).status_code == 422
    assert "Families see that it was" in text_of(client.post(page, {"why": "日期有误"}, follow=True))
    assert "周五出发。" in text_of(client.get(f"/unit/S/letters/new/?corrects={letter}"))
    posted(client, f"/unit/S/letters/new/?corrects={letter}", "send", corrects=str(letter))
    newer, home = Letter.objects.latest("pk").pk, signed_in("meimei")
    told = text_of(home.get(f"/family/letters/{letter}/"))
    assert "日期有误" in told and f'href="/family/letters/{newer}/"' in told and "Confirm that" not in told
    assert home.post(f"/family/letters/{letter}/").status_code == 422
    assert f'href="/family/letters/{letter}/"' in text_of(home.get(f"/family/letters/{newer}/"))


def test_school_sees_each_class_and_a_teacher_whom_to_call() -> None:
    letter = send("S")
    services.confirm_letter(
        Scope("father", households=frozenset({Household.objects.get(code="H1").pk}), powers=()),
        letter,
        clock=clock_at(9),
    )
    page = text_of(signed_in("principal").get(f"/unit/S/letters/{letter}/"))
    assert f'href="/unit/K1/letters/{letter}/"' in page and "赵小梅" not in page
    page = text_of(signed_in("teacher").get(f"/unit/K1/letters/{letter}/"))
    assert "赵小梅" in page and "not opened" in page and "nobody of the family has joined" in page
    assert AuditEntry.objects.get(act="names.read", actor="teacher").detail == {
        "count": 3,
        "page": "letter",
        "part": f"{letter} 1",
        "minute": "09:00",
    }
    for name in ("officer", "city_leader", "inspector"):
        page = text_of(signed_in(name).get(f"/unit/K1/letters/{letter}/"))
        assert "赵小梅" not in page and ">3<" in page, name
    other = text_of(signed_in("principal").get(f"/unit/K2/letters/{letter}/"))
    assert "Counted with a brother's or sister's class: 3" in other


def test_who_reads_a_letters_figures() -> None:
    letter = send("S")
    readers = {"teacher", "principal", "reporter", "officer", "inspector", "city_officer", "city_leader", "program"}
    for name in (*readers, "other_teacher", "other_principal", "parent", "gate", "security_admin", "nobody"):
        status = signed_in(name).get(f"/unit/K1/letters/{letter}/").status_code
        assert (status == 200) == (name in readers) and status in (200, 404), name
    assert signed_in("other_principal").get(f"/unit/T/letters/{letter}/").status_code == 404
    for name in ("teacher", "inspector"):
        unit = "K1" if name == "teacher" else "S"
        assert signed_in(name).post(f"/unit/{unit}/letters/{letter}/", {"why": "x"}).status_code in (403, 404)
    assert Letter.objects.get().withdrawn_at is None


def test_list_shows_what_came_from_above_and_pages() -> None:
    send("C")
    for hour in range(3):
        services.send_letter(SYSTEM, "S", Words("information", f"第{hour}封", "正文"), clock=clock_at(9 + hour))
    page = text_of(signed_in("principal").get("/unit/S/letters/"))
    assert [title for title in re.findall(r"<b>(.*?)</b>", page) if title in ("Outing", "第0封", "第1封", "第2封")] == [
        "第2封", "第1封", "第0封", "Outing",
    ]  # fmt: skip
    assert signed_in("principal").get("/unit/S/letters/?page=9").status_code == 200


def test_school_gives_families_a_number_to_call() -> None:
    client = signed_in("principal")
    assert client.post("/unit/S/letters/", {"number": "ask me"}).status_code == 422
    assert client.post("/unit/S/letters/", {"number": "0516-8888转8", "hours_zh": "8:00-17:00"}).status_code == 302
    assert Telephone.objects.get().unit.code == "S"
    letter = send("S")
    assert '<a href="tel:05168888">0516-8888转8</a>' in text_of(signed_in("meimei").get(f"/family/letters/{letter}/"))
    assert signed_in("reporter").post("/unit/S/letters/", {"number": "12345"}).status_code == 403


def test_programs_list_letters_within_their_reach() -> None:
    send("C")
    letter = send("S")
    mine = signed_in("parent").get("/api/v1/letters").json()
    assert (mine["total"], mine["unread"]) == (2, 2)
    assert (mine["items"][0]["id"], mine["items"][0]["body_en"]) == (letter, "We leave on Friday.")
    assert not Receipt.objects.exists(), "listing is not reading"
    assert signed_in("teacher").get("/api/v1/letters").json() == {"total": 0, "unread": 0, "items": []}
    theirs = signed_in("principal").get("/api/v1/units/S/letters").json()["items"]
    assert [(one["unit"], one.get("households")) for one in theirs] == [("S", 4), ("C", None)]
    assert signed_in("other_principal").get("/api/v1/units/S/letters").status_code == 404
