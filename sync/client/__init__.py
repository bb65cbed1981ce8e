"""The laptop's side of sync. Importing it loads nothing of the network: that comes with the first exchange."""

from sync.client.braking import allow_voiding, braked
from sync.client.engine import Applied, agreement
from sync.client.link import Enrolment, Invitation, Link, enrol, enrolled, linked, read_invitation
from sync.client.loop import Progress, Result, next_try, run, sync_once
from sync.client.words import SyncError, aside, failure

__all__ = [
    "Applied",
    "Enrolment",
    "Invitation",
    "Link",
    "Progress",
    "Result",
    "SyncError",
    "agreement",
    "allow_voiding",
    "aside",
    "braked",
    "enrol",
    "enrolled",
    "failure",
    "linked",
    "next_try",
    "read_invitation",
    "run",
    "sync_once",
]
