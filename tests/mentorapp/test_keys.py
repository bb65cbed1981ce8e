"""The key: only the passphrase opens it, a changed passphrase replaces the old one, a spoilt key file says so."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorapp.errors import UserError
from mentorapp.services import workspace as workspaces
from mentorapp.store import keys
from tests.strategies import times

CHEAP = keys.Cost(passes=1, memory_kib=64, lanes=1)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.key"


def test_only_the_right_passphrase_opens(file):
    key = keys.new_key()
    keys.wrap_with_passphrase(file, key, "a few words", CHEAP)
    assert keys.open_with_passphrase(file, "a few words") == key
    for wrong in ("A few words", "a few word", "", "a few words "):
        with pytest.raises(keys.NoKey, match="does not open this store"):
            keys.open_with_passphrase(file, wrong)


def test_the_key_is_nowhere_in_its_file(file):
    key = keys.new_key()
    keys.wrap_with_passphrase(file, key, "a few words", CHEAP)
    assert key.hex() not in file.read_text()
    assert "a few words" not in file.read_text()
    assert len(key) == 32
    assert keys.new_key() != key


def test_a_passphrase_is_the_same_from_any_keyboard(file):
    keys.wrap_with_passphrase(file, keys.new_key(), "caf\u00e9 du march\u00e9", CHEAP)
    assert keys.open_with_passphrase(file, "cafe\u0301 du marche\u0301")


@settings(max_examples=times(30))
@given(st.text(st.characters(codec=None), min_size=8, max_size=12))
def test_any_passphrase_that_can_be_typed_opens(tmp_path_factory, passphrase):
    file = tmp_path_factory.mktemp("key") / "store.key"
    key = keys.new_key()
    keys.wrap_with_passphrase(file, key, passphrase, CHEAP)
    assert keys.open_with_passphrase(file, passphrase) == key


def test_a_short_passphrase_is_refused_and_nothing_is_written(file):
    with pytest.raises(UserError, match="at least 8 characters"):
        keys.wrap_with_passphrase(file, keys.new_key(), "seven77")
    assert not file.exists()


def test_the_cost_of_a_guess_is_kept_with_the_key_so_that_it_can_rise(file):
    key = keys.new_key()
    for cost in (CHEAP, keys.Cost(passes=2, memory_kib=128, lanes=1)):
        keys.wrap_with_passphrase(file, key, "a few words", cost)
        kept = json.loads(file.read_text())["passphrase"]
        assert {name: kept[name] for name in asdict(cost)} == asdict(cost)
        assert keys.open_with_passphrase(file, "a few words") == key


def test_what_a_guess_costs_where_nobody_said_otherwise(monkeypatch):
    monkeypatch.undo()
    assert asdict(keys.Cost()) == {"passes": 3, "memory_kib": 65_536, "lanes": 2}


def test_a_new_passphrase_replaces_the_old_one_and_leaves_the_other_ways_in(file):
    key = keys.new_key()
    keys.leave_open(file, key)
    keys.wrap_with_passphrase(file, key, "a few words", CHEAP)
    keys.wrap_with_passphrase(file, key, "other words", CHEAP)
    assert keys.open_with_passphrase(file, "other words") == key
    with pytest.raises(keys.NoKey):
        keys.open_with_passphrase(file, "a few words")
    assert keys.ways(file) == {"passphrase", "practice"}
    assert keys.open_practice(file) == key


@settings(max_examples=times(80))
@given(st.data())
def test_a_spoilt_key_file_is_said_so_and_never_gives_another_key(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("key") / "store.key"
    key = keys.new_key()
    keys.wrap_with_passphrase(file, key, "a few words", CHEAP)
    bad = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        bad = bad[: data.draw(st.integers(0, len(bad) - 1))]
    else:
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.sampled_from(b'0a"{}:,\x00\xff x'))
    file.write_bytes(bad)
    before = file.read_bytes()
    try:
        assert keys.open_with_passphrase(file, "a few words") == key
    except UserError:
        assert file.read_bytes() == before


@pytest.mark.parametrize(
    "spoilt",
    ["", "{", "[]", "null", '{"passphrase": 3}', '{"passphrase": {"salt": "00"}}', "\x00" * 40],
)
def test_what_is_no_key_file_is_said_so(file, spoilt):
    file.write_text(spoilt)
    with pytest.raises(UserError, match="cannot be read"):
        keys.open_with_passphrase(file, "a few words")


@pytest.mark.parametrize("cost", [{"memory_kib": 2**31}, {"memory_kib": 2**70}, {"passes": 0}, {"lanes": -1}])
def test_a_cost_that_nobody_ever_set_is_a_spoilt_file(file, cost):
    keys.wrap_with_passphrase(file, keys.new_key(), "a few words", CHEAP)
    content = json.loads(file.read_text())
    content["passphrase"] |= cost
    file.write_text(json.dumps(content))
    with pytest.raises(UserError):
        keys.open_with_passphrase(file, "a few words")


def test_a_missing_key_file_is_said_so(file):
    assert keys.ways(file) == frozenset()
    with pytest.raises(UserError, match="cannot be read"):
        keys.open_with_passphrase(file, "a few words")


# --- through the workspace --------------------------------------------------------------------------------------------


def test_a_store_opens_with_its_passphrase_and_with_a_changed_one(clock):
    first = workspaces.start(name="Grace A.", passphrase="a few words", clock=clock)
    me = first.me
    first.close()
    assert workspaces.exists()
    assert workspaces.ways_in() == {"passphrase"}
    with pytest.raises(UserError):
        workspaces.change_passphrase("wrong words", "other words")
    with pytest.raises(UserError, match="at least"):
        workspaces.change_passphrase("a few words", "short")
    workspaces.change_passphrase("a few words", "other words")
    with pytest.raises(UserError):
        workspaces.open_with_passphrase("a few words", clock=clock)
    again = workspaces.open_with_passphrase("other words", clock=clock)
    assert again.me == me
    again.close()


def test_a_second_store_is_never_made_over_the_first(workspace):
    with pytest.raises(UserError, match="a store on this laptop already"):
        workspaces.start(name="Ruth N.", passphrase="other words")


def test_a_key_whose_store_is_elsewhere_is_kept(workspace, clock):
    workspace.close()
    home = workspaces.folder()
    (home / workspaces.STORE).rename(home / "on a stick")
    other = workspaces.start(name="Ruth N.", passphrase="other words", clock=clock)
    other.close()
    (home / workspaces.STORE).unlink()
    (home / "on a stick").rename(home / workspaces.STORE)
    (kept,) = home.glob("store.key-*")
    kept.replace(home / workspaces.KEY)
    again = workspaces.open_with_passphrase("a few words", clock=clock)
    assert again.me == workspace.me
    again.close()


def test_without_any_way_to_lock_it_no_store_is_made():
    with pytest.raises(UserError, match="Choose a passphrase"):
        workspaces.start(name="Grace A.")
    assert not workspaces.exists()


def test_the_practice_store_is_another_one(workspace, clock):
    practice = workspaces.start(name="Awa D.", practice=True, clock=clock)
    assert practice.practice
    assert practice.store.path != workspace.store.path
    practice.close()
    again = workspaces.open_practice(clock=clock)
    assert again.me == practice.me
    again.close()
    with pytest.raises(UserError):
        keys.open_practice(workspaces.folder() / workspaces.KEY)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(UserError, match="cannot be written to"):
        workspaces.start(name="Grace A.", passphrase="a few words")
