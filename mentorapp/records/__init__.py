"""The only declaration of every entity: columns, codecs, editors, labels, exports and test strategies derive from it."""

from mentorapp.records.base import Record
from mentorapp.records.growth import CompetencyRating, Measurement, Pulse
from mentorapp.records.meeting import Attachment, Reflection, Session
from mentorapp.records.office import Consent, Person, Programme, Site
from mentorapp.records.relationship import ActionItem, Agreement, Goal, Mentorship

ALL: tuple[type[Record], ...] = (
    Programme,
    Site,
    Person,
    Consent,
    Mentorship,
    Agreement,
    Session,
    Goal,
    Measurement,
    ActionItem,
    CompetencyRating,
    Reflection,
    Pulse,
    Attachment,
)
"""Every kind of record, each after those that it refers to."""

BY_KIND: dict[str, type[Record]] = {record.kind: record for record in ALL}
"""The class of each kind's name."""

__all__ = [
    "ALL",
    "BY_KIND",
    "ActionItem",
    "Agreement",
    "Attachment",
    "CompetencyRating",
    "Consent",
    "Goal",
    "Measurement",
    "Mentorship",
    "Person",
    "Programme",
    "Pulse",
    "Record",
    "Reflection",
    "Session",
    "Site",
]
