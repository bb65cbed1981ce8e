"""What each reason code means for a mentor: what happened, that the work is safe, what to do. The only sentences of sync.

`UserError`s of sync carry their code as `reason`, for counting and for the history of exchanges.
"""

from mentorapp.errors import UserError
from mentorapp.i18n import N_

FAILURES = {
    "unreachable": N_(
        "The server at {server} cannot be reached now. Your work is safe on this laptop and will be sent when it answers."
    ),
    "too_slow": N_(
        "The server at {server} stopped answering. Your work is safe on this laptop; the next try goes on where this one stopped."
    ),
    "cut": N_(
        "The connection broke in the middle. What arrived is kept, your work is safe on this laptop, and the rest will follow."
    ),
    "insecure": N_(
        "The connection to {server} is not secure, so nothing was sent. Your work is safe on this laptop. Check this "
        "laptop’s date first; if it is right, ask your coordinator."
    ),
    "foreign": N_(
        "Something else answered instead of the server at {server}: often a page that asks you to sign in to the network. "
        "Your work is safe on this laptop. Open a web page, sign in to the network, and try again."
    ),
    "no_server": N_(
        "This laptop is not linked to a server yet. Your work is safe here. Enter the code from your coordinator to link it."
    ),
    "bad_address": N_("“{server}” is not an address of a server. Check it against the paper with your code."),
    "token_revoked": N_(
        "This laptop is no longer let in by the server. Your work is safe here and you can go on working. Ask your "
        "coordinator for a new code."
    ),
    "token_unknown": N_(
        "The server does not know this laptop. Your work is safe here and you can go on working. Ask your coordinator for a "
        "new code."
    ),
    "app_too_old": N_(
        "The server needs a newer Mentor. Your work is safe on this laptop and you can go on working; update Mentor to exchange again."
    ),
    "app_too_new": N_(
        "The server is older than this Mentor and cannot talk to it yet. Your work is safe on this laptop. Tell your "
        "coordinator that the server needs an update."
    ),
    "too_often": N_("The server asks this laptop to wait a little. Your work is safe here and goes out by itself."),
    "cannot_commit": N_(
        "The server cannot save at the moment, so nothing counts as sent. Your work is safe on this laptop and will be sent again."
    ),
    "server_trouble": N_(
        "The server failed in a way it should not. Your work is safe on this laptop and will be sent again. If this stays, "
        "tell your coordinator."
    ),
    "not_understood": N_(
        "The server and this laptop did not understand each other. Your work is safe here. If this stays, tell your coordinator."
    ),
    "cancelled": N_("The exchange was stopped. What arrived is kept and your work is safe on this laptop."),
    "mass_voiding": N_(
        "What came from {server} would take much of what is on this laptop out of sight at once. That may be a mistake, so it "
        "was not taken in, and your work is safe. Ask your coordinator whether it is meant, and only then allow it."
    ),
    "code_wrong": N_(
        "The server does not know this code. Check each letter against the paper, or ask your coordinator for a new one."
    ),
    "code_used": N_("This code has been used already: each code links one laptop. Ask your coordinator for a new one."),
    "code_expired": N_("This code is too old. Ask your coordinator for a new one."),
    "person_taken": N_(
        "The server has somebody else under this laptop’s mentor. Your work is safe here. Ask your coordinator to make a "
        "code for your own name."
    ),
    "not_an_enrolment": N_("This file is not an enrolment file of Mentor. Ask your coordinator to send it again."),
}
"""Why an exchange did not take place, or not wholly."""

ASIDE = {
    "too_large": N_(
        "It is larger than the server takes in one piece. Shorten the longest text, or move part of it into a file."
    ),
    "too_many_parts": N_("It has more versions side by side than the server takes. Choose one version of each field."),
    "bad_id": N_("It was made in a way the server does not accept. Copy its words into a new one."),
    "bad_name": N_(
        "It has a field that the server does not accept. It stays here; an update of Mentor may solve this."
    ),
    "bad_save": N_("The record of who saved it and when is damaged. Save it again and it will be sent anew."),
    "bad_value": N_("One of its fields holds what the server cannot read. Write that field again."),
    "only_for_its_author": N_("Part of it is for your eyes only and stays on this laptop."),
    "other_kind": N_("The server has something else under its number. Copy its words into a new one."),
    "incomplete": N_("The server lacks the rest of it; it will be sent whole."),
    "unknown_scope": N_("The server does not know with whom it is shared. Choose the mentorship it belongs to."),
    "outside": N_(
        "It belongs to a mentorship that is not yours at the server. Your coordinator can see it and decide."
    ),
    "declined": N_(
        "Your coordinator looked at it and left it out. It is kept here; speak with them, or copy its words to where they belong."
    ),
    "outside_class": N_(
        "It changes words that only the pair’s mentors may change. Your coordinator can see it and decide."
    ),
}
"""Why the server did not take a record, or holds it for the coordinator."""

FILES = {
    "file_too_large": N_("It is larger than the server takes. Keep a smaller copy of it, or pass it on by a stick."),
    "no_room": N_("The server has no room for more files. It is kept here; tell your coordinator."),
    "too_many_uploads": N_(
        "The server waits for the rest of other files first. It is kept here and goes out by itself later."
    ),
    "file_not_named": N_(
        "The server does not have the record that this file belongs to, so it was not sent. It is kept here."
    ),
    "not_that_file": N_(
        "It did not arrive as it is here, twice in a row. It is kept here; try again on another connection."
    ),
    "no_such_file": N_("The server does not have this file yet. It may come when the laptop that has it exchanges."),
    "upload_gone": N_("The server let go of what had arrived of it. It is kept here and will be sent again."),
    "other_offset": N_("The server has another part of it than expected. It is kept here and will be sent again."),
    "not_that_piece": N_("A part of it was damaged on the way. It is kept here and will be sent again."),
    "bad_file": N_("The server does not take it as it is. It is kept here."),
}
"""Why the server did not take a file, or does not give it."""

UNKNOWN = N_("The server did not take it, for a reason that this version of Mentor does not know. It is kept here.")
"""For a reason code of a later version."""


class SyncError(UserError):
    """An exchange did not take place, or not wholly. `reason` is its code; `later` whether trying again may help by itself."""

    later = True

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(
            FAILURES.get(reason, FILES.get(reason, FAILURES["not_understood"])), **{"server": "", **values}
        )
        self.reason = reason


class Unreachable(SyncError):
    """Nobody answered, or not to the end."""


class Foreign(SyncError):
    """Somebody answered who is not a server of Mentor, or not provably."""


class NotLetIn(SyncError):
    """The server does not let this laptop in: only a new code helps."""

    later = False


class Incompatible(SyncError):
    """The two are of versions that cannot talk to each other."""

    later = False


class Busy(SyncError):
    """The server is there and cannot take anything now."""


class NotEnrolled(SyncError):
    """There is no server to talk to, or it did not accept the code."""

    later = False


class Braked(SyncError):
    """What arrived would take too much out of sight to be taken in unasked. `safe` records were answered for before that."""

    later = False
    safe = 0


class Cancelled(SyncError):
    """Somebody stopped it."""


_KINDS: dict[str, type[SyncError]] = {
    "unreachable": Unreachable,
    "too_slow": Unreachable,
    "cut": Unreachable,
    "insecure": Foreign,
    "foreign": Foreign,
    "token_revoked": NotLetIn,
    "token_unknown": NotLetIn,
    "app_too_old": Incompatible,
    "app_too_new": Incompatible,
    "too_often": Busy,
    "cannot_commit": Busy,
    "server_trouble": Busy,
    "mass_voiding": Braked,
    "cancelled": Cancelled,
}


def failure(reason: str, server: str = "", **values: object) -> SyncError:
    """The error of a reason code."""
    enrolling = reason.startswith(("code_", "person_", "no_", "bad_address", "not_an"))
    kind = _KINDS.get(reason, NotEnrolled if enrolling and reason in FAILURES else Busy)
    return kind(reason, server=server, **values)


def aside(reason: str) -> str:
    """The sentence, untranslated, of why a record is set aside."""
    return ASIDE.get(reason, FILES.get(reason, UNKNOWN))
