"""kill -9 in the middle of typing and of finishing: what was typed up to two seconds before is there, and nothing is there by half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mentorapp.records import ActionItem, Reflection, Session
from mentorapp.services import people, sessions
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace

ROOT = Path(__file__).parents[2]
PROMISED = 2.0
"""Seconds within which every keystroke is kept."""


class Laptop:
    """A store with two mentees, and the program that is started on it and killed."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home, home / "typed.log"
        self.broken: list[str] = []
        with self.store() as workspace:
            _, _, self.grace = people.add_mentee(workspace, name="Grace A.")
            _, _, self.ruth = people.add_mentee(workspace, name="Ruth N.")

    def store(self) -> "Opened":
        """The store, opened by us and closed after."""
        return Opened()

    def run(self, mode: str, seconds: float, mentorship: str, first: int = 1) -> float:
        """Start the program, let her write for so long, kill it; when it was killed. Words are numbered from `first`."""
        self.log.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.faults.writer",
            mentorship,
            str(self.log),
            mode,
            str(first),
            *self.broken,
        ]
        program = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "MENTOR_HOME": str(self.home)})
        try:
            deadline = time.monotonic() + 60
            while not (self.log.exists() and "ready" in self.log.read_text()):
                assert program.poll() is None, "the program ended by itself"
                assert time.monotonic() < deadline, "the program did not begin"
                time.sleep(0.02)
            time.sleep(seconds)
            assert program.poll() is None, "the program ended by itself"
        finally:
            killed = time.time()
            program.send_signal(signal.SIGKILL)
            program.wait()
        return killed

    def noted(self, what: str, before: float) -> int:
        """The highest number noted of something up to a moment."""
        found = [0]
        for line in self.log.read_text().splitlines():
            moment, word, *number = line.split()
            if word == what and float(moment) <= before:
                found.append(int(number[0]))
        return max(found)


class Opened:
    """The practice store for as long as a `with` lasts."""

    def __enter__(self) -> Workspace:
        self.workspace = workspaces.open_practice() if workspaces.exists(practice=True) else workspaces.start(
            name="Awa D.", practice=True
        )  # fmt: skip
        return self.workspace

    def __exit__(self, *_: object) -> None:
        self.workspace.close()


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    return Laptop(tmp_path)


def killed_while_typing(laptop: Laptop, times: int, longest: float, shortest: float = 0.2) -> None:
    chance = random.Random(times)
    first, safe = 1, set[str]()
    for _ in range(times):
        killed = laptop.run("type", chance.uniform(shortest, longest), laptop.grace.id, first)
        due = laptop.noted("typed", before=killed - PROMISED)
        with laptop.store() as workspace:
            kept = workspace.store.drafts()
            if not kept:
                missing = due or len(safe)
                assert not missing, "words were typed two seconds before, and no draft is there"
                continue
            assert len(kept) == 1, "one session is one draft, however often the program was killed"
            assert kept[0].about == laptop.grace.id
            words = sessions.read_draft(kept[0]).session.notes.split()
            lost = (safe | {f"w{n}" for n in range(first, due + 1)}) - set(words)
            assert not lost, (
                f"typed more than two seconds before the kill, or kept before, and not there: {sorted(lost)}"
            )
            assert len(words) == len(set(words)), "a word is there twice"
            safe = set(words)
        first = laptop.noted("typed", before=killed + 60) + 1


def killed_while_finishing(laptop: Laptop, times: int, longest: float) -> None:
    chance = random.Random(times)
    for _ in range(times):
        before = _state(laptop)
        killed = laptop.run("finish", chance.uniform(0.1, longest), laptop.ruth.id)
        sure, begun = laptop.noted("finished", killed), laptop.noted("finishing", killed)
        with laptop.store() as workspace:
            fresh = [
                s for s in workspace.store.find(Session, "mentorship = ?", (laptop.ruth.id,)) if s.id not in before
            ]
            for session in fresh:
                made = workspace.store.find(ActionItem, "origin = ?", (session.id,))
                thought = workspace.store.find(Reflection, "session = ?", (session.id,))
                assert len(made) == 2, "a session without its promises"
                assert len(thought) == 1, "a session without its reflection"
                assert session.status == "held"
                assert workspace.store.draft(session.id) is None, "a finished session that is still a draft"
            assert sure <= len(fresh) <= begun, "finished and not there, or there without having been finished"
            assert all(draft.about == laptop.ruth.id for draft in workspace.store.drafts())
            assert workspace.store.rows("PRAGMA integrity_check") == [("ok",)]
            for draft in workspace.store.drafts():
                sessions.give_up_draft(workspace, draft.id)


def _state(laptop: Laptop) -> set[str]:
    with laptop.store() as workspace:
        return {session.id for session in workspace.store.find(Session)}


def test_what_was_typed_two_seconds_before_a_kill_is_in_the_draft(laptop: Laptop) -> None:
    killed_while_typing(laptop, 8, 3.2)


def test_a_program_that_keeps_what_is_written_only_at_its_closing_is_noticed(laptop: Laptop) -> None:
    laptop.broken = ["late"]
    with pytest.raises(AssertionError, match="no draft is there"):
        killed_while_typing(laptop, 1, longest=2.8, shortest=2.6)


def test_a_session_is_finished_wholly_or_not_at_all(laptop: Laptop) -> None:
    killed_while_finishing(laptop, 7, 1.2)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_kills_lose_nothing(laptop: Laptop) -> None:
    killed_while_typing(laptop, 50, 6.0)
    for draft in _drafts(laptop):
        assert draft
    killed_while_finishing(laptop, 50, 3.0)


def _drafts(laptop: Laptop) -> list[str]:
    with laptop.store() as workspace:
        found = [draft.id for draft in workspace.store.drafts()]
        for id in found:
            sessions.give_up_draft(workspace, id)
        return found
