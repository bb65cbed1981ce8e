"""Rules broken on purpose, one at a time, for the machine to notice: each is what somebody might have written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from mentorapp import registers
from mentorapp.fields import Visibility
from mentorapp.registers import Register, State, whole
from mentorapp.store import Ack, Store
from sync import protocol
from sync.client import braking, courier, engine, ledgers
from sync.client import repair as comparing
from sync.server import grants, intake, ledger, reading, tables
from sync.server.grants import Mandate
from sync.server.reading import Row
from sync.server.visit import Visit

Patch = pytest.MonkeyPatch


def join_keeps_one_side(patch: Patch) -> None:
    """The one with the longer history wins."""
    patch.setattr(registers, "join", lambda a, b: max(a, b, key=lambda one: (one.context, sorted(one.siblings))))


def join_forgets_what_was_superseded(patch: Patch) -> None:
    """What somebody had let go comes back."""
    true = registers.join

    def join(a: Register, b: Register) -> Register:
        return Register(a.siblings | b.siblings, true(a, b).context, max(a.reach, b.reach))

    patch.setattr(registers, "join", join)


def the_newest_clock_wins(patch: Patch) -> None:
    """The ledger keeps the sibling of the latest clock only."""
    true = intake.join_states

    def join_states(a: State, b: State) -> State:
        both = true(a, b)

        def latest(one: Register) -> Register:
            newest = max(one.siblings, key=lambda s: both.stamps[s.dot].at if s.dot in both.stamps else 0)
            return replace(one, siblings=frozenset((newest,)))

        return replace(both, registers={name: latest(one) for name, one in both.registers.items()})

    patch.setattr(intake, "join_states", join_states)


def whatever_was_sent_leaves_the_outbox(patch: Patch) -> None:
    """Sent is taken for safe before anybody said so."""
    true = Store.mark_sent

    def mark_sent(self: Store, ids: Any, at: Any) -> None:
        ids = list(ids)
        true(self, ids, at)
        self.acknowledge([Ack(id, 2**60) for id in ids], at=at, receipt="00")

    patch.setattr(Store, "mark_sent", mark_sent)


def the_cursor_runs_ahead(patch: Patch) -> None:
    """The cursor is past commits that are still to come."""
    true = ledger.standing
    patch.setattr(ledger, "standing", lambda connection, office: true(connection, office) + 2)


def the_cursor_is_kept_without_its_records(patch: Patch) -> None:
    """The last record of a frame is lost, its cursor is not."""
    true = Store.absorb
    patch.setattr(Store, "absorb", lambda self, states, **named: true(self, list(states)[:-1], **named))


def a_frame_that_was_cut_counts(patch: Patch) -> None:
    """An answer counts as received to its end when its first frame is here."""
    true = engine._welcomed

    def welcomed(store: Store, batch: engine.Batch, *given: Any) -> engine.Applied:
        store.acknowledge(list(batch.sent), at=batch.at, receipt="00")
        return true(store, batch, *given)

    patch.setattr(engine, "_welcomed", welcomed)


def everybody_reads_every_class(patch: Patch) -> None:
    """Fields are not filtered by class."""
    patch.setattr(grants, "visible", lambda state, least: state)


def everybody_writes_everywhere(patch: Patch) -> None:
    """Pushes are filtered neither by scope nor by class."""
    patch.setattr(Mandate, "writes", lambda self, scope: True)
    patch.setattr(grants, "_readable", lambda *_: True)


def everybody_reads_every_scope(patch: Patch) -> None:
    """Pulls are not filtered by scope."""

    def newer(connection: Connection, mandate: Mandate, *_: object) -> Iterator[Row]:
        for row in connection.execute(select(tables.record).where(tables.record.c.office == mandate.office)):
            yield Row(row.seq, row.id, row.seq, row.scope, row.kind, row.state)

    patch.setattr(reading, "newer", newer)
    patch.setattr(Mandate, "least", lambda self, scope: Visibility.pair)


def everybody_reads_what_is_not_theirs(patch: Patch) -> None:
    """Whoever holds anything holds every scope."""
    patch.setattr(Mandate, "least", lambda self, scope: min(grant.least for grant in self.grants.values()))


def a_clone_is_not_found_out(patch: Patch) -> None:
    """Whoever comes under a replica's name is taken for it."""
    true = Visit._recognise

    def recognise(self: Visit, connection: Connection) -> None:
        true(self, connection)
        self.forked = False

    patch.setattr(Visit, "_recognise", recognise)


def a_new_ledger_is_not_minded(patch: Patch) -> None:
    """What an earlier ledger had called safe stays safe, and digests that differ make nobody look closer."""
    patch.setattr(engine, "_begin_anew", lambda *_, **__: 0)
    patch.setattr(comparing, "differs", lambda store, digest: False)


def a_voiding_wins(patch: Patch) -> None:
    """A record goes out of sight though somebody who had not heard of it wrote in it."""
    patch.setattr(registers, "voiding_raced", lambda state: False)


def what_is_not_known_is_dropped(patch: Patch) -> None:
    """A store keeps only fields that its version knows."""
    true = Store.absorb

    def known(state: State) -> State:
        return state.only(name for name in state.registers if "2031" not in name)

    def absorb(self: Store, states: Any, **named: Any) -> Any:
        return true(self, [known(whole(one)) for one in states], **named)

    patch.setattr(Store, "absorb", absorb)


def nothing_is_let_go(patch: Patch) -> None:
    """A scope that was taken away stays on the laptop."""
    patch.setattr(Store, "release", lambda self, scopes, records=(): engine.Changed())


def what_is_lost_goes_at_once(patch: Patch) -> None:
    """A scope that was taken away goes with what was never sent in it."""

    def lying_in(self: Store, scopes: set[str], records: set[str]) -> list[tuple[int, str, str]]:
        rows = self.rows("SELECT seq, id, kind, scope FROM registers")
        return [(seq, id, kind) for seq, id, kind, scope in rows if scope in scopes or id in records]

    patch.setattr(Store, "_lying_in", lying_in)


def once_more_is_new(patch: Patch) -> None:
    """A change that is here already counts as another one."""
    true = intake.Intake._keep

    def keep(self: intake.Intake, change: State, joined: State, here: Any, scope: str) -> Any:
        return true(self, change, joined, replace(here, state=State(joined.kind, joined.id)) if here else None, scope)

    patch.setattr(intake.Intake, "_keep", keep)


def history_is_thrown_away(patch: Patch) -> None:
    """A ledger keeps what stands, and nothing of what stood."""
    patch.setattr(intake.Intake, "_supersede", lambda *_: None)


def a_set_is_the_newest(patch: Patch) -> None:
    """Of two sets that were added to at once the later one is shown."""
    patch.setattr(registers, "_union", lambda standing, newest: newest)


def what_is_private_is_sent(patch: Patch) -> None:
    """A field for its author alone waits to be sent like any other."""
    true = Store._queue

    def queue(self: Store, *given: Any, private: bool) -> None:
        true(self, *given, private=False)

    patch.setattr(Store, "_queue", queue)
    patch.setattr(engine, "problem_of", lambda state: "")


def nothing_brakes(patch: Patch) -> None:
    """Whatever an answer voids goes out of sight."""
    patch.setattr(braking, "brake", lambda *_: None)


def digests_leave_a_field_out(patch: Patch) -> None:
    """What two hold is summed up without the words of the pair."""
    true = protocol.fingerprint

    def fingerprint(state: Any, *given: Any) -> int:
        known = whole(state)
        return true(known.only(name for name in known.registers if name != "place"), *given)

    patch.setattr(protocol, "fingerprint", fingerprint)


def who_turns_is_a_copy(patch: Patch) -> None:
    """One word for all ledgers: whoever exchanged with another one is taken for a copy of itself."""
    patch.setattr(ledgers, "turned", lambda *_: None)
    true = Visit._recognise

    def recognise(self: Visit, connection: Connection) -> None:
        true(self, connection)
        known = self._last(connection)[0]
        assert self.hello is not None
        self.forked = known is not None and known not in (self.hello.prev, self.hello.next)

    patch.setattr(Visit, "_recognise", recognise)


def what_was_edited_meanwhile_is_safe_too(patch: Patch) -> None:
    """An answer is believed about a record, whatever was written in it since it was sent."""
    true = Store.acknowledge

    def acknowledge(self: Store, acks: Any, **given: Any) -> Any:
        return true(self, [Ack(one.id, 2**60) for one in acks], **given)

    patch.setattr(Store, "acknowledge", acknowledge)


def a_file_is_safe_once_it_is_written(patch: Patch) -> None:
    """What was written onto a stick leaves the outbox before anybody carried it anywhere."""
    true = courier._collected

    def collected(store: Store, *given: Any) -> Any:
        batch, more = true(store, *given)
        store.acknowledge(list(batch.sent), at=batch.at, receipt="00")
        return batch, more

    patch.setattr(courier, "_collected", collected)
