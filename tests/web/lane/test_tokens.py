"""Tokens at the lane: what is good, what is not, and how soon one ends."""

import re
from pathlib import Path

import pytest

from notoneless.kernel.keyring import KeyRing
from tests.serving.waiting import wait_until
from tests.web.lane.conftest import NINE, Lane

pytestmark = pytest.mark.slow
SOON = 3.0
"""Seconds: within two, and the time of a request."""


def refusal(lane: Lane, token: str) -> tuple[int, str]:
    answer = lane.post([], token)
    return answer.status, answer.code


def test_token_is_good_until_the_instant_at_which_it_expires(lane: Lane) -> None:
    assert refusal(lane, lane.token(expires=NINE + 1)) == (200, "")
    assert refusal(lane, lane.token(expires=NINE)) == (401, "token_expired")


def test_token_of_another_household_reaches_its_own_children_only(lane: Lane) -> None:
    reports = [lane.report(person=code) for code in ("K1-1", "K1-2", "T-t", "L1-1")]
    answer = lane.post(reports, lane.world.tokens["parent"])
    assert answer.codes == ["reported", "out_of_scope", "out_of_scope", "reported"]


def test_token_that_is_cut_short_is_unreadable_wherever_it_is_cut(lane: Lane) -> None:
    token = lane.token()
    with lane.line("") as line:
        for end in range(1, len(token), 7):
            answer = line.post([], Authorization=f"Bearer {token[:end]}")
            assert (answer.status, answer.code) == (401, "token_unreadable")


def test_token_with_any_part_altered_is_unreadable(lane: Lane) -> None:
    token = lane.token()
    with lane.line("") as line:
        for place in range(0, len(token), 5):
            other = "A" if token[place] != "A" else "B"
            answer = line.post([], Authorization=f"Bearer {token[:place]}{other}{token[place + 1 :]}")
            assert (answer.status, answer.code) == (401, "token_unreadable")


@pytest.mark.parametrize("token", ["made-up", "a.b.c", "..", "\xff\xfe.\xe9.\xe9", "x" * 20_000])
def test_token_that_never_was_one_is_unreadable(lane: Lane, token: str) -> None:
    assert refusal(lane, token) == (401, "token_unreadable")


@pytest.mark.parametrize("authorization", ["", "Basic b2ZmaWNlcjp4", "Bearer"])
def test_nobody_is_asked_to_sign_in(lane: Lane, authorization: str) -> None:
    answer = lane.post([], "", **({"Authorization": authorization} if authorization else {}))
    assert answer.status == 401
    assert answer.code == ("token_unreadable" if authorization == "Bearer" else "sign_in_required")


def test_token_signed_by_a_key_that_is_not_ours_is_unreadable(lane: Lane, tmp_path: Path) -> None:
    assert refusal(lane, lane.token(ring=KeyRing(tmp_path / "token.keys"))) == (401, "token_unreadable")


def test_refusal_before_the_body_is_read_says_that_the_connection_ends(lane: Lane) -> None:
    for answer in (lane.post(lane.report(), "made-up"), lane.post(lane.report(), "")):
        assert (answer.status, answer.headers["connection"]) == (401, "close")
    assert "connection" not in lane.post(b"{").headers


def test_rotation_keeps_old_tokens_good_and_a_retired_key_ends_its_own_only(lane: Lane) -> None:
    first = lane.ring.rotate(now=NINE // 1_000_000)
    of_first = lane.token()
    second = lane.ring.rotate(now=NINE // 1_000_000)
    of_second = lane.token()
    assert (of_first.partition(".")[0], of_second.partition(".")[0]) == (first, second)
    for _ in range(10):  # each on a connection of its own, so that every worker is asked
        assert refusal(lane, of_second) == (200, "")
        assert refusal(lane, of_first) == (200, "")

    lane.ring.retire(first)

    for _ in range(10):
        wait_until(lambda: refusal(lane, of_first) == (401, "token_unreadable"), "the key is forgotten", seconds=SOON)
    assert refusal(lane, of_second) == (200, "")
    assert refusal(lane, lane.world.tokens["program"]) == (200, "")


def test_revocation_takes_effect_within_two_seconds_and_for_one_account(lane: Lane) -> None:
    token = lane.world.tokens["other_teacher"]
    report = lane.report(person="L1-9", by="teacher")
    assert lane.post(report, token).codes == ["reported"]

    lane.server.database.run("notoneless.cli", "token", "revoke", "other_teacher", NOL_NOW=lane.world.now)

    wait_until(lambda: refusal(lane, token) == (401, "token_revoked"), "the token is revoked", seconds=SOON)
    assert refusal(lane, lane.world.tokens["teacher"]) == (200, "")


def test_account_that_is_switched_off_loses_its_tokens_and_gets_no_new_one(lane: Lane) -> None:
    token = lane.world.tokens["other_principal"]
    assert refusal(lane, token) == (200, "")

    lane.server.database.run(
        "django", "shell", "-c",
        "from notoneless.roster.models import Account\n"
        "account = Account.objects.get(username='other_principal')\naccount.is_active = False\naccount.save()",
        NOL_NOW=lane.world.now, DJANGO_SETTINGS_MODULE="notoneless.settings",
    )  # fmt: skip

    wait_until(lambda: refusal(lane, token) == (401, "token_revoked"), "the token is revoked", seconds=SOON)
    with pytest.raises(AssertionError, match=re.escape("switched off")):
        lane.server.database.run("notoneless.cli", "token", "issue", "other_principal", NOL_NOW=lane.world.now)
