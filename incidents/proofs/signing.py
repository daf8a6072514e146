"""Hold the Ed25519 key that signs proofs, and publish its public half and those before it.

The private key is PEM in GERAK_SIGNING_KEY, or in the file that GERAK_SIGNING_KEY_FILE names, or is
made at first use and kept in DATA_DIR/signing-keys/current.pem, readable by the owner alone. The
public half of every key that ever signed stays beside it as `<key id>.pub`. To change the key, put
another in its place: the old proofs still verify.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FOLDER = "signing-keys"
CURRENT = "current.pem"


@dataclass(frozen=True, slots=True)
class Signer:
    """Sign bytes with one key; `key_id` names its public half."""

    key_id: str
    private_key: Ed25519PrivateKey

    def sign(self, message: bytes) -> str:
        """Return the signature as base64url without padding."""
        return base64url(self.private_key.sign(message))


def current_signer() -> Signer:
    """Return the key in force; made, and its public half kept, at first use.

    Raises ImproperlyConfigured where the key that was set cannot be read.
    """
    private_key = _private_key()
    raw = _raw(private_key.public_key())
    key_id = key_id_of(raw)
    _write_once(_folder() / f"{key_id}.pub", base64url(raw).encode() + b"\n", mode=0o644)
    return Signer(key_id, private_key)


def rotate_key() -> tuple[str, str]:
    """Make a new key and return the ids of the old and the new one.

    The old private key is kept as `<key id>.pem.old`, for the owner alone to destroy or lock away.
    Raises ValueError where the key is set from outside.
    """
    if settings.GERAK_SIGNING_KEY or settings.GERAK_SIGNING_KEY_FILE:
        raise ValueError("The signing key is set from outside; change it there.")
    old = current_signer().key_id
    (_folder() / CURRENT).replace(_folder() / f"{old}.pem.old")
    return old, current_signer().key_id


def published_keys() -> dict[str, Any]:
    """Return the public keys as a JWK set (RFC 7517, RFC 8037), the one in force first."""
    current = current_signer().key_id
    texts = {path.stem: path.read_text("ascii").strip() for path in _folder().glob("*.pub")}
    ordered = sorted(texts, key=lambda key_id: (key_id != current, key_id))
    return {"keys": [jwk(key_id, texts[key_id]) for key_id in ordered]}


def jwk(key_id: str, x: str) -> dict[str, str]:
    """Return one public key as a JWK."""
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key_id, "x": x}


def key_id_of(raw: bytes) -> str:
    """Return the JWK thumbprint of a public key. Source: RFC 7638, RFC 8037 appendix A.3."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": base64url(raw)}
    return base64url(hashlib.sha256(rfc8785.dumps(members)).digest())


def base64url(raw: bytes) -> str:
    """Return base64url without padding, as JWK has it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _private_key() -> Ed25519PrivateKey:
    text, file = settings.GERAK_SIGNING_KEY, settings.GERAK_SIGNING_KEY_FILE
    if text:
        return _read(text.encode(), source="GERAK_SIGNING_KEY")
    if file:
        return _read(Path(file).read_bytes(), source="GERAK_SIGNING_KEY_FILE")
    path = _folder() / CURRENT
    if not path.exists():
        _write_once(path, _pem(Ed25519PrivateKey.generate()), mode=0o600)
    return _read(path.read_bytes(), source=str(path))


def _read(pem: bytes, *, source: str) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{source} holds no readable PEM private key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{source} holds a key of another kind than Ed25519.")
    return key


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file that is not there yet, whole and durable; of two at once, one does."""
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
