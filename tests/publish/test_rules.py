"""What a letter may hold, and its words as paragraphs and links that say where they lead."""

import pytest

from notoneless.publish.rules import Piece, Words, faults_of, is_telephone, paragraphs_of, tidied


def words(**changes: str) -> Words:
    return Words(**({"kind": "information", "title_zh": "春游", "body_zh": "周五出发。"} | changes))


def test_right_letter_has_no_fault_whatever_characters_a_name_needs() -> None:
    assert faults_of(words(title_zh="𠮷老师的信 👨‍👩‍👧", body_zh="第一段\n\n第二段\t🌱")) == {}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [({"title_zh": ""}, "title_zh", "value_required"), ({"body_zh": ""}, "body_zh", "value_required"),
     ({"title_zh": "春" * 81}, "title_zh", "value_too_long"), ({"body_en": "x" * 6001}, "body_en", "value_too_long"),
     ({"title_zh": "春\n游"}, "title_zh", "bad_text"), ({"body_zh": "a\0b"}, "body_zh", "bad_text"),
     ({"body_zh": "a\ud800b"}, "body_zh", "bad_text"), ({"title_en": "a\u202eb"}, "title_en", "bad_text"),
     ({"kind": "photograph"}, "kind", "unknown_choice")],
)  # fmt: skip
def test_fault_names_its_field(changes: dict[str, str], field: str, code: str) -> None:
    assert {name: fault.code for name, fault in faults_of(words(**changes)).items()} == {field: code}


def test_lines_become_paragraphs() -> None:
    assert tidied(" 一 \r\n\r\n\r\n\r\n二\r三 ") == "一\n\n二\n三"
    assert paragraphs_of("一\n二\n\n三") == [[[Piece("一")], [Piece("二")]], [[Piece("三")]]]


def test_link_is_shown_by_its_host() -> None:
    (line,) = paragraphs_of("详见https://www.example.edu.cn/a?b=1。谢谢")[0]
    assert line == [
        Piece("详见"), Piece("/a?b=1", "https://www.example.edu.cn/a?b=1", "www.example.edu.cn"), Piece("。谢谢"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["http://example.com/", "javascript:alert(1)", "https://bank.example.com@evil.example/", "https://xn--80ak6aa92e.com",
     "https://еxample.com", "https://", "https://localhost/", "https://10.0.0.1:99999/", "<a href='https:x'>x</a>",
     "data:text/html,x", "https://[::1]/"],
)  # fmt: skip
def test_whatever_hides_where_it_leads_stays_words(text: str) -> None:
    assert paragraphs_of(text) == [[[Piece(text)]]]


def test_closing_marks_are_not_of_the_address() -> None:
    assert [piece.url for piece in paragraphs_of("(https://a.example/x).")[0][0]] == ["", "https://a.example/x", ""]


@pytest.mark.parametrize(
    ("number", "is_one"),
    [("0516-12345", True), ("13800138000", True), ("+86 516 8888 8888", True), ("0516-8888888转802", True),
     ("12345", True), ("call me", False), ("", False), ("1" * 30, False), ("0516--<b>", False)],
)  # fmt: skip
def test_telephone_is_printed_as_it_is_dialled(number: str, is_one: bool) -> None:
    assert is_telephone(number) == is_one
