"""What is new since one last met: what colleagues changed and what was added, not what the mentor did herself at that meeting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentorapp.clock import SetClock, new_id
from mentorapp.records import ActionItem, CompetencyRating, Person, Session
from mentorapp.services import attachments, news, people, sessions
from mentorapp.services import workspace as workspaces
from mentorapp.services.sessions import Promise
from mentorapp.services.workspace import Workspace

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path))
    found = workspaces.start(name="Awa D.", practice=True, clock=SetClock(NOW))
    yield found
    found.close()


@pytest.fixture
def last(opened: Workspace) -> Session:
    """The last session, with a promise and a file of it."""
    _, _, pair = people.add_mentee(opened, name="Grace A.")
    draft = sessions.begin_draft(opened, mentorship=pair.id)
    sessions.hold_session(opened, draft=replace(draft, promises=(Promise(id="ab" * 16, text="Try it twice"),)))
    session = opened.store.get(Session, draft.id)
    attachments.add(opened, to=session, name="of then.txt", content=b"words")
    return session


def told(opened: Workspace, last: Session | None) -> list[tuple[str, str, bool, str]]:
    found = news.since(opened, mentorships=[last.mentorship or ""] if last else [], last=last)
    return [(one.kind, one.words, one.made, one.by) for one in found]


def hanna(opened: Workspace) -> str:
    colleague = Person(id=new_id(), name="Hanna B.", scope="office/")
    opened.store.save(colleague, by=opened.me, at=NOW)
    return colleague.id


def test_what_the_mentor_did_at_the_meeting_is_no_news(opened: Workspace, last: Session) -> None:
    assert told(opened, last) == []
    assert told(opened, None) == []


def test_what_a_colleague_wrote_is_told_with_the_name(opened: Workspace, last: Session) -> None:
    by, later = hanna(opened), NOW + timedelta(days=2)
    promise = opened.store.get(ActionItem, "ab" * 16)
    opened.store.save(replace(promise, text="Try it three times"), before=promise, by=by, at=later)
    opened.store.save(replace(last, notes="She was calm."), before=last, by=by, at=later + timedelta(hours=1))
    assert told(opened, last) == [
        ("session", "Session", False, "Hanna B."),
        ("action_item", "Try it three times", False, "Hanna B."),
    ]


def test_new_files_and_ratings_are_told_whoever_added_them(opened: Workspace, last: Session) -> None:
    earlier = replace(last, id=new_id(), started=NOW - timedelta(days=30))
    opened.store.save(earlier, by=opened.me, at=NOW - timedelta(days=30))
    assert isinstance(opened.clock, SetClock)
    opened.clock.forward(days=3)
    attachments.add(opened, to=earlier, name="board.jpg", content=b"\xff\xd8\xff picture")
    rating = CompetencyRating(id=new_id(), mentorship=last.mentorship, competency="listening", level="some")
    opened.store.save(rating, by=opened.me, at=opened.clock.now() + timedelta(hours=1))
    assert [(kind, made) for kind, _, made, _ in told(opened, last)] == [
        ("competency_rating", True),
        ("attachment", True),
    ]


def test_what_is_out_of_sight_is_no_news_and_many_are_few(opened: Workspace, last: Session) -> None:
    by, later = hanna(opened), NOW + timedelta(days=2)
    items = [ActionItem(id=new_id(), mentorship=last.mentorship, text=f"Promise {n}", status="open") for n in range(40)]
    for item in items:
        opened.store.save(item, by=by, at=later)
    assert len(told(opened, last)) == news.MOST
    for item in items:
        opened.store.void(item, reason="a try", by=by, at=later)
    assert told(opened, last) == []
