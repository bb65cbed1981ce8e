"""Competency ratings: what counts is drawn, what does not is kept; and what was rated by an old version can always be read."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from mentorapp import indicators, paths
from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.fields import fields_of
from mentorapp.records import CompetencyRating
from mentorapp.services import people, ratings
from mentorapp.services.ratings import Rated
from tests.mentorapp.sessions import NOON

TODAY = day_of(NOON)


@pytest.fixture
def pair(workspace):
    """A mentee and the mentorship with her."""
    _, person, mentorship = people.add_mentee(workspace, name="Ruth N.")
    return person, mentorship


def rate(workspace, pair, ago, *, rater="mentor", **levels):
    """Rate some competencies some days ago."""
    return ratings.rate(
        workspace,
        mentorship=pair[1].id,
        person=pair[0].id,
        rater=rater,
        day=TODAY - timedelta(days=ago),
        said=[Rated(competency=code, level=level) for code, level in levels.items()],
    )


def test_the_trend_goes_from_first_to_latest_and_self_stands_beside_mentor(workspace, pair):
    rate(workspace, pair, 90, listening="none", writing="some")
    rate(workspace, pair, 60, listening="x")
    rate(workspace, pair, 5, listening="some")
    rate(workspace, pair, 5, rater="self", listening="limited")
    view = ratings.view(workspace, pair[0].id)
    listening = view.course("listening")
    assert (listening.gains["mentor"].before, listening.gains["mentor"].after) == (1, 3)
    assert "self" not in listening.gains
    assert listening.latest("self").level == "limited"
    assert len(listening.all) == 4
    assert view.course("writing").gains == {}
    assert view.course("figures") is None


def test_the_gains_on_screen_are_the_pure_figures(workspace, pair):
    for ago, level in ((90, "none"), (60, "limited"), (5, "strong")):
        rate(workspace, pair, ago, listening=level, figures=level)
    pure = indicators.gains(workspace.store.find(CompetencyRating))
    shown = {
        (pair[0].id, course.framework, course.competency, rater): gain
        for course in ratings.courses(workspace, pair[0].id)
        for rater, gain in course.gains.items()
    }
    assert shown == pure
    assert len(pure) == 2


def test_what_was_seen_without_the_means_is_kept_and_not_drawn(workspace, pair):
    rate(workspace, pair, 90, listening="some")
    limited = Rated(competency="listening", level="none", completeness="resource_limited", evidence=" no room ")
    ratings.rate(workspace, mentorship=pair[1].id, person=pair[0].id, rater="mentor", said=[limited])
    course = ratings.view(workspace, pair[0].id).course("listening")
    assert [r.level for r in course.counting["mentor"]] == ["some"]
    assert course.all[-1].evidence == "no room"


def test_ratings_of_one_day_are_one_intention_that_can_be_undone(workspace, pair):
    changed = rate(workspace, pair, 0, listening="some", writing="some")
    assert len(ratings.courses(workspace, pair[0].id)) == 2
    ratings.undo(workspace, changed.records)
    assert ratings.courses(workspace, pair[0].id) == ()
    one = workspace.store.find(CompetencyRating, voided=True)[0]
    ratings.put_back(workspace, one)
    ratings.mend(workspace, one, replace(one, level="strong", evidence=" seen "))
    kept = workspace.store.get(CompetencyRating, one.id)
    assert (kept.level, kept.evidence, kept.voided) == ("strong", "seen", False)


def test_nothing_chosen_and_a_day_to_come_are_said(workspace, pair):
    with pytest.raises(UserError, match="at least one"):
        rate(workspace, pair, 0)
    with pytest.raises(UserError, match="still to come"):
        rate(workspace, pair, -1, listening="some")


def test_an_old_version_stays_readable_and_its_trend_goes_on(workspace, pair, tmp_path, monkeypatch):
    rate(workspace, pair, 90, listening="none", writing="some")
    folder = tmp_path / "resources" / "frameworks"
    shutil.copytree(paths.resources() / "frameworks", folder)
    old = (folder / "early_career-1.toml").read_text("utf-8")
    new = old.replace('version = "1"', 'version = "2"').replace('name = "Listening"', 'name = "Hearing people"')
    first, rest = new.split('[[group.competency]]\ncode = "writing"')
    (folder / "early_career-2.toml").write_text(
        f"{first}[[group.competency]]{rest.split('[[group.competency]]', 1)[1]}", "utf-8"
    )
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert paths.resources() == tmp_path / "resources"
    rate(workspace, pair, 5, listening="some")
    view = ratings.view(workspace, pair[0].id)
    assert (view.framework.version, view.course("listening").name) == ("2", "Hearing people")
    assert view.course("listening").gains["mentor"].steps == 2
    assert "writing" not in view.framework.competencies()
    assert view.course("writing").name == "Writing things up"
    assert ratings.wording("early_career", "1", "listening").name == "Listening"
    assert ratings.wording("early_career", "7", "listening").name == "Hearing people"
    assert ratings.wording("gone", "1", "walking_far").name == "walking far"


def test_every_framework_says_what_each_level_looks_like():
    levels = {option.code for option in fields_of(CompetencyRating)["level"].options} - {"x"}
    for framework in ratings.frameworks():
        found = framework.competencies()
        assert len(found) == sum(len(group.competencies) for group in framework.groups)
        for one in found.values():
            assert set(one.levels) == levels == set(ratings.STEPS)
            assert all([one.name, one.about, *one.levels.values()])
