"""axe-core on every page, light and dark, in both languages, on a phone and on a desk: no violation."""

import sys
from collections import defaultdict
from pathlib import Path

from looks.city import Readers, chromium, served
from looks.pages import LOOKS

AXE = Path("node_modules/axe-core/axe.min.js")
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
ASK = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.impact, one.nodes.map((node) => node.target.join(" ") + "  " +
    (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message)]);
}"""


def main() -> None:
    only = set(sys.argv[1:])
    source = AXE.read_text(encoding="utf-8")
    looks = [look for look in LOOKS if not only or look.name in only]
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    asked = 0
    with served() as address, chromium() as browser:
        readers = Readers(browser, address)
        for language in ("zh", "en"):
            for theme in ("light", "dark"):
                for size, pixels in SIZES.items():
                    for reader in dict.fromkeys(look.reader for look in looks):
                        context = readers.context(reader, language=language, theme=theme, size=pixels)
                        page = context.new_page()
                        for look in looks:
                            if look.reader != reader:
                                continue
                            page.goto(address + look.address.format(home=readers.home(reader)))
                            page.evaluate(source)
                            asked += 1
                            for rule, impact, nodes in page.evaluate(ASK):
                                where = f"{look.name} {language} {theme} {size}"
                                found[rule, impact].update(f"{where}: {node}" for node in nodes)
                        context.close()
                    print(f"axe: {language} {theme} {size} looked at", flush=True)
    for (rule, impact), places in sorted(found.items()):
        print(f"\n{rule} ({impact}), {len(places)} places")
        for place in sorted(places)[:12]:
            print(f"  {place}")
    print(f"\naxe-core: {len(looks)} pages, {asked} times looked at, {sum(map(len, found.values()))} violations")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
