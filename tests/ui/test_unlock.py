"""Opening the store: the passphrase, the keyring, and everything that may stand in the way, each with its sentence. Nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from mentorapp import settings
from mentorapp.records import Person
from mentorapp.services import workspace as workspaces
from mentorapp.store import database, keys
from tests.journeys.conftest import CHEAP, PASSPHRASE, Journey, _running
from ui.widgets.passphrase import PassphraseBox


def make_store(home: Path) -> bytes:
    """A store of Awa D. with one more person, closed; its key."""
    key = keys.new_key()
    keys.wrap_with_passphrase(home / workspaces.KEY, key, PASSPHRASE, CHEAP)
    opened = workspaces.open_with_passphrase(PASSPHRASE)
    for person in (Person(id=opened.me, scope="office/", name="Awa D."), Person(id="g" * 32, name="Grace A.")):
        opened.store.save(person, by=opened.me, at=opened.clock.now())
    opened.close()
    return key


@pytest.fixture
def key(home: Path) -> bytes:
    """The key of a store that was made before the program starts."""
    return make_store(home)


@pytest.fixture
def locked_app(key: bytes, qapp: QApplication) -> Iterator[Journey]:
    """The program, started on a store that was made before."""
    yield from _running(qapp, None)


def type_passphrase(journey: Journey, passphrase: str) -> None:
    """Type a passphrase where the keyboard is, and press Enter."""
    journey.type(passphrase)
    journey.keys("Return")


def test_the_passphrase_opens_and_the_keyboard_is_there_already(locked_app: Journey) -> None:
    assert locked_app.window.current_key() == "unlock"
    type_passphrase(locked_app, PASSPHRASE)
    assert locked_app.window.current_key() == "today"
    assert locked_app.ask(lambda w: w.store.get(Person, "g" * 32).name) == "Grace A."


def test_a_wrong_passphrase_is_said_in_its_place_and_can_be_tried_again(locked_app: Journey) -> None:
    type_passphrase(locked_app, "nine red balloons")
    box = locked_app.screen().findChild(PassphraseBox)
    assert "does not open this store" in box.box.problem()
    assert locked_app.held() is box.editor
    type_passphrase(locked_app, PASSPHRASE)
    assert locked_app.window.current_key() == "today"


def test_no_passphrase_is_not_a_try(locked_app: Journey) -> None:
    locked_app.click("Open")
    assert locked_app.says("Type your passphrase.")


def test_sample_people_can_be_seen_from_here_and_the_real_store_stays_closed(locked_app: Journey, home: Path) -> None:
    before = (home / workspaces.STORE).read_bytes()
    locked_app.click("Try with sample people")
    assert locked_app.ask(lambda w: w.practice)
    assert (home / workspaces.STORE).read_bytes() == before
    locked_app.go("first_run")
    locked_app.click("Open your own records")
    type_passphrase(locked_app, PASSPHRASE)
    assert not locked_app.ask(lambda w: w.practice)
    assert not settings.load().practice


def test_a_damaged_store_is_explained_large_and_not_touched(
    key: bytes, home: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / workspaces.STORE
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    before = file.read_bytes()
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    running = _running(qapp, None)
    journey = next(running)
    type_passphrase(journey, PASSPHRASE)
    assert journey.says("is damaged and was not opened")
    journey.click("Show the folder")
    assert shown == [str(home)]
    journey.click("Try again")
    type_passphrase(journey, PASSPHRASE)
    assert journey.says("is damaged and was not opened")
    assert file.read_bytes() == before
    assert next(running, None) is None


def test_the_store_of_a_newer_version_is_not_opened_or_changed(key: bytes, home: Path, qapp: QApplication) -> None:
    opened = workspaces.open_with_passphrase(PASSPHRASE)
    database.wrapped(opened.store.connection)["_sqlite_migrations"].insert(
        {"migration_set": "mentor", "name": "m9999", "applied_at": "2030-01-01"}, hash_id=None
    )
    opened.close()
    running = _running(qapp, None)
    journey = next(running)
    type_passphrase(journey, PASSPHRASE)
    assert journey.says("newer version of the program")
    assert next(running, None) is None


def test_a_key_file_that_cannot_be_read_is_explained(key: bytes, home: Path, qapp: QApplication) -> None:
    (home / workspaces.KEY).write_text("{ not json")
    running = _running(qapp, None)
    journey = next(running)
    if journey.window.current_key() != "unlock":
        journey.go("unlock")
    assert journey.says("cannot be read, so the store stays closed")
    assert next(running, None) is None


class _Memory(KeyringBackend):
    """A keyring in memory."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[_Memory]:
    """A keyring that remembers."""
    before, ours = keyring.get_keyring(), _Memory()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def test_the_keyring_opens_without_a_question_until_it_is_locked(
    memory: _Memory, key: bytes, home: Path, qapp: QApplication
) -> None:
    keys.remember_in_keyring(home / workspaces.KEY, key)
    running = _running(qapp, None)
    journey = next(running)
    assert journey.window.current_key() == "today"
    journey.keys("Ctrl+L")
    assert journey.window.current_key() == "unlock"
    journey.click("Open with this computer’s keyring")
    assert journey.window.current_key() == "today"
    assert next(running, None) is None


def test_a_keyring_that_forgot_leaves_the_passphrase(
    memory: _Memory, key: bytes, home: Path, qapp: QApplication
) -> None:
    keys.remember_in_keyring(home / workspaces.KEY, key)
    memory.kept.clear()
    running = _running(qapp, None)
    journey = next(running)
    assert journey.window.current_key() == "unlock"
    journey.click("Open with this computer’s keyring")
    assert journey.says("keyring does not have the key")
    type_passphrase(journey, PASSPHRASE)
    assert journey.window.current_key() == "today"
    assert next(running, None) is None
