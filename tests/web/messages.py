"""Which messages the pages use: of templates by Django's own reading of them, of Python by its syntax tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

import notoneless.web

WEB = Path(notoneless.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MODULES = sorted([*WEB.rglob("*.py"), *(WEB.parent / "roster").rglob("*.py")])
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_STRING = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_IN_TEMPLATE = re.compile(rf"\b(_|gettext|pgettext|ngettext)\(\s*{_STRING}(?:\s*,\s*{_STRING})?")
Message = tuple[str, str]
"""Context (mostly empty) and msgid."""


def of_template(path: Path) -> Iterator[Message]:
    for call, first, second in _IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
        if call == "pgettext":
            yield ast.literal_eval(first), ast.literal_eval(second)
        else:
            yield "", ast.literal_eval(first)


def of_module(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            (argument,) = node.args
            assert isinstance(argument, ast.Constant) and isinstance(argument.value, str), f"{path}:{node.lineno}"
            yield "", argument.value


def used() -> set[Message]:
    found = {message for path in TEMPLATES for message in of_template(path)}
    return found | {message for path in MODULES for message in of_module(path)}
