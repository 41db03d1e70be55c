"""Bodies at the lane: what is refused whole, and what is refused alone."""

import json
import uuid

import pytest

from notoneless.kernel.errors import DomainError
from tests.serving.lines import REPORTS
from tests.web.lane.conftest import OFFICER, Lane
from tests.web.lane.wire import Wire

pytestmark = pytest.mark.slow
LONGEST = 2 * 1024 * 1024


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"\xff\xfe", b'{"id": NaN}', b"{} {}", b'{"a": 1e999}'])
def test_body_that_is_not_json_is_told(lane: Lane, body: bytes) -> None:
    answer = lane.post(body)
    assert (answer.status, answer.code) == (400, "not_json")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_body_nested_a_hundred_thousand_deep_is_told_and_harms_nobody(lane: Lane, opening: bytes) -> None:
    answer = lane.post(opening * 100_000)
    assert (answer.status, answer.code) == (400, "body_too_deep")
    assert lane.post(lane.report()).codes == ["reported"]


def test_body_announced_as_too_long_is_refused_before_it_is_sent(lane: Lane) -> None:
    with Wire(lane.server.port) as wire:
        wire.send_head(lane.world.tokens[OFFICER], f"Content-Length: {LONGEST + 1}")
        assert (wire.read().status, wire.code) == (413, "body_too_long")


def test_body_in_chunks_is_refused_as_soon_as_it_is_too_long(lane: Lane) -> None:
    with Wire(lane.server.port) as wire:
        wire.send_head(lane.world.tokens[OFFICER], "Transfer-Encoding: chunked")
        for _ in range(LONGEST // 65_536):
            wire.send(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        wire.send(b"1\r\n \r\n")
        assert (wire.read().status, wire.code) == (413, "body_too_long")


def test_body_in_chunks_is_read_like_any_other(lane: Lane) -> None:
    report = lane.report()
    body = json.dumps([report]).encode()
    with Wire(lane.server.port) as wire:
        wire.send_head(lane.world.tokens[OFFICER], "Transfer-Encoding: chunked")
        for start in range(0, len(body), 50):
            part = body[start : start + 50]
            wire.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        wire.send(b"0\r\n\r\n")
        assert wire.read().status == 200
        assert [one["id"] for one in wire.content["results"]] == [report["id"]]


def test_a_thousand_reports_are_read_and_one_more_is_refused_whole(lane: Lane) -> None:
    reports = [lane.report() for _ in range(1001)]
    refused = lane.post(reports)
    assert (refused.status, refused.code) == (413, "too_many_reports")
    taken = lane.post(reports[1:])
    assert (taken.status, taken.codes) == (200, ["reported"] * 1000)
    assert [one["id"] for one in taken.results] == [one["id"] for one in reports[1:]]
    assert not any(one["duplicate"] for one in taken.results)


def test_empty_array_is_read(lane: Lane) -> None:
    answer = lane.post([])
    assert (answer.status, answer.body) == (200, {"results": []})


def test_same_report_twice_in_one_array_is_a_duplicate(lane: Lane) -> None:
    report = lane.report()
    first, second = lane.post([report, report]).results
    assert second == first | {"duplicate": True}
    assert (first["state"], first["duplicate"]) == ("reported", False)


def test_another_body_under_the_same_id_in_one_array_is_refused(lane: Lane) -> None:
    report = lane.report()
    other = lane.report(id=report["id"], answers={"condition": "unwell"})
    assert lane.post([report, other]).codes == ["reported", "id_reused"]
    assert lane.post(other).codes == ["id_reused"]


def test_half_of_an_array_is_refused_and_the_answer_says_which_in_order(lane: Lane) -> None:
    good = [lane.report() for _ in range(5)]
    bad = [
        lane.report(person="NO-SUCH"), lane.report(answers={"condition": "purple"}), lane.report(id="not an id"),
        lane.report(duty="nothing"), lane.report(made_at="yesterday"),
    ]  # fmt: skip
    mixed = [one for pair in zip(good, bad, strict=True) for one in pair]

    answer = lane.post(mixed)

    assert answer.status == 200
    assert [one["id"] for one in answer.results] == [one["id"] for one in mixed]
    assert answer.codes[::2] == ["reported"] * 5
    assert answer.codes[1::2] == ["out_of_scope", "answer_not_an_option", "bad_id", "unknown_duty", "bad_instant"]
    assert [one["duplicate"] for one in lane.post(good).results] == [True] * 5


def test_values_that_no_database_keeps_are_refused_alone(lane: Lane) -> None:
    reports = [
        lane.report(), lane.report(person="K1-1\0"), lane.report(person='"{},\\'), lane.report(person="\U0010ffff"),
        lane.report(made_at="9999-12-31T23:59:59+00:00"), lane.report(day="0001-01-01"),
        lane.report(session="day\0"), lane.report(duty="daily-health\0"), lane.report(),
    ]  # fmt: skip
    answer = lane.post(reports)
    assert answer.status == 200
    assert [answer.codes[0], answer.codes[-1]] == ["reported", "reported"]
    assert not {"reported", "server_error", "database_away", "busy"} & set(answer.codes[1:-1])


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_wrong_method_is_told(lane: Lane, method: str) -> None:
    with lane.line() as line:
        answer = line.ask(method, REPORTS)
    assert (answer.status, answer.code) == (405, "wrong_method")


@pytest.mark.parametrize(("asked", "language"), [("zh-CN,zh;q=0.9", "zh"), ("en-GB,en", "en"), ("fr", ""), ("", "")])
def test_errors_speak_the_language_asked_for_or_both(lane: Lane, asked: str, language: str) -> None:
    whole = lane.post(b"{", Accept_Language=asked)
    assert whole.body == {"error": DomainError("not_json", "body").shape(language)}
    alone = lane.post(lane.report(person=f"NO-{uuid.uuid4().hex[:8]}"), Accept_Language=asked)
    assert alone.results[0]["error"] == DomainError("out_of_scope", "person").shape(language)
    nobody = lane.post([], "", Accept_Language=asked)
    assert nobody.body == {"error": DomainError("sign_in_required").shape(language)}
