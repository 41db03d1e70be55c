"""Texts that nobody types by accident, and what would show that one of them worked."""

import re

MARK = "zq7"
PAYLOADS = {
    "sql": f"{MARK}'; DROP TABLE roster_grant; --",
    "sql quote": f"{MARK}' OR '1'='1",
    "sql percent": f"{MARK}%s%(a)s%%",
    "markup": f"{MARK}\"'><script>{MARK}()</script><img src=x onerror={MARK}()>",
    "template": f"{MARK}{{{{ 7|add:70000 }}}}{{% debug %}}{{70007}}",
    "format": f"{MARK}{{0.__class__}}{{field}}%(field)s",
    "formula": "=cmd|' /C calc'!A0" + MARK,
    "header": f"{MARK}\r\nSet-Cookie: forged=1\r\nX-Forged: 1\r\n\r\n<p>",
    "log": f"{MARK}\nFORGED ERROR root: all is well\n\x1b[2J",
    "null": f"{MARK}\0",
    "direction": f"{MARK}\u202egnp.exe\u2066",
    "long": MARK + "长" * 10_000,
    "surrogate": f"{MARK}\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "digits": "٣" * 20,
    "number": "9" * 400,
    "path": f"../../../../etc/passwd%00{MARK}",
}


def signed(payload: str, letter: str) -> str:
    """The same text with the attacker's letter behind the mark, so that it can be told whose it is."""
    return payload.replace(MARK, MARK + letter)


def worked(page: str) -> list[str]:
    """What in an answer shows that a payload was obeyed and not shown."""
    signs = {
        "markup": rf"<script>{MARK}[a-z]?\(\)", "handler": rf"<img src=x onerror={MARK}",
        "template": rf"{MARK}[a-z]?70007", "format": "<class &#x27;",
        "traceback": r"Traceback \(most recent call last\)", "sql": "syntax error",
        "sqlite": "OperationalError", "file": "root:x:0:0",
    }  # fmt: skip
    return [name for name, sign in signs.items() if re.search(sign, page)]
