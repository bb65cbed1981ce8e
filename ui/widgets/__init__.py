"""Small, thin, accessible widgets, all drawn from the theme's tokens; see each module's docstring for what it promises."""

from ui.widgets.boxes import (
    Card,
    Column,
    Columns,
    Grid,
    Line,
    PageTitle,
    Scroll,
    hairline,
    own_direction,
    repolish,
    text,
)
from ui.widgets.buttons import Button, IconButton, PrimaryButton, QuietButton
from ui.widgets.chips import Chips, Segment
from ui.widgets.dayinput import DayInput, in_words
from ui.widgets.days import parse_day
from ui.widgets.durations import DurationInput, StopWatch, parse_minutes
from ui.widgets.fields import CountInput, FieldBox, GrowingText, LineInput
from ui.widgets.flow import Flow
from ui.widgets.focus import FocusRing, follow_focus
from ui.widgets.lists import ROW, ListRow, LongList, RowPainter
from ui.widgets.marks import TONES, Avatar, Badge, Bar, Dot, Pill
from ui.widgets.panels import EmptyState, Prose, Quote, Stat
from ui.widgets.rows import Row, RowList, TickBox, TickRow, TwoLines
from ui.widgets.rowsmodel import RowsModel
from ui.widgets.search import SearchBox
from ui.widgets.status import StatusLine, Toast
from ui.widgets.timelinerow import TimelineRow

__all__ = [
    "ROW",
    "TONES",
    "Avatar",
    "Badge",
    "Bar",
    "Button",
    "Card",
    "Chips",
    "Column",
    "Columns",
    "CountInput",
    "DayInput",
    "Dot",
    "DurationInput",
    "EmptyState",
    "FieldBox",
    "Flow",
    "FocusRing",
    "Grid",
    "GrowingText",
    "IconButton",
    "Line",
    "LineInput",
    "ListRow",
    "LongList",
    "PageTitle",
    "Pill",
    "PrimaryButton",
    "Prose",
    "QuietButton",
    "Quote",
    "Row",
    "RowList",
    "RowPainter",
    "RowsModel",
    "Scroll",
    "SearchBox",
    "Segment",
    "Stat",
    "StatusLine",
    "StopWatch",
    "TickBox",
    "TickRow",
    "TimelineRow",
    "Toast",
    "TwoLines",
    "follow_focus",
    "hairline",
    "in_words",
    "own_direction",
    "parse_day",
    "parse_minutes",
    "repolish",
    "text",
]
