"""Dependency pins: one exact version each, with digests, from whatever index the machine trusts."""

import re
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
PIN = re.compile(r"[a-z0-9][a-z0-9.-]*==\S+ \\")
DIGEST = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def blocks() -> list[str]:
    """Each requirement with the lines below it."""
    text = LOCK.read_text(encoding="utf-8")
    return re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))


def test_every_dependency_is_pinned_with_a_digest() -> None:
    found = [block for block in blocks() if block.strip()]
    assert len(found) > 40
    for block in found:
        assert PIN.match(block), block[:80]
        assert DIGEST.search(block), block[:80]


def test_lock_names_no_index_and_no_address() -> None:
    text = LOCK.read_text(encoding="utf-8")
    for sign in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ "):
        assert sign not in text, sign
