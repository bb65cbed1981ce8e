"""One mentee's page, in the real window."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from mentorapp import indicators
from mentorapp.clock import day_of, new_id
from mentorapp.records import ActionItem, Goal, Mentorship, Person, Session
from mentorapp.services import people, promises, sample, sessions
from mentorapp.services.workspace import Workspace
from tests.journeys.conftest import Journey
from ui import filing, words
from ui.screens.mentee import MenteeScreen, printed


def grace_a(workspace: Workspace) -> tuple[str, str]:
    """A mentee with promises in both directions and a goal of two steps."""
    _, person, pair = people.add_mentee(workspace, name="Grace A.", role="Knowledge officer")
    day = day_of(workspace.clock.now())
    promises.promise(workspace, mentorship=pair.id, text="Try the story circle", owner="mentee", due=day)
    promises.promise(
        workspace, mentorship=pair.id, text="Send the template", owner="mentor", due=day - timedelta(days=3)
    )
    promises.set_goal(workspace, mentorship=pair.id, statement="Write up two stories", target=2)
    return person.id, pair.id


@pytest.fixture
def grace(mentor_app: Journey) -> tuple[str, str]:
    """Her id and the mentorship's; her page is on show."""
    ids = mentor_app.ask(grace_a)
    mentor_app.go("mentee", person=ids[0])
    return ids


def page(journey: Journey) -> MenteeScreen:
    """The screen."""
    screen = journey.screen()
    assert isinstance(screen, MenteeScreen)
    return screen


def test_promises_come_first_and_the_overdue_ones_before_the_others(
    mentor_app: Journey, grace: tuple[str, str]
) -> None:
    titles = [row.words.title for row in page(mentor_app)._since._promises.rows()]  # type: ignore[attr-defined]
    assert titles == ["Send the template", "Try the story circle"]
    assert mentor_app.says("3 days late")
    assert mentor_app.says("You wanted to do this: “Try the story circle” How did it go?")


def test_a_tick_settles_a_promise_and_another_one_opens_it_again(mentor_app: Journey, grace: tuple[str, str]) -> None:
    box = page(mentor_app)._since._promises.rows()[0].box  # type: ignore[attr-defined]
    mentor_app.click(box)
    state = mentor_app.ask(lambda w: w.store.find(ActionItem, "text = 'Send the template'")[0])
    assert state.status == "done"
    again = mentor_app.named("Send the template, mine · done " + _today(mentor_app))
    mentor_app.click(again.box)  # type: ignore[attr-defined]
    assert mentor_app.ask(lambda w: w.store.get(ActionItem, state.id).status) == "open"


def _today(journey: Journey) -> str:
    from ui import words

    day = journey.ask(lambda w: day_of(w.clock.now()))
    return words.day(day, near=day)


def test_a_step_further_and_the_last_one_reaches_the_goal(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("One step further: Write up two stories")
    assert mentor_app.says("1 of 2")
    mentor_app.click("One step further: Write up two stories")
    assert mentor_app.ask(lambda w: w.store.find(Goal)[0].status) == "achieved"
    mentor_app.window.toast.press()
    mentor_app.settle()
    goal = mentor_app.ask(lambda w: w.store.find(Goal)[0])
    assert (goal.status, goal.progress) == ("active", 1)


def test_a_goal_is_added_in_its_place_by_keyboard(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.button("Add a goal").setFocus()
    mentor_app.keys("Return")
    mentor_app.type("Lead the circle alone")
    mentor_app.keys("Return")
    assert mentor_app.ask(lambda w: {goal.statement for goal in w.store.find(Goal)}) == {
        "Write up two stories",
        "Lead the circle alone",
    }
    mentor_app.click("Reached: Lead the circle alone")
    assert mentor_app.ask(lambda w: w.store.find(Goal, "statement LIKE 'Lead%'")[0].status) == "achieved"


def test_a_promise_is_added_with_whose_it_is_and_by_when(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("Add a promise")
    mentor_app.type("Ask the bureau for a place")
    mentor_app.click("mine")
    form = page(mentor_app)._since.new_promise
    mentor_app.type("tomorrow", into=form.day)
    mentor_app.click("Keep")
    item = mentor_app.ask(lambda w: w.store.find(ActionItem, "text LIKE 'Ask%'")[0])
    tomorrow = mentor_app.ask(lambda w: day_of(w.clock.now())) + timedelta(days=1)
    assert (item.owner, item.due) == ("mentor", tomorrow)
    assert not form.form.isVisible()


def test_an_empty_promise_is_said_beside_the_field(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("Add a promise")
    mentor_app.keys("Return")
    assert mentor_app.says("Say what was promised.")
    mentor_app.keys("Escape")
    assert not page(mentor_app)._since.new_promise.form.isVisible()


def test_what_is_known_can_be_mended_and_the_list_knows(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("Edit what is known of Grace A.")
    name = mentor_app.held()
    name.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("Grace Ann A.")
    mentor_app.click("Save")
    assert mentor_app.ask(lambda w: w.store.get(Person, grace[0]).name) == "Grace Ann A."
    assert mentor_app.says("Grace Ann A.")
    assert page(mentor_app)._editing is None


def test_leaving_the_page_keeps_what_was_being_edited(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click("Edit what is known of Grace A.")
    mentor_app.type("Dr ")
    mentor_app.go("today")
    assert mentor_app.ask(lambda w: w.store.get(Person, grace[0]).name) == "Dr Grace A."


def test_the_timeline_is_narrowed_by_its_chips(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.do(lambda w: sessions.plan_session(w, mentorship=grace[1], at=w.clock.now() + timedelta(days=2))[0])
    timeline = page(mentor_app)._timeline
    assert len(timeline._rows.keys()) == 2
    mentor_app.click(timeline._chips.chip("goal"))
    assert [row.words.title for row in timeline._rows.rows()] == ["Write up two stories"]  # type: ignore[attr-defined]
    mentor_app.click(timeline._chips.chip("session"))
    mentor_app.click(timeline._rows.rows()[0])
    assert mentor_app.window.current_key() == "record"


def test_sharing_without_a_known_colleague_says_why_and_with_one_shares(
    mentor_app: Journey, grace: tuple[str, str]
) -> None:
    mentor_app.click("Share with a colleague")
    assert mentor_app.says("No colleague is known on this laptop yet.")
    hanna = Person(id="h" * 32, scope="office/", name="Hanna B.", status="active")
    mentor_app.do(lambda w: w.store.save(hanna, by=w.me, at=w.clock.now()))
    mentor_app.click("Share with a colleague")
    menu = page(mentor_app)._about.findChild(QMenu)
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    mentor_app.settle()
    assert hanna.id in mentor_app.ask(lambda w: w.store.get(Mentorship, grace[1]).mentors)
    assert mentor_app.says("Also mentored by: Hanna B.")


def test_the_page_prints_on_one_sheet(
    mentor_app: Journey, grace: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "Grace.pdf"
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_words: chosen)
    mentor_app.click("Print")
    assert chosen.read_bytes().startswith(b"%PDF")
    assert chosen.read_bytes().count(b"/Type /Page\n") == 1
    assert mentor_app.says("Written to Grace.pdf.")


def test_a_long_year_still_prints_on_one_sheet(mentor_app: Journey, tmp_path: Path) -> None:
    mentor_app.do(lambda w: sample.many(w, mentees=1, sessions=60))
    person = mentor_app.ask(lambda w: w.store.find(Person, "id <> ?", (w.me,))[0].id)
    mentor_app.go("mentee", person=person)
    shown = page(mentor_app)._page
    assert shown is not None
    printed.write(shown, tmp_path / "long.pdf")
    assert (tmp_path / "long.pdf").read_bytes().count(b"/Type /Page\n") == 1


def test_a_place_that_cannot_be_written_to_is_said_and_nothing_else_happens(
    mentor_app: Journey, grace: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_words: tmp_path / "nowhere" / "Grace.pdf")
    mentor_app.click("Print")
    assert mentor_app.says("could not be written there")


def test_recording_and_planning_begin_from_here(mentor_app: Journey, grace: tuple[str, str]) -> None:
    mentor_app.click(mentor_app.button("Record a session", page(mentor_app)))
    assert mentor_app.window.current_key() == "record"


def test_another_mentee_shows_nothing_of_the_one_before(mentor_app: Journey, grace: tuple[str, str]) -> None:
    _, ruth, _ = mentor_app.ask(lambda w: people.add_mentee(w, name="Ruth N."))
    mentor_app.click("Add a promise")
    mentor_app.type("half a sentence")
    mentor_app.go("mentee", person=ruth.id)
    assert mentor_app.says("Ruth N.")
    assert not mentor_app.says("Send the template")
    assert page(mentor_app)._since.new_promise.line.text() == ""


def test_the_time_together_on_the_page_is_the_indicators_figure(mentor_app: Journey, grace: tuple[str, str]) -> None:
    def held(workspace: Workspace) -> list[Session]:
        now = workspace.clock.now()
        each = {"mentorship": grace[1], "started": now - timedelta(days=9), "contact_minutes": 95}
        records = [
            Session(id=new_id(), status="held", **each),
            Session(id=new_id(), status="held", **each),
            Session(id=new_id(), status="missed", **each),
            Session(id=new_id(), status="held", voided=True, **each),
        ]
        for record in records:
            workspace.store.save(record, by=workspace.me, at=now)
        return records

    records = mentor_app.ask(held)
    mentor_app.go("mentee", person=grace[0])
    minutes = indicators.contact_minutes(records)
    assert minutes == 190
    assert mentor_app.says(words.hours(minutes))
