"""The suites by published vectors, and as a stranger would try them."""

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import NamedKey
from notoneless.kernel.suites import AES_SIV, SM4_SIV, SUITES, AesSiv, checked_suite, digest, suite_of

KEYS = {name: NamedKey("abcdef", bytes(range(64)).hex(), 0, name) for name in SUITES}
EACH_SUITE = pytest.mark.parametrize("key", KEYS.values(), ids=SUITES)


def sm3(message: bytes) -> str:
    hashed = Hash(SM3())
    hashed.update(message)
    return hashed.finalize().hex()


def test_sm3_gives_the_digests_of_gbt_32905_appendix_a() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_sm4_gives_the_block_of_gbt_32907_appendix_a() -> None:
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(SM4(key), modes.ECB()).encryptor()  # noqa: S305 - one block of a published vector
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_counter_mode_gives_the_published_text() -> None:
    """draft-ribose-cfrg-sm4-10: SM4-CTR, example 1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    iv = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    text = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"
    )
    assert Cipher(SM4(key), modes.CTR(iv)).encryptor().update(text).hex() == (
        "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
        "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514"
    )


def test_aes_siv_gives_the_bytes_of_rfc_5297_appendix_a() -> None:
    """A.1 with AES-128, the key halves as printed there."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    context = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    text = bytes.fromhex("112233445566778899aabbccddee")
    assert AesSiv(key).seal(text, context).hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


def test_sm4_sealing_is_hmac_sm3_and_sm4_counter_mode_written_out() -> None:
    key, text, context = KEYS[SM4_SIV].bytes, "王小明".encode(), b"S1"
    message = (2).to_bytes(8, "big") + context + text
    inner = sm3(bytes(byte ^ 0x36 for byte in key[:32].ljust(64, b"\0")) + message)
    outer = sm3(bytes(byte ^ 0x5C for byte in key[:32].ljust(64, b"\0")) + bytes.fromhex(inner))
    iv = bytes.fromhex(outer)[:16]
    counted = Cipher(SM4(key[32:48]), modes.ECB()).encryptor().update(iv)  # noqa: S305 - the counter's first block
    assert suite_of(KEYS[SM4_SIV]).seal(text, context) == iv + bytes(a ^ b for a, b in zip(text, counted, strict=False))


@EACH_SUITE
@given(text=st.binary(max_size=300), context=st.binary(max_size=60))
def test_what_was_sealed_is_opened_and_sealing_again_gives_the_same(key: NamedKey, text: bytes, context: bytes) -> None:
    suite = suite_of(key)
    sealed = suite.seal(text, context)
    assert suite.open(sealed, context) == text
    assert suite.seal(text, context) == sealed


@EACH_SUITE
@given(
    text=st.binary(min_size=1, max_size=80), context=st.binary(max_size=20), place=st.integers(0), bit=st.integers(0, 7)
)
def test_a_flipped_bit_is_refused(key: NamedKey, text: bytes, context: bytes, place: int, bit: int) -> None:
    sealed = bytearray(suite_of(key).seal(text, context))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(InvalidTag):
        suite_of(key).open(bytes(sealed), context)


@EACH_SUITE
@given(text=st.binary(min_size=1, max_size=40), context=st.binary(max_size=20), moved=st.integers(1, 20))
def test_a_border_moved_between_context_and_text_is_another_message(
    key: NamedKey, text: bytes, context: bytes, moved: int
) -> None:
    sealed = suite_of(key).seal(text, context)
    with pytest.raises(InvalidTag):
        suite_of(key).open(sealed, context + text[:moved])


@EACH_SUITE
def test_a_value_cut_short_is_refused(key: NamedKey) -> None:
    sealed = suite_of(key).seal(b"1", b"")
    for length in range(len(sealed)):
        with pytest.raises((InvalidTag, ValueError)):
            suite_of(key).open(sealed[:length], b"")


@given(message=st.binary(max_size=100))
def test_digests_are_the_standard_hmacs(message: bytes) -> None:
    assert digest(KEYS[AES_SIV], message) == hmac.digest(KEYS[AES_SIV].bytes[:32], message, "sha256")
    if "sm3" in hashlib.algorithms_available:
        assert digest(KEYS[SM4_SIV], message) == hmac.digest(KEYS[SM4_SIV].bytes[:32], message, "sm3")


def test_an_unknown_suite_is_refused() -> None:
    assert [checked_suite(name) for name in SUITES] == list(SUITES)
    with pytest.raises(DomainError, match="unknown_suite"):
        checked_suite("des")
