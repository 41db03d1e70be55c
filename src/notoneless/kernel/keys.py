"""Secrets on disk, made on first use and readable by their owner only. Settings read them before Django is ready."""

import secrets
from pathlib import Path

KEY_BYTES = 64


def load_text_secret(path: Path) -> str:
    """The secret in `path`; of two processes that race to make it, the first wins and both read the winner's."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def load_data_key(path: Path) -> bytes:
    """The bureau's 64-byte key for sealed personal fields."""
    return bytes.fromhex(load_text_secret(path))
