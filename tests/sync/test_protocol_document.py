"""docs/protocol.md says what the code does: its tables, limits, reasons, proofs and its example."""

import re

import pytest

from sync import protocol
from sync.client.words import ASIDE
from sync.protocol import Case, Record
from sync.server import app
from tests.machines import test_world
from tests.sync import example

TEXT = example.DOCUMENT.read_text("utf-8")
ROOT = example.DOCUMENT.parents[1]


def _rows(title: str) -> list[str]:
    """The first column of a table whose head begins with that."""
    table = TEXT[TEXT.index(f"| {title}") :].split("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.split("\n")[2:]]


@pytest.mark.parametrize("kind", [Record, Case, *protocol.KINDS])
def test_each_message_is_told_part_by_part_in_its_order(kind: type) -> None:
    tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
    title = f"{kind.__name__} ({tag})" if tag else kind.__name__
    assert _rows(f"{title} |") == list(kind.__struct_fields__)  # type: ignore[attr-defined]


def test_the_example_is_what_the_code_writes() -> None:
    assert example.shown(TEXT) == example.section(), "run `python -m tests.sync.example`"


def test_the_limits_are_those_of_the_code() -> None:
    told = {int(one.replace(",", "")) for one in re.findall(r"\| (?:about )?([\d,]+)", TEXT[TEXT.index("## Limits") :])}
    assert told >= {value for name, value in vars(protocol).items() if name.startswith("MOST_")}


def test_every_reason_that_there_is_is_told() -> None:
    for reason in (*app._STATUS, *ASIDE):
        assert reason in TEXT, reason
    for reason, status in app._STATUS.items():
        (line,) = [line for line in TEXT.split("\n") if re.match(rf"\| {status} \|", line)]
        assert reason in line


def test_every_proof_that_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 15
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text("utf-8") if test else (ROOT / file).exists(), (file, test)
    assert [int(row) for row in _rows("| promise")] == list(range(1, 15))


def test_each_proof_names_its_checks_of_the_machine_and_the_machine_makes_them() -> None:
    made = {check.__name__ for check in test_world.CHECKS}
    lines = TEXT[TEXT.index("| | promise") :].split("\n\n")[0].split("\n")[2:]
    told = set[str]()
    for number, line in enumerate(lines, 1):
        named = re.findall(r"`tests/machines/test_world.py::(check_\w+)`", line)
        assert named, line
        assert all(one.startswith(f"check_{number:02}_") for one in named), line
        told.update(named)
    assert told == made
