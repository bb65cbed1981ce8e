"""Several real stores exchanging without a server: whatever is lost, repeated, restored or cloned, nobody's words go unseen.

The account is kept beside the stores in plain sets: every value that was saved, and which values its author had before them.
"""

import dataclasses
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mentorapp.records import Session
from mentorapp.registers import State
from mentorapp.store import Ack, Store
from tests.strategies import DEEP

KEY = b"k" * 32
EPOCH = datetime(2026, 3, 11, 12, tzinfo=UTC)
IDS = ("s0",)
FIELDS = ("place", "reason")

who = st.integers(0, 2)
which = st.sampled_from(IDS)
names = st.sampled_from(FIELDS)
years = st.integers(-50, 50)


class Stores(RuleBasedStateMachine):
    """Three laptops; a message is what one would send; it may be taken in by anybody, at any time, any number of times."""

    @initialize()
    def open(self) -> None:
        """Three empty stores, the first with a session that all of them know."""
        self.folder = Path(tempfile.mkdtemp(prefix="machine"))
        self.stores = [Store(self.folder / str(n) / "store.mentor", KEY) for n in range(3)]
        self.mail: list[list[State]] = []
        self.saved: set[tuple[str, str, str]] = set()
        self.superseded: set[tuple[str, str, str]] = set()
        self.unseen: dict[tuple[str, str, str], set[str]] = {}
        self.number = 0
        for id in IDS:
            self.stores[0].save(Session(id=id, mentorship="m", status="held"), by="0", at=EPOCH)
        for store in self.stores[1:]:
            store.absorb(list(self.stores[0].all_states()), at=EPOCH)

    def teardown(self) -> None:
        """At the end everybody hears from everybody, and all must agree."""
        if hasattr(self, "stores"):
            try:
                self.come_to_rest()
            finally:
                for store in self.stores:
                    store.close()
                shutil.rmtree(self.folder)

    # --- what people do -----------------------------------------------------------------------------------------------

    @rule(one=who, id=which, name=names, year=years, stale=st.booleans())
    def edit(self, one: int, id: str, name: str, year: int, stale: bool) -> None:
        """Somebody saves a new value of a field, perhaps in an editor that was open since the beginning."""
        store = self.stores[one]
        before = (
            Session(id=id, scope="mentorship/m", mentorship="m", status="held") if stale else store.get(Session, id)
        )
        self.number += 1
        value = f"v{self.number}"
        stood = self.standing(store, id, name)
        after = dataclasses.replace(before, **{name: value})
        store.save(after, before=before, by=str(one), at=self.moment(year))
        self.saved.add((id, name, value))
        now = self.standing(store, id, name)
        assert value in now
        for gone in stood - now:
            if stale:
                assert self.wrote(gone, one), "an editor that had not seen it let it go"
            elif name == "place":
                assert gone == before.place, "only what was shown may go"
            self.superseded.add((id, name, gone))

    @rule(one=who, id=which, name=names, year=years)
    def choose(self, one: int, id: str, name: str, year: int) -> None:
        """Somebody who is shown all versions of a field chooses one."""
        store = self.stores[one]
        stood = self.standing(store, id, name)
        if len(stood) < 2:
            return
        chosen = max(stood)
        store.settle(Session, id, name, chosen, by=str(one), at=self.moment(year))
        assert self.standing(store, id, name) == {chosen}
        self.superseded |= {(id, name, value) for value in stood - {chosen}}

    @rule(one=who, id=which, back=st.booleans())
    def void(self, one: int, id: str, back: bool) -> None:
        """Somebody takes a record out of sight, or brings it back."""
        store = self.stores[one]
        record = store.get(Session, id)
        if back:
            store.restore(record, by=str(one), at=EPOCH)
        else:
            store.void(record, reason="twice", by=str(one), at=EPOCH)
        assert store.get(Session, id).voided is not back

    # --- how it travels -----------------------------------------------------------------------------------------------

    @rule(one=who)
    def send(self, one: int) -> None:
        """What is pending leaves; nobody knows whether it arrives."""
        waiting = self.stores[one].pending()
        self.stores[one].mark_sent([p.state.id for p in waiting], EPOCH)
        self.mail.append([p.state for p in waiting])

    @rule(one=who, other=who)
    def hear(self, one: int, other: int) -> None:
        """One hears all that the other may say."""
        self.stores[one].absorb(list(self.stores[other].all_states()), at=EPOCH)

    @rule(one=who)
    def send_all(self, one: int) -> None:
        """All that may leave, leaves."""
        self.mail.append(list(self.stores[one].all_states()))

    @precondition(lambda self: self.mail)
    @rule(one=who, message=st.integers(0, 100))
    def arrive(self, one: int, message: int) -> None:
        """A message arrives: late, early, again."""
        self.stores[one].absorb(self.mail[message % len(self.mail)], at=EPOCH)

    @rule(one=who, other=who)
    def exchange_and_confirm(self, one: int, other: int) -> None:
        """What is pending arrives somewhere, and the receipt comes back after one more edit was made."""
        waiting = self.stores[one].pending()
        self.stores[other].absorb([p.state for p in waiting], at=EPOCH)
        receipts = [Ack(p.state.id, p.counter) for p in waiting]
        if waiting and waiting[0].state.id in IDS:
            self.edit(one, waiting[0].state.id, "place", 0, False)
        self.stores[one].acknowledge(receipts, at=EPOCH)
        if waiting and waiting[0].state.id in IDS:
            assert waiting[0].state.id in {p.state.id for p in self.stores[one].pending()}

    # --- what happens to laptops --------------------------------------------------------------------------------------

    @rule(one=who)
    def reopen(self, one: int) -> None:
        """The power fails; the store is opened again."""
        self.stores[one].close()
        self.stores[one] = Store(self.folder / str(one) / "store.mentor", KEY)

    @rule(one=who)
    def take_a_new_name(self, one: int) -> None:
        """A store takes a new name, as after a restore."""
        before = {id: {name: self.standing(self.stores[one], id, name) for name in FIELDS} for id in IDS}
        self.stores[one].new_replica(EPOCH)
        assert before == {id: {name: self.standing(self.stores[one], id, name) for name in FIELDS} for id in IDS}

    @rule(one=who, other=who)
    def clone(self, one: int, other: int) -> None:
        """A laptop is replaced by a copy of another one, after what it had is safe there; the copy takes a new name."""
        if one == other:
            return
        self.stores[one].absorb(list(self.stores[other].all_states()), at=EPOCH)
        self.stores[one].connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.stores[other].close()
        target = self.folder / str(other) / "store.mentor"
        shutil.copy(self.folder / str(one) / "store.mentor", target)
        self.stores[other] = Store(target, KEY)
        self.stores[other].new_replica(EPOCH)

    # --- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every value ever saved stands somewhere, or was superseded by somebody who had it before them."""
        if not hasattr(self, "stores"):
            return
        standing = {
            (id, name, value)
            for store in self.stores
            for id in IDS
            for name in FIELDS
            for value in self.standing(store, id, name)
        }
        lost = self.saved - standing - self.superseded - self.read_elsewhere()
        assert not lost, f"lost without a trace: {lost}"

    @invariant()
    def what_is_told_is_true(self) -> None:
        """Rows, registers, conflicts and the counts of the status line say the same."""
        if not hasattr(self, "stores"):
            return
        for store in self.stores:
            asking = {id for _, id in store.asking()}
            for id in IDS:
                versions = {name: self.standing(store, id, name) for name in FIELDS}
                several = any(len(v) > 1 for v in versions.values())
                assert not several or id in asking
                record = store.get(Session, id)
                for name in FIELDS:
                    assert not versions[name] or getattr(record, name)
            assert store.safety().needs_you == len(asking)

    def come_to_rest(self) -> None:
        """Everybody hears from everybody: all agree, on everything."""
        for _ in range(3):
            for one in self.stores:
                for other in self.stores:
                    if one is not other:
                        one.absorb(list(other.all_states()), at=EPOCH)
        everywhere = [{state.id: state for state in store.all_states()} for store in self.stores]
        for id in IDS:
            first = everywhere[0][id]
            for states in everywhere[1:]:
                assert states[id].registers == first.registers
            rows = [store.get(Session, id) for store in self.stores]
            assert rows[0] == rows[1] == rows[2]
        self.nothing_is_lost()
        before = [registers(store) for store in self.stores]
        for store in self.stores:
            store.absorb(list(self.stores[0].all_states()), at=EPOCH)
        assert [registers(store) for store in self.stores] == before, "joining twice added something"

    # --- small things -------------------------------------------------------------------------------------------------

    def standing(self, store: Store, id: str, name: str) -> set[str]:
        """The values that stand in a field, without the merged ones that a store wrote by itself."""
        return {msgspec.msgpack.decode(v.value) for v in store.versions(id, name)} - {None}

    def read_elsewhere(self) -> set[tuple[str, str, str]]:
        """What some store has in its history: superseded by somebody who had it."""
        found = set()
        for store in self.stores:
            for id in IDS:
                for name in FIELDS:
                    found |= {(id, name, msgspec.msgpack.decode(v.value)) for v in store.history(id, name)}
        return found

    def wrote(self, value: str, one: int) -> bool:
        """Whether this person wrote that value."""
        return any(
            msgspec.msgpack.decode(v.value) == value and v.by == str(one)
            for store in self.stores
            for id in IDS
            for name in FIELDS
            for v in (*store.versions(id, name), *store.history(id, name))
        )

    @staticmethod
    def moment(year: int) -> datetime:
        """Now, by a clock that is so many years wrong."""
        return EPOCH + timedelta(days=365 * year)


def registers(store: Store) -> list[State]:
    """Everything that may leave a store."""
    return sorted(store.all_states(), key=lambda state: state.id)


Stores.TestCase.settings = settings(
    max_examples=300 if DEEP else 10, stateful_step_count=60 if DEEP else 25, deadline=None
)
TestStores = Stores.TestCase
