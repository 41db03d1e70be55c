"""`make screens`: every page at phone, desk and wall size, in both languages and both themes, as pictures in a folder;
with `--tour` the few that docs/TOUR.md shows."""

import argparse
import sys
from itertools import product
from pathlib import Path

from looks.city import Readers, chromium, served
from looks.pages import LOOKS, Look

SIZES = {"phone": (390, 844), "desk": (1440, 900), "wall": (3840, 2160)}
LANGUAGES, THEMES = ("zh", "en"), ("light", "dark")
TOUR = {
    "family": "phone", "family-child": "phone", "class": "phone", "class-parents": "phone", "school": "desk",
    "bureau-situation": "desk", "bureau-trends": "desk", "bureau-map": "desk", "bureau-ranking": "desk",
    "wall": "desk",
}  # fmt: skip
LONGEST, LONGEST_OF_TOUR = 4000, 1600
"""Pixels of a picture: what lies below is more of the same."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("var/screens"))
    parser.add_argument("--tour", action="store_true")
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    only = set(given.only.split(",")) if given.only else set()
    looks = [look for look in LOOKS if (not only or look.name in only) and (not given.tour or look.name in TOUR)]
    longest = LONGEST_OF_TOUR if given.tour else LONGEST
    faults = []
    with served("small" if given.tour else "tiny") as address, chromium() as browser:
        readers = Readers(browser, address)
        for language, theme, size in product(LANGUAGES, THEMES[:1] if given.tour else THEMES, SIZES):
            shown = [look for look in looks if _is_shown(look, size, tour=given.tour)]
            faults += _take(readers, address, shown, (language, theme, size), given.into, longest)
            print(f"{language} {theme} {size}: {len(shown)} pages", flush=True)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


def _is_shown(look: Look, size: str, *, tour: bool) -> bool:
    if tour:
        return TOUR[look.name] == size
    return size != "wall" or look.wall


def _take(
    readers: Readers, address: str, looks: list[Look], how: tuple[str, str, str], into: Path, longest: int
) -> list[str]:  # fmt: skip
    language, theme, size = how
    width, height = SIZES[size]
    faults = []
    for reader in dict.fromkeys(look.reader for look in looks):
        context = readers.context(reader, language=language, theme=theme, size=(width, height))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        for look in looks:
            if look.reader != reader:
                continue
            page.goto(address + look.address.format(home=readers.home(reader)), wait_until="load")
            page.wait_for_timeout(250)  # charts draw themselves; a picture is no test
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                faults.append(f"wider than the screen by {over}: {look.name} {language} {theme} {size}")
            tall = min(longest, max(height, page.evaluate("document.documentElement.scrollHeight")))
            page.set_viewport_size({"width": width, "height": tall})
            page.screenshot(path=into / f"{look.name}-{language}-{theme}-{size}.png")
            page.set_viewport_size({"width": width, "height": height})
        context.close()
    return faults


if __name__ == "__main__":
    main()
