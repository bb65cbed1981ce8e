"""How growth is said and drawn: the picture of a goal's course, its trend in words, its state, its promises. Reads nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mentorapp import indicators
from mentorapp.fields import Choice, fields_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import ActionItem, CompetencyRating, Goal, Measurement
from mentorapp.services.ratings import RATERS, STEPS, Course
from ui import words
from ui.widgets.chart import Picture, Series

TONES = {"achieved": "good", "partly_achieved": "good", "active": "now", "dropped": "neutral", "revised": "neutral"}
"""The tone of a goal's state."""


def said_choice(record: object, name: str) -> str:
    """The words of a record's choice in the language in use."""
    field = fields_of(type(record))[name]
    code = getattr(record, name)
    return tr(field.words(code)) if isinstance(field, Choice) and code else ""


def goal_points(goal: Goal, course: Sequence[Measurement]) -> tuple[tuple[date, int], ...]:
    """Where a goal stood on each day; of one day the last that was written. It begins where it started, if that was said."""
    points = {m.day: m.reached for m in indicators.course(course) if m.day and m.reached is not None}
    begun = indicators.written_on(goal.id)
    if points and goal.baseline is not None and begun and begun < min(points):
        points = {begun: goal.baseline, **points}
    return tuple(sorted(points.items()))


def goal_picture(goal: Goal, course: Sequence[Measurement], *, near: date) -> Picture:
    """The course of a goal towards its target."""
    points = goal_points(goal, course)
    if not points:
        return Picture(words=tr("No progress is noted yet."))
    start = () if goal.baseline is None else ((goal.baseline, words.number(goal.baseline)),)
    low = () if goal.baseline is not None or goal.target is None else ((0, words.number(0)),)
    return Picture(
        series=(Series(tr("Reached"), points, said=words.number(points[-1][1])),),
        words=goal_trend(goal, course, near=near),
        steps=start or low,
        target=goal.target,
        target_word=tr("target") if goal.target is not None else "",
        near=near,
    )


def goal_trend(goal: Goal, course: Sequence[Measurement], *, near: date) -> str:
    """How a goal went, as sentences: for those who hear the chart, and under it."""
    points = goal_points(goal, course)
    if not points:
        return tr("No progress is noted yet.")
    (first_day, first), (last_day, last) = points[0], points[-1]
    said = {"last": words.number(last), "last_day": words.day(last_day, near=near)}
    if len(points) == 1:
        went = tr("{last} on {last_day}.", **said)
    else:
        said |= {"first": words.number(first), "first_day": words.day(first_day, near=near)}
        if last == first:
            went = tr("Still at {last} on {last_day}, as on {first_day}.", **said)
        else:
            went = tr("From {first} on {first_day} to {last} on {last_day}.", **said)
    if goal.target is None:
        return went
    return f"{went} {tr('The target is {target}.', target=words.number(goal.target))}"


def goal_far(goal: Goal, *, near: date) -> str:
    """How far a goal has come, and by when it should be reached, on one line."""
    by = words.month(goal.due, near=near) if goal.due else ""
    if not goal.target:
        return tr("by {month}", month=by) if by else ""
    far = {"done": words.number(goal.progress or 0), "target": words.number(goal.target)}
    return tr("{done} of {target} by {month}", month=by, **far) if by else tr("{done} of {target}", **far)


def promise_line(item: ActionItem, name: str, *, near: date) -> str:
    """Whose promise it is, by when, how often it was carried over, and what became of it or stands in the way."""
    whose = {"mentor": tr("mine"), "organisation": tr("the office")}.get(item.owner or "", name)
    if item.status == "done":
        when = tr("done {day}", day=words.day(item.settled_on, near=near)) if item.settled_on else tr("done")
    elif item.status == "dropped":
        when = tr("let go")
    else:
        when = words.due(item.due, near=near) if item.due else tr("no date yet")
    carried = item.carried_over or 0
    times = ntr("carried over once", "carried over {n} times", carried, n=words.number(carried)) if carried else ""
    return " · ".join(filter(None, (whose, when, times, item.reason)))


def promise_pill(item: ActionItem, *, near: date) -> tuple[str, str]:
    """The state of a promise in a word, and its tone; no word while it is simply open."""
    if item.status == "blocked":
        return tr("stuck"), "warn"
    if item.status in ("open", "in_progress") and item.due and item.due < near:
        return words.late((near - item.due).days), "bad"
    return (said_choice(item, "status"), "now") if item.status == "in_progress" else ("", "neutral")


# --- ratings ------------------------------------------------------------------------------------------------------------


def level_words(level: str | None) -> str:
    """The word of a level."""
    return said_choice(CompetencyRating(id="", level=level), "level")


def level_of_step(step: int) -> str:
    """The word of a height on the scale."""
    return next((level_words(level) for level, height in STEPS.items() if height == step), "")


def rater_words(rater: str, name: str) -> str:
    """Who rated, in the words of this pair."""
    return {"mentor": tr("Seen by me"), "self": name, "observer": tr("An observer")}.get(rater, rater)


def course_points(course: Course, rater: str) -> tuple[tuple[date, int], ...]:
    """The heights of the ratings that count, by one kind of rater; of one day the last that was written."""
    some = course.counting.get(rater, ())
    return tuple(sorted({r.day: STEPS[r.level or ""] for r in some if r.day}.items()))


def course_picture(course: Course, name: str, *, near: date) -> Picture:
    """A competency over time, each kind of rater a line of its own."""
    series = tuple(
        Series(rater_words(rater, name), points) for rater in RATERS if (points := course_points(course, rater))
    )
    steps = tuple((height, level_words(level)) for level, height in STEPS.items())
    return Picture(series=series, words=course_trend(course, name, near=near), steps=steps, near=near)


def course_spark(course: Course, name: str, *, near: date) -> Picture:
    """The same as a line as small as a word: the first kind of rater alone, the trend of all in words."""
    whole = course_picture(course, name, near=near)
    return replace(whole, series=whole.series[:1])


def course_trend(course: Course, name: str, *, near: date) -> str:
    """How a competency went by each kind of rater, as sentences."""
    said = []
    for rater in RATERS:
        points = course_points(course, rater)
        if not points:
            continue
        (first_day, first), (last_day, last) = points[0], points[-1]
        words_of = {
            "who": rater_words(rater, name),
            "last": level_of_step(last),
            "last_month": words.month(last_day, near=near),
        }
        if len(points) == 1:
            said.append(tr("{who}: {last} in {last_month}.", **words_of))
        elif first == last:
            words_of["first_month"] = words.month(first_day, near=near)
            said.append(tr("{who}: still {last} in {last_month}, as in {first_month}.", **words_of))
        else:
            words_of |= {"first": level_of_step(first), "first_month": words.month(first_day, near=near)}
            said.append(tr("{who}: from {first} in {first_month} to {last} in {last_month}.", **words_of))
    return " ".join(said)


def steps_words(course: Course) -> str:
    """From first to latest in a word, by the mentor, else by whoever rated; nothing while there is only one."""
    gain = next((course.gains[rater] for rater in RATERS if rater in course.gains), None)
    if gain is None:
        return ""
    if gain.steps == 0:
        return tr("as at first")
    n = abs(gain.steps)
    if gain.steps > 0:
        return ntr("{n} step up", "{n} steps up", n, n=words.number(n))
    return ntr("{n} step down", "{n} steps down", n, n=words.number(n))
