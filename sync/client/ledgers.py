"""The word by which each ledger knows this laptop again.

A laptop that exchanges now with one server, now with another, is known to each by what it said there last. Kept apart, it is taken for a copy
of itself by none of them, and a copy is still found out by each.
"""

from secrets import token_bytes

import msgspec

from mentorapp.store import Store

_KNOWN, _MOST = "sync_ledgers", 8

_ledgers = msgspec.msgpack.Decoder(tuple[bytes, list[tuple[bytes, bytes, bytes]]])


def turned(store: Store, left: bytes, met: bytes, said: bytes) -> None:
    """This laptop was at one ledger and is at another now, to which it `said` a word of the first.

    One that knew it already has not noted that word: between the two stands what was said there before. Something may have been sent with
    it, so the next word is a new one, as after all that was sent: a copy of this laptop's store does not know it.
    """
    noted = store.recall_bytes(_KNOWN)
    replica, words = _ledgers.decode(noted) if noted else (b"", [])
    # Under a name that this laptop took since, no ledger has heard any of it.
    known = {epoch: (prev, next) for epoch, prev, next in words if replica == store.replica}
    prev, next = known.pop(met, (b"", said))
    known.pop(left, None)
    known[left] = (store.recall_bytes("sync_prev"), store.recall_bytes("sync_next"))
    kept = [(epoch, *words) for epoch, words in known.items()][-_MOST:]
    store.remember_bytes(_KNOWN, msgspec.msgpack.encode((store.replica, kept)))
    store.remember_bytes("sync_prev", prev)
    store.remember_bytes("sync_next", token_bytes(8) if next in (b"", prev) else next)
