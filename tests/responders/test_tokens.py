"""Device tokens."""

import hashlib

import pytest

from responders.tokens import bearer_of, digest_of, is_device_token, new_device_token


def test_a_token_is_256_random_bits_behind_a_prefix():
    token = new_device_token()
    assert is_device_token(token)
    assert len(token) == 47
    assert token != new_device_token()


def test_only_its_hash_is_kept():
    assert digest_of("gd1_x") == hashlib.sha256(b"gd1_x").hexdigest()


@pytest.mark.parametrize("text", ["", "gd1_", "gd1_" + "a" * 42, "gs1_" + "a" * 43, "a" * 47])
def test_another_form_is_no_device_token(text):
    assert not is_device_token(text)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Bearer", None),
        ("Bearer a b", None),
        ("Basic abc", None),
        ("Bearer é", None),
        ("", None),
    ],
)
def test_a_bearer_header_gives_its_token(header, token):
    assert bearer_of(header) == token
