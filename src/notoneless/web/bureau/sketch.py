"""A sketch of districts: boundaries by GB/T 2260 code, made at set-up (scripts/make_districts.py), as paths of one
drawing. Plain Python. No survey map: thinned to about 300 m, and drawn as if the earth were flat."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path

BOUNDARIES = Path(__file__).parent / "boundaries"
WIDTH, MOST_HEIGHT = 800, 760
"""Units of the drawing."""
ROOM = (96, 48)
"""What a name with its figure takes; a smaller shape carries its number in the list instead."""
Rings = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Shape:
    """One district: an SVG path, where its label stands, and whether name and figure fit into it."""

    area: str
    path: str
    x: int
    y: int
    has_room: bool


@dataclass(frozen=True)
class Sketch:
    """The drawing. `height` goes with WIDTH."""

    height: int
    shapes: tuple[Shape, ...]


@lru_cache(maxsize=4)
def boundaries_of(province: str) -> Mapping[str, Rings]:
    """The rings of a province's districts by code, as longitude, latitude, longitude ...; none where none were made."""
    path = BOUNDARIES / f"{province}.json"
    if not (province.isdigit() and path.is_file()):
        return {}
    found: dict[str, Rings] = json.loads(path.read_text(encoding="utf-8"))
    return found


def known(areas: Sequence[str]) -> dict[str, Rings]:
    """The rings of those areas that have any."""
    return {area: rings for area in areas if (rings := boundaries_of(area[:2]).get(area))}


def sketch_of(found: Mapping[str, Rings]) -> Sketch | None:
    """The areas drawn together, north up; None of nothing."""
    lons = [n for rings in found.values() for ring in rings for n in ring[::2]]
    lats = [n for rings in found.values() for ring in rings for n in ring[1::2]]
    if not lons:
        return None
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    narrow = cos(radians((south + north) / 2))
    scale = min(WIDTH / max((east - west) * narrow, 1e-6), MOST_HEIGHT / max(north - south, 1e-6))
    left = (WIDTH - (east - west) * narrow * scale) / 2

    def placed(lon: float, lat: float) -> tuple[float, float]:
        return round(left + (lon - west) * narrow * scale, 1), round((north - lat) * scale, 1)

    shapes = []
    for area, rings in sorted(found.items()):
        drawn = [[placed(*ring[at : at + 2]) for at in range(0, len(ring), 2)] for ring in rings]
        path = "".join(f"M{' '.join(f'{x:g},{y:g}' for x, y in ring)}Z" for ring in drawn)
        largest = max(drawn, key=lambda ring: abs(_twice_the_area(ring)))
        x, y = _middle(largest)
        wide = max(x for x, _ in largest) - min(x for x, _ in largest)
        high = max(y for _, y in largest) - min(y for _, y in largest)
        shapes.append(Shape(area, path, round(x), round(y), wide >= ROOM[0] and high >= ROOM[1]))
    return Sketch(round((north - south) * scale) + 1, tuple(shapes))


def _twice_the_area(ring: Sequence[tuple[float, float]]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of gravity of a ring; the mean of its corners where it encloses nothing."""
    twice = _twice_the_area(ring)
    if abs(twice) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((ax + bx) * (ax * by - bx * ay) for (ax, ay), (bx, by) in pairs) / (3 * twice)
    y = sum((ay + by) * (ax * by - bx * ay) for (ax, ay), (bx, by) in pairs) / (3 * twice)
    return x, y
