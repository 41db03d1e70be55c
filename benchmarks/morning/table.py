"""The figures as a table: at the terminal, and in docs/PERFORMANCE.md."""

from typing import Any

HEAD = ("", "rows/s", "requests/s", "p50 ms", "p99 ms", "server µs", "database µs", "generator µs", "not 200")


def rows_of(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            line["name"], f"{line['rows_a_second']:,.0f}", f"{line['requests_a_second']:,.0f}", f"{line['p50_ms']:.1f}",
            f"{line['p99_ms']:.1f}", f"{line['server_us']:.0f}", f"{line['database_us']:.0f}",
            f"{line['generator_us']:.0f}", line["statuses"],
        )
        for line in figures["lines"]
    ]  # fmt: skip


def ratios_of(figures: dict[str, Any]) -> list[str]:
    """The ratios within the run, each beside what it must reach."""
    rates = {line["name"]: line["rows_a_second"] or line["requests_a_second"] for line in figures["lines"]}
    single = rates["single reports"]
    plain, empty = rates["plain Django view, ORM"], rates["empty request"]
    return [
        f"single reports to the plain view: {single / plain:.1f} x (25 x)",
        f"single reports to the empty request: {single / empty:.2f} (0.3 on PostgreSQL, 0.25 on SQLite)",
        f"city's day opened: {figures['city']['slots']:,} slots in {figures['city']['open_seconds']:.0f} s (60 s)",
        f"memory of one worker: {figures['worker_megabytes']} MB (150 MB)",
        f"reports kept: {figures['reports']:,}; tallies equal the recount: {'yes' if figures['is_exact'] else 'NO'}",
    ]


def as_text(figures: dict[str, Any]) -> str:
    rows = [HEAD, *rows_of(figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = [f"{figures['database']}, {figures['workers']} workers; {figures['machine']}", ""]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *ratios_of(figures), ""])
