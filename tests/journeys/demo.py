"""The main job from end to end, without a screen: `make demo`.

A central server on SQLite in a process of its own; Awa's laptop, whose sessions are recorded offline through the real window; Hanna's
laptop, which has them after an exchange; an edit on both laptops while apart; and how both end. Every figure is measured while it happens.
Screenshots go into a folder that it names.
"""

import dataclasses
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from mentorapp import settings
from mentorapp.records import Mentorship, Session
from mentorapp.services import people, recall
from mentorapp.services import workspace as workspaces
from mentorapp.services.workspace import Workspace
from sync import client
from tests.journeys.conftest import Journey

ROOT = Path(__file__).resolve().parents[2]
TOLD = (
    "She opened the circle with a question from the oldest woman present and then kept quiet for almost ten minutes.",
    "Two men wanted to speak for everybody; she thanked them and turned to the others.",
    "The road was closed, so we met under the tree at the junction and talked for an hour.",
)


def say(line: str = "") -> None:
    """One line of the story."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Server:
    """The central server as `make server` starts it, on a free port of the loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = self._command("--port", "0")
        self.address, self.code = "", ""

    def _command(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "sync.server", "--data", str(self.folder), *words]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ready(self) -> None:
        """Wait until it listens."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.code = self.code or "".join(re.findall(r"code\s+(\S+)", line))
            if found := re.search(r"Listening on (http://\S+)", line):
                self.address = found.group(1)
                return
        raise SystemExit("The server did not start.")

    def enrolment(self, name: str) -> str:
        """A code for somebody's laptop, from the console."""
        said, _ = self._command("enrol", "--name", name).communicate(timeout=60)
        return re.findall(r"code\s+(\S+)", said)[0]

    def stop(self) -> None:
        """End it, and wait until it has."""
        self.process.terminate()
        self.process.communicate(timeout=20)


class Laptop:
    """A laptop: a folder of its own, the real program, and somebody at it."""

    def __init__(self, qt: QApplication, folder: Path, name: str) -> None:
        self.qt, self.folder, self.name = qt, folder, name

    @contextmanager
    def window(self) -> Iterator[Journey]:
        """The program's window, open while this lasts."""
        os.environ["MENTOR_HOME"] = str(self.folder)
        settings.keep(settings.Settings(language="en", theme="light"))
        journey = Journey(self.qt)
        journey.window.resize(1366, 768)
        journey.window.show()
        journey.window.activateWindow()
        journey.settle()
        journey.open(self._open)
        try:
            yield journey
        finally:
            journey.close()
            journey.window.deleteLater()
            journey.app.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _open(self) -> Workspace:
        if workspaces.exists():
            return workspaces.open_with_passphrase("nine red lanterns")
        return workspaces.start(name=self.name, passphrase="nine red lanterns")

    @contextmanager
    def store(self) -> Iterator[Workspace]:
        """The store without the window, as the command line opens it."""
        os.environ["MENTOR_HOME"] = str(self.folder)
        opened = self._open()
        try:
            yield opened
        finally:
            opened.close()


def joined(server: Server, laptop: Laptop) -> None:
    """Let a laptop in."""
    code = server.enrolment(laptop.name)
    with laptop.store() as opened:
        enrolment = client.enrol(address=server.address, code=code, device=f"{laptop.name}’s laptop", person=opened.me)
        client.enrolled(opened.store, enrolment)


def exchanged(laptop: Laptop) -> None:
    """Synchronise a laptop, and tell what it cost."""
    with laptop.store() as opened:
        began = time.perf_counter()
        client.run(opened.store)
        took = time.perf_counter() - began
        last, safety = opened.store.exchanges(1)[0], opened.store.safety()
    say(
        f"  {laptop.name}: sent {last.sent}, received {last.received}, {last.bytes_up:,} B up, {last.bytes_down:,} B down, "
        f"{took * 1000:.0f} ms. Only here {safety.only_here}, safe {safety.safe}, needs you {safety.needs_you}."
    )


def recorded(journey: Journey, pictures: Path) -> None:
    """Record a mentee and three sessions through the window, typing as a mentor does."""
    _, grace, pair = journey.do(
        lambda w: people.add_mentee(w, name="Grace A.", role="Knowledge officer", site="Gulu district library")
    )
    for number, told in enumerate(TOLD):
        journey.go("record", mentorship=pair.id)
        journey.type(told, into=journey.named("Notes"))
        if number == 0:
            journey.window.grab().save(str(pictures / "record.png"))
        began = time.perf_counter()
        journey.keys("Ctrl+Return")
        say(
            f"  session {number + 1} typed and finished; kept {(time.perf_counter() - began) * 1000:.0f} ms after the last key"
        )
    for screen, where in (
        ("today", {}),
        ("mentees", {}),
        ("mentee", {"person": grace.id}),
        ("sessions", {}),
        ("sync", {}),
    ):
        journey.go(screen, **where)
        journey.window.grab().save(str(pictures / f"{screen}.png"))


def edited(laptop: Laptop, change: Callable[[str], str]) -> None:
    """Change the notes of the first session, offline."""
    with laptop.store() as opened:
        session = _first(opened)
        after = dataclasses.replace(session, notes=change(session.notes))
        opened.store.save(after, before=session, by=opened.me, at=opened.clock.now())


def _first(opened: Workspace) -> Session:
    return opened.store.find(Session, order="id", limit=1)[0]


def seen(laptop: Laptop) -> tuple[str, dict[str, Any]]:
    """The first session's notes, and the registers of everything that may leave the laptop."""
    with laptop.store() as opened:
        return _first(opened).notes, {state.id: state.registers for state in opened.store.all_states()}


def main() -> int:
    """Play it; 0 if both laptops ended with the same records."""
    folder = Path(tempfile.mkdtemp(prefix="mentor-demo-"))
    pictures = folder / "pictures"
    pictures.mkdir()
    qt = QApplication.instance() or QApplication([])
    assert isinstance(qt, QApplication)
    awa, hanna = Laptop(qt, folder / "awa", "Awa D."), Laptop(qt, folder / "hanna", "Hanna B.")

    say("Offline: Awa opens the program on a laptop without a network and records three sessions.")
    with awa.window() as journey:
        recorded(journey, pictures)
        say(f"  the line at the foot says: “{journey.status()}”")
    say("A server starts, on one SQLite file. Hanna’s laptop joins the office, then Awa’s.")
    server = Server(folder / "server")
    try:
        server.ready()
        with hanna.store():
            pass
        joined(server, hanna)
        exchanged(hanna)
        joined(server, awa)
        exchanged(awa)
        say("Awa lets Hanna mentor Grace too. Hanna’s laptop has everything after its next exchange.")
        with awa.store() as opened:
            pair = opened.store.find(Mentorship, limit=1)[0]
            colleague = next(one for one in people.colleagues(opened) if one.name == "Hanna B.")
            people.share_with(opened, pair, colleague.id)
        exchanged(awa)
        exchanged(hanna)
        with hanna.store() as opened:
            view = recall.mentee(opened, recall.mentees(opened)[0].person)
            say(f"  Hanna sees {view.person.name}, met {view.met} times.")
        say("Apart again, both write in the notes of the same session: Awa at the end, Hanna at the beginning.")
        edited(awa, lambda notes: notes + " She was glad afterwards.")
        edited(hanna, lambda notes: "Under the mango tree. " + notes)
        for laptop in (hanna, awa, hanna):
            exchanged(laptop)
        say("Apart a third time, both rewrite the same words. Nobody’s are dropped: both laptops ask.")
        edited(awa, lambda notes: notes.replace("almost ten minutes", "a quarter of an hour"))
        edited(hanna, lambda notes: notes.replace("almost ten minutes", "what felt like ages"))
        for laptop in (hanna, awa, hanna):
            exchanged(laptop)
        with awa.window() as journey:
            journey.go("sync")
            journey.window.grab().save(str(pictures / "two-versions.png"))
            say(f"  the line at the foot says: “{journey.status()}”")
        (words, here), (there_words, there) = seen(awa), seen(hanna)
    finally:
        server.stop()
    same = here == there and words == there_words
    say(f"Both laptops show: “{words}”")
    say(
        f"{len(here)} records on Awa’s laptop, {len(there)} on Hanna’s: {'the same on both' if same else 'NOT THE SAME'}."
    )
    say(f"Pictures: {pictures}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
