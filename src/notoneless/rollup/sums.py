"""Sum up for bureaus the days whose ledger is locked: no report is taken for them and no rule reaches them any more."""

import json
from collections import defaultdict
from datetime import date

from notoneless.kernel.clock import Clock, to_micros
from notoneless.kernel.sql import as_day, fetch
from notoneless.rollup.models import DaySum
from notoneless.rollup.queries import SUMS
from notoneless.roster.roles import BUREAU

_BELOW = (
    "FROM day_unit b JOIN {table} t ON t.day = b.day AND t.path >= b.path AND t.path < b.path || '~'"
    " WHERE b.day = %s AND t.duty_id = %s AND b.level IN ('province', 'city', 'district', 'central')"
)


def sum_locked_days(*, clock: Clock, most: int = 12) -> int:
    """Keep the sums of up to `most` duties' days that are locked and not yet summed, newest first; how many."""
    waiting = fetch(
        "SELECT s.day, s.duty_id FROM day_session s WHERE NOT EXISTS"
        " (SELECT 1 FROM day_sum d WHERE d.day = s.day AND d.duty_id = s.duty_id)"
        " GROUP BY s.day, s.duty_id HAVING MAX(s.locks_at) <= %s ORDER BY s.day DESC, s.duty_id LIMIT %s",
        [to_micros(clock.now()), most],
    )
    for day, duty_id in waiting:
        sum_day(as_day(day), duty_id)
    return len(waiting)


def sum_day(day: date, duty_id: int) -> None:
    """Every bureau gets a row, also one of zeros: a row says that the day was summed."""
    bureaus = fetch(
        f"SELECT unit_id FROM day_unit WHERE day = %s AND level IN ({', '.join(['%s'] * len(BUREAU))})",
        [day, *sorted(BUREAU)],
    )
    sums = SUMS.replace("SUM(", "SUM(t.")
    counts = fetch(f"SELECT b.unit_id, {sums} {_BELOW.format(table='tally')} GROUP BY b.unit_id", [day, duty_id])
    by_unit = {unit_id: [int(n) for n in found] for unit_id, *found in counts}
    measures: dict[int, dict[str, int]] = defaultdict(dict)
    for unit_id, measure, n in fetch(
        f"SELECT b.unit_id, t.measure, SUM(t.n) {_BELOW.format(table='measure_tally')}"
        " GROUP BY b.unit_id, t.measure HAVING SUM(t.n) > 0",
        [day, duty_id],
    ):
        measures[unit_id][measure] = int(n)
    names = ("on_time", "late", "excused", "missing", "due", "voluntary")
    DaySum.objects.bulk_create(
        [
            DaySum(
                day=day, duty_id=duty_id, unit_id=unit_id,
                measures=json.dumps(measures.get(unit_id, {}), sort_keys=True, separators=(",", ":")),
                **dict(zip(names, by_unit.get(unit_id, [0] * len(names)), strict=True)),
            )
            for (unit_id,) in bureaus
        ],
        ignore_conflicts=True,  # another worker may be summing the same day
    )  # fmt: skip
