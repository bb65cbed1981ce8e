"""Reflections: written with a question or without, for oneself; and shared, knowingly, in words of their own.

What is written (question, text, mood) is its author's and stays so: those fields leave the laptop only encrypted with the author's key.
Sharing never widens them. It writes other words, which the author sees and may change beforehand, into a field that others can read:
`shared` for the mentors of the pair, `offered` for the office's coordinators too; and the record moves into the pair's scope. Each step is
in the record's history (`log`). Taking back empties those words on every laptop with the next exchange; it does not pretend that what was read
was not.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from mentorapp import paths
from mentorapp.clock import day_of, new_id
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.i18n import N_, tr
from mentorapp.records import Mentorship, Person, Reflection, Session
from mentorapp.records.base import in_mentorship
from mentorapp.services import recall
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class Situation:
    """When one looks back, with questions for it. Untranslated."""

    code: str
    name: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Thought:
    """A reflection in a list, with the name of whom it is about and, if it is not mine, of who wrote it."""

    reflection: Reflection
    about: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Who may read a reflection from a moment on."""

    sharing: str
    at: datetime


# --- questions --------------------------------------------------------------------------------------------------------


def situations() -> tuple[Situation, ...]:
    """Every situation there are questions for."""
    return _situations(paths.resources() / "prompts" / "reflections.toml")


@cache
def _situations(file: Path) -> tuple[Situation, ...]:
    table = tomllib.loads(file.read_text("utf-8"))
    return tuple(
        Situation(code=one["code"], name=one["name"], prompts=tuple(one["prompts"])) for one in table["situation"]
    )


def situation_of(workspace: Workspace, mentorship: str) -> str:
    """The situation that a mentorship is in, as a first guess: a goodbye, a success, a first meeting, a silence, or any session."""
    pair = workspace.store.seek(Mentorship, mentorship)
    if pair is None:
        return "myself"
    if pair.status in ("completed", "ended_early"):
        return "goodbye"
    met = workspace.store.find(
        Session, "mentorship = ? AND status = 'held'", (mentorship,), order="started DESC", limit=2
    )
    today = day_of(workspace.clock.now())
    last = day_of(met[0].started) if met and met[0].started else None
    if last and (today - last).days > (pair.cadence or 30):
        return "silence"
    if len(met) == 1:
        return "first_meeting"
    lately = (today - timedelta(days=14)).isoformat()
    sql = "SELECT 1 FROM goal WHERE voided = 0 AND mentorship = ? AND status = 'achieved' AND changed >= ? LIMIT 1"
    return "celebration" if workspace.store.rows(sql, (mentorship, lately)) else "after"


def prompts_for(workspace: Workspace, situation: str) -> tuple[str, ...]:
    """The questions of a situation in the language in use, those that I answered least often first."""
    found = next((one for one in situations() if one.code == situation), situations()[0])
    asked = [tr(prompt) for prompt in found.prompts]
    sql = "SELECT prompt, count(*) FROM reflection WHERE author = ? AND prompt <> '' AND voided = 0 GROUP BY prompt"
    used: Mapping[str, int] = dict(workspace.store.rows(sql, (workspace.me,)))
    return tuple(sorted(asked, key=lambda prompt: used.get(prompt, 0)))


# --- writing ----------------------------------------------------------------------------------------------------------


def write(
    workspace: Workspace,
    *,
    text: str,
    mood: str = "",
    mentorship: str | None = None,
    session: str | None = None,
    prompt: str = "",
) -> tuple[Changed, Reflection]:
    """Keep a reflection for oneself."""
    if not text.strip() and not mood.strip():
        raise UserError(N_("Write a sentence, or one word for how it felt."), field="text")
    thought = Reflection(
        id=new_id(),
        author=workspace.me,
        mentorship=mentorship or None,
        session=session,
        prompt=prompt if text.strip() else "",
        text=text.strip(),
        mood=mood.strip(),
        sharing="private",
    )
    return workspace.store.save(thought, by=workspace.me, at=workspace.clock.now()), thought


def mend(workspace: Workspace, before: Reflection, *, text: str, mood: str) -> Changed:
    """Change one's own words. What was shared stays as it was shared."""
    _mine(workspace, before)
    if not text.strip() and not mood.strip() and not before.voice:
        raise UserError(N_("Write a sentence, or one word for how it felt."), field="text")
    after = replace(before, text=text.strip(), mood=mood.strip())
    return workspace.store.save(after, before=before, by=workspace.me, at=workspace.clock.now())


def take_out(workspace: Workspace, thought: Reflection) -> Changed:
    """Take one's own reflection out of sight, everywhere; it can come back."""
    _mine(workspace, thought)
    reason = tr("Taken out by its writer")
    return workspace.store.void(thought, reason=reason, by=workspace.me, at=workspace.clock.now())


def put_back(workspace: Workspace, thought: Reflection) -> Changed:
    """Bring a reflection back into sight."""
    return workspace.store.restore(thought, by=workspace.me, at=workspace.clock.now())


def _mine(workspace: Workspace, thought: Reflection) -> None:
    if thought.author != workspace.me:
        raise UserError(N_("Only who wrote this can change it or say who may read it."))


# --- sharing ----------------------------------------------------------------------------------------------------------


def readers(workspace: Workspace, mentorship: str) -> list[Person]:
    """The other mentors of a pair: who would read what is shared with it."""
    pair = workspace.store.seek(Mentorship, mentorship)
    found = (workspace.store.seek(Person, id) for id in (pair.mentors if pair else ()) if id != workspace.me)
    return [person for person in found if person]


def share(workspace: Workspace, thought: Reflection, *, words: str) -> Changed:
    """Let the mentors of the pair read these words of a reflection: they, and not what was written for oneself, leave the laptop."""
    return _widen(workspace, thought, replace(thought, sharing="shared", shared=words.strip()), words)


def offer(workspace: Workspace, thought: Reflection, *, words: str) -> Changed:
    """Offer these words as a lesson: the office's coordinators read them too."""
    return _widen(workspace, thought, replace(thought, sharing="offered", offered=words.strip()), words)


def _widen(workspace: Workspace, before: Reflection, after: Reflection, words: str) -> Changed:
    _mine(workspace, before)
    if not before.mentorship:
        raise UserError(N_("This is about no mentee, so there is no pair to share it with. It stays with you."))
    if not words.strip():
        raise UserError(N_("Write the words that the others may read."), field="words")
    after = replace(after, scope=in_mentorship(before.mentorship))
    return workspace.store.save(after, before=before, by=workspace.me, at=workspace.clock.now())


def take_back(workspace: Workspace, thought: Reflection) -> Changed:
    """Be the only reader again: the shared words are emptied everywhere with the next exchange. What was read stays read.

    The record stays in the pair's scope, for only there does the emptying reach the others.
    """
    _mine(workspace, thought)
    after = replace(thought, sharing="private", shared="", offered="")
    return workspace.store.save(after, before=thought, by=workspace.me, at=workspace.clock.now())


def log(workspace: Workspace, thought: Reflection) -> list[Step]:
    """Who could read a reflection, since when; oldest first."""
    field = fields_of(Reflection)["sharing"]
    kept = [*workspace.store.history(thought.id, "sharing"), *workspace.store.versions(thought.id, "sharing")]
    steps = sorted(((version.at, field.decode(version.value) or "private") for version in kept), key=lambda s: s[0])
    found: list[Step] = []
    for at, sharing in steps:
        if not found or found[-1].sharing != sharing:
            found.append(Step(sharing=sharing, at=at))
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


def find(
    workspace: Workspace, *, sought: str = "", mood: str = "", mentorship: str = "", limit: int = 100
) -> list[Thought]:
    """My reflections, the latest first: those that hold all of some words, of a mood, about a pair."""
    where, values = ["author = ?"], [workspace.me]
    if sought.strip():
        hits = workspace.store.search(sought, limit=1000, kinds=("reflection",))
        where.append("id IN (SELECT value FROM json_each(?))")
        values.append("[" + ",".join(f'"{hit.id}"' for hit in hits) + "]")
    for column, value in (("mood", mood), ("mentorship", mentorship)):
        if value:
            where.append(f"{column} = ?" if column != "mood" else "mood = ? COLLATE NOCASE")
            values.append(value)
    found = workspace.store.find(Reflection, " AND ".join(where), values, order="id DESC", limit=limit)
    return named(workspace, found)


def shared_with_me(workspace: Workspace, mentorship: str = "", *, limit: int = 100) -> list[Reflection]:
    """What colleagues let me read, the latest first."""
    only = " AND mentorship = ?" if mentorship else ""
    values = (workspace.me, mentorship) if mentorship else (workspace.me,)
    where = f"author <> ? AND (shared <> '' OR offered <> ''){only}"
    return workspace.store.find(Reflection, where, values, order="id DESC", limit=limit)


def shared_thoughts(workspace: Workspace, *, limit: int = 100) -> list[Thought]:
    """What colleagues let me read, with whom it is about and who wrote it."""
    return named(workspace, shared_with_me(workspace, limit=limit))


def named(workspace: Workspace, found: Iterable[Reflection]) -> list[Thought]:
    """These reflections with the names around them."""
    some = list(found)
    pairs = recall.pairs(workspace, [one.mentorship or "" for one in some])
    authors = {one.author: workspace.store.seek(Person, one.author) for one in some if one.author != workspace.me}
    return [
        Thought(
            reflection=one,
            about=pair.name if (pair := pairs.get(one.mentorship or "")) else "",
            by=author.name if (author := authors.get(one.author)) else "",
        )
        for one in some
    ]


def moods(workspace: Workspace, *, limit: int = 8) -> list[str]:
    """The words I used most for how it felt."""
    sql = (
        "SELECT mood FROM reflection WHERE author = ? AND mood <> '' AND voided = 0 "
        "GROUP BY mood COLLATE NOCASE ORDER BY count(*) DESC, max(id) DESC LIMIT ?"
    )
    return [mood for (mood,) in workspace.store.rows(sql, (workspace.me, limit))]


def about(workspace: Workspace, *, limit: int = 50) -> list[tuple[str, str]]:
    """The mentorships I wrote about, with their names, by the alphabet."""
    sql = (
        "SELECT DISTINCT mentorship FROM reflection WHERE author = ? AND mentorship IS NOT NULL AND voided = 0 LIMIT ?"
    )
    ids = [id for (id,) in workspace.store.rows(sql, (workspace.me, limit))]
    pairs = recall.pairs(workspace, ids)
    return sorted(((id, pair.name) for id, pair in pairs.items()), key=lambda each: each[1].casefold())
