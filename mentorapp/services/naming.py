"""What each record is called, for whoever has to pick one by its name. Reads only."""

from typing import NamedTuple

from mentorapp.fields import Text, fields_of
from mentorapp.records import BY_KIND
from mentorapp.services import recall, sameness
from mentorapp.services.workspace import Workspace


class Named(NamedTuple):
    """A record's id and the words it is called by."""

    id: str
    words: str


def named(workspace: Workspace, kind: str, *, limit: int = 20_000) -> list[Named]:
    """Every record of a kind with its words, by the alphabet; nothing for a kind that has no words of its own."""
    if kind == "mentorship":
        return sorted((Named(id, pair.name) for id, pair in recall.pairs(workspace).items()), key=_alphabet)
    record = BY_KIND.get(kind)
    line = record and next(
        (n for n, f in fields_of(record).items() if isinstance(f, Text) and n not in _NOT_WORDS), None
    )
    if not record or not line:
        return []
    sql = f"SELECT id, {line} FROM {record.kind} WHERE voided = 0 ORDER BY {line} COLLATE NOCASE LIMIT ?"
    # Whoever another stands for is not offered beside that other.
    gone = sameness.same(workspace).ends if kind == "person" else {}
    return [Named(id, words) for id, words in workspace.store.rows(sql, (limit,)) if words and id not in gone]


_NOT_WORDS = ("scope", "void_reason")


def _alphabet(each: Named) -> str:
    return each.words.casefold()
