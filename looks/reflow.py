"""Every page at 320 px, and with letters twice as large on a phone: nothing lies beyond the edge (WCAG 1.4.4)."""

import sys

from looks.city import Readers, chromium, served
from looks.pages import LOOKS

TWICE = "document.documentElement.style.fontSize = '200%'"
OVER = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const beyond = (one) => one.getBoundingClientRect().right > page.clientWidth + 1;
  const wide = [...document.querySelectorAll("body *")].filter((one) => beyond(one)
    && !one.closest(".nol-scroll, .table-responsive, [class*=scroll], dialog:not([open])"));
  return [page.scrollWidth - page.clientWidth, ...wide.slice(-3).map((one) => one.tagName + "." + one.className)];
}"""


def main() -> None:
    only = set(sys.argv[1:])
    looks = [look for look in LOOKS if not only or look.name in only]
    faults = 0
    with served() as address, chromium() as browser:
        readers = Readers(browser, address)
        for language in ("zh", "en"):
            for what, width in (("320 px", 320), ("letters twice as large", 390)):
                for reader in dict.fromkeys(look.reader for look in looks):
                    context = readers.context(reader, language=language, theme="light", size=(width, 700))
                    page = context.new_page()
                    for look in looks:
                        if look.reader != reader:
                            continue
                        page.goto(address + look.address.format(home=readers.home(reader)))
                        if width != 320:
                            page.evaluate(TWICE)
                        over = page.evaluate(OVER)
                        if over:
                            faults += 1
                            print(
                                f"{look.name} {language}, {what}: wider by {over[0]}: {', '.join(map(str, over[1:]))}"
                            )
                    context.close()
    print(f"reflow: {len(looks)} pages, {faults} too wide")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
