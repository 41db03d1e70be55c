"""How fast one token may send; everybody else keeps their own pace."""

import pytest

from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import Scope
from notoneless.web.lane.pace import FAMILY, OFFICE, Paces
from tests.web.lane.conftest import Lane

HOUSEHOLD = Scope("parent", households=frozenset({1}))
SCHOOL = Scope("principal", paths=("000001",))


@pytest.mark.slow
def test_flood_of_one_household_is_told_when_to_come_back_and_others_go_on(lane: Lane) -> None:
    most, rate = FAMILY
    token = lane.token("parent", token="a-flood")
    reports = [lane.report(person="K1-1") for _ in range(most)]
    with lane.line(token) as line:  # one connection stays with one worker, and buckets are a worker's own
        assert line.post(reports[: most - 10]).status == 200
        answer = line.post(reports[:30])
        assert (answer.status, answer.code) == (429, "too_fast")
        assert int(answer.headers["retry-after"]) >= (30 - 10) / rate - 1
        assert line.post([], Authorization=f"Bearer {lane.token('parent', token='another')}").status == 200
    assert lane.post(lane.report()).codes == ["reported"]


@pytest.mark.parametrize(("scope", "pace"), [(HOUSEHOLD, FAMILY), (SCHOOL, OFFICE)])
def test_bucket_holds_so_many_and_fills_by_the_second(scope: Scope, pace: tuple[int, float]) -> None:
    most, rate = pace
    paces = Paces()
    paces.require("token", scope, most, 100.0)
    with pytest.raises(DomainError, match="too_fast"):
        paces.require("token", scope, 1, 100.0)
    with pytest.raises(DomainError, match="too_fast"):
        paces.require("token", scope, int(rate * 10) + 1, 110.0)
    paces.require("token", scope, int(rate * 10), 110.0)
    paces.require("token", scope, most, 10_000.0)
    with pytest.raises(DomainError, match="too_fast"):
        paces.require("token", scope, most + 1, 1_000_000.0)


def test_refused_request_takes_nothing_from_the_bucket() -> None:
    paces = Paces()
    for _ in range(50):
        with pytest.raises(DomainError) as refused:
            paces.require("token", HOUSEHOLD, FAMILY[0] + 1, 0.0)
    assert refused.value.params["seconds"] >= 1
    paces.require("token", HOUSEHOLD, FAMILY[0], 0.0)
