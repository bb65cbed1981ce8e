"""The encrypted file that holds everything a mentor records."""

from mentorapp.store.facts import (
    Ack,
    Changed,
    Draft,
    Exchange,
    Hit,
    Pending,
    Refusal,
    Safety,
    SetAside,
    Version,
)
from mentorapp.store.repository import Store

__all__ = [
    "Ack",
    "Changed",
    "Draft",
    "Exchange",
    "Hit",
    "Pending",
    "Refusal",
    "Safety",
    "SetAside",
    "Store",
    "Version",
]
