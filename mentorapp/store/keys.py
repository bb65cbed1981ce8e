"""The store's key: 32 random bytes, never written down as they are, only wrapped.

The key file beside the store holds the wrapped copies: by a passphrase (argon2id, RFC 9106, its parameters stored with it; XSalsa20-Poly1305
around the key) or by reference to the operating system's keyring. Changing the passphrase wraps the same key anew, so it is instant.
"""

import json
import os
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_bytes

from mentorapp.errors import UserError
from mentorapp.i18n import N_

LEAST_PASSPHRASE = 8
"""The shortest passphrase accepted, in characters."""

_SERVICE = "Mentor"
_KEY_SIZE = 32


class NoKey(UserError):
    """This way gave no key; another try, or another way in, may. The store itself was not looked at."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs: passes, KiB of memory, lanes. 64 MiB suits a laptop of 4 GB."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 2


def new_key() -> bytes:
    """A fresh store key."""
    return token_bytes(32)


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # Loaded when a passphrase is typed, which is after the first screen is there.
    from argon2.low_level import Type, hash_secret_raw

    # One keyboard writes é as one character, another as two: to a person it is the same passphrase.
    secret = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, _KEY_SIZE, Type.ID, version=19)


def _write(path: Path, content: dict[str, object]) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        content = json.loads(path.read_text("utf-8"))
        return {str(way): dict(wrap) for way, wrap in content.items()}
    except (OSError, ValueError, AttributeError, TypeError) as reason:
        raise _unreadable(path) from reason


def _unreadable(path: Path) -> UserError:
    return UserError(
        N_(
            "The key file “{file}” cannot be read, so the store stays closed. Nothing was changed. "
            "Put the file back from a backup, or ask your office for help."
        ),
        file=path.name,
    )


def ways(path: Path) -> frozenset[str]:
    """The ways in which this key file can be opened: `passphrase`, `keyring`."""
    return frozenset(_read(path)) if path.exists() else frozenset()


def wrap_with_passphrase(path: Path, key: bytes, passphrase: str, cost: Cost | None = None) -> None:
    """Let this passphrase open the store, instead of any earlier one. Raises UserError if it is too short."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise UserError(
            N_("Choose a passphrase of at least {least} characters; a few words in a row are good."),
            least=LEAST_PASSPHRASE,
        )
    from nacl.secret import SecretBox

    cost = cost or Cost()
    salt = token_bytes(16)
    box = SecretBox(_stretch(passphrase, salt, cost)).encrypt(key)
    content: dict[str, object] = dict(_read(path)) if path.exists() else {}
    content["passphrase"] = {"salt": salt.hex(), "box": bytes(box).hex(), **asdict(cost)}
    _write(path, content)


def open_with_passphrase(path: Path, passphrase: str) -> bytes:
    """The key, if the passphrase is right. Raises UserError if it is not."""
    from argon2.exceptions import HashingError
    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    wrap = _read(path).get("passphrase", {})
    try:
        cost = Cost(**{name: int(str(wrap[name])) for name in ("passes", "memory_kib", "lanes")})
        salt, box = bytes.fromhex(str(wrap["salt"])), bytes.fromhex(str(wrap["box"]))
        return SecretBox(_stretch(passphrase, salt, cost)).decrypt(box)
    except KeyError as reason:
        if wrap:
            raise _unreadable(path) from reason
        raise NoKey(N_("This store is not opened with a passphrase.")) from reason
    except (HashingError, OverflowError) as reason:
        raise _unreadable(path) from reason  # A cost that no passphrase was ever given.
    except (CryptoError, ValueError) as reason:
        raise NoKey(
            N_("That passphrase does not open this store. Nothing was changed; check capital letters and the keyboard.")
        ) from reason


def keyring_here() -> bool:
    """Whether this computer has a keyring. Looking for it may take a moment."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return float(keyring.get_keyring().priority) > 0
    except (KeyringError, RuntimeError, OSError):
        return False


def remember_in_keyring(path: Path, key: bytes) -> None:
    """Let whoever is logged in to this computer open the store. Raises UserError where there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    account = token_bytes(8).hex()
    try:
        keyring.set_password(_SERVICE, account, key.hex())
        if keyring.get_password(_SERVICE, account) != key.hex():
            raise KeyringError("the keyring did not keep the key")
    except (KeyringError, RuntimeError, OSError) as reason:
        raise UserError(
            N_("This computer has no keyring to remember the key in. Choose a passphrase instead.")
        ) from reason
    content: dict[str, object] = dict(_read(path)) if path.exists() else {}
    content["keyring"] = {"account": account}
    _write(path, content)


def open_with_keyring(path: Path) -> bytes:
    """The key that the operating system's keyring remembers. Raises UserError if it does not."""
    import keyring
    from keyring.errors import KeyringError

    account = str(_read(path).get("keyring", {}).get("account", ""))
    try:
        found = keyring.get_password(_SERVICE, account)
    except (KeyringError, RuntimeError, OSError):
        found = None
    if not found:
        raise NoKey(
            N_("This computer’s keyring does not have the key of this store. Open it with the passphrase instead.")
        )
    return bytes.fromhex(found)


def leave_open(path: Path, key: bytes) -> None:
    """Keep the key of a store with sample people beside it, unwrapped: there is nothing in it to protect."""
    _write(path, {"practice": {"key": key.hex()}})


def open_practice(path: Path) -> bytes:
    """The key of a store with sample people. Raises UserError if this is not one."""
    try:
        return bytes.fromhex(str(_read(path)["practice"]["key"]))
    except (KeyError, ValueError) as reason:
        raise UserError(N_("This is not a store with sample people.")) from reason
