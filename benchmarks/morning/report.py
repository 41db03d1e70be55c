"""The figures of both databases beside what they must reach, put between the marks in docs/PERFORMANCE.md."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.morning.table import HEAD, ratios_of, rows_of

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
Figures = dict[str, Any]


def targets(sqlite: Figures, postgres: Figures) -> str:
    """Each target of both databases: what is needed, what was seen, and whether it was reached."""
    rows: list[tuple[str, ...]] = [("", "PostgreSQL needs", "seen", "", "SQLite needs", "seen", "")]
    for name, needs, read in _TARGETS:
        cells = [name]
        for figures, need in zip((postgres, sqlite), needs, strict=True):
            seen = read(figures)
            reached = seen <= need if name in _AT_MOST else seen >= need
            cells += [f"{need:,}", f"{seen:,.2f}" if seen < 10 else f"{seen:,.0f}", "yes" if reached else "**no**"]
        rows.append(tuple(cells))
    return "\n".join(["| " + " | ".join(rows[0]) + " |", "|---" * len(rows[0]) + "|",
                      *("| " + " | ".join(row) + " |" for row in rows[1:])])  # fmt: skip


def _line(figures: Figures, name: str) -> dict[str, Any]:
    return next((line for line in figures["lines"] if line["name"] == name), {})


def _rate(figures: Figures, name: str) -> float:
    line = _line(figures, name)
    return float(line.get("rows_a_second") or line.get("requests_a_second") or 0.0)


def _ratio(figures: Figures, to: str) -> float:
    return _rate(figures, "single reports") / max(_rate(figures, to), 1.0)


def _open(figures: Figures) -> float:
    """Seconds for each 1.3 million slots."""
    city = figures["city"]
    return float(city["open_seconds"] * 1_300_000 / max(city["slots"], 1))


_TARGETS: list[tuple[str, tuple[float, float], Any]] = [
    ("single reports, durable before the answer, a second", (15_000, 12_000), lambda f: _rate(f, "single reports")),
    ("p99 at 70 % of that, ms", (60, 60), lambda f: _line(f, "the same at 70 %")["p99_ms"]),
    ("class batches of 45, rows a second", (80_000, 60_000), lambda f: _rate(f, "class batches of 45")),
    ("times a plain Django view with the ORM", (25, 25), lambda f: _ratio(f, "plain Django view, ORM")),
    ("of the empty request on the same server", (0.3, 0.25), lambda f: _ratio(f, "empty request")),
    ("1.3 million slots opened, seconds", (60, 60), _open),
    ("city by district while 5,000/s arrive, p99 ms", (30, 60), lambda f: _line(f, "read: completeness")["p99_ms"]),
    ("ranking of 3,207 schools, p99 ms", (60, 100), lambda f: _line(f, "read: ranking")["p99_ms"]),
    ("a class's missing list, p99 ms", (10, 10), lambda f: _line(f, "read: missing")["p99_ms"]),
    ("a person's 30 days, p99 ms", (10, 10), lambda f: _line(f, "read: days")["p99_ms"]),
    ("memory of one worker, MB", (150, 150), lambda f: f["worker_megabytes"]),
]
_AT_MOST = {name for name, _, _ in _TARGETS if name.endswith((" ms", "seconds", "MB"))}


def write(path: Path, sqlite: Figures, postgres: Figures) -> None:
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [BEGIN, f"\nMeasured {datetime.now(UTC):%Y-%m-%d} on {postgres['machine']}.\n", targets(sqlite, postgres)]
    for figures in (postgres, sqlite):
        parts.append(f"\n### {figures['database']}, {figures['workers']} worker(s)\n")
        rows = [HEAD, tuple("---" for _ in HEAD), *rows_of(figures)]
        parts += ["| " + " | ".join(row) + " |" for row in rows]
        parts.append("")
        parts += [f"- {one}" for one in ratios_of(figures)]
    path.write_text(before + "\n".join(parts) + "\n\n" + END + after, encoding="utf-8")
