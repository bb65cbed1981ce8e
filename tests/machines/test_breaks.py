"""The machine can fail: each rule of syncing is broken here, one at a time, and a history that passes with it does not pass without.

Most histories of any length notice most of these. Here each has a short one, so that all of them are tried each time.
"""

from collections.abc import Callable

import pytest

from tests.machines import breaks
from tests.machines.test_world import replay
from tests.machines.world import Step

AT_ONCE: list[Step] = [("edit", 0, 0, 0), ("edit", 1, 0, 0), ("sync", 0), ("sync", 1)]
IN_TURN: list[Step] = [("edit", 0, 0, 0), ("sync", 0), ("sync", 1), ("edit", 1, 0, 0), ("sync", 1), ("sync", 0)]
HANDED_OVER: list[Step] = [("mentors", 0, 0), ("sync", 0), ("edit", 1, 0, 0), ("sync", 1)]

BROKEN: list[tuple[Callable[[pytest.MonkeyPatch], None], list[Step]]] = [
    (breaks.join_keeps_one_side, AT_ONCE),
    (breaks.join_forgets_what_was_superseded, IN_TURN),
    (breaks.the_newest_clock_wins, AT_ONCE),
    (breaks.whatever_was_sent_leaves_the_outbox, [("edit", 0, 0, 0), ("cut up", 0, 0)]),
    (
        breaks.what_was_edited_meanwhile_is_safe_too,
        [("edit", 0, 0, 0), ("write", 0), ("edit", 0, 0, 0), ("hand over", 0, 0), ("hear", 0, 0)],
    ),
    (breaks.the_cursor_runs_ahead, [("version", 1, 1), ("sync", 1), ("edit", 0, 0, 0), ("sync", 0)]),
    (breaks.the_cursor_is_kept_without_its_records, IN_TURN),
    (breaks.a_frame_that_was_cut_counts, [("trespass", 0), ("sync", 0)]),
    (breaks.everybody_reads_every_class, [("edit", 0, 0, 0), ("sync", 0), ("sync", 3)]),
    (breaks.everybody_reads_every_scope, [("sync", 1)]),
    (breaks.everybody_writes_everywhere, [("trespass", 2), ("sync", 2)]),
    (breaks.nothing_is_let_go, HANDED_OVER),
    (breaks.what_is_lost_goes_at_once, HANDED_OVER),
    (breaks.once_more_is_new, [("edit", 0, 0, 0), ("sync", 0)]),
    (breaks.what_is_not_known_is_dropped, [("later", 0), ("sync", 0)]),
    (breaks.history_is_thrown_away, IN_TURN),
    (breaks.a_set_is_the_newest, [("tag", 0, 0, 1), ("tag", 1, 0, 1), ("sync", 0), ("sync", 1)]),
    (breaks.what_is_private_is_sent, [("reflect", 0), ("sync", 0)]),
    (breaks.nothing_brakes, [("many", 0), ("sync", 0), ("sync", 1), ("clear", 0), ("sync", 0), ("sync", 1)]),
    (breaks.digests_leave_a_field_out, AT_ONCE),
    (breaks.a_voiding_wins, [("void", 0, 0), ("edit", 1, 0, 0), ("sync", 0), ("sync", 1)]),
    (breaks.a_new_ledger_is_not_minded, [("back up", 0), ("edit", 0, 0, 0), ("sync", 0), ("roll back", 0, 0, 1)]),
    (
        breaks.a_clone_is_not_found_out,
        [("clone", 0), ("edit", 0, 0, 0), ("sync", 0), ("edit", 4, 0, 0), ("edit", 4, 0, 0), ("sync", 4)],
    ),
    (breaks.who_turns_is_a_copy, [("turn", 3), ("tag", 3, 1, 1)]),
    (breaks.a_file_is_safe_once_it_is_written, [("edit", 0, 0, 0), ("write", 0)]),
]
"""A rule broken, and a history that passes with it and not without."""


PASSED: list[list[Step]] = []
"""Histories that were seen to pass unbroken."""


@pytest.mark.parametrize(("broken", "steps"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_the_machine_notices(
    broken: Callable[[pytest.MonkeyPatch], None], steps: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    if steps not in PASSED:
        replay(steps)
        PASSED.append(steps)
    broken(monkeypatch)
    with pytest.raises((AssertionError, LookupError)):
        replay(steps)
