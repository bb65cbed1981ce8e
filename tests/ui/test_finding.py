"""Find anything, in the real window: as one types, narrowed, opened at the place; commands from the same box."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mentorapp import settings
from mentorapp.clock import new_id
from mentorapp.fields import fields_of
from mentorapp.records import BY_KIND, Goal, Mentorship, Person
from mentorapp.services import people, sessions
from tests.journeys.conftest import Journey
from ui.actions import Command, Commands
from ui.finding import PLACES, place_of
from ui.routes import SCREENS
from ui.screens.search import REST_MS, SearchScreen
from ui.spotlight import EVERY_MS


@pytest.fixture
def grace(mentor_app: Journey) -> tuple[Person, Mentorship]:
    def told(workspace):  # type: ignore[no-untyped-def]
        _, person, pair = people.add_mentee(workspace, name="Grace A.")
        _, _, other = people.add_mentee(workspace, name="Ruth N.")
        for mentorship, notes in ((pair, "She counted the missing forms."), (other, "Forms again.")):
            draft = sessions.begin_draft(workspace, mentorship=mentorship.id)
            written = replace(draft.session, notes=notes, useful="to ask first", topics=("harvest",))
            sessions.hold_session(workspace, draft=replace(draft, session=written))
        goal = Goal(id=new_id(), mentorship=pair.id, statement="Write four briefs alone", status="active")
        workspace.store.save(goal, by=workspace.me, at=workspace.clock.now())
        return person, pair

    found: tuple[Person, Mentorship] = mentor_app.ask(told)
    return found


def typed(journey: Journey, words: str) -> list[str]:
    """Type into the box; the titles of what is offered."""
    journey.keys("Ctrl+K")
    journey.type(words)
    QTest.qWait(journey.window.search.REST_MS * 2)
    journey.settle()
    return [row.title for row in journey.window.search.results()]


def lit(journey: Journey) -> None:
    """Wait until the spotlight has found its words."""
    for _ in range(120):
        if not journey.app.finder._spotlight.is_seeking():
            return
        QTest.qWait(EVERY_MS)
        journey.settle()


def test_a_session_opens_at_the_field_with_the_word_marked(mentor_app: Journey, grace: object) -> None:
    titles = typed(mentor_app, "ask first")
    rows = mentor_app.window.search.results()
    assert [row.subtitle[a:b] for row in rows[:1] for a, b in row.marks] == ["ask", "first"]
    mentor_app.keys(*["Down"] * titles.index("Grace A."), "Return")
    lit(mentor_app)
    field = mentor_app.held()
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == "to ask first"
    marks = [(one.cursor.selectionStart(), one.cursor.selectionEnd()) for one in field.extraSelections()]
    assert marks == [(3, 6), (7, 12)]
    assert not field.visibleRegion().isEmpty()
    mentor_app.type("x")
    assert field.extraSelections() == [], "whoever writes has found it"


def test_a_goal_opens_with_its_words_in_sight(mentor_app: Journey, grace: tuple[Person, Mentorship]) -> None:
    typed(mentor_app, "briefs")
    mentor_app.keys("Return")
    lit(mentor_app)
    assert mentor_app.window.current_key() == "goal"
    halo = mentor_app.app.finder._spotlight._halo
    assert halo is not None
    assert halo.isVisible()
    assert not halo.visibleRegion().isEmpty()
    said = [each.accessibleDescription() for each in mentor_app.screen().findChildren(QWidget)]
    assert any("four briefs" in words for words in said), "those who hear the screen are told what was found"


def test_a_filter_typed_as_a_word_narrows_and_is_completed(mentor_app: Journey, grace: object) -> None:
    assert "Grace A." in typed(mentor_app, "forms mentee:gr")
    mentor_app.keys("Return")
    assert mentor_app.window.search.text() == 'forms mentee:"Grace A."'
    assert [row.title for row in mentor_app.window.search.results()] == ["Grace A."]
    mentor_app.keys("Escape")
    assert "Goal" in typed(mentor_app, "kind:")


def test_everything_found_has_a_page_whose_chips_are_the_same_filters(mentor_app: Journey, grace: object) -> None:
    typed(mentor_app, "forms")
    mentor_app.keys("Ctrl+Return")
    page = mentor_app.screen()
    assert isinstance(page, SearchScreen)
    assert page.line.text() == "forms"
    assert page._model.rowCount() == 2

    def settled() -> None:
        QTest.qWait(REST_MS * 2)
        mentor_app.settle()

    mentor_app.click(page.people.chip("Grace A."))
    settled()
    assert page.line.text() == 'forms mentee:"Grace A."'
    assert [row.title for row in page._model.rows()] == ["Grace A."]
    mentor_app.click(page.people.chip("Grace A."))
    mentor_app.click(page.kinds.chip("goal"))
    settled()
    assert mentor_app.says("Nothing found")
    assert page.kinds.value() == ("goal",)
    page.line.setText("tag:harv")
    settled()
    assert page._model.rowCount() == 2
    mentor_app.click(page.times.chip("before"))
    settled()
    assert page._model.rowCount() == 0
    assert page.times.value() == ("before",)


def test_a_result_on_the_page_opens_by_enter(mentor_app: Journey, grace: object) -> None:
    mentor_app.keys("Ctrl+Shift+F")
    mentor_app.type("briefs")
    QTest.qWait(REST_MS * 2)
    mentor_app.settle()
    QTest.keyClick(mentor_app.held(), Qt.Key.Key_Return)
    mentor_app.settle()
    assert mentor_app.window.current_key() == "goal"


def test_what_was_looked_for_is_offered_again_and_never_kept_outside_the_store(
    mentor_app: Journey, grace: object
) -> None:
    typed(mentor_app, "briefs")
    mentor_app.keys("Return")
    mentor_app.go("today")
    mentor_app.keys("Ctrl+K")
    assert mentor_app.window.search.results()[0].title == "briefs"
    assert "briefs" not in str(settings.load())


def test_after_a_greater_sign_there_are_only_commands_with_their_keys(mentor_app: Journey, grace: object) -> None:
    assert "Grace A." not in typed(mentor_app, ">")
    rows = mentor_app.window.search.results()
    assert any(row.pills == (("Ctrl R", "neutral"),) for row in rows)
    assert typed(mentor_app, ">thme") == [], "no command has these letters in this order"
    assert typed(mentor_app, ">drklght")[0] == "Dark or light"


def test_a_command_chosen_lately_comes_first_and_is_remembered(mentor_app: Journey) -> None:
    typed(mentor_app, ">settings")
    mentor_app.keys("Return")
    assert mentor_app.window.current_key() == "settings"
    assert typed(mentor_app, ">")[0] == "Settings"
    assert settings.load().recent_commands == ("settings",)


def test_letters_in_order_find_a_command_and_whole_beginnings_win() -> None:
    commands = Commands(
        [Command(key, lambda words=key: words, lambda: None) for key in ("Sync now", "New mentee", "Lessons")]
    )
    assert [c.key for c in commands.matching("men", fuzzy=True)] == ["New mentee"]
    assert [c.key for c in commands.matching("nwm", fuzzy=True)] == ["New mentee"]
    assert [c.key for c in commands.matching("nwm")] == []
    assert [c.key for c in commands.matching("n", fuzzy=True)][:2] == ["Sync now", "New mentee"]
    commands.recent = ("New mentee",)
    assert commands.matching("n", fuzzy=True)[0].key == "New mentee"


def test_every_kind_opens_on_a_screen_that_there_is(mentor_app: Journey) -> None:
    def one_of_each(workspace):  # type: ignore[no-untyped-def]
        _, person, pair = people.add_mentee(workspace, name="Grace A.", site="Gulu library")
        at = {"by": workspace.me, "at": workspace.clock.now()}
        draft = sessions.begin_draft(workspace, mentorship=pair.id)
        sessions.hold_session(workspace, draft=draft)
        sessions.keep_draft(workspace, sessions.begin_draft(workspace, mentorship=pair.id))
        keys = [f"person:{person.id}:{person.id}", f"session:{draft.id}:{person.id}", f"site:{pair.site}:"]
        keys.append(f"draft:{workspace.store.drafts()[0].id}:{person.id}")
        for kind in set(PLACES) - {"person", "session", "site", "draft", "mentorship"}:
            record = BY_KIND[kind]
            known = {"mentorship": pair.id, "person": person.id, "author": workspace.me, "session": draft.id}
            made = record(id=new_id(), **{name: id for name, id in known.items() if name in fields_of(record)})
            workspace.store.save(made, **at)
            keys.append(f"{kind}:{made.id}:{person.id}")
        return [*keys, f"mentorship:{pair.id}:{person.id}"]

    keys = mentor_app.ask(one_of_each)
    assert len(keys) == len(PLACES)
    for key in keys:
        place = mentor_app.ask(lambda workspace, key=key: place_of(workspace, key))
        assert place.screen in SCREENS, key
        assert place.where or place.screen == "mentees", key
