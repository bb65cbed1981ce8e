"""The machine can fail: each rule of syncing is broken here, one at a time, and one of four histories of fixed seeds notices.

The same seeds pass unbroken in `test_world.py`.
"""

from collections.abc import Callable

import pytest

from tests.machines import breaks
from tests.machines.test_world import replay
from tests.machines.world import Step, made

NOTICED_BY: list[tuple[Callable[[pytest.MonkeyPatch], None], int]] = [
    (breaks.join_keeps_one_side, 3),
    (breaks.join_forgets_what_was_superseded, 7),
    (breaks.the_newest_clock_wins, 3),
    (breaks.whatever_was_sent_leaves_the_outbox, 1),
    (breaks.the_cursor_runs_ahead, 0),
    (breaks.the_cursor_is_kept_without_its_records, 0),
    (breaks.a_frame_that_was_cut_counts, 0),
    (breaks.everybody_reads_every_class, 0),
    (breaks.everybody_reads_every_scope, 0),
    (breaks.nothing_is_let_go, 1),
    (breaks.what_is_lost_goes_at_once, 2),
    (breaks.everybody_writes_everywhere, 0),
    (breaks.once_more_is_new, 0),
    (breaks.what_is_not_known_is_dropped, 1),
]
"""A rule broken, and the seed of the first of four histories of which one notices."""


SCRIPTED: list[tuple[Callable[[pytest.MonkeyPatch], None], list[Step]]] = [
    (breaks.a_voiding_wins, [("void", 0, 0), ("edit", 1, 0, 0), ("sync", 0), ("sync", 1)]),
    (breaks.a_new_ledger_is_not_minded, [("back up", 0), ("edit", 0, 0, 0), ("sync", 0), ("roll back", 0, 0, 1)]),
    (
        breaks.a_clone_is_not_found_out,
        [("clone", 0), ("edit", 0, 0, 0), ("sync", 0), ("edit", 4, 0, 0), ("edit", 4, 0, 0), ("sync", 4)],
    ),
]
"""A rule broken that few histories need, and a history that passes with it and not without."""


@pytest.mark.parametrize(("broken", "steps"), SCRIPTED, ids=[broken.__name__ for broken, _ in SCRIPTED])
def test_the_machine_notices_what_few_histories_need(
    broken: Callable[[pytest.MonkeyPatch], None], steps: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(steps)
    broken(monkeypatch)
    with pytest.raises((AssertionError, LookupError)):
        replay(steps)


@pytest.mark.parametrize(("broken", "seed"), NOTICED_BY, ids=[broken.__name__ for broken, _ in NOTICED_BY])
def test_the_machine_notices(
    broken: Callable[[pytest.MonkeyPatch], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    with pytest.raises((AssertionError, LookupError)):
        _four(seed)


def _four(seed: int) -> None:
    for number in range(seed, seed + 4):
        replay(made(number, 25))
