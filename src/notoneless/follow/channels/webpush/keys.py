"""The key by which push services know us (VAPID, RFC 8292): a file of ours, made by `nol remind key`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from webpush import VAPID


@dataclass(frozen=True)
class KeyPair:
    """Both in PEM; `shown`: the public one as browsers take it, in base64url."""

    private: bytes
    public: bytes
    shown: str


def key_path() -> Path:
    return Path(settings.VAR_DIR) / "push.key"


def key_pair() -> KeyPair | None:
    """None where `nol remind key` was not run."""
    return _read(key_path()) if key_path().exists() else None


@cache
def _read(path: Path) -> KeyPair:
    private = path.read_bytes()
    key = load_pem_private_key(private, None).public_key()
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private, public, VAPID.get_application_server_key(key))


def make_key() -> KeyPair:
    """Made once: with another key every browser would have to be asked anew. Raises FileExistsError."""
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = key_path()
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(private)
    return _read(path)
