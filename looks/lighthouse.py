"""Lighthouse on the family's page as a phone on a slow line loads it: performance, accessibility, best practices."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from looks.city import ARGUMENTS, CHROMIUM, Readers, chromium, served

LIGHTHOUSE = Path("node_modules/.bin/lighthouse")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 95}
MOST_BYTES = 60_000
"""Of a first visit, without images (issue: the pages)."""


SLOW = ["--throttling.rttMs=400", "--throttling.throughputKbps=400", "--throttling.cpuSlowdownMultiplier=4"]
"""Chromium's own "Slow 3G"."""
MOST_SECONDS = 3.0


def main() -> None:
    with served() as address, tempfile.TemporaryDirectory() as folder:
        with chromium() as browser:
            cookies = Readers(browser, address).cookies("family")
        usual = _ask(address, cookies, Path(folder), [])
        slow = _ask(address, cookies, Path(folder), SLOW)
    is_short = _print(usual)
    drawn, largest, whole = (
        float(slow["audits"][name]["numericValue"]) / 1000
        for name in ("first-contentful-paint", "largest-contentful-paint", "interactive")
    )
    # The page is a plain form: it can be filled in and sent as soon as it is drawn. Where the browser was seen to draw
    # its largest part with the first, that is the first paint; the model counts icons and scripts to the other.
    seen = slow["audits"]["metrics"]["details"]["items"][0]
    usable = drawn if seen["observedLargestContentfulPaint"] <= seen["observedFirstContentfulPaint"] else largest
    print(
        f"slow 3G: usable after {usable:.1f} s (at most {MOST_SECONDS:.0f}): first drawn {drawn:.1f} s,"
        f" with its icons {largest:.1f} s, scripts {whole:.1f} s"
    )
    sys.exit(1 if is_short or usable > MOST_SECONDS else 0)


def _ask(address: str, cookies: str, folder: Path, flags: list[str]) -> Any:
    headers, report = folder / "headers.json", folder / "report.json"
    headers.write_text(json.dumps({"Cookie": cookies}), encoding="utf-8")
    chrome = " ".join(["--headless=new", *ARGUMENTS])
    subprocess.run(
        [LIGHTHOUSE, f"{address}/family/", "--quiet", "--output=json", f"--output-path={report}",
         f"--extra-headers={headers}", f"--chrome-flags={chrome}", f"--only-categories={','.join(LEAST)}", *flags],
        env=os.environ | {"CHROME_PATH": CHROMIUM}, check=True,
    )  # fmt: skip
    return json.loads(report.read_text(encoding="utf-8"))


def _print(told: Any) -> bool:
    """Whether anything is below what is asked."""
    categories, audits = told["categories"], told["audits"]
    short = False
    for name, least in LEAST.items():
        score = round(categories[name]["score"] * 100)
        short = short or score < least
        print(f"lighthouse: {name} {score} (at least {least})")
    sent = [one for one in audits["network-requests"]["details"]["items"] if one.get("resourceType") != "Image"]
    total = sum(int(one["transferSize"]) for one in sent)
    short = short or total > MOST_BYTES
    print(f"first visit: {total:,} bytes in {len(sent)} requests without images (at most {MOST_BYTES:,})")
    for one in sorted(sent, key=lambda one: -one["transferSize"]):
        print(f"  {one['transferSize']:>7,}  {one['url'].split('/', 3)[-1]}")
    for audit in audits.values():
        if audit.get("score") is not None and audit["score"] < 0.9 and audit.get("scoreDisplayMode") != "informative":
            print(f"  {audit['score']:.2f} {audit['id']}: {audit['title']}")
    return short


if __name__ == "__main__":
    main()
