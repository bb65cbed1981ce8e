"""How growth is said and drawn: the picture of a goal's course, its trend in words, its state, its promises. Reads nothing."""

from collections.abc import Sequence
from datetime import date

from mentorapp import indicators
from mentorapp.fields import Choice, fields_of
from mentorapp.i18n import ntr, tr
from mentorapp.records import ActionItem, Goal, Measurement
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
