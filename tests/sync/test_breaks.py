"""The checks can fail: each rule of syncing is broken here, one at a time, and a check that stands elsewhere notices."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from mentorapp.errors import UserError
from mentorapp.fields import Visibility
from mentorapp.store import Ack, Store
from sync import protocol
from sync.client import braking, engine
from sync.server import grants, ledger, reading, tables
from sync.server.grants import Mandate
from sync.server.intake import Intake
from sync.server.reading import Row
from tests.machines import breaks
from tests.machines import test_registers_machine as machine
from tests.sync import test_brake, test_concurrency, test_cuts, test_hostile, test_releasing, test_sync, test_weaving
from tests.sync.test_concurrency import database  # noqa: F401
from tests.sync.test_cuts import scene  # noqa: F401
from tests.sync.test_hostile import caller  # noqa: F401

Patch = pytest.MonkeyPatch


def _whatever_was_sent_leaves_the_outbox(patch: Patch) -> None:
    true = Store.acknowledge
    patch.setattr(
        Store, "acknowledge", lambda self, acks, **named: true(self, [Ack(a.id, 2**60) for a in acks], **named)
    )


def _the_cursor_runs_ahead(patch: Patch) -> None:
    true = ledger.standing
    patch.setattr(ledger, "standing", lambda connection, office: true(connection, office) + 2)


def _the_cursor_is_kept_without_its_records(patch: Patch) -> None:
    true = Store.absorb
    patch.setattr(Store, "absorb", lambda self, states, **named: true(self, list(states)[:-1], **named))


def _everybody_reads_every_class(patch: Patch) -> None:
    patch.setattr(grants, "visible", lambda state, least: state)


def _everybody_writes_everywhere(patch: Patch) -> None:
    patch.setattr(Mandate, "writes", lambda self, scope: True)


def _everybody_reads_every_scope(patch: Patch) -> None:
    def newer(connection: Connection, mandate: Mandate, *_: object) -> Iterator[Row]:
        for row in connection.execute(select(tables.record).where(tables.record.c.office == mandate.office)):
            yield Row(row.seq, row.id, row.seq, row.scope, row.kind, row.state)

    patch.setattr(reading, "newer", newer)
    patch.setattr(Mandate, "least", lambda self, scope: Visibility.pair)


def _nobody_asks_what_arrived(patch: Patch) -> None:
    patch.setattr(Store, "unanswered", lambda self: [])


def _a_counter_is_proof_enough(patch: Patch) -> None:
    patch.setattr(protocol, "fingerprint", lambda state, least=None: 0)
    patch.setattr(Intake, "fingerprint", lambda self, change: 0)


def _nothing_brakes(patch: Patch) -> None:
    patch.setattr(braking, "brake", lambda *_: None)


def _what_is_lost_goes_at_once(patch: Patch) -> None:
    def lying_in(self: Store, scopes: set[str], records: set[str]) -> list[tuple[int, str, str]]:
        rows = self.rows("SELECT seq, id, kind, scope FROM registers")
        return [(seq, id, kind) for seq, id, kind, scope in rows if scope in scopes or id in records]

    patch.setattr(Store, "_lying_in", lying_in)


def _nothing_is_let_go(patch: Patch) -> None:
    patch.setattr(Store, "release", lambda self, scopes, records=(): engine.Changed())


def _what_moved_is_not_told(patch: Patch) -> None:
    patch.setattr(reading, "departed", lambda *_: [])


def _the_common_beginning_is_forgotten(patch: Patch) -> None:
    patch.setattr(Store, "bases", lambda self, id: {})


Check = Callable[..., None]
BREAKS: list[tuple[Callable[[Patch], None], Check, dict[str, Any]]] = [
    (breaks.join_keeps_one_side, machine.test_thousands_of_histories_come_to_rest_alike, {"seed": 1}),
    (
        breaks.join_keeps_one_side,
        test_sync.test_two_laptops_that_edit_one_session_apart_converge_and_keep_both,
        {"first": 0},
    ),
    (breaks.join_forgets_what_was_superseded, machine.test_thousands_of_histories_come_to_rest_alike, {"seed": 1}),
    (_whatever_was_sent_leaves_the_outbox, test_sync.test_an_edit_made_while_sending_stays_pending, {}),
    (_the_cursor_runs_ahead, test_concurrency.test_no_reader_ever_misses_what_commits_late, {}),
    (
        _the_cursor_is_kept_without_its_records,
        test_sync.test_what_one_laptop_records_another_of_the_same_mentor_has,
        {},
    ),
    (_everybody_reads_every_class, test_sync.test_a_coordinator_reads_what_the_office_may_and_not_the_pairs_words, {}),
    (
        _everybody_writes_everywhere,
        test_hostile.test_a_record_cannot_be_moved_out_of_a_scope_that_is_not_ones_own,
        {},
    ),
    (
        _everybody_reads_every_scope,
        test_sync.test_a_third_mentor_sees_nothing_and_what_they_write_is_held_and_alters_nothing,
        {},
    ),
    (_nobody_asks_what_arrived, test_cuts.test_an_upload_cut_after_every_kth_byte_sends_again_one_frame_at_most, {}),
    (
        _a_counter_is_proof_enough,
        test_cuts.test_what_a_copy_of_the_store_sent_under_the_same_counters_is_not_taken_for_ours,
        {},
    ),
    (
        _nothing_brakes,
        test_brake.test_one_more_stops_and_nothing_is_taken_until_it_is_allowed_once,
        {"count": 40, "voided": 21},
    ),
    (
        _what_is_lost_goes_at_once,
        test_releasing.test_what_is_unsent_in_a_lost_scope_stays_and_goes_once_the_server_has_it,
        {},
    ),
    (
        _nothing_is_let_go,
        test_releasing.test_after_a_hand_over_nothing_of_it_is_left_and_both_agree_with_the_server,
        {},
    ),
    (
        _what_moved_is_not_told,
        test_releasing.test_a_record_that_moves_away_leaves_those_who_held_only_where_it_was,
        {"kind": "office"},
    ),
    (
        _the_common_beginning_is_forgotten,
        test_weaving.test_edits_at_different_places_are_woven_in_either_order,
        {"awa_first": True},
    ),
]
"""A rule broken, the check that notices, and what that check is given."""

NOTICED = (AssertionError, pytest.fail.Exception, UserError)
"""What a check that notices ends with: what it asserts does not hold, or a record is not where it should be."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("broken", "check", "given"),
    BREAKS,
    ids=[f"{broken.__name__.lstrip('_')}-{number}" for number, (broken, *_) in enumerate(BREAKS)],
)
def test_a_broken_rule_is_noticed(
    broken: Callable[[Patch], None],
    check: Check,
    given: dict[str, Any],
    request: pytest.FixtureRequest,
    monkeypatch: Patch,
    database: object,  # noqa: F811
) -> None:
    needed = {name: request.getfixturevalue(name) for name in inspect.signature(check).parameters if name not in given}
    broken(monkeypatch)
    with pytest.raises(NOTICED):
        check(**needed, **given)
