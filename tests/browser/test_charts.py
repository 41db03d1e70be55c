"""Charts in a real browser under our policy: drawn, read as a table, saved as pictures."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from playwright.sync_api import Page, expect

from notoneless.expect.services import open_day
from notoneless.ledger.models import DayUnit
from notoneless.web.bureau import sketch
from tests.browser.test_pages import Server, sign_in
from tests.builders import DAY, clock_at, make_city, report, send
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def days() -> None:
    make_city()
    make_cast()
    for back in (1, 0):
        day = DAY - timedelta(days=back)
        open_day(day, clock=clock_at(0, day=day))
    send(report("K1-1"), report("K1-2"))


def test_trend_is_drawn_and_saved_as_png_and_svg(days: None, live_server: Server, desk: Page) -> None:
    """Any error of a script or breach of the policy fails it (conftest.py)."""
    sign_in(desk, live_server, "city_officer")
    desk.goto(f"{live_server.url}/bureau/C/trends/")
    chart = desk.locator("figure[data-chart]").first
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("table")).to_be_hidden()
    chart.get_by_text("数据表").click()
    expect(chart.locator("tbody tr")).to_have_count(2)
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with desk.expect_download() as saved:
            chart.locator(f'[data-picture="{kind.lower()}"]').click()
        content = Path(saved.value.path()).read_bytes()
        assert saved.value.suggested_filename == f"C-completeness.{kind.lower()}"
        assert content.startswith(begins) and len(content) > 2000
        if kind == "SVG":
            assert "上报率与按时率" in content.decode(), "a picture says what it shows"
            fromstring(content)  # an open quote would draw half of it


def test_sentence_is_copied(days: None, live_server: Server, desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(desk, live_server, "city_officer")
    desk.goto(f"{live_server.url}/bureau/C/situation/")
    desk.locator('[data-copy="sentence-zh"]').click()
    expect(desk.locator('[data-copied="sentence-zh"]')).to_be_visible()
    said: str = desk.evaluate("navigator.clipboard.readText()")
    assert said == desk.locator("#sentence-zh").input_value() and "应报11人，已报2人" in said


def test_sketch_is_saved_as_it_stands(
    days: None, live_server: Server, desk: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = [117.0, 36.0, 117.4, 36.0, 117.4, 36.3, 117.0, 36.3, 117.0, 36.0]
    (tmp_path / "37.json").write_text(json.dumps({"370102": [square]}), encoding="utf-8")
    monkeypatch.setattr(sketch, "BOUNDARIES", tmp_path)
    sketch.boundaries_of.cache_clear()
    DayUnit.objects.filter(code="D").update(area="370102")
    sign_in(desk, live_server, "city_officer")
    desk.goto(f"{live_server.url}/bureau/C/map/")
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with desk.expect_download() as saved:
            desk.locator(f'[data-picture="{kind}"]').click()
        content = Path(saved.value.path()).read_bytes()
        assert saved.value.suggested_filename == f"C-map.{kind}" and content.startswith(begins)
        if kind == "svg":
            fromstring(content)
            assert "示意图，非测绘地图" in content.decode() and 'fill="rgb' in content.decode()
    sketch.boundaries_of.cache_clear()
