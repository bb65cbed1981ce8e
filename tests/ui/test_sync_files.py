"""The Sync page says which files wait behind the text, from the store's own count."""

from mentorapp.clock import new_id
from mentorapp.records import Mentorship, Person, Session
from mentorapp.services import attachments
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed
from sync.client.loop import Progress
from tests.journeys.conftest import Journey
from tests.sync.conftest import Office, office
from tests.ui.test_sync_screen import at_sync, join, wait
from ui.syncing import Status

__all__ = ["office"]


def _with_photographs(workspace: Workspace) -> Changed:
    """Two photographs of a session."""
    pair = Mentorship(id=new_id(), mentors=(workspace.me,), mentees=(new_id(),))
    session = Session(id=new_id(), mentorship=pair.id, status="held")
    changed = Changed()
    for record in (Person(id=pair.mentees[0], name="Joseph K."), pair, session):
        changed |= workspace.store.save(record, by=workspace.me, at=workspace.clock.now())
    for size in (1_200_000, 1_800_000):
        changed |= attachments.add(workspace, to=session, name="board.jpg", content=b"\xff\xd8\xff" + bytes(size))[0]
    return changed


def test_files_that_wait_are_told_until_they_are_safe(mentor_app: Journey, office: Office) -> None:
    join(mentor_app, office)
    assert not mentor_app.says("after the text")
    mentor_app.do(_with_photographs)
    screen = at_sync(mentor_app)
    mentor_app.settle()
    assert mentor_app.says("2 files wait, about 3")
    screen._button.click()
    wait(mentor_app)
    assert not mentor_app.says("after the text")


def test_while_files_move_it_says_how_much_of_them(mentor_app: Journey) -> None:
    screen = at_sync(mentor_app)
    through = Progress(1, 0, 0, 900, 300, 200_000, 800_000)
    status = Status("sending", asked=True, total=1, progress=through)
    screen._progressed(status)
    assert mentor_app.says("Files: 200 KB of 800 KB")
    assert status.share == 0.25
