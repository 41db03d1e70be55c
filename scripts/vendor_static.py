"""Takes the few browser files the pages use out of node_modules, each with its licence.

htmx is copied, Tabler's style sheet cut down to what our pages use (style.mjs), and of Tabler's icons those of
icons.txt drawn into one file. The copies are git-ignored: package-lock.json pins their contents, `make setup` puts
them in place. VERSIONS.txt is written last, so its presence says that the folder is complete.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/notoneless/web/ui/static/vendor"
ICONS = ROOT / "src/notoneless/web/ui/icons.txt"

SOURCE_MAP = re.compile(r"\s*(/\*|//)# sourceMappingURL=\S+?( ?\*/)?\s*\Z")

# package -> files to take from it
FILES = {
    "htmx.org": ("dist/htmx.min.js",),
    "@tabler/core": (),
    "@tabler/icons": (),
    # The official build with lines, bars, tooltips and both renderers: 715 kB where the whole is 1,122, and no eval.
    "echarts": ("dist/echarts.common.min.js",),
}
# Inside Tabler's style sheet and inside ECharts, so their licences travel too.
BUNDLED = ("bootstrap", "tslib", "zrender")
# What a licence asks to travel beside it: Apache's NOTICE, and the licence of d3's code inside ECharts.
BESIDE = {"echarts": ("NOTICE", "licenses/LICENSE-d3")}

# As the header of the distributed files names them.
HOLDERS = {"@tabler/core": "2018-2025 The Tabler Authors, codecalm.net Paweł Kuna"}

MIT = """\
{package}
The MIT License (MIT)

Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def licence_name(package: str) -> str:
    return f"LICENSE.{package.replace('@', '').replace('/', '-')}.txt"


def write_licence(package: str, about: dict[str, str]) -> None:
    """The package's own licence file, or, where it ships none (Tabler), the name and holder its package.json states."""
    target = VENDOR / licence_name(package)
    for name in ("LICENSE", "LICENSE.md", "LICENSE.txt"):
        if (source := MODULES / package / name).is_file():
            shutil.copyfile(source, target)
            return
    if about["license"] != "MIT":
        sys.exit(f"vendor_static: {package} ships no licence file and is not MIT: add its text by hand")
    target.write_text(MIT.format(package=package, holder=HOLDERS[package]), encoding="utf-8")


def without_map(text: str) -> str:
    """Drops the pointer to a source map that is not copied: a manifest storage refuses a pointer to nothing."""
    return SOURCE_MAP.sub("", text) + "\n"


def sprite() -> str:
    """The icons that the pages show, one symbol each; stroke and size come from the style sheet."""
    outlines = json.loads((MODULES / "@tabler/icons/tabler-nodes-outline.json").read_text(encoding="utf-8"))
    symbols = []
    for name in ICONS.read_text(encoding="utf-8").split():
        shapes = "".join(
            "<{} {}/>".format(kind, " ".join(f'{key}="{value}"' for key, value in given.items()))
            for kind, given in outlines[name]
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    if not MODULES.is_dir():
        sys.exit("vendor_static: node_modules is missing; run `make setup`")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    versions = []
    for package in sorted({*FILES, *BUNDLED}):
        about = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
        for name in FILES.get(package, ()):
            source = MODULES / package / name
            (VENDOR / source.name).write_text(without_map(source.read_text(encoding="utf-8")), encoding="utf-8")
        write_licence(package, about)
        for name in BESIDE.get(package, ()):
            shutil.copyfile(MODULES / package / name, VENDOR / f"{Path(name).name}.{package}.txt")
        versions.append(f"{package} {about['version']} {about['license']}")
    (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")
    subprocess.run(["node", "scripts/style.mjs"], cwd=ROOT, check=True)
    (VENDOR / "VERSIONS.txt").write_text("\n".join(versions) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
