"""The Ed25519 key that signs packs: a PEM file that only its owner may read, as `openssl genpkey` writes it too."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.stores.disk import storage_errors

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_KEY_BYTES = 32
_PREFIX = "ed25519:"
_OWNER_ONLY = 0o600
_OTHERS = 0o077
_LARGEST_FILE = 1 << 16


def signing_key(path: Path, make: "Callable[[], Ed25519PrivateKey] | None" = None) -> "Ed25519PrivateKey":
    """Return the private key in a file; if there is none, `make` gives one, which is kept there for its owner alone.

    Raises NotFound if there is none and none is made, Conflict if others may read it or it is no such key.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with storage_errors(path):
        if make is not None and not path.exists():
            pem = make().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _write_for_owner(path, pem)
        if not path.is_file():
            raise NotFound("pack.error.key_missing", path=str(path))
        if path.stat().st_mode & _OTHERS:
            raise Conflict("pack.error.key_open", path=str(path))
        content = path.read_bytes() if path.stat().st_size <= _LARGEST_FILE else b""
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise Conflict("pack.error.key_unreadable", path=str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Conflict("pack.error.key_unreadable", path=str(path))
    return key


def public_bytes(key: "Ed25519PrivateKey") -> bytes:
    """Return the 32 bytes of the public half of a key."""
    return key.public_key().public_bytes_raw()


def written_key(public_key: bytes) -> str:
    """Return a public key as people copy it: `ed25519:` and 64 hex digits."""
    return _PREFIX + public_key.hex()


def read_public_key(written: str) -> bytes:
    """Return the 32 bytes of a public key. Raises InvalidInput if the text is none."""
    digits = written.strip().removeprefix(_PREFIX)
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != PUBLIC_KEY_BYTES:
        raise InvalidInput("pack.error.public_key", value=written)
    return key


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature over a message is right."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _write_for_owner(path: Path, content: bytes) -> None:
    """Write a file whole, unless there is one: a link fails where a rename would replace."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):  # another process made its own first
            os.link(aside, path)
    finally:
        aside.unlink()
