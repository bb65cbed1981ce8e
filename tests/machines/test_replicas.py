"""Registers and grants alone, in volume: thousands of short histories a second of a process, a million steps in the long run."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp import registers
from mentorapp.registers import Register
from tests.machines import breaks
from tests.machines.replicas import Step, made, replay, run
from tests.strategies import times

LENGTH = 20
STEPS = ("save", "exchange", "cut", "post", "deliver", "hand over", "copy", "restore", "back up", "roll back")
_number = st.integers(0, 63)


@settings(max_examples=times(60))
@given(st.lists(st.tuples(st.sampled_from(STEPS), _number, _number, _number), max_size=LENGTH), st.booleans())
def test_any_history_of_registers_comes_to_rest_with_just_what_nobody_had_seen(
    steps: list[Step], by_wire: bool
) -> None:
    replay(steps, by_wire=by_wire)


@pytest.mark.parametrize("block", range(4))
def test_histories_of_registers_by_seed(block: int) -> None:
    for seed in range(250 * block, 250 * (block + 1)):
        replay(made(seed, LENGTH), by_wire=seed % 50 == 0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_million_steps_of_registers() -> None:
    started = time.process_time()
    for seed in range(10**6, 10**6 + 50_000):
        replay(made(seed, LENGTH), by_wire=seed % 100 == 0)
    print(f"{50_000 / (time.process_time() - started):.0f} histories of {LENGTH} steps a second")


def _first_failing(most: int) -> list[Step]:
    for seed in range(most):
        try:
            run(made(seed, LENGTH))
        except (AssertionError, LookupError):
            return made(seed, LENGTH)
    raise AssertionError(f"{most} histories noticed nothing")


@pytest.mark.parametrize(
    "broken",
    [
        breaks.join_keeps_one_side,
        breaks.join_forgets_what_was_superseded,
        breaks.everybody_reads_every_class,
        breaks.everybody_reads_what_is_not_theirs,
    ],
)
def test_a_broken_rule_is_noticed_by_registers_alone(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    _first_failing(200)


def test_what_fails_prints_a_script_that_fails_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script is run as it is printed: it fails with the broken join, in the same words, and passes with the true one."""

    def join(a: Register, b: Register) -> Register:
        return Register(a.siblings | b.siblings, true(a, b).context, max(a.reach, b.reach))

    true = registers.join
    with monkeypatch.context() as patch:
        patch.setattr(registers, "join", join)
        steps = _first_failing(200)
        with pytest.raises(AssertionError) as failure:
            replay(steps)
        (script,) = failure.value.__notes__
        with pytest.raises(AssertionError) as again:
            exec(script, {})
        assert str(again.value) == str(failure.value)
    exec(script, {})
