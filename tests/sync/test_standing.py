"""The command line says what the Sync screen says: the same counts, each reason with its remedy, nothing called safe without a receipt."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from mentorapp import registers
from mentorapp.clock import SetClock
from mentorapp.registers import Dot, Stamp, State
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from mentorapp.store import Refusal
from sync.client import __main__ as command
from sync.client.standing import expected_octets, standing
from sync.client.words import ASIDE
from tests.sync.conftest import MONDAY, Laptop, Office

PASSPHRASE = "a few words in a row"


def _said(laptop: Laptop) -> str:
    return "\n".join(standing(Workspace(laptop.store, laptop.clock, laptop.person)))


def test_what_is_only_here_is_counted_until_there_is_a_receipt(laptop: Callable[..., Laptop]) -> None:
    grace = laptop("grace")
    pair = grace.pair()
    grace.session(pair.id, notes="words " * 200)
    before = _said(grace)
    assert "3 records are only on this laptop." in before
    assert "The oldest of them is from" in before
    assert f"about {expected_octets(grace.store)} bytes; the line was not measured yet" in before
    assert "safe at the server" not in before
    assert "receipt" not in before
    grace.sync()
    after = _said(grace)
    assert "0 records are only on this laptop." in after
    assert "3 records are safe at the server (last exchange" in after
    assert grace.store.recall("receipt") in after
    assert "Server and laptop agree: 3 records." in after
    assert "Sending takes" not in after
    grace.store.remember(sync_rate="8000")
    grace.session(pair.id)
    assert " s on this line." in _said(grace)


@pytest.mark.parametrize("held", [True, False])
def test_what_was_not_taken_is_said_with_its_reason_and_remedy(laptop: Callable[..., Laptop], held: bool) -> None:
    grace = laptop("grace")
    grace.pair()
    (first, *_) = grace.store.pending()
    reason = "outside" if held else "too_large"
    grace.store.set_aside([Refusal(first.state.id, first.counter, reason, held)], at=grace.clock.now())
    said = [line for line in _said(grace).split("\n") if "since" in line]
    assert len(said) == 1
    assert said[0].startswith(
        f"Person {first.state.id[-6:]}: " + ("held for your coordinator since" if held else "set aside since")
    )
    assert said[0].endswith(ASIDE[reason])


def test_what_needs_a_person_and_what_strayed_in_is_said(laptop: Callable[..., Laptop]) -> None:
    grace = laptop("grace")
    one = grace.session(grace.pair().id, place="library")
    dot = Dot(b"t" * 8, 1)
    place = registers.first(dot, msgspec.msgpack.encode("school"))
    for kind in ("session", "goal"):
        grace.store.absorb([State(kind, one.id, {"place": place}, {dot: Stamp("t", 1)})], at=MONDAY)
    said = _said(grace)
    assert "1 record needs you." in said
    assert "1 record came in a shape that does not fit" in said


def test_an_unlinked_laptop_is_told_what_to_do(laptop: Callable[..., Laptop]) -> None:
    assert "Enter the code from your coordinator" in _said(laptop("grace", enrol=False))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "home"))
    workspaces.start(name="Grace A.", passphrase=PASSPHRASE, clock=SetClock(MONDAY)).close()
    (tmp_path / "words").write_text(PASSPHRASE)
    return tmp_path / "words"


def test_every_verb_is_one_command_line(
    home: Path, office: Office, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def call(*words: str) -> tuple[int, str]:
        code = command.main(["--passphrase-file", str(home), *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = call("doctor")
    assert code == 0
    assert "is well" in said
    assert "1 record is only on this laptop." in said
    code, said = call("status")
    assert code == 1
    assert "not linked" in said
    assert call("enrol", "--address", office.address, "--code", office.code("grace"))[0] == 0
    code, said = call("sync")
    assert code == 0, said
    assert "Server and laptop agree" in said
    doctor, status = call("doctor")[1], call("status")[1]
    assert status in doctor
    assert "safe at the server" in status
    assert call("backup", str(tmp_path / "stick"))[0] == 0
    assert call("export", "person", str(tmp_path / "people.csv"))[0] == 0
    assert "Grace A." in (tmp_path / "people.csv").read_text("utf-8-sig")
