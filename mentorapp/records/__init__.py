"""The only declaration of every entity: columns, codecs, editors, labels, exports and test strategies derive from it."""

from mentorapp.records.base import Record
from mentorapp.records.meeting import Attachment, Reflection, Session
from mentorapp.records.office import Person, Programme, Site
from mentorapp.records.relationship import ActionItem, Goal, Mentorship

ALL: tuple[type[Record], ...] = (
    Programme,
    Site,
    Person,
    Mentorship,
    Session,
    Goal,
    ActionItem,
    Reflection,
    Attachment,
)
"""Every kind of record, each after those that it refers to."""

BY_KIND: dict[str, type[Record]] = {record.kind: record for record in ALL}
"""The class of each kind's name."""

__all__ = [
    "ALL",
    "BY_KIND",
    "ActionItem",
    "Attachment",
    "Goal",
    "Mentorship",
    "Person",
    "Programme",
    "Record",
    "Reflection",
    "Session",
    "Site",
]
