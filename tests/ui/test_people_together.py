"""Groups and mentorships, sites, agreements, consents and people known twice, in the real window and by every route."""

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from mentorapp.clock import day_of
from mentorapp.records import Agreement, Consent, Mentorship, Person, Site
from mentorapp.services import agreements, consents, duplicates, people, recall, sessions, sites
from mentorapp.services.workspace import Workspace
from tests.journeys.conftest import Journey
from ui import filing, signing


@pytest.fixture
def pair(mentor_app: Journey) -> tuple[Person, Mentorship]:
    """Ruth, mentored one to one, and a colleague."""

    def begin(w: Workspace) -> Any:
        colleague = Person(id="hanna", scope="office/", name="Hanna B.", status="active")
        w.store.save(colleague, by=w.me, at=w.clock.now())
        return people.add_mentee(w, name="Ruth N.", site="Gulu library")[1:]

    return mentor_app.ask(begin)


def now(journey: Journey, mentorship: Mentorship) -> Mentorship:
    """A mentorship as it stands."""
    return journey.ask(lambda w: w.store.get(Mentorship, mentorship.id))


def undo(journey: Journey) -> None:
    """Press the way back that was offered."""
    journey.click("Undo")


# --- mentorships ------------------------------------------------------------------------------------------------------


SLOW = pytest.mark.slow


@pytest.mark.parametrize("route", ["button", pytest.param("palette", marks=SLOW), pytest.param("menu", marks=SLOW)])
def test_a_group_is_begun_by_every_route_and_its_page_opens(
    mentor_app: Journey, pair: tuple[Person, Mentorship], route: str
) -> None:
    other = mentor_app.ask(lambda w: people.add_mentee(w, name="Samuel O.")[1])
    screen: Any = mentor_app.go("mentees")
    if route == "button":
        mentor_app.go("mentees", view="groups")
        mentor_app.click("New group")
    elif route == "palette":
        mentor_app.app.commands.run("new_group")
        mentor_app.settle()
    else:
        screen._menu(pair[0].id, QPoint(5, 5))
        menu = next(each for each in screen.findChildren(QMenu) if each.isVisible())
        next(action for action in menu.actions() if action.text() == "New mentorship or group").trigger()
        menu.close()
        mentor_app.window.activateWindow()
        mentor_app.settle()
        mentor_app.screen().form.types.chip("group").click()  # type: ignore[attr-defined]
    form = mentor_app.screen().form  # type: ignore[attr-defined]
    form.form.boxes["name"].input.setText("Circle")
    form.form.boxes["name"].input.textEdited.emit("Circle")
    line = form.form.boxes["mentees"].input.line
    # Whoever the menu was asked for is in the form already.
    for name in ("Samuel O.",) if route == "menu" else ("Ruth N.", "Samuel O."):
        line.clear()
        mentor_app.type(name, into=line)
        mentor_app.keys("Return")
    mentor_app.click("Begin")
    group = mentor_app.ask(lambda w: w.store.find(Mentorship, "type = 'group'"))[0]
    assert (group.name, set(group.mentees)) == ("Circle", {pair[0].id, other.id})
    assert mentor_app.window.current_key() == "mentorship"
    assert mentor_app.says("Circle")
    assert mentor_app.says("Samuel O.")
    mentor_app.go("mentees", view="groups")
    assert mentor_app.screen()._model.rowCount() == 1  # type: ignore[attr-defined]
    mentor_app.screen()._list.opened.emit(group.id)  # type: ignore[attr-defined]
    mentor_app.settle()
    assert mentor_app.window.current_key() == "mentorship"


def test_what_is_missing_is_said_beside_its_field(mentor_app: Journey, pair: tuple[Person, Mentorship]) -> None:
    mentor_app.go("mentorship", new=True, type="co_mentored", person=pair[0].id)
    mentor_app.click("Begin")
    assert mentor_app.says("Say who mentors together with you: type a name.")
    assert len(mentor_app.ask(lambda w: w.store.find(Mentorship))) == 1


def test_somebody_joins_a_group_and_leaves_it_and_both_are_taken_back(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    other = mentor_app.ask(lambda w: people.add_mentee(w, name="Samuel O.")[1])
    group = mentor_app.ask(lambda w: people.add_group(w, name="Circle", mentees=(pair[0].id,))[1])
    screen: Any = mentor_app.go("mentorship", mentorship=group.id)
    mentor_app.type("Samuel O.", into=screen.people.picker)
    assert set(now(mentor_app, group).mentees) == {pair[0].id, other.id}
    mentor_app.click("Ruth N. leaves this group")
    assert now(mentor_app, group).mentees == (other.id,)
    undo(mentor_app)
    assert len(now(mentor_app, group).mentees) == 2


def test_a_meeting_of_a_group_stands_once_for_the_mentor_and_once_on_the_page_of_each_who_came(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    def hold(w: Workspace) -> Any:
        other = people.add_mentee(w, name="Samuel O.")[1]
        group = people.add_group(w, name="Circle", mentees=(pair[0].id, other.id))[1]
        draft = sessions.begin_draft(w, mentorship=group.id)
        came = replace(draft.session, attendees=(pair[0].id,))
        sessions.hold_session(w, draft=replace(draft, session=came))
        return other, group

    other, group = mentor_app.ask(hold)
    assert len(mentor_app.ask(recall.sessions)) == 1
    mentor_app.go("mentee", person=pair[0].id)
    assert mentor_app.says("Circle · ")
    mentor_app.go("mentee", person=other.id)
    assert not mentor_app.says("Circle · ")
    screen: Any = mentor_app.go("mentorship", mentorship=group.id)
    assert len(screen._sessions.keys()) == 1


def test_a_mentorship_is_put_on_hold_and_ended_early_with_a_reason_and_each_step_is_taken_back(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    person, mentorship = pair
    mentor_app.go("mentee", person=person.id)
    mentor_app.click("Put on hold")
    assert now(mentor_app, mentorship).status == "on_hold"
    assert mentor_app.says("on hold")
    undo(mentor_app)
    assert now(mentor_app, mentorship).status == "active"
    mentor_app.click("End early")
    mentor_app.keys("Return")
    assert mentor_app.says("Say in a few words why it ends early")
    mentor_app.type("She moved away")
    mentor_app.keys("Return")
    ended = now(mentor_app, mentorship)
    assert (ended.status, ended.end_reason) == ("ended_early", "She moved away")
    screen: Any = mentor_app.go("mentees", view="earlier")
    assert screen._model.rowCount() == 1
    mentor_app.go("mentee", person=person.id)
    mentor_app.click("Open again")
    assert now(mentor_app, mentorship).status == "active"


def test_handing_over_names_the_colleague_and_is_taken_back_exactly(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    person, mentorship = pair
    mentor_app.go("mentee", person=person.id)
    mentor_app.click("Hand over to a colleague")
    card = mentor_app.screen()._mentorship  # type: ignore[attr-defined]
    mentor_app.click(card._handing.do)
    assert mentor_app.says("Choose the colleague who goes on in your place.")
    mentor_app.type("Hanna B.", into=card._handing.picker)
    mentor_app.click(card._handing.do)
    after = now(mentor_app, mentorship)
    assert (after.mentors, after.earlier_mentors) == (("hanna",), mentorship.mentors)
    assert mentor_app.says("Handed over to Hanna B.")
    assert mentor_app.says("Before that")
    undo(mentor_app)
    assert now(mentor_app, mentorship) == mentorship.at_home()


# --- sites ------------------------------------------------------------------------------------------------------------


def test_a_site_is_added_edited_and_closed_and_picked_by_typing(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    mentor_app.go("mentees")
    mentor_app.click("Sites")
    assert mentor_app.window.current_key() == "sites"
    mentor_app.click("New site")
    mentor_app.type("Lira town library")
    screen: Any = mentor_app.screen()
    mentor_app.type("Gulu library", into=screen.form.form.boxes["parent"].editor)
    mentor_app.type("40", into=screen.form.form.boxes["distance_km"].editor)
    mentor_app.click("Save")
    found = mentor_app.ask(lambda w: sites.listed(w))
    lira = next(row for row in found if row.site.name == "Lira town library")
    assert (lira.part_of, lira.site.distance_km) == ("Gulu library", 40)
    screen.list.opened.emit(lira.site.id)
    mentor_app.settle()
    mentor_app.click("Close this site")
    assert mentor_app.ask(lambda w: w.store.get(Site, lira.site.id)).status == "closed"
    undo(mentor_app)
    assert mentor_app.ask(lambda w: w.store.get(Site, lira.site.id)).status == "active"
    mentor_app.click("New site")
    mentor_app.type("gulu LIBRARY")
    mentor_app.click("Save")
    assert mentor_app.says("There is a site of this name already.")


# --- agreements -------------------------------------------------------------------------------------------------------


def test_an_agreement_is_kept_as_it_is_typed_and_goes_on_after_leaving(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    mentor_app.go("mentee", person=pair[0].id)
    mentor_app.click("Write one: the agreement")
    mentor_app.type("To read more")
    mentor_app.type("soonish", into=mentor_app.screen().boxes["review_on"].editor)  # type: ignore[attr-defined]
    mentor_app.go("today")
    assert mentor_app.ask(lambda w: agreements.begin(w, pair[1].id)).agreement.purpose == "To read more"
    mentor_app.go("mentee", person=pair[0].id)
    mentor_app.click("Go on writing: the agreement")
    screen: Any = mentor_app.screen()
    assert screen.boxes["purpose"].value() == "To read more"
    assert screen.boxes["review_on"].editor.text() == "soonish"
    mentor_app.click("Save")
    assert mentor_app.ask(lambda w: w.store.find(Agreement)) == []
    mentor_app.click("Throw the draft away")
    assert mentor_app.ask(lambda w: w.store.drafts()) == []
    undo(mentor_app)
    assert screen.boxes["purpose"].value() == "To read more"


def test_both_agree_then_it_is_amended_beside_the_earlier_one_and_today_reminds(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    screen: Any = mentor_app.go("agreement", mentorship=pair[1].id)
    mentor_app.type("To read more")
    for field in ("review_on", "mentor_agreed_on", "mentee_agreed_on"):
        mentor_app.type("today", into=screen.boxes[field].editor)
    mentor_app.click("Save")
    assert mentor_app.says("Agreed by both, and kept.")
    first = mentor_app.ask(lambda w: agreements.standing(w, pair[1].id))
    assert first is not None
    assert first.review_on == mentor_app.ask(lambda w: day_of(w.clock.now()))
    mentor_app.go("today")
    assert mentor_app.says("Agreements to look at again")
    mentor_app.go("agreement", agreement=first.id)
    mentor_app.click("Amend")
    mentor_app.type("To write, and ", into=screen.boxes["purpose"].editor)
    assert mentor_app.says("Before:")
    for field in ("mentor_agreed_on", "mentee_agreed_on"):
        mentor_app.type("today", into=screen.boxes[field].editor)
    mentor_app.click("Save")
    both = mentor_app.ask(lambda w: agreements.all_of(w, pair[1].id))
    assert [one.status for one in both] == ["agreed", "amended"]
    assert mentor_app.says("What it says otherwise than the one before")


@pytest.mark.parametrize(("language", "words"), [("en", "signature"), ("ar", "الموقع")])
def test_an_agreement_is_printed_to_sign_in_the_language_chosen(
    mentor_app: Journey,
    pair: tuple[Person, Mentorship],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    words: str,
) -> None:
    from pypdf import PdfReader

    from mentorapp import i18n

    screen: Any = mentor_app.go("agreement", mentorship=pair[1].id)
    mentor_app.type("To read more & <more>")
    place = tmp_path / f"{language}.pdf"
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_kw: place)
    screen.print_in(language)
    mentor_app.settle()
    assert i18n.language() == "en"
    pages = PdfReader(place).pages
    assert len(pages) == 1
    said = " ".join(pages[0].extract_text().split())
    for each in ("To read more & <more>", "Ruth N", "Awa D", "____"):
        assert each in said
    # A PDF holds Arabic letters in the shapes they take and in the order they are drawn in.
    said = unicodedata.normalize("NFKC", said)[:: -1 if language == "ar" else 1]
    assert round(float(pages[0].mediabox.width)) == 595
    assert words in said


@SLOW
def test_a_long_agreement_takes_two_sheets_in_large_type(
    mentor_app: Journey, pair: tuple[Person, Mentorship], tmp_path: Path
) -> None:
    from pypdf import PdfReader

    draft = mentor_app.ask(lambda w: agreements.begin(w, pair[1].id)).agreement
    long = " ".join(["What stays between us, said at length."] * 90)
    paper = mentor_app.ask(lambda w: agreements.paper(w, replace(draft, confidentiality=long, purpose=long)))
    signing.write(paper, tmp_path / "long.pdf", "en")
    assert len(PdfReader(tmp_path / "long.pdf").pages) == 2


# --- consent ----------------------------------------------------------------------------------------------------------


def test_consent_is_asked_withdrawn_with_what_it_means_and_every_answer_stays(
    mentor_app: Journey, pair: tuple[Person, Mentorship]
) -> None:
    person = pair[0].id
    mentor_app.go("mentee", person=person)
    mentor_app.click("Ask for consent: photographs")
    card: Any = mentor_app.screen()._consents  # type: ignore[attr-defined]
    mentor_app.click("Keep")
    assert mentor_app.says("Say what the answer was.")
    card.form.answer.chip("given").click()
    mentor_app.type("Acholi", into=card.form.boxes["language"].editor)
    mentor_app.click("Keep")
    assert mentor_app.ask(lambda w: consents.allows(w, person, "photo"))
    mentor_app.click("Withdraw consent: photographs")
    assert not mentor_app.ask(lambda w: consents.allows(w, person, "photo"))
    assert mentor_app.says("Take no more photographs of Ruth")
    undo(mentor_app)
    assert mentor_app.ask(lambda w: consents.allows(w, person, "photo"))
    mentor_app.click("Withdraw consent: photographs")
    mentor_app.click("All answers")
    assert mentor_app.says("read out in Acholi")
    mentor_app.click("Ask for consent: sound recordings")
    card.form.answer.chip("refused").click()
    mentor_app.click("Keep")
    answers = mentor_app.ask(lambda w: {c.purpose: c.status for c in w.store.find(Consent)})
    assert answers == {"photo": "withdrawn", "audio": "refused"}
    undo(mentor_app)
    assert mentor_app.ask(lambda w: len(w.store.find(Consent))) == 1


# --- twice ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(mentor_app: Journey) -> tuple[Person, Person]:
    """Esther, written down twice."""
    one = mentor_app.ask(lambda w: people.add_mentee(w, name="Esther A.")[1])
    return one, mentor_app.ask(lambda w: people.add_mentee(w, name="Esther Achen", phone="0772123456")[1])


@pytest.mark.parametrize(
    "route", ["page", "list", pytest.param("palette", marks=SLOW), pytest.param("menu", marks=SLOW)]
)
def test_two_are_compared_and_taken_together_by_every_route_and_brought_back(
    mentor_app: Journey, twice: tuple[Person, Person], route: str
) -> None:
    one, two = twice
    if route == "page":
        mentor_app.go("mentee", person=one.id)
        mentor_app.click("Compare with Esther Achen")
    elif route == "list":
        mentor_app.go("mentees")
        mentor_app.click("Somebody may be written down twice: compare")
        mentor_app.click("Compare Esther A. and Esther Achen")
    elif route == "palette":
        mentor_app.app.commands.run("twice")
        mentor_app.settle()
        mentor_app.click("Compare Esther A. and Esther Achen")
    else:
        mentor_app.go("same", one=one.id)
        mentor_app.type("Esther Achen")
    assert mentor_app.says("Is this the same person?")
    mentor_app.click("One person: keep “Esther A.”")
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Also written as Esther Achen")
    assert mentor_app.says("0772123456")
    assert [row.name for row in mentor_app.ask(recall.mentees)] == ["Esther A."]
    if route == "page":
        undo(mentor_app)
    else:
        mentor_app.click("Take Esther Achen apart again")
    assert len(mentor_app.ask(recall.mentees)) == 2
    assert mentor_app.ask(lambda w: w.store.get(Person, two.id)) == two.at_home()


def test_two_people_are_not_asked_about_again(mentor_app: Journey, twice: tuple[Person, Person]) -> None:
    mentor_app.go("mentee", person=twice[0].id)
    mentor_app.click("Esther Achen is somebody else")
    assert mentor_app.ask(duplicates.suspected) == []
    undo(mentor_app)
    assert len(mentor_app.ask(duplicates.suspected)) == 1


def test_a_new_name_is_looked_for_while_it_is_typed(mentor_app: Journey, twice: tuple[Person, Person]) -> None:
    mentor_app.go("mentees", new=True)
    form: Any = mentor_app.screen()._form  # type: ignore[attr-defined]
    mentor_app.type("Esther Ach")
    form._pause.timeout.emit()
    mentor_app.settle()
    mentor_app.click("Open Esther Achen, who may be the same person")
    assert mentor_app.window.current_key() == "mentee"
    assert mentor_app.says("Esther Achen")
