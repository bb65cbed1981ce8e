"""The fourteen proofs, each a check of its own, over histories of everything at once: cuts, repeats, restores, clones, clocks, permissions,
versions, two servers.

`Offices` is the machine that draws histories; `replay` runs one, as the script of a failing one does.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mentorapp import registers
from mentorapp.records import Reflection, Session
from mentorapp.registers import State, join_states, unpack, voiding_raced
from sync import protocol
from sync.client import engine
from sync.server import grants, intake, tables
from tests.machines.world import Laptop, Server, Step, Told, World, allowed, made, part, script, told_in

EXACT = ("place", "topics")
"""Fields that nothing is woven in: what stands is just what nobody had seen."""


def _mine(world: World, server: Server) -> list[tuple[Laptop, dict[str, State]]]:
    """For each laptop: what a ledger says that it may hold."""
    records, scopes, found = server.records(), server.scopes(), []
    for one in world.laptops:
        mandate = server.mandate(one.store.recall("sync_token"))
        mine = {}
        for id, state in records.items():
            least = allowed(mandate, scopes[id])
            if least is not None and (mine_of_it := part(state, least)).registers:
                mine[id] = mine_of_it
        found.append((one, mine))
    return found


def _everybodys(world: World) -> list[tuple[Laptop, dict[str, State]]]:
    """For each server and each laptop: what it may hold."""
    return [one for server in world.servers for one in _mine(world, server)]


def check_01_convergence(world: World) -> None:
    """Whoever may hold a record holds it as the ledger does, and every digest says so; join does not mind order or repetition."""
    for one, mine in _everybodys(world):
        aside = {each.id for each in one.store.put_aside()}
        held = {state.id: state for state in one.store.all_states()}
        for id, state in mine.items():
            if id not in aside:
                assert held[id].registers == state.registers, (one.name, id)
        extra = held.keys() - mine.keys() - aside
        assert not {id for id in extra if protocol.fingerprint(held[id])}, (one.name, extra)
        if not aside:
            assert engine.agreement(one.store) == (True, len(mine)), one.name
    for id, state in world.servers[0].records().items():
        states = [held for one in world.laptops if (held := one.store.state(id)) and held.kind == state.kind]
        joined = state
        for each in states:
            joined = join_states(joined, each)
        backwards = state
        for each in reversed([*states, *states]):
            backwards = join_states(each, backwards)
        assert joined.registers == backwards.registers


def check_02_no_silent_loss(world: World) -> None:
    """Every value that was ever saved, and was not drowned with its only laptop, stands somewhere or is in a history."""
    assert not world.saved - world.everywhere()


def check_02_a_server_keeps_its_history(world: World) -> None:
    """Whatever a ledger ever took in stands there or is in its history, from the backup on that it was restored from."""
    for server in world.servers:
        standing = {told for state in server.records().values() for told in told_in(state)}
        assert not server.accepted - standing - set(server.history())


def _closure(world: World, told: Told) -> set[Told]:
    found: set[Told] = set()
    todo = [told]
    while todo:
        for each in world.seen.get(todo.pop(), ()):
            if each not in found:
                found.add(each)
                todo.append(each)
    return found


def check_03_conflicts_are_just_what_nobody_had_seen(world: World) -> None:
    """Of two values that stand side by side neither's author had seen the other; and what nobody had seen stands."""
    after = {told: _closure(world, told) for told in world.saved}
    covered = set().union(*after.values()) if after else set()
    aside = {each.id for one in world.laptops for each in one.store.put_aside()}
    waiting = {told for server in world.servers for state in server.held() for told in told_in(state)}
    for id, state in (each for server in world.servers for each in server.records().items()):
        for name in EXACT:
            register = state.registers.get(name)
            standing = {Told(id, name, value) for value in register.values} if register else set()
            known = (standing & world.saved) - world.clashing
            # A copy that nobody noticed saves under a name of its own what was pending when it was made: that may stand beside what
            # followed it on the original. An old ledger may have taken in what its laptop has renamed since.
            for one in known if not (world.cloned or world.unnoticed) else ():
                assert not known & after[one], (id, name, known)
            # What was written outside one's grants waits at the server for a coordinator, whatever became of its laptop.
            ours = world.saved - world.clashing - (world.outside & waiting)
            wanted = {told for told in ours - covered if told[:2] == (id, name)}
            if id not in aside:
                assert wanted <= standing, (id, name, wanted - standing)


def check_03_a_set_is_what_was_put_in_and_not_taken_out(world: World) -> None:
    """Whatever somebody put into a set is shown to everybody who may hold it, whoever else did so at once; but for what was taken out."""
    aside = {each.id for one in world.laptops for each in one.store.put_aside()}
    for one, mine in _everybodys(world):
        for session in (each for each in world.sessions(one) if each.id in mine and each.id not in aside):
            standing = mine[session.id].registers.get("topics")
            if standing is None:
                continue
            sets = [msgspec.msgpack.decode(value) or () for value in standing.values]
            assert set(session.topics) == {topic for some in sets for topic in some}
            there = {topic for topic, told in world.topics.items() if told.id == session.id and told in world.saved}
            assert there - world.dropped_topics <= set(session.topics), (one.name, session.id)


def check_04_every_save_ends_in_one_state(world: World) -> None:
    """At rest nothing waits: what is here is safe, or set aside with its reason, or its author's own; each in one of these."""
    for one in world.laptops:
        safety, aside = one.store.safety(), {each.id for each in one.store.put_aside()}
        assert safety.only_here == safety.private_here, (one.name, safety)
        waiting = {row[0] for row in one.store.rows("SELECT id FROM outbox WHERE private = 0")}
        assert waiting <= aside, (one.name, waiting - aside)
        whole = {row[0] for row in one.store.rows("SELECT id FROM registers")}
        assert safety.safe + len(aside) + safety.private_here == len(whole), (one.name, safety, len(whole))
        assert all(each.reason for each in one.store.put_aside())
    there = {state.id for server in world.servers for state in server.held()}
    assert {each.id for one in world.laptops for each in one.store.put_aside() if each.held} <= there
    assert not world.untrue


def check_05_exactly_once(world: World) -> None:
    """A request that arrived before, whoever brings it again and in whatever order, alters no record and adds no history.

    One that never arrived, as on a stick that was forgotten, has its effect when it comes, and no other when it comes again.
    """
    bodies = world.bodies[-40:]
    before = _ledgers(world)
    files = [
        (which, file) for which, server in enumerate(world.servers) for file in world.sticks if file in server.arrived
    ]
    for which, file in files:
        world.delivered(which, file)
    for server, token, body in reversed(bodies):
        if body in world.servers[server].arrived:
            world.served(server, token, body)
    if not (world.cloned or world.unnoticed):
        # Else one name may stand for two stores, or the ledger has forgotten whom it knew: an old request may be a new one to it.
        assert _ledgers(world) == before
    for _ in range(4):
        # What comes too late may still give a grant that lets another late one in; with the same again that has an end.
        before = _ledgers(world)
        for one in bodies:
            world.served(*one)
        for file in world.sticks:
            for which in range(len(world.servers)):
                world.delivered(which, file)
        bodies.reverse()
        if _ledgers(world) == before:
            break
    else:
        raise AssertionError("each time something else")


def _ledgers(world: World) -> list[Any]:
    return [(server.records(), _sums(server), sorted(server.history())) for server in world.servers]


def _sums(server: Server) -> dict[tuple[str, int], tuple[int, int]]:
    with server.database.reading() as connection:
        rows = connection.execute(tables.tally.select()).all()
    return {(row.scope, row.least): (int.from_bytes(row.digest), row.number) for row in rows if row.number}


def check_06_the_cursor_passes_nothing(world: World) -> None:
    """What a laptop holds by its cursor is what one holds that begins from the start; and the sums are those of the records."""
    for which, server in enumerate(world.servers):
        found: dict[tuple[str, int], list[int]] = {}
        scopes = server.scopes()
        for id, state in server.records().items():
            for least in intake.CLASSES:
                one = found.setdefault((scopes[id], int(least)), [0, 0])
                one[0] += protocol.fingerprint(state, least)
                one[1] += grants.visible(state, least) is not None
        for laptop, mine in _mine(world, server):
            given = world.from_the_start(which, laptop.store.recall("sync_token"))
            assert given == {id: state.registers for id, state in mine.items()}, laptop.name
        assert {key: (one[0] % 2**64, one[1]) for key, one in found.items() if one[1]} == _sums(server)


def check_07_nobody_is_given_what_is_not_theirs(world: World) -> None:
    """No answer ever held a register from outside its reader's grants, and what was written outside them altered nothing."""
    assert not world.leaks
    for state in (each for server in world.servers for each in server.records().values()):
        assert not told_in(state) & world.outside
    for one in world.laptops:
        theirs = [each for each in one.store.find(Reflection) if each.author != one.person]
        assert not any(each.text or each.mood for each in theirs), one.name


def check_08_a_lost_scope_drops_nothing_unsent(world: World) -> None:
    """What was written in a scope that was taken away meanwhile is at the server, or still with its author."""
    check_02_no_silent_loss(world)
    for one in world.laptops:
        for each in one.store.put_aside():
            assert one.store.state(each.id) is not None


def check_09_what_is_not_known_passes(world: World) -> None:
    """Fields, kinds and values of a later version are with everybody who may hold them, byte for byte."""
    for records in (server.records() for server in world.servers):
        for told in world.saved:
            if "2031" in told.name and told.id in records and told.name in records[told.id].registers:
                assert records[told.id].registers[told.name].values == {told.value}
    for one, mine in _everybodys(world):
        held = {state.id: state for state in one.store.all_states()}
        for id, state in mine.items():
            for name, register in state.registers.items():
                if "2031" in name and id not in {each.id for each in one.store.put_aside()}:
                    assert held[id].registers[name] == register


def check_10_an_edit_outlives_a_voiding_that_had_not_seen_it(world: World) -> None:
    """Whoever is shown a record that raced is shown it in sight, and asked; and many go out of sight only when somebody allows it."""
    assert not world.unasked
    for one in world.laptops:
        for kind, id, body in one.store.rows("SELECT kind, id, body FROM registers"):
            state = unpack(kind, id, body)
            if kind == "session" and voiding_raced(state):
                assert not one.store.get(Session, id).voided
                assert (kind, id) in one.store.asking()


def check_11_a_restored_server_lacks_nothing(world: World) -> None:
    """What any laptop holds and may send, the ledger has."""
    for server in world.servers:
        records = server.records()
        for one, mine in _mine(world, server):
            aside = {each.id for each in one.store.put_aside()}
            for state in one.store.all_states():
                if state.id in mine and state.id not in aside:
                    assert join_states(records[state.id], state).registers == records[state.id].registers


def check_12_both_clones_survive(world: World) -> None:
    """No save of a clone, a copy or its original is gone; no dot stands for two values unless both stand."""
    check_02_no_silent_loss(world)
    for state in (each for server in world.servers for each in server.records().values()):
        for register in state.registers.values():
            for dot in registers.cloned(register):
                assert len({s.value for s in register.siblings if s.dot == dot}) > 1


def check_13_progress(world: World) -> None:
    """A line that lets a little more than one frame through each time brings everything over in the end."""
    one = world.laptops[0]
    for _ in range(3):
        world.begin(one)
    for _ in range(60):
        world.sync(one, up=900, down=1200)
        if not one.store.pending_count():
            break
    assert not one.store.pending_count()


def check_14_once_more_adds_nothing(world: World) -> None:
    """Exchanging again moves nothing, and makes no history."""
    before = (_ledgers(world), [one.store.rows("SELECT count(*) FROM history") for one in world.laptops])
    for one in world.laptops:
        world.sync(one)
    assert (_ledgers(world), [one.store.rows("SELECT count(*) FROM history") for one in world.laptops]) == before


CHECKS: tuple[Callable[[World], None], ...] = (
    check_01_convergence,
    check_02_no_silent_loss,
    check_02_a_server_keeps_its_history,
    check_03_conflicts_are_just_what_nobody_had_seen,
    check_03_a_set_is_what_was_put_in_and_not_taken_out,
    check_04_every_save_ends_in_one_state,
    check_06_the_cursor_passes_nothing,
    check_07_nobody_is_given_what_is_not_theirs,
    check_08_a_lost_scope_drops_nothing_unsent,
    check_09_what_is_not_known_passes,
    check_10_an_edit_outlives_a_voiding_that_had_not_seen_it,
    check_11_a_restored_server_lacks_nothing,
    check_12_both_clones_survive,
    check_14_once_more_adds_nothing,
    check_05_exactly_once,
    check_13_progress,
)


def rest(world: World) -> None:
    """Everybody exchanges until nobody has anything to say; then every check."""
    world.upgrade()
    world.come_to_rest()
    for check in CHECKS:
        check(world)


def replay(steps: list[Step]) -> None:
    """One history, to its rest, and every check of it. Says which check failed, and the script that does it again."""
    world = World()
    try:
        for step in steps:
            if step[0] == "rest":
                rest(world)
            else:
                world.do(step)
        rest(world)
    except BaseException:
        print(script(steps))
        raise
    finally:
        world.close()


who, which = st.integers(0, 5), st.integers(0, 3)
server = st.integers(0, 1)


class Offices(RuleBasedStateMachine):
    """Laptops of several people and of several versions, two servers, and everything that may happen to either, in any order.

    At rest, in the middle of a history and at its end, each of the numbered promises is checked by the function that bears its number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.steps: list[Step] = []
        self.failed = False

    def _do(self, *step: Any) -> None:
        self.steps.append(step)
        try:
            if step[0] == "rest":
                rest(self.world)
            else:
                self.world.do(step)
        except BaseException:
            self.failed = True
            print(script(self.steps))
            raise

    def teardown(self) -> None:
        """Every history ends at rest."""
        try:
            if not self.failed:
                self._do("rest")
        finally:
            self.world.close()

    # --- what people do -----------------------------------------------------------------------------------------------

    @rule(one=who, session=which, field=which)
    def edit(self, one: int, session: int, field: int) -> None:
        """Somebody writes over a field that they are shown."""
        self._do("edit", one, session, field)

    @rule(one=who, session=which, remove=st.integers(0, 2))
    def tag(self, one: int, session: int, remove: int) -> None:
        """Somebody puts a topic into a session's, or takes one out."""
        self._do("tag", one, session, remove)

    @rule(one=who)
    def reflect(self, one: int) -> None:
        """Somebody writes what only they may read."""
        self._do("reflect", one)

    @rule(one=which)
    def begin(self, one: int) -> None:
        """Somebody records a session."""
        self._do("begin", one)

    @rule(one=which, session=st.integers(0, 5))
    def void(self, one: int, session: int) -> None:
        """Somebody takes a session out of sight, or brings it back."""
        self._do("void", one, session)

    @rule(both=st.integers(0, 1))
    def mentors(self, both: int) -> None:
        """Grace takes Awa into the pair, or out of it."""
        self._do("mentors", 0, both)

    @rule(one=which)
    def trespass(self, one: int) -> None:
        """Somebody writes where they may not."""
        self._do("trespass", one)

    @rule(one=which)
    def large(self, one: int) -> None:
        """Somebody writes more than a server takes."""
        self._do("large", one)

    @rule(one=which)
    def later(self, one: int) -> None:
        """A program of a later version writes a field, a kind and a value that this one does not know."""
        self._do("later", one)

    # --- how it travels -----------------------------------------------------------------------------------------------

    @rule(one=who)
    def sync(self, one: int) -> None:
        """A laptop exchanges until nothing is left."""
        self._do("sync", one)

    @rule(one=who, up=st.integers(0, 699))
    def cut_up(self, one: int, up: int) -> None:
        """The line breaks after so many bytes of what is sent."""
        self._do("cut up", one, up)

    @rule(one=who, down=st.integers(0, 899))
    def cut_down(self, one: int, down: int) -> None:
        """The line breaks after so many bytes of what is answered."""
        self._do("cut down", one, down)

    @rule(body=st.integers(0, 49))
    def again(self, body: int) -> None:
        """Something that was sent once arrives late, or once more."""
        self._do("again", 0, body)

    @rule(one=who)
    def turn(self, one: int) -> None:
        """A laptop exchanges with the other server from now on."""
        self._do("turn", one)

    @rule(up=st.integers(0, 1399), down=st.integers(0, 1399))
    def relay(self, up: int, down: int) -> None:
        """The second server, a hub of the first, exchanges with it; below 701 bytes either way the line breaks."""
        self._do("relay", 0, up, down)

    @rule(one=who)
    def write(self, one: int) -> None:
        """A laptop writes a file for whoever travels."""
        self._do("write", one)

    @rule(stick=st.integers(0, 11), one=server)
    def hand_over(self, stick: int, one: int) -> None:
        """Somebody hands a file over to a server: late, in another order, once more, or never."""
        self._do("hand over", stick, one)

    @rule(one=who, answer=st.integers(0, 5))
    def hear(self, one: int, answer: int) -> None:
        """The answer to a file comes back: late, in another order, once more, or never."""
        self._do("hear", one, answer)

    # --- what happens to laptops and servers --------------------------------------------------------------------------

    @rule(one=who)
    def photograph(self, one: int) -> None:
        """A laptop is backed up."""
        self._do("photograph", one)

    @rule(one=who, copy=st.integers(0, 2))
    def restore(self, one: int, copy: int) -> None:
        """A laptop's backup takes its place."""
        self._do("restore", one, copy)

    @rule(one=who)
    def clone(self, one: int) -> None:
        """A laptop's store is copied onto another one, which nobody tells."""
        self._do("clone", one)

    @rule(one=server)
    def back_up(self, one: int) -> None:
        """A server is backed up."""
        self._do("back up", one)

    @rule(one=server, backup=st.integers(0, 2), noticed=st.integers(0, 1))
    def roll_back(self, one: int, backup: int, noticed: int) -> None:
        """A server is restored; or a disk loses what it had promised to keep."""
        self._do("roll back", one, backup, noticed)

    @rule(one=who, year=st.integers(0, 50))
    def clock(self, one: int, year: int) -> None:
        """A laptop's clock jumps, by up to fifty years either way."""
        self._do("clock", one, year)

    @rule(one=who, speaks=st.integers(0, 2))
    def version(self, one: int, speaks: int) -> None:
        """A laptop has another version of the program: the one before, or the next."""
        self._do("version", one, speaks)

    @rule(one=server, speaks=st.integers(0, 2))
    def server_version(self, one: int, speaks: int) -> None:
        """A server has another version of the program."""
        self._do("server version", one, speaks)

    @rule()
    def come_to_rest(self) -> None:
        """For once everybody has exchanged and nothing waits."""
        self._do("rest")


DEEP = bool(os.environ.get("MENTOR_DEEP"))
Offices.TestCase.settings = settings(
    max_examples=300 if DEEP else 3,
    stateful_step_count=40 if DEEP else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
TestOffices = Offices.TestCase


@pytest.mark.parametrize("seed", range(3))
def test_histories_by_seed(seed: int) -> None:
    replay(made(seed, 25))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_histories_by_seed() -> None:
    until, seed = time.monotonic() + float(os.environ.get("MENTOR_WORLD_SECONDS", "600")), 1000
    while time.monotonic() < until:
        replay(made(seed, 30))
        seed += 1
    print(f"{seed - 1000} histories")
