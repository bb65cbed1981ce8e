"""What is only mine never reaches the server or a colleague in words: planted, exchanged, and looked for everywhere."""

from collections.abc import Callable
from pathlib import Path

from mentorapp.records import Pulse, Reflection
from mentorapp.services import pulses, reflections
from mentorapp.services.workspace import Workspace
from tests.sync.conftest import Laptop, Office

PLANTED = "feedfacefeedfacefeedfacefeedface"
SECRET = "the-chair-frightens-me"
MOOD = "shaken-to-the-bone"


def ledger(office: Office, folder: Path) -> bytes:
    """Everything that the server keeps, with what is still in its journal."""
    return b"".join(file.read_bytes() for file in folder.glob("ledger.sqlite*"))


def at(laptop: Laptop) -> Workspace:
    """A laptop as its mentor's services see it."""
    return Workspace(laptop.store, laptop.clock, laptop.person)


def test_answers_and_private_thoughts_are_not_at_the_server_and_on_no_other_laptop(
    office: Office, laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    awa, hanna = laptop("Awa D."), laptop("Hanna B.")
    pair = awa.pair(awa.person, hanna.person)
    pulses.answer(at(awa), mentorship=pair.id, rater=PLANTED, answers={"trust": 3})
    _, thought = reflections.write(at(awa), text=SECRET, mood=MOOD, mentorship=pair.id, prompt="what-was-hard")
    awa.sync()
    hanna.sync()
    kept = ledger(office, tmp_path)
    assert pair.id.encode() in kept, "the ledger is read as it is"
    for secret in (PLANTED, SECRET, MOOD, "what-was-hard"):
        assert secret.encode() not in kept
    assert hanna.store.seek(Pulse, awa.store.find(Pulse)[0].id) is None
    assert hanna.store.seek(Reflection, thought.id) is None


def test_what_is_shared_with_the_pair_arrives_and_what_is_taken_back_is_emptied_there(
    office: Office, laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    awa, hanna, other = laptop("Awa D."), laptop("Hanna B."), laptop("Omar S.")
    pair = awa.pair(awa.person, hanna.person)
    _, thought = reflections.write(at(awa), text=SECRET, mood=MOOD, mentorship=pair.id)
    awa.sync()
    reflections.share(at(awa), awa.store.get(Reflection, thought.id), words="I was nervous.")
    awa.sync()
    hanna.sync()
    other.sync()
    there = hanna.store.get(Reflection, thought.id)
    assert (there.shared, there.text, there.mood, there.sharing) == ("I was nervous.", "", "", "shared")
    assert [r.id for r in reflections.shared_with_me(at(hanna), pair.id)] == [thought.id]
    assert other.store.seek(Reflection, thought.id) is None
    assert SECRET.encode() not in ledger(office, tmp_path)
    reflections.take_back(at(awa), awa.store.get(Reflection, thought.id))
    awa.sync()
    hanna.sync()
    assert hanna.store.get(Reflection, thought.id).shared == ""
    assert reflections.shared_with_me(at(hanna), pair.id) == []
    assert awa.store.get(Reflection, thought.id).text == SECRET
