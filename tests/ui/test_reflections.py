"""My reflections, in the real window: written, kept by leaving, found, shared knowingly and taken back."""

import pytest

from mentorapp.records import Mentorship, Person, Reflection
from mentorapp.services import people, reflections
from tests.journeys.conftest import Journey
from ui.screens.reflections import ReflectionsScreen


@pytest.fixture
def pair(mentor_app: Journey) -> Mentorship:
    """A mentorship with Ruth N. that Hanna B. shares."""

    def made(w) -> Mentorship:  # type: ignore[no-untyped-def]
        _, _, mentorship = people.add_mentee(w, name="Ruth N.")
        hanna = Person(id="h" * 32, scope="office/", name="Hanna B.", status="active")
        w.store.save(hanna, by=w.me, at=w.clock.now())
        people.share_with(w, mentorship, hanna.id)
        return mentorship

    return mentor_app.ask(made)


@pytest.fixture
def screen(mentor_app: Journey, pair: Mentorship) -> ReflectionsScreen:
    """The page, opened by its shortcut."""
    mentor_app.keys("Ctrl+J")
    shown = mentor_app.screen()
    assert isinstance(shown, ReflectionsScreen)
    return shown


def test_a_reflection_is_written_with_a_question_that_can_be_changed(
    mentor_app: Journey, screen: ReflectionsScreen
) -> None:
    mentor_app.click("Write the first")
    first = screen.writing.prompt()
    assert mentor_app.says(first)
    mentor_app.click("Another question")
    assert screen.writing.prompt() != first
    mentor_app.click(screen.writing.situation.chip("conflict"))
    assert mentor_app.says("What happened, told as somebody watching would tell it?")
    mentor_app.click("Keep")
    assert mentor_app.says("Write a sentence, or one word for how it felt.")
    mentor_app.type("I was late, and said nothing.", into=screen.writing.words.editor)
    mentor_app.click("Keep")
    kept = mentor_app.ask(lambda w: w.store.find(Reflection)[0])
    assert kept.prompt == "What happened, told as somebody watching would tell it?"
    assert (kept.text, kept.sharing, kept.mentorship) == ("I was late, and said nothing.", "private", None)
    assert not screen.writing.isVisible()
    assert mentor_app.says("I was late, and said nothing.")


@pytest.mark.slow
def test_a_question_can_be_left_out_and_leaving_keeps_what_was_written(
    mentor_app: Journey, pair: Mentorship, screen: ReflectionsScreen
) -> None:
    person = mentor_app.ask(lambda w: w.store.find(Person, "name = 'Ruth N.'")[0].id)
    mentor_app.go("mentee", person=person)
    mentor_app.click("Look back on meeting Ruth N.")
    mentor_app.click("Without a question")
    mentor_app.type("Half a thought")
    mentor_app.keys("Ctrl+1")
    mentor_app.settle()
    kept = mentor_app.ask(lambda w: w.store.find(Reflection)[0])
    assert (kept.text, kept.prompt, kept.mentorship) == ("Half a thought", "", pair.id)


def test_sharing_says_who_will_read_and_sends_other_words(
    mentor_app: Journey, pair: Mentorship, screen: ReflectionsScreen
) -> None:
    mentor_app.do(lambda w: reflections.write(w, text="The chair frightens me.", mentorship=pair.id)[0])
    mentor_app.click("Share with the pair")
    assert mentor_app.says(
        "From the next sync on, Hanna B. can read these words. What you wrote for yourself stays with you."
    )
    editor = screen.card.form.words.editor
    editor.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("I was nervous.", into=editor)
    mentor_app.click("Share these words")
    kept = mentor_app.ask(lambda w: w.store.find(Reflection)[0])
    assert (kept.sharing, kept.shared, kept.text) == ("shared", "I was nervous.", "The chair frightens me.")
    assert mentor_app.says("I was nervous.")
    assert mentor_app.says("only me since ")
    mentor_app.click("Take back")
    kept = mentor_app.ask(lambda w: w.store.find(Reflection)[0])
    assert (kept.sharing, kept.shared) == ("private", "")
    assert mentor_app.says("what they read, they read.")


@pytest.mark.slow
def test_reflections_are_narrowed_by_words_mood_and_mentee(
    mentor_app: Journey, pair: Mentorship, screen: ReflectionsScreen
) -> None:
    for text, mood, about in (("The café", "glad", pair.id), ("A far road", "tired", None), ("Rain", "glad", None)):
        mentor_app.do(lambda w, t=text, m=mood, a=about: reflections.write(w, text=t, mood=m, mentorship=a)[0])

    def titles() -> list[str]:
        return [row.words.title for row in screen.rows.rows()]  # type: ignore[attr-defined]

    assert titles() == ["Rain", "A far road", "The café"]
    mentor_app.click(screen.mood.chip("glad"))
    assert titles() == ["Rain", "The café"]
    screen.about.setCurrentIndex(1)
    screen.about.activated.emit(1)
    mentor_app.settle()
    assert titles() == ["The café"]
    mentor_app.click(screen.whose.chip("shared"))
    assert mentor_app.says("No colleague has shared anything with you.")


@pytest.mark.slow
def test_one_is_changed_taken_out_and_brought_back(
    mentor_app: Journey, pair: Mentorship, screen: ReflectionsScreen
) -> None:
    mentor_app.do(lambda w: reflections.write(w, text="First words", mentorship=pair.id)[0])
    row = screen.rows.rows()[0]
    row.setFocus()
    mentor_app.keys("Return")
    mentor_app.click("Change")
    screen.writing.words.editor.selectAll()  # type: ignore[attr-defined]
    mentor_app.type("Second words")
    mentor_app.click("Keep")
    assert mentor_app.ask(lambda w: w.store.find(Reflection)[0].text) == "Second words"
    mentor_app.click("Take out")
    assert mentor_app.ask(lambda w: w.store.find(Reflection)) == []
    mentor_app.window.toast.press()
    mentor_app.settle()
    assert len(mentor_app.ask(lambda w: w.store.find(Reflection))) == 1


def test_after_a_session_one_can_look_back_on_it(mentor_app: Journey, pair: Mentorship) -> None:
    mentor_app.go("record", mentorship=pair.id)
    mentor_app.type("We met.", into=mentor_app.named("Notes"))
    mentor_app.keys("Ctrl+Return")
    mentor_app.click("Look back")
    mentor_app.type("She asked first")
    mentor_app.click("Keep")
    kept = mentor_app.ask(lambda w: w.store.find(Reflection)[0])
    held = mentor_app.ask(lambda w: w.store.rows("SELECT id FROM session")[0][0])
    assert (kept.text, kept.mentorship, kept.session) == ("She asked first", pair.id, held)
    assert kept.prompt, "a first meeting has questions of its own"
