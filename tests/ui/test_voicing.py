"""A voice note: kept as it is spoken, found again after a crash, played, thrown away, spoken anew; never a file on the disk."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentorapp import sound
from mentorapp.errors import UserError
from mentorapp.records import Attachment, Reflection
from mentorapp.services import attachments, voice
from tests.mentorapp.test_sound import tone
from tests.ui.harness import Bench
from tests.ui.test_attaching import says
from tests.ui.test_record import kept, opened
from ui.microphone import Microphone
from ui.playing import Speaker
from ui.screens.record import RecordScreen


class Ear(Microphone):
    """A microphone that hears what a test says."""

    missing = ""

    def begin(self) -> None:
        """Listen, unless it is missing."""
        if self.missing:
            raise UserError(self.missing)

    def hear(self, seconds: float) -> None:
        """Hear a tone, as it comes from a device: a tenth of a second at a time."""
        spoken = tone(seconds)
        for at in range(0, len(spoken), 3200):
            self.heard.emit(spoken[at : at + 3200])


class Mouth(Speaker):
    """A loudspeaker that notes what it was asked."""

    def load(self, content: bytes, name: str) -> None:
        """Take it."""
        self.content, self.asked = content, [f"load {name}"]
        self.lasted.emit(12_000)

    def play(self) -> None:
        """Say that it plays."""
        self.asked.append("play")
        self.went.emit(True)

    def pause(self) -> None:
        """Say that it waits."""
        self.asked.append("pause")
        self.went.emit(False)

    def go_to(self, moment: int) -> None:
        """Go there."""
        self.asked.append(f"go to {moment}")
        self.moved.emit(moment)

    def set_speed(self, percent: int) -> None:
        """Note it."""
        self.asked.append(f"speed {percent}")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ui.voicing.Microphone", Ear)
    monkeypatch.setattr("ui.playing.Speaker", Mouth)
    bench = Bench(tmp_path / "home", qapp)
    yield bench
    bench.end()


@pytest.fixture
def screen(bench: Bench) -> RecordScreen:
    return opened(bench, mentorship=bench.grace.id)


def ear(screen: RecordScreen) -> Ear:
    found = screen.files.note._microphone
    assert isinstance(found, Ear)
    return found


def notes(bench: Bench) -> list[tuple[str, str, bytes | None]]:
    return bench.ask(
        lambda w: [(f.name, f.media_type, attachments.content(w, attachment=f)) for f in w.store.find(Attachment)]
    )


def speak(bench: Bench, screen: RecordScreen, seconds: float) -> None:
    note = screen.files.note
    note.speak.click()
    ear(screen).hear(seconds)
    note._tick()
    assert note.stop.hasFocus()
    QTest.keyClick(note.stop, Qt.Key.Key_Return)
    bench.settle()


def test_a_note_is_spoken_and_kept_with_the_session(bench: Bench, screen: RecordScreen, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    speak(bench, screen, 4.2)
    ((name, kind, content),) = notes(bench)
    assert name.startswith("Voice note ")
    assert kind == "audio/wav"
    assert content is not None
    assert 4.2 <= sound.seconds(len(content) - content.index(b"data") - 8) < 4.3
    (draft,) = kept(bench)
    assert bench.ask(lambda w: w.store.find(Attachment)[0].owner) == draft.id
    assert "Kept: 0:04" in says(screen.files)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before, "nothing but the store was written"


def test_while_one_speaks_the_clock_runs_and_the_level_moves(bench: Bench, screen: RecordScreen) -> None:
    note = screen.files.note
    note.speak.click()
    note._tick()
    assert note._clock.text() == "0:00"
    ear(screen).hear(2.5)
    note._tick()
    assert note._clock.text() == "0:02"
    assert note._level._share > 0.3
    assert "Recording" in note._state.words
    assert not note.speak.isVisible()


def test_a_crash_takes_no_more_than_the_last_seconds(bench: Bench, screen: RecordScreen) -> None:
    screen.files.note.speak.click()
    ear(screen).hear(10.5)
    bench.settle()
    (draft,) = kept(bench)
    # Nobody stops it: the program is gone. What the store has is what is found by another window.
    found = bench.ask(lambda w: voice.interrupted(w, session=draft.id))
    assert 10.5 - found[0].seconds <= 4
    assert bench.ask(lambda w: w.store.files_to_send()) == [], "nothing unfinished is sent"
    assert bench.ask(lambda w: w.store.files_wanted()) == []
    again = opened(bench, draft=draft.id)
    (row,) = again.files.cut_off.rows()
    assert "cut off after 0:0" in row.accessibleName()
    row.keep.click()  # type: ignore[attr-defined]
    bench.settle()
    ((_, kind, content),) = notes(bench)
    assert kind == "audio/wav"
    assert content is not None
    assert bench.ask(lambda w: voice.interrupted(w, session=draft.id)) == []
    assert again.files.cut_off.rows() == []


@pytest.mark.parametrize("how", ["another session", "another screen", "finish"])
def test_whoever_goes_on_while_speaking_loses_nothing(bench: Bench, screen: RecordScreen, how: str) -> None:
    screen.files.note.speak.click()
    ear(screen).hear(1.5)
    if how == "another session":
        screen.open(mentorship=bench.ruth.id)
    elif how == "another screen":
        screen.leave()
    else:
        screen.hold()
    bench.settle()
    ((name, _, content),) = notes(bench)
    assert name.startswith("Voice note ")
    assert content is not None
    (file,) = bench.ask(lambda w: w.store.find(Attachment))
    assert file.mentorship == bench.grace.id, "it belongs to the session during which it was spoken"


def test_a_disk_that_takes_nothing_for_a_while_costs_nothing(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = bench.shell.workspace
    assert workspace is not None
    screen.files.note.speak.click()
    bench.settle()

    def full(*_: object, **__: object) -> None:
        raise UserError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(workspace.store, "keep_heard", full)
        ear(screen).hear(4)
        bench.settle()
        assert "The disk is full." in says(screen.files)
    ear(screen).hear(4)
    screen.files.note.stop.click()
    bench.settle()
    ((_, _, content),) = notes(bench)
    assert content is not None
    assert sound.seconds(len(content)) >= 8


def test_a_note_is_thrown_away_or_spoken_anew_and_can_be_brought_back(bench: Bench, screen: RecordScreen) -> None:
    note = screen.files.note
    speak(bench, screen, 1)
    note.again.click()
    bench.settle()
    assert notes(bench) == [], "the one before goes out of sight"
    ear(screen).hear(2)
    note.stop.click()
    bench.settle()
    assert len(notes(bench)) == 1
    note.throw.click()
    bench.settle()
    assert notes(bench) == []
    assert note.speak.hasFocus()
    undo = bench.said[-1].action
    assert undo is not None
    undo()
    bench.settle()
    assert len(notes(bench)) == 1


def test_a_note_is_played_from_memory_with_the_keyboard(bench: Bench, screen: RecordScreen) -> None:
    speak(bench, screen, 1)
    screen.files.note.play.click()
    bench.settle()
    player = screen.files.player
    assert player is not None
    mouth = player.speaker
    assert isinstance(mouth, Mouth)
    assert mouth.content == notes(bench)[0][2]
    assert player.button.hasFocus()
    assert player.button.accessibleName().startswith("Pause ")
    QTest.keyClick(player.button, Qt.Key.Key_Space)
    QTest.keyClick(player.place, Qt.Key.Key_Right)
    player.speed.chip("150").click()
    assert mouth.asked[1:] == ["play", "pause", "go to 5000", "speed 150"]
    assert "0:05 of 0:12" in says(player)


def test_without_a_microphone_it_is_said_where_the_keyboard_is(bench: Bench, screen: RecordScreen) -> None:
    ear(screen).missing = "No microphone was found."
    screen.files.note.speak.click()
    assert "No microphone was found." in says(screen.files)
    assert screen.files.note.speak.accessibleDescription() == "No microphone was found."
    assert kept(bench) == []


def test_a_microphone_that_goes_away_leaves_what_it_heard(bench: Bench, screen: RecordScreen) -> None:
    screen.files.note.speak.click()
    ear(screen).hear(1)
    ear(screen).lost.emit()
    bench.settle()
    assert len(notes(bench)) == 1
    assert "went away" in screen.files.note.speak.accessibleDescription() or "Kept" in says(screen.files)


def test_nothing_heard_is_nothing_kept(bench: Bench, screen: RecordScreen) -> None:
    screen.files.note.speak.click()
    screen.files.note.stop.click()
    bench.settle()
    assert notes(bench) == []
    assert "Nothing was heard" in says(screen.files)


def test_a_note_that_grows_too_long_is_kept(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "LONGEST", 3)
    screen.files.note.speak.click()
    ear(screen).hear(5)
    bench.settle()
    ((_, _, content),) = notes(bench)
    assert content is not None
    assert sound.seconds(len(content)) < 4


def test_a_draft_thrown_away_takes_what_was_cut_off_along(bench: Bench, screen: RecordScreen) -> None:
    screen.files.note.speak.click()
    ear(screen).hear(4)
    bench.settle()
    (draft,) = kept(bench)
    again = opened(bench, draft=draft.id)
    again.page.give_up.click()
    bench.settle()
    assert bench.ask(lambda w: w.store.recordings(draft.id)) == []
    assert bench.ask(lambda w: w.store.connection.execute("SELECT count(*) FROM file_piece").fetchone()[0]) == 0
    screen.files.note._recording = ""  # The other window is gone.


# --- a note of one's own ----------------------------------------------------------------------------------------------


def aside(bench: Bench, screen: RecordScreen, seconds: float) -> Ear:
    """Begin to speak a note of one's own."""
    screen.page.go_to_how()
    bench.settle()
    assert screen.spoken is not None
    screen.spoken.note.speak.click()
    found = screen.spoken.note._microphone
    assert isinstance(found, Ear)
    found.hear(seconds)
    return found


@pytest.mark.parametrize("stopped", [True, False])
def test_a_note_of_ones_own_is_the_reflections_and_leaves_the_laptop_never(
    bench: Bench, screen: RecordScreen, stopped: bool
) -> None:
    aside(bench, screen, 4)
    assert screen.spoken is not None
    if stopped:
        screen.spoken.note.stop.click()
        bench.settle()
    screen.hold()
    bench.settle()
    (thought,) = bench.ask(lambda w: w.store.find(Reflection))
    (file,) = bench.ask(lambda w: w.store.find(Attachment))
    assert thought.voice == file.id
    assert (file.owner, file.mentorship, file.scope) == (None, None, f"private/{thought.author}")
    assert bench.ask(lambda w: attachments.content(w, attachment=file)) is not None
    assert bench.ask(lambda w: w.store.files_to_send()) == [], "its content is not sent"
    assert bench.ask(lambda w: w.store.files_waiting()) == (0, 0)
    told = bench.ask(lambda w: {state.id: set(state.registers) for state in w.store.all_states()})
    assert not told[file.id], "not even that it exists"
    assert "voice" not in told[thought.id]
    bench.ask(lambda w: attachments.remove(w, attachment=file, reason="a try"))
    told = bench.ask(lambda w: {state.id: set(state.registers) for state in w.store.all_states()})
    assert not told[file.id], "nor that it was taken out"


def test_a_note_of_ones_own_is_kept_with_the_draft_and_can_be_thrown_away(bench: Bench, screen: RecordScreen) -> None:
    aside(bench, screen, 2)
    screen.open(mentorship=bench.ruth.id)
    bench.settle()
    (draft,) = kept(bench)
    assert draft.voice
    assert screen.spoken is not None
    assert not screen.spoken.value(), "it is not the other's"
    screen.open(draft=draft.id)
    bench.settle()
    assert screen.spoken.value() == draft.voice
    screen.spoken.throw.click()
    bench.settle()
    assert kept(bench)[0].voice == ""
    undo = bench.said[-1].action
    assert undo is not None
    undo()
    bench.settle()
    assert kept(bench)[0].voice == draft.voice
    assert screen.files.files.rows() == [], "the pair's files do not have it"


def test_what_was_cut_off_of_a_note_of_ones_own_is_offered_to_its_author_alone(
    bench: Bench, screen: RecordScreen
) -> None:
    aside(bench, screen, 4)
    bench.settle()
    (draft,) = kept(bench)
    again = opened(bench, draft=draft.id)
    assert again.files.cut_off.rows() == []
    again.page.go_to_how()
    bench.settle()
    assert again.spoken is not None
    (row,) = again.spoken.cut_off.rows()
    row.keep.click()  # type: ignore[attr-defined]
    bench.settle()
    assert bench.ask(lambda w: w.store.find(Attachment)[0].scope).startswith("private/")
    assert screen.spoken is not None
    screen.spoken.note._recording = ""  # The other window is gone.


def test_neither_the_start_nor_a_session_loads_what_plays_or_draws_pages() -> None:
    """In a process of its own: here other tests have loaded it."""
    asked = (
        "import sys, ui.app, ui.screens.record, ui.screens.mentee, ui.screens.file, ui.copying; "
        "print([name for name in sys.modules if name.startswith(('PySide6.QtMultimedia', 'PySide6.QtPdf', 'pypdf'))])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
