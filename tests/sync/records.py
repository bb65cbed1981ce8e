"""States to sync with: arbitrary ones for attack, and session records of real prose for measuring."""

import ast
import random
from collections.abc import Callable
from functools import cache
from itertools import cycle
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from mentorapp.clock import new_id
from mentorapp.fields import Visibility
from mentorapp.registers import Dot, Register, Sibling, Stamp, State, trimmed

REPLICAS = [bytes([n]) * 8 for n in range(1, 5)]

ids = st.one_of(
    st.uuids().map(lambda one: one.hex),
    st.text("abcdefABCDEF0123456789-_", min_size=1, max_size=40),
)

_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=60)
    | st.binary(max_size=40)
    | ids
    | st.builds(lambda kind, id: f"{kind}/{id}", st.sampled_from(["mentorship", "person", "private", "odd"]), ids),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_extensions = st.builds(
    lambda code, some: msgspec.msgpack.encode(msgspec.msgpack.Ext(code, some)),
    st.sampled_from([0x75, 0x76, 0x77, 0x78, 1, 127]),
    st.binary(max_size=40),
)
_lists_of_ids = st.lists(st.uuids().map(lambda one: one.hex), min_size=1, max_size=18)

values = st.one_of(
    _plain.map(msgspec.msgpack.encode),
    _lists_of_ids.map(msgspec.msgpack.encode),
    _extensions,
    _extensions.map(lambda value: b"\xc9" + len(value).to_bytes(4) + b"\x76" + value),
)


def _some(chance: random.Random, depth: int = 0) -> object:
    """A plain value of any sort that MessagePack knows."""
    leaves: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.choice((0, -1, 127, 128, -(2**63), 2**64 - 1, chance.getrandbits(40))),
        lambda: chance.choice((0.0, -0.5, 1e300, float("inf"), chance.random())),
        lambda: "".join(chance.choices("aé漢 \n\x00\U0001f333", k=chance.randrange(60))),
        lambda: chance.randbytes(chance.randrange(40)),
        lambda: chance.randbytes(16).hex(),
        lambda: f"{chance.choice(('mentorship', 'person', 'private', 'odd'))}/{chance.randbytes(16).hex()}",
        lambda: [chance.randbytes(16).hex() for _ in range(chance.randint(1, 18))],
    )
    if depth < 3 and chance.random() < 0.3:
        inner = [_some(chance, depth + 1) for _ in range(chance.randrange(4))]
        return inner if chance.random() < 0.5 else {str(place): one for place, one in enumerate(inner)}
    return chance.choice(leaves)()


def _value(seed: int) -> bytes:
    """A value as MessagePack, now and then one of the forms that the wire itself writes."""
    chance = random.Random(seed)
    if chance.random() < 0.7:
        return msgspec.msgpack.encode(_some(chance))
    code = chance.choice((0x75, 0x76, 0x77, 0x78, 1, 127))
    value = msgspec.msgpack.encode(msgspec.msgpack.Ext(code, chance.randbytes(chance.choice((0, 1, 2, 16, 17, 32)))))
    return b"\xc9" + len(value).to_bytes(4) + b"\x76" + value if chance.random() < 0.4 else value


_HIGHEST = 2**63 - 1


def _counter(chance: random.Random) -> int:
    return chance.choice((chance.randint(1, 40), chance.randint(1, 40), chance.randint(1, _HIGHEST), _HIGHEST))


def _moment(chance: random.Random) -> int:
    return chance.choice((0, 1_780_000_000, chance.randint(-(2**63), _HIGHEST), -(2**63), _HIGHEST))


def _dot(chance: random.Random) -> Dot:
    return Dot(chance.choice(REPLICAS), _counter(chance))


def _register(chance: random.Random) -> Register:
    """A register that some history of assigns and joins could have led to."""
    values = (_value(chance.getrandbits(32)) for _ in range(chance.choice((1, 1, 2, 3))))
    siblings = frozenset(Sibling(_dot(chance), value) for value in values)
    known: dict[bytes, int] = {}
    for dot in (*(sibling.dot for sibling in siblings), *(_dot(chance) for _ in range(chance.choice((0, 0, 1, 3))))):
        known[dot.replica] = max(known.get(dot.replica, 0), dot.counter)
    return Register(siblings, tuple(sorted(known.items())), chance.choice(list(Visibility)[1:]))


def _state(id: str, seed: int) -> State:
    chance = random.Random(seed)
    names = ["scope", "notes", "~seen", "field of tomorrow", "présents"]
    fields = {name: _register(chance) for name in chance.sample(names, chance.randint(1, 5))}
    state = State(chance.choice(["session", "person", "a_kind_of_2031"]), id, fields)
    stamped = [dot for dot in sorted(state.dots()) if chance.random() < 0.8]
    who = ("", "grace", "é" * 20, chance.randbytes(16).hex())
    stamps = {
        dot: Stamp(chance.choice(who), _moment(chance), chance.random() < 0.2, _moment(chance)) for dot in stamped
    }
    return trimmed(State(state.kind, id, fields, stamps))


states = st.builds(_state, ids, st.integers(0, 2**48))
"""A record's state with any kind, fields and values, known to this version or not.

Drawn from one number: drawn part by part, the drawing takes most of the time of every test that needs some.
"""


@cache
def prose() -> tuple[str, ...]:
    """Paragraphs of real prose that nobody here wrote: the documentation inside Python's own library."""
    found = []
    for name in (
        "argparse",
        "inspect",
        "typing",
        "tarfile",
        "datetime",
        "statistics",
        "subprocess",
        "logging/__init__",
    ):
        file = Path(ast.__file__).parent / f"{name}.py"
        for node in ast.walk(ast.parse(file.read_bytes())):
            text = ast.get_docstring(node) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) else None
            found += [" ".join(one.split()) for one in (text or "").split("\n\n") if ">>>" not in one]
    some = [one for one in dict.fromkeys(found) if 80 < len(one) < 400]
    random.Random(4).shuffle(some)
    return tuple(some)


def written(replica: bytes, counter: int, by: str, at: int, fields: dict[str, object], id: str = "") -> State:
    """A session record as one save on one laptop leaves it."""
    dot = Dot(replica, counter)
    one = {
        name: Register(frozenset((Sibling(dot, msgspec.msgpack.encode(value)),)), (dot,))
        for name, value in fields.items()
    }
    return State("session", id or new_id(), one, {dot: Stamp(by, at)})


def sessions(count: int, *, replica: bytes = REPLICAS[0], seed: int = 1) -> list[tuple[State, dict[str, object]]]:
    """Sessions of fifteen fields with real prose, each with its plain values."""
    chance = random.Random(seed)
    texts = cycle(prose()[seed * 7 :] + prose())
    pairs, people = [new_id() for _ in range(4)], [new_id() for _ in range(6)]
    made, at = [], 1_780_000_000
    for number in range(count):
        at += chance.randint(20_000, 300_000)
        pair = chance.choice(pairs)
        fields: dict[str, object] = {
            "scope": f"mentorship/{pair}",
            "mentorship": pair,
            "mode": chance.choice(["in_person", "phone", "online"]),
            "status": "held",
            "day": f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "started": f"{chance.randint(7, 18):02}:{chance.choice(['00', '15', '30'])}",
            "minutes": chance.choice([30, 45, 60, 90]),
            "present": sorted([people[0], chance.choice(people[1:])]),
            "agenda": next(texts),
            "notes": " ".join(next(texts) for _ in range(3)),
            "strengths": next(texts),
            "improve": next(texts),
            "useful": next(texts),
            "commitment": chance.randint(1, 10),
            "next_date": f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        }
        made.append((written(replica, 100 + 2 * number, people[0], at, fields), fields))
    return made
