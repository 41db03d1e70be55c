"""Health and counts: for whom, and that nobody is in them."""

import http.client
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving.database import ROOT, Database
from tests.web.lane.conftest import OFFICER, Lane

pytestmark = pytest.mark.slow


def test_healthy_server_says_so(lane: Lane) -> None:
    assert lane.server.get("/livez") == (200, "ok")
    assert lane.server.get("/readyz") == (200, "ok")


def test_counts_are_for_this_machine_only(lane: Lane) -> None:
    assert lane.server.get("/metrics")[0] == 200
    assert lane.server.get("/metrics", X_Forwarded_For="192.0.2.7")[0] == 404
    from_elsewhere = http.client.HTTPConnection("127.0.0.1", lane.server.port, source_address=("127.0.0.2", 0))
    from_elsewhere.request("GET", "/metrics")
    answer = from_elsewhere.getresponse()
    assert (answer.status, "page_not_found" in answer.read().decode()) == (404, True)
    from_elsewhere.close()


def test_counts_name_no_person_account_or_token(lane: Lane) -> None:
    report = lane.report(person="K1-7")
    assert lane.post([report, lane.report(person="NO-SUCH-PUPIL")]).codes == ["reported", "out_of_scope"]
    assert lane.post([], "made-up-token").status == 401
    page = lane.server.get("/metrics")[1]
    assert 'nol_lane_refused_total{code="out_of_scope"}' in page
    assert 'nol_lane_refused_total{code="token_unreadable"}' in page
    for secret in ("K1-7", "NO-SUCH-PUPIL", "made-up", OFFICER, report["id"], lane.world.tokens[OFFICER][:20]):
        assert secret not in page
    assert set(re.findall(r"[{,](\w+)=", page)) == {"code", "le"}


def test_what_a_dead_worker_had_waiting_is_not_counted_any_more(tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    counts.mkdir()

    def worker(act: str) -> str:
        """A process that counts as a worker does, and leaves without a word."""
        program = f"from notoneless.web.lane.metrics import LaneMetrics\ncounts = LaneMetrics()\n{act}"
        environment = Database(tmp_path).environment(PROMETHEUS_MULTIPROC_DIR=str(counts))
        return subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout

    worker("counts.batch(3, 0.01, 7)\ncounts.failure('busy')\nimport os\nos._exit(0)")
    page = worker("counts.batch(2, 0.01, 5)\nprint(counts.page().decode())")

    assert "nol_lane_waiting_rows 5.0" in page
    assert "nol_lane_batch_rows_sum 5.0" in page
    assert 'nol_lane_refused_total{code="busy"} 1.0' in page
