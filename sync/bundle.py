"""Files that carry an exchange where there is no line: sealed to whom they are for, signed by whom they are from.

Promises that a file which was damaged on its way, or which somebody else made, gives nothing but the reason; that its head, readable
without any key, tells which laptop it belongs to and nothing about what is in it; and that a stolen one reveals nothing. Knows no
store and no ledger: what is inside is bytes to it.

Sealed by an anonymous box (X25519, XSalsa20-Poly1305), signed inside it (Ed25519) over the head and the receiver's key as well, so that
nothing can be taken out of one file and put into another, nor be passed on to somebody else.
"""

import contextlib
import os
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes
from typing import ClassVar

import msgspec
from nacl.bindings import crypto_sign_BYTES
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import SigningKey, VerifyKey

from sync.protocol import BROKEN, ProtocolError

SUFFIX = ".mentor-bundle"
"""How such a file's name ends."""

TYPE = "application/x-mentor-bundle"
"""Its media type."""

MOST = 64 * 2**20
"""The largest file that is read, in bytes: with what is unpacked from it, it fits a small laptop's memory."""

_MAGIC = b"MENTOR\x00\x01"
_CHECK = 8
MOST_HEAD = 1024
"""A head takes no more bytes than these, from the beginning of the file."""

REQUEST, ANSWER, KNOCK, WELCOME, CONTENTS, KEPT = 1, 2, 3, 4, 5, 6
"""What a file is: a laptop's changes; what a server says to them; a laptop that asks to be let in; that it was; contents of pictures and
sound; what became of them, with contents that were asked for."""

FOR_SERVERS = (REQUEST, KNOCK, CONTENTS)
"""What is to be handed over at a server."""


class Piece(msgspec.Struct, array_like=True, frozen=True):
    """A part of a content, from `at` on; its name and its length are those of the whole."""

    hash: str
    record: str
    length: int
    at: int
    body: bytes


class Contents(msgspec.Struct, array_like=True, frozen=True):
    """Parts of contents for the server, and what is asked for: (hash, from which byte)."""

    epoch: bytes
    pieces: tuple[Piece, ...]
    wanted: tuple[tuple[str, int], ...] = ()


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """How far each content is at the server, as (hash, bytes, whether it is there as a whole, why not), and parts of what was asked for."""

    epoch: bytes
    reached: tuple[tuple[str, int, bool, str], ...]
    pieces: tuple[Piece, ...] = ()


MOST_CONTENTS = 16 * 2**20
"""About how many bytes of contents lie in one file, in either direction."""


class Head(msgspec.Struct, array_like=True, frozen=True):
    """What may be read without a key. `device` is a laptop's id at its server, random, or the key of one that asks to be let in."""

    sort: int
    device: bytes
    id: bytes
    answers: bytes = b""
    """The id of the file that this one answers."""
    number: int = 0
    """The how-manieth file this is of its laptop."""

    @property
    def tag(self) -> str:
        """What to call the laptop it belongs to, for those who have no list of laptops."""
        return tag(self.device)


_head = msgspec.msgpack.Decoder(Head)


def tag(device: bytes) -> str:
    """Six letters that tell one laptop's files from another's."""
    return device[:3].hex()


class Keyring:
    """One side's two keys, made from one secret of 32 bytes; `public` is what the other side keeps of them, 64 bytes."""

    SIZE: ClassVar[int] = 64

    def __init__(self, seed: bytes) -> None:
        self._seal = PrivateKey(_derived(seed, b"mentor-seal"))
        self._sign = SigningKey(_derived(seed, b"mentor-sign"))
        self.public = bytes(self._sign.verify_key) + bytes(self._seal.public_key)

    def sign(self, told: bytes) -> bytes:
        """A signature of 64 bytes."""
        return bytes(self._sign.sign(told).signature)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed to these keys. Raises CryptoError if it was not, or is damaged."""
        return bytes(SealedBox(self._seal).decrypt(sealed))


def _derived(seed: bytes, purpose: bytes) -> bytes:
    return blake2b(key=seed, person=purpose, digest_size=32).digest()


def fresh_seed() -> bytes:
    """A secret for a keyring."""
    return token_bytes(32)


def written(content: bytes, head: Head, *, by: Keyring, to: bytes) -> bytes:
    """A file of this content. `to` is the public half of its receiver's keyring; ValueError if it is none."""
    if len(to) != Keyring.SIZE:
        raise ValueError("no public key")
    top = msgspec.msgpack.encode(head)
    begin = _MAGIC + len(top).to_bytes(2) + top
    begin += blake2b(begin, digest_size=_CHECK).digest()
    signature = by.sign(begin + to + content)
    sealed = bytes(SealedBox(PublicKey(to[32:])).encrypt(signature + content))
    return begin + blake2b(sealed, digest_size=_CHECK).digest() + sealed


def read_head(file: bytes) -> Head:
    """Whose file it is. Raises ProtocolError: `not_a_bundle`."""
    return _opened(file)[0]


def is_whole(file: bytes) -> bool:
    """Whether a file with a readable head came through undamaged. Raises ProtocolError as `read_head` does."""
    _, begin = _opened(file)
    at = len(begin)
    return blake2b(file[at + _CHECK :], digest_size=_CHECK).digest() == file[at : at + _CHECK]


def _opened(file: bytes) -> tuple[Head, bytes]:
    at = len(_MAGIC)
    length = int.from_bytes(file[at : at + 2])
    end = at + 2 + length + _CHECK
    begin = file[:end]
    sound = file[:at] == _MAGIC and length <= MOST_HEAD - 32 and len(begin) == end and len(file) <= MOST
    if not sound or blake2b(begin[:-_CHECK], digest_size=_CHECK).digest() != begin[-_CHECK:]:
        raise ProtocolError("not_a_bundle")
    try:
        head = _head.decode(begin[at + 2 : -_CHECK])
    except BROKEN as reason:
        raise ProtocolError("not_a_bundle") from reason
    if len(head.id) != 16 or not 0 < len(head.device) <= 64 or len(head.answers) not in (0, 16):
        raise ProtocolError("not_a_bundle")
    return head, begin


class Opened(msgspec.Struct, frozen=True):
    """A file that was sealed to us: what it says, and what proves who wrote it."""

    head: Head
    content: bytes
    _signature: bytes
    _told: bytes

    def signed_by(self, public: bytes) -> bool:
        """Whether the holder of that keyring wrote just this, for us."""
        try:
            VerifyKey(public[:32]).verify(self._told + self.content, self._signature)
        except (CryptoError, ValueError, TypeError):
            return False
        return True


def opened(file: bytes, *, by: Keyring) -> Opened:
    """Open a file. Nothing in it may be believed before `signed_by`.

    Raises ProtocolError: `not_a_bundle`, `bundle_damaged`, or `bundle_for_another` if it was sealed to somebody else.
    """
    head, begin = _opened(file)
    if not is_whole(file):
        raise ProtocolError("bundle_damaged")
    try:
        plain = by.unseal(file[len(begin) + _CHECK :])
    except CryptoError as reason:
        raise ProtocolError("bundle_for_another") from reason
    if len(plain) < crypto_sign_BYTES:
        raise ProtocolError("bundle_damaged")
    signature, content = plain[:crypto_sign_BYTES], plain[crypto_sign_BYTES:]
    return Opened(head, content, signature, begin + by.public)


# --- as files ---------------------------------------------------------------------------------------------------------


def key_id(public: bytes) -> bytes:
    """What names a keyring where there is no other name yet, 16 bytes."""
    return blake2b(public, digest_size=16).digest()


_WORDS = {ANSWER: "-answer", KNOCK: "-enrol", WELCOME: "-enrolled", CONTENTS: "-files", KEPT: "-files-answer"}


def named(head: Head) -> str:
    """A name for a file: nothing of it but which laptop's it is and the how-manieth."""
    which = f"{head.number:04}" if head.number else head.id[:2].hex()
    return f"Mentor-{head.tag}-{which}{_WORDS.get(head.sort, '')}{SUFFIX}"


def kept(folder: Path, name: str, content: bytes) -> Path:
    """Write a file that has its name only once it is whole and on the disk: a stick may be pulled out at any moment. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / name, folder / (name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        with contextlib.suppress(OSError):  # FAT and network folders may not know it
            directory = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
    return path
