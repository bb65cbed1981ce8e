"""What the search box finds: people, and everything that was written, each opened where it stands. Knows no window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentorapp.i18n import tr
from ui import words
from ui.shell import Shell
from ui.widgets.lists import ListRow

if TYPE_CHECKING:
    from mentorapp.services.recall import Found
    from mentorapp.services.workspace import Workspace


def found(workspace: Workspace, typed: str) -> list[Found]:
    """What matches. Runs on the store lane."""
    from mentorapp.services import recall

    return recall.find(workspace, typed)


def as_row(one: Found) -> ListRow:
    """A line under the search box."""
    kind = one.hit.kind
    excerpt = " ".join(one.hit.excerpt.split())
    # Where the name itself matched, the rest of the person's words would only look like more of it.
    subtitle = _kind(kind) if kind in ("person", "site") and excerpt.startswith(one.title) else excerpt
    caption = words.day(one.when) if one.when else ""
    person = kind in ("person", "mentorship")
    pills = () if person else ((_kind(kind), "neutral"),)
    return ListRow(
        key=f"{kind}:{one.hit.id}:{one.person}",
        title=one.title or subtitle,
        caption=caption,
        subtitle=subtitle if one.title else _kind(kind),
        initials=words.initials(one.title) if person else "",
        pills=pills,
    )


def _kind(kind: str) -> str:
    from mentorapp.records import BY_KIND

    return tr(BY_KIND[kind].title)


def open_found(shell: Shell, key: str) -> None:
    """Go where a result stands: a session to its page, everything about a person to theirs."""
    kind, id, person = key.split(":", 2)
    if kind == "session":
        shell.ask(
            lambda workspace: _state_of(workspace, id),
            lambda state: _open_session(shell, id, person, state),
            owner=shell,
        )
    elif kind == "attachment":
        shell.go("file", file=id)
    elif person:
        shell.go("mentee", person=person)
    elif kind == "site":
        shell.go("mentees")
    else:
        shell.go("sessions")


def _state_of(workspace: Workspace, id: str) -> tuple[str | None, str | None]:
    from mentorapp.records import Session

    session = workspace.store.get(Session, id)
    return session.status, session.mentorship


def _open_session(shell: Shell, id: str, person: str, state: tuple[str | None, str | None]) -> None:
    status, mentorship = state
    where = {"planned": id} if status == "planned" else {"session": id}
    shell.go("record", mentorship=mentorship, person=person, **where)
