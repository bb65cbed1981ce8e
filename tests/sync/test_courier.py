"""The exchange through files: late, twice, out of order, damaged, forged, foreign; nothing is lost, nothing counted as safe that is not."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mentorapp.clock import new_id
from mentorapp.records import Attachment, Session
from sync import bundle, client
from sync.bundle import Keyring
from sync.client import carrying, courier, parcels
from sync.client.http import Line
from sync.client.words import Misread
from sync.server import accounts, ledger, tables
from sync.server import courier as desk
from tests.sync.conftest import Laptop, Office

Make = Callable[..., Laptop]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that is carried about."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def sealing(one: Laptop) -> Laptop:
    """The laptop, once it and the server know each other's keys."""
    with pytest.raises(client.SyncError, match="does not have its server’s key"):
        courier.write(one.store, one.path.parent, at=one.clock.now())
    one.sync()
    return one


def write(one: Laptop, stick: Path) -> bytes:
    """The file of all that is pending on a laptop."""
    (file,) = courier.write(one.store, stick, at=one.clock.now()).files
    return file.read_bytes()


def deliver(office: Office, file: bytes) -> bytes:
    """What the server answers to a file."""
    return desk.deliver(office.database, identity(office), "the office", file, now=office.clock.now()).answer


def identity(office: Office) -> ledger.Ledger:
    """The ledger's identity as it is now."""
    with office.database.reading() as connection:
        return ledger.identity(connection, 0)


def notes(one: Laptop, session: Session) -> str:
    """A session's notes on a laptop."""
    return one.store.get(Session, session.id).notes


def test_what_goes_by_a_file_is_safe_when_the_answer_is_back_and_brings_what_is_new(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace, awa = sealing(laptop("grace")), laptop("grace")
    session = grace.session(grace.pair().id, notes="Written far from any network.")
    file = write(grace, stick)
    assert grace.store.safety().only_here == 3
    answer = deliver(office, file)
    assert grace.store.safety().only_here == 3
    awa.sync()
    assert notes(awa, session) == "Written far from any network."
    seen = awa.store.get(Session, session.id)
    awa.save(replace(seen, agenda="Ask about the shelves"), seen)
    awa.sync()
    taken = courier.take(grace.store, answer, at=grace.clock.now())
    assert taken.applied.safe == 3
    assert grace.store.safety().only_here == 0
    second = courier.take(grace.store, deliver(office, write(grace, stick)), at=grace.clock.now())
    assert second.applied.received == 1
    assert grace.store.get(Session, session.id).agenda == "Ask about the shelves"
    assert grace.sync().agrees


def test_a_file_that_arrives_twice_has_the_effect_of_one_and_each_answer_says_it_is_safe(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    file = write(grace, stick)
    first = deliver(office, file)
    rows = office.rows(tables.record)
    second = deliver(office, file)
    assert office.rows(tables.record) == rows
    assert courier.take(grace.store, second, at=grace.clock.now()).applied.safe == 3
    with pytest.raises(Misread, match="here already"):
        courier.take(grace.store, first, at=grace.clock.now())
    assert grace.sync().agrees


def test_files_that_arrive_in_the_wrong_order_after_others_lose_nothing(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace = sealing(laptop("grace"))
    session = grace.session(grace.pair().id, notes="first")
    early = write(grace, stick)
    later = grace.save(replace(session, notes="second"), session)
    late = write(grace, stick)
    answers = [deliver(office, late), deliver(office, early)]
    for answer in reversed(answers):
        courier.take(grace.store, answer, at=grace.clock.now())
    assert grace.store.safety().only_here == 0
    assert notes(grace, later) == "second"
    assert grace.sync().agrees
    other = laptop("grace")
    other.sync()
    assert other.states() == grace.states()


def test_an_edit_after_writing_the_file_stays_pending(laptop: Make, office: Office, stick: Path) -> None:
    grace = sealing(laptop("grace"))
    session = grace.session(grace.pair().id, notes="as sent")
    answer = deliver(office, write(grace, stick))
    grace.save(replace(session, notes="edited since"), session)
    courier.take(grace.store, answer, at=grace.clock.now())
    assert grace.store.safety().only_here == 1
    assert grace.sync().agrees


def test_an_answer_that_was_overtaken_by_an_exchange_is_believed_about_safety_and_moves_nothing(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace, awa = sealing(laptop("grace")), laptop("grace")
    pair = grace.pair()
    grace.sync()
    awa.sync()
    awa.session(pair.id, notes="from elsewhere")
    awa.sync()
    session = grace.session(pair.id, notes="here")
    answer = deliver(office, write(grace, stick))
    # The other records come over the line; what is on the stick is taken in after that.
    awa.session(pair.id, notes="later still")
    awa.sync()
    grace.sync()
    cursor = grace.store.recall_bytes("cursor")
    taken = courier.take(grace.store, answer, at=grace.clock.now())
    assert taken.late
    assert taken.applied.received == 0
    assert grace.store.recall_bytes("cursor") == cursor
    assert notes(grace, session) == "here"
    assert grace.sync().agrees


def test_an_answer_of_a_ledger_that_was_restored_since_makes_nothing_safe(
    laptop: Make, office: Office, stick: Path, tmp_path: Path
) -> None:
    grace = sealing(laptop("grace"))
    backup = office.rows(tables.record)
    session = grace.session(grace.pair().id, notes="must not be lost")
    answer = deliver(office, write(grace, stick))
    # Yesterday's ledger is put back, and the laptop exchanges with it before the answer reaches it.
    with office.database.writing() as connection:
        for one in office.rows(tables.record):
            if one not in backup:
                connection.execute(tables.record.delete().where(tables.record.c.id == one.id))
                connection.execute(tables.tally.delete())
        connection.execute(tables.grant.delete().where(tables.grant.c.source != "role"))
        connection.execute(tables.office.update().values(seq=1))
        ledger.mint_epoch(connection, accounts.stamp(office.clock.now()))
    batch_epoch = grace.store.recall_bytes("sync_epoch")
    grace.sync()
    assert grace.store.recall_bytes("sync_epoch") != batch_epoch
    taken = courier.take(grace.store, answer, at=grace.clock.now())
    assert taken.late
    assert taken.applied.safe == 0
    other = laptop("grace")
    other.sync()
    assert notes(other, session) == "must not be lost"


def test_a_laptop_that_only_knows_files_heals_a_ledger_that_was_restored(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace = sealing(laptop("grace"))
    session = grace.session(grace.pair().id, notes="kept here")
    courier.take(grace.store, deliver(office, write(grace, stick)), at=grace.clock.now())
    assert grace.store.safety().only_here == 0
    with office.database.writing() as connection:
        for table in (tables.record, tables.tally, tables.history, tables.moved, tables.vouched):
            connection.execute(table.delete())
        connection.execute(tables.grant.delete().where(tables.grant.c.source != "role"))
        connection.execute(tables.office.update().values(seq=1))
        ledger.mint_epoch(connection, accounts.stamp(office.clock.now()))
    for _ in range(2):
        courier.take(grace.store, deliver(office, write(grace, stick)), at=grace.clock.now())
    assert grace.store.safety().only_here == 0
    other = laptop("grace")
    other.sync()
    assert notes(other, session) == "kept here"
    assert grace.sync().agrees


def test_more_than_one_file_holds_goes_into_several_and_each_answer_counts(
    laptop: Make, office: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_MOST_RECORDS", 2)
    grace = sealing(laptop("grace"))
    pair = grace.pair()
    for number in range(5):
        grace.session(pair.id, notes=str(number))
    done = courier.write(grace.store, stick, at=grace.clock.now())
    assert (len(done.files), done.records) == (4, 7)
    answers = [deliver(office, file.read_bytes()) for file in done.files]
    taken = [courier.take(grace.store, answer, at=grace.clock.now()) for answer in answers]
    assert [one.applied.safe for one in taken] == [2, 2, 2, 1]
    assert [one.late for one in taken] == [True, True, True, False]
    assert grace.sync().agrees


def test_news_of_many_megabytes_comes_in_one_answer(laptop: Make, office: Office, stick: Path) -> None:
    grace, awa = sealing(laptop("grace")), laptop("grace")
    pair = grace.pair()
    grace.sync()
    awa.sync()
    from tests.sync.conftest import noise

    for _ in range(30):
        awa.session(pair.id, notes=noise(100_000))
    awa.sync()
    taken = courier.take(grace.store, deliver(office, write(grace, stick)), at=grace.clock.now())
    assert taken.applied.received == 30
    assert grace.states() == awa.states()


# --- pictures and sound ------------------------------------------------------------------------------------------------


def pictured(one: Laptop, content: bytes) -> str:
    """A picture of a session on a laptop; gives its name."""
    session = one.session(one.pair().id)
    record = new_id()
    hash = one.store.keep_file(content, record=record, at=one.clock.now())
    fields = {"mentorship": session.mentorship, "owner": session.id, "name": "x.jpg"}
    one.save(Attachment(id=record, size=len(content), content_hash=hash, **fields))
    return hash


def carried(one: Laptop, office: Office, stick: Path, *, lost: int = -1, twice: bool = False) -> None:
    """Text and contents to the server and back; one of the files of contents may be lost on its way, or all be handed over twice."""
    now = one.clock.now()
    texts = courier.write(one.store, stick, at=now).files
    contents = parcels.write(one.store, stick, at=now)
    for file in texts:
        courier.take(one.store, deliver(office, file.read_bytes()), at=now)
    answers = [
        deliver(office, f.read_bytes()) for place, f in enumerate(contents) if place != lost for _ in range(1 + twice)
    ]
    for answer in answers:
        parcels.take(one.store, answer, at=now)


@pytest.mark.parametrize("twice", [False, True])
def test_a_picture_goes_by_files_and_comes_by_files(laptop: Make, office: Office, stick: Path, twice: bool) -> None:
    grace, awa = sealing(laptop("grace")), sealing(laptop("grace"))
    content = random.Random(1).randbytes(700_000)
    hash = pictured(grace, content)
    carried(grace, office, stick, twice=twice)
    assert grace.store.file(hash).safe_at
    carried(awa, office, stick)
    awa.store.want_file(hash, size=len(content), record="", at=awa.clock.now())
    carried(awa, office, stick, twice=twice)
    assert awa.store.file_content(hash) == content


def test_a_file_of_contents_that_is_lost_is_made_up_for_by_the_next(
    laptop: Make, office: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "MOST_CONTENTS", 300_000)
    grace = sealing(laptop("grace"))
    content = random.Random(2).randbytes(1_500_000)
    hash = pictured(grace, content)
    carried(grace, office, stick, lost=1)
    assert grace.store.file(hash).safe_at is None
    assert grace.store.file(hash).sent > 0
    carried(grace, office, stick)
    assert grace.store.file(hash).safe_at


def test_contents_are_given_to_nobody_who_may_not_read_them(laptop: Make, office: Office, stick: Path) -> None:
    grace, thief = sealing(laptop("grace")), sealing(laptop("thief"))
    content = b"a picture" * 10_000
    hash = pictured(grace, content)
    carried(grace, office, stick)
    thief.store.want_file(hash, size=len(content), record="", at=thief.clock.now())
    carried(thief, office, stick)
    assert thief.store.file(hash).here == 0


# --- what is not taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["request", "answer"])
def test_no_single_damaged_byte_passes_and_a_readable_head_still_says_whose_it_is(
    laptop: Make, office: Office, stick: Path, sort: str
) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    file = write(grace, stick)
    whole = file if sort == "request" else deliver(office, file)
    before = office.rows(tables.record)
    places = [*range(0, len(whole), 97), len(whole) - 1]
    for at in places:
        broken = bytearray(whole)
        broken[at] ^= 1
        if sort == "answer":
            with pytest.raises(Misread, match=r"damaged|not a file|Nothing of it was read"):
                courier.take(grace.store, bytes(broken), at=grace.clock.now())
        else:
            with pytest.raises(desk.Undelivered) as caught:
                deliver(office, bytes(broken))
            named = caught.value.whose == "grace" and caught.value.reason == "bundle_damaged"
            assert named or (at < 100 and caught.value.reason == "not_a_bundle")
    for cut in (0, 7, 30, len(file) // 2, len(file) - 1):
        with pytest.raises(desk.Undelivered, match=r"not_a_bundle|bundle_damaged"):
            deliver(office, file[:cut])
    assert office.rows(tables.record) == before
    assert grace.store.safety().only_here == 3


def test_a_file_made_by_somebody_else_is_not_taken_in(laptop: Make, office: Office, stick: Path) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    file = write(grace, stick)
    opened = bundle.opened(file, by=desk.keyring(identity(office)))
    thief, to = Keyring(b"t" * 32), desk.keyring(identity(office)).public
    with pytest.raises(desk.Undelivered, match="bundle_forged"):
        deliver(office, bundle.written(opened.content, opened.head, by=thief, to=to))
    answer = deliver(office, file)
    head = bundle.read_head(answer)
    forged = bundle.written(b"\x90", head, by=thief, to=courier.keyring(grace.store).public)
    with pytest.raises(Misread, match="does not come from"):
        courier.take(grace.store, forged, at=grace.clock.now())
    assert courier.take(grace.store, answer, at=grace.clock.now()).applied.safe == 3


def test_what_is_in_one_file_cannot_be_put_under_another_head(laptop: Make, office: Office, stick: Path) -> None:
    grace, awa = sealing(laptop("grace")), sealing(laptop("awa"))
    for one in (grace, awa):
        one.session(one.pair().id)
    hers, theirs = write(grace, stick), write(awa, stick)
    at = len(bundle._opened(hers)[1])
    assert len(bundle._opened(theirs)[1]) == at
    with pytest.raises(desk.Undelivered, match="bundle_forged"):
        deliver(office, theirs[:at] + hers[at:])


def test_an_answer_for_another_laptop_is_passed_on_unread(laptop: Make, office: Office, stick: Path) -> None:
    grace, awa = sealing(laptop("grace")), sealing(laptop("awa"))
    answer = deliver(office, write(awa, stick))
    with pytest.raises(Misread, match=f"Mentor-{bundle.read_head(answer).tag}"):
        courier.take(grace.store, answer, at=grace.clock.now())


def test_a_revoked_laptop_and_an_unknown_one_are_named_and_alter_nothing(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    file = write(grace, stick)
    (device,) = office.rows(tables.device)
    with office.database.writing() as connection:
        accounts.revoke(connection, device.id, now=office.clock.now())
    with pytest.raises(desk.Undelivered) as caught:
        deliver(office, file)
    assert (caught.value.reason, caught.value.whose) == ("token_revoked", "grace")
    with office.database.writing() as connection:
        connection.execute(tables.device.delete())
    with pytest.raises(desk.Undelivered, match="bundle_by_unknown"):
        deliver(office, file)
    assert office.rows(tables.record) == []


def test_a_stolen_stick_reveals_nothing(laptop: Make, office: Office, stick: Path) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id, notes="zanzibarwords " * 50)
    for file in (write(grace, stick), deliver(office, write(grace, stick))):
        assert b"zanzibar" not in file
        assert grace.person.encode() not in file
        assert bytes.fromhex(grace.person) not in file
        assert b"grace" not in file
        with pytest.raises(bundle.ProtocolError):
            bundle.opened(file, by=Keyring(b"t" * 32))
    assert not any("grace" in path.name for path in stick.iterdir())


# --- those who carry, and those who are let in ------------------------------------------------------------------------


def test_another_laptop_hands_over_what_lies_on_the_stick_and_the_answers_lie_beside_it(
    laptop: Make, office: Office, stick: Path
) -> None:
    grace, awa = sealing(laptop("grace")), laptop("awa")
    session = grace.session(grace.pair().id, notes="carried by a colleague")
    write(grace, stick)
    (stick / "photo.jpg").write_bytes(b"not ours")
    (stick / "Mentor-torn.mentor-bundle").write_bytes(b"MENTOR")
    token = client.linked(awa.store).token
    with Line(office.address) as line:
        (done,) = carrying.hand_over(line, token, stick)
        (again,) = carrying.hand_over(line, token, stick)
    assert done.problem is None
    assert again.answer == done.answer
    assert courier.take(grace.store, done.answer.read_bytes(), at=grace.clock.now()).applied.safe == 3
    other = laptop("grace")
    other.sync()
    assert notes(other, session) == "carried by a colleague"
    assert awa.store.find(Session) == []


def test_who_carries_a_damaged_file_is_told_whose_it_is(laptop: Make, office: Office, stick: Path) -> None:
    grace, awa = sealing(laptop("grace")), laptop("awa")
    grace.session(grace.pair().id)
    write(grace, stick)
    (path,) = stick.iterdir()
    broken = bytearray(path.read_bytes())
    broken[-5] ^= 255
    path.write_bytes(bytes(broken))
    with Line(office.address) as line:
        (done,) = carrying.hand_over(line, client.linked(awa.store).token, stick)
    assert "grace" in str(done.problem)
    assert "damaged" in str(done.problem)


def test_a_laptop_that_never_sees_a_network_is_let_in_by_a_file_however_often_it_comes(
    laptop: Make, office: Office, stick: Path
) -> None:
    kept = laptop("tesfaye", enrol=False)
    key = desk.keyring(identity(office)).public.hex()
    asked = courier.knock(kept.store, stick, key=key, code=office.code("tesfaye"), device="old laptop", person="")
    answers = [deliver(office, asked.read_bytes()) for _ in range(2)]
    assert len(office.rows(tables.device)) == 1
    said = [courier.welcomed(kept.store, answer, key=key, address=office.address) for answer in answers]
    assert said[0] == said[1]
    client.enrolled(kept.store, said[0])
    kept.person = said[0].person
    session = kept.session(kept.pair().id, notes="no network here, ever")
    assert courier.take(kept.store, deliver(office, write(kept, stick)), at=kept.clock.now()).applied.safe == 3
    other = laptop("tesfaye")
    other.sync()
    assert notes(other, session) == "no network here, ever"


def test_a_used_code_does_not_let_another_laptop_in_by_a_file(laptop: Make, office: Office, stick: Path) -> None:
    code = office.code("tesfaye")
    key = desk.keyring(identity(office)).public.hex()
    first, second = laptop("tesfaye", code=code), laptop("thief", enrol=False)
    asked = courier.knock(second.store, stick, key=key, code=code, device="x", person="")
    with pytest.raises(desk.Undelivered, match="code_used"):
        deliver(office, asked.read_bytes())
    assert first.sync().agrees


def test_a_stick_that_is_full_or_gone_is_said_so_and_nothing_is_lost(laptop: Make, office: Office, stick: Path) -> None:
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    shutil.rmtree(stick)
    stick.write_bytes(b"a file where the folder was")
    with pytest.raises(Misread, match="could not be written"):
        courier.write(grace.store, stick, at=grace.clock.now())
    assert grace.store.safety().only_here == 3
    grace.clock.forward(hours=1)
    assert grace.sync().agrees


def test_only_the_newest_unanswered_files_are_remembered_within_bounds(
    laptop: Make, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_MOST_KEPT", 600)
    grace = sealing(laptop("grace"))
    grace.session(grace.pair().id)
    for _ in range(9):
        grace.clock.forward(days=1)
        write(grace, stick)
    kept = courier.outstanding(grace.store)
    assert 1 < len(kept) < 9
    assert len(grace.store.recall_bytes("bundles")) <= 600
