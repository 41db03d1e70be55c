"""The sketch of districts: shapes by code, points for what has none, and never colour alone."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.ledger.models import DayUnit
from notoneless.web.bureau import sketch
from notoneless.web.bureau.districts import shade_of
from notoneless.web.bureau.sketch import MOST_HEIGHT, WIDTH, sketch_of
from tests.builders import opened_city
from tests.web.cast import make_cast, signed_in, text_of

SQUARE = [117.0, 36.0, 117.4, 36.0, 117.4, 36.3, 117.0, 36.3, 117.0, 36.0]
SPECK = [117.4, 36.0, 117.41, 36.0, 117.41, 36.01, 117.4, 36.0]


@pytest.fixture
def boundaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "37.json").write_text(json.dumps({"370102": [SQUARE], "370105": [SPECK]}), encoding="utf-8")
    monkeypatch.setattr(sketch, "BOUNDARIES", tmp_path)
    sketch.boundaries_of.cache_clear()
    yield
    sketch.boundaries_of.cache_clear()


@pytest.mark.django_db
def test_district_with_a_boundary_is_a_shape_and_a_zone_is_a_point(boundaries: None) -> None:
    opened_city()
    make_cast()
    DayUnit.objects.filter(code="D").update(area="370102")
    DayUnit.objects.filter(code="E").update(area="370176")
    page = text_of(signed_in("city_officer").get("/bureau/C/map/"))
    assert page.count("<path ") == 1 and 'aria-label="D 0.0' in page and "Sketch, not a survey map" in page
    assert '<ul class="nol-points"' in page and "have no boundary of their own" in page
    assert page.count('scope="row"><a href="/bureau/') == 2, "the list says all of it"
    assert signed_in("city_officer").get("/bureau/D/map/")["Location"] == "/bureau/D/"


@pytest.mark.django_db
def test_map_without_boundaries_is_the_list() -> None:
    opened_city(pupils=1)
    make_cast()
    page = text_of(signed_in("city_leader", "zh").get("/bureau/C/map/"))
    assert "没有这些区划的边界数据" in page and 'href="/bureau/E/"' in page


def test_small_shape_carries_its_number_only(boundaries: None) -> None:
    found = sketch_of(sketch.known(["370102", "370105", "999999", ""]))
    assert found is not None
    assert [(shape.area, shape.has_room) for shape in found.shapes] == [("370102", True), ("370105", False)]
    assert found.shapes[0].path.startswith("M0,") and found.shapes[0].path.endswith("Z")
    assert sketch_of({}) is None


@given(st.lists(st.tuples(st.floats(73, 135), st.floats(18, 54)), min_size=3, max_size=12))
def test_every_point_lies_in_the_drawing(points: list[tuple[float, float]]) -> None:
    ring = [n for point in [*points, points[0]] for n in point]
    found = sketch_of({"1": [ring]})
    assert found is not None and 0 <= found.height <= MOST_HEIGHT + 2
    numbers = [pair.split(",") for pair in found.shapes[0].path.strip("MZ").split()]
    assert all(-1 <= float(x) <= WIDTH + 1 and -1 <= float(y) <= found.height for x, y in numbers)


@pytest.mark.parametrize(
    ("n", "of", "shade"), [(100, 100, "4"), (999, 1000, "3"), (95, 100, "2"), (949, 1000, "1"), (0, 9, "0")]
)
def test_complete_is_a_shade_of_its_own(n: int, of: int, shade: str) -> None:
    assert shade_of(Fraction(n, of)) == shade
    assert shade_of(None) == "none"
