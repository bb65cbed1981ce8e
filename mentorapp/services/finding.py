"""Finds anything a mentor wrote: people, sessions, goals, promises, reflections, files, and what is still a draft.

Promises people before what was written about them, and the newest before the oldest. Reads only, but for remembering what was looked for.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from mentorapp.clock import day_of, local
from mentorapp.records import BY_KIND, Person, Session, Site
from mentorapp.services import sameness
from mentorapp.services.recall import Pair, pairs
from mentorapp.services.sameness import Same
from mentorapp.services.sessions import read_draft
from mentorapp.services.workspace import Workspace
from mentorapp.store import Hit, folding, search

PEOPLE = ("person", "site", "mentorship")
"""The kinds that come first: who it is, before what was written about them."""

DRAFT = "draft"
"""The kind of what is not finished yet."""

_WRITTEN = tuple(kind for kind in BY_KIND if kind not in PEOPLE)
_RECENT = "searches"
_MOST_RECENT = 8


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for: words, and what the records must be besides. `mentees` are names, as far as they were typed."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    mentees: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.words or self.kinds or self.mentees or self.first or self.last or self.tags)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something found: its kind and id, whom it is about, the day, an excerpt, and where the words stand in title and excerpt."""

    hit: Hit
    title: str
    person: str
    when: date | None
    title_marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was found, the first so many; `more` if there is more than was asked for."""

    found: tuple[Found, ...] = field(default=())
    more: bool = False


def alike(words: str) -> str:
    """Words as they are compared: without accents, letters that are confused made one."""
    return folding.folded(words).strip()


def marked(written: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where in a text the words that were typed stand."""
    return search.marked(written, typed)


def find(workspace: Workspace, asked: Asked, *, limit: int = 12) -> Answer:
    """What matches. Of many, the newest."""
    only = _filter(workspace, asked)
    if only is None or not asked:
        return Answer()
    store, most = workspace.store, limit + 1
    drafts = _drafts(workspace, asked, only)
    same = sameness.same(workspace)
    people = store.search(asked.words, limit=most, kinds=PEOPLE, only=only) if _any(asked, PEOPLE) else []
    # Who was taken together is found once, under any of the names; the last in the order of the index is the eldest.
    people = list({same.one(hit.id): hit for hit in reversed(people)}.values())[::-1]
    room = most - len(people)
    written = store.search(asked.words, limit=room, kinds=_WRITTEN, only=only) if room and _any(asked, _WRITTEN) else []
    hits = [*people, *drafts, *written][:most]
    named = pairs(workspace, [hit.mentorship or hit.id for hit in hits])
    called = {hit.id: _called(workspace, hit, same) for hit in hits if hit.kind in ("person", "site", "consent")}
    found = tuple(_found(hit, named, called, asked.words, same) for hit in hits[:limit])
    return Answer(found=found, more=len(hits) > limit)


def _any(asked: Asked, kinds: tuple[str, ...]) -> bool:
    return not asked.kinds or any(kind in kinds for kind in asked.kinds)


def _filter(workspace: Workspace, asked: Asked) -> search.Filter | None:
    """What is asked of the store; None if nobody of a name that was typed is known."""
    mentorships: tuple[str, ...] | None = None
    people: tuple[str, ...] = ()
    for name in asked.mentees:
        some, whose = _whose(workspace, name)
        if not some and not whose:
            return None
        people = some if mentorships is None else tuple(id for id in people if id in some)
        mentorships = whose if mentorships is None else tuple(id for id in mentorships if id in whose)
    kinds = tuple(kind for kind in asked.kinds if kind != DRAFT)
    if asked.kinds and not kinds:
        kinds = (DRAFT,)
    return search.Filter(
        kinds=kinds,
        mentorships=mentorships,
        people=people,
        first=asked.first,
        last=asked.last,
        tags=asked.tags,
    )


def _whose(workspace: Workspace, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    store = workspace.store
    hits = store.search(name, limit=60, kinds=("person", "mentorship"))
    sought = folding.words(name)
    # The words must be in the name: what else is written about a person does not make them its owner.
    people = tuple(
        hit.id for hit in hits if hit.kind == "person" and hit.field == "name" and _begin(hit.excerpt, sought)
    )
    same = sameness.same(workspace)
    people = tuple(dict.fromkeys(each for id in people for each in same.all_of(id)))
    groups = tuple(hit.id for hit in hits if hit.kind == "mentorship" and hit.field == "name")
    marks = ", ".join("?" * len(people))
    rows = store.rows(
        f"SELECT DISTINCT m.id FROM mentorship m, json_each(m.mentees) j WHERE j.value IN ({marks}) AND m.voided = 0",
        people,
    )
    return people, tuple(dict.fromkeys((*(row[0] for row in rows), *groups)))


def _begin(name: str, sought: list[str]) -> bool:
    words = folding.words(name)
    return all(any(word.startswith(part) for word in words) for part in sought)


def _drafts(workspace: Workspace, asked: Asked, only: search.Filter) -> list[Hit]:
    """What is still being written and holds all the words: no index knows it yet, but there are never many."""
    wanted = not asked.kinds or DRAFT in asked.kinds or "session" in asked.kinds
    if not wanted or only.tags or not (asked.words or DRAFT in asked.kinds):
        return []
    found = []
    sought = folding.words(asked.words)
    for draft in workspace.store.drafts():
        if draft.kind != "session" or (only.mentorships is not None and draft.about not in only.mentorships):
            continue
        kept = day_of(datetime.fromisoformat(draft.kept_at))
        if (only.first and kept < only.first) or (only.last and kept > only.last):
            continue
        content = read_draft(draft)
        written = "\n".join(
            filter(None, (search.words_of(Session, vars(content.session)), content.reflection, *_promised(content)))
        )
        have = folding.words(written)
        if all(any(word.startswith(part) for word in have) for part in sought):
            excerpt, marks = search.excerpt_of(written, sought)
            found.append(Hit(DRAFT, draft.id, draft.about, draft.kept_at, excerpt, marks))
    return found


def _promised(content: object) -> list[str]:
    return [promise.text for promise in getattr(content, "promises", ())]


def _called(workspace: Workspace, hit: Hit, same: Same) -> str:
    if hit.kind == "site":
        return workspace.store.get(Site, hit.id).name
    if hit.kind == "person":
        return workspace.store.get(Person, same.one(hit.id)).name
    rows = workspace.store.rows("SELECT person FROM consent WHERE id = ?", (hit.id,))
    person = workspace.store.seek(Person, same.one(rows[0][0])) if rows and rows[0][0] else None
    return person.name if person else ""


def _found(hit: Hit, named: dict[str, Pair], called: dict[str, str], typed: str, same: Same) -> Found:
    pair = named.get(hit.mentorship or hit.id)
    when = None
    if hit.day:
        when = local(datetime.fromisoformat(hit.day)).date() if "T" in hit.day else date.fromisoformat(hit.day)
    person = same.one(hit.id) if hit.kind == "person" else (pair.people[0] if pair and pair.people else "")
    title = called.get(hit.id) or (pair.name if pair else "")
    marks = search.marked(title, typed) if hit.kind in PEOPLE else ()
    return Found(hit=hit, title=title, person=person, when=when, title_marks=marks)


def often(workspace: Workspace, most: int) -> tuple[str, ...]:
    """The topics that sessions are written under most often of late."""
    rows = workspace.store.rows(
        "SELECT j.value, count(*) FROM (SELECT topics FROM session WHERE topics <> '[]' AND voided = 0 "
        "ORDER BY id DESC LIMIT 500) s, json_each(s.topics) j GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (most,),
    )
    return tuple(row[0] for row in rows)


# --- what was looked for ----------------------------------------------------------------------------------------------


def recent(workspace: Workspace) -> tuple[str, ...]:
    """What was looked for lately, the latest first. Kept in the store, for it may hold names."""
    return tuple(json.loads(workspace.store.recall(_RECENT, "[]")))


def remember(workspace: Workspace, typed: str) -> None:
    """Keep what was looked for, as the latest."""
    typed = " ".join(typed.split())
    if typed:
        kept = [typed, *(one for one in recent(workspace) if alike(one) != alike(typed))]
        workspace.store.remember(**{_RECENT: json.dumps(kept[:_MOST_RECENT], ensure_ascii=False)})


def forget(workspace: Workspace) -> None:
    """Forget what was looked for."""
    workspace.store.remember(**{_RECENT: "[]"})
