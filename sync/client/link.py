"""Which server this laptop is linked to, and how it came to be: by a code typed in, or by a file that holds it."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from mentorapp.store import Store
from sync.client.words import failure


@dataclass(frozen=True, kw_only=True)
class Link:
    """A laptop's server as the store remembers it."""

    address: str
    token: str
    server: str = ""
    office: str = ""
    office_name: str = ""
    device: str = ""
    person: str = ""
    name: str = ""
    role: str = ""
    authority: str = ""
    key: str = ""
    """The public half of the server's keys, for files that are sealed to it."""

    @property
    def known_as(self) -> str:
        """What to call the server to a mentor."""
        return self.server or self.address


_FACTS = tuple(Link.__dataclass_fields__)


class Enrolment(msgspec.Struct, frozen=True):
    """What a server told a laptop that it let in."""

    token: str
    device: str
    person: str
    name: str
    role: str
    office: str
    office_name: str
    server: str
    epoch: str
    address: str = ""
    key: str = ""


class Invitation(msgspec.Struct, frozen=True):
    """What an enrolment file holds: where the server is, and a code that lets one laptop in."""

    mentor: str
    address: str
    code: str
    office: str = ""
    key: str = ""


def read_invitation(file: Path) -> Invitation:
    """The invitation in a `.mentor-enrol` file. Raises SyncError if it is none."""
    try:
        invitation = msgspec.json.decode(file.read_bytes()[:100_000], type=Invitation)
    except (OSError, msgspec.MsgspecError, ValueError) as reason:
        raise failure("not_an_enrolment") from reason
    if invitation.mentor != "enrolment":
        raise failure("not_an_enrolment")
    return invitation


def enrol(*, address: str, code: str, device: str, person: str = "", keys: str = "") -> Enrolment:
    """Ask the server to let this laptop in. `person` is the mentor's own Person, if the records have it. Raises SyncError.

    `keys` are the public half of the laptop's own, for files: see `sync.client.courier`.
    """
    from sync.client.http import Line  # here, so that nobody who only opens the program waits for requests

    with Line(tidy(address)) as line:
        said = line.ask("/v1/enrol", {"code": code, "device": device, "person": person, "keys": keys})
        try:
            enrolment = msgspec.convert(said, Enrolment)
        except msgspec.ValidationError as reason:
            raise failure("foreign", line.address) from reason
        return msgspec.structs.replace(enrolment, address=line.address)


def tidy(address: str) -> str:
    """An address as it was typed, as one to call; without a scheme it is a safe one. Raises SyncError if it is none."""
    typed = address.strip()
    scheme, _, rest = (typed if "://" in typed else f"https://{typed}").partition("://")
    rest = rest.rstrip("/")
    if scheme not in ("http", "https") or not rest or any(c.isspace() for c in rest):
        raise failure("bad_address", typed)
    return f"{scheme}://{rest}"


def enrolled(store: Store, enrolment: Enrolment) -> Link:
    """Remember the server that let this laptop in. A laptop that was linked to another one offers it all it holds."""
    facts = {name: str(getattr(enrolment, name, "")) for name in _FACTS}
    with store.transaction():
        store.remember(**{f"sync_{name}": value for name, value in facts.items()})
        if store.recall_bytes("sync_epoch").hex() not in ("", enrolment.epoch):
            store.reoffer(None)
            store.remember_bytes("cursor", b"")
        store.remember_bytes("sync_epoch", bytes.fromhex(enrolment.epoch))
        store.retry_set_aside()
    return Link(**facts)


def linked(store: Store) -> Link | None:
    """The server this laptop is linked to, or None."""
    facts = {name: store.recall(f"sync_{name}") for name in _FACTS}
    return Link(**facts) if facts["token"] and facts["address"] else None
