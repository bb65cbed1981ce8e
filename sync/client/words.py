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
    "no_server_key": N_(
        "This laptop does not have its server’s key yet, by which files for it are sealed. Exchange once over a connection, or open "
        "the enrolment file from your coordinator again. Your work is safe here."
    ),
    "bundle_not_written": N_(
        "The file could not be written to {folder}. Your work is safe on this laptop. Check that there is room and that the stick "
        "is not locked, then try again."
    ),
    "not_a_bundle": N_(
        "This is not a file of an exchange. Your work is safe on this laptop. Choose a file whose name ends in .mentor-bundle."
    ),
    "bundle_damaged": N_(
        "This file was damaged on its way, so nothing of it was taken in. Your work is safe on this laptop. Ask for it again, on another stick."
    ),
    "bundle_of_another": N_(
        "This file is for another laptop, the one whose files begin with Mentor-{tag}. Nothing of it was read and your work is safe; pass it on."
    ),
    "bundle_for_another": N_(
        "This file is sealed for somebody else. Nothing of it was read and your work is safe; pass it on."
    ),
    "bundle_forged": N_(
        "This file does not come from {server}, though it says so. Nothing of it was taken in and your work is safe. Tell your coordinator."
    ),
    "bundle_none": N_("There is no answer for this laptop there that was not taken in before. Your work is safe here."),
    "bundle_answered": N_(
        "What this file says is here already, or was asked for too long ago. Your work is safe; nothing needs to be done with the file."
    ),
    "bundle_not_an_answer": N_(
        "This file is on its way to the server. Your work is safe here. Hand the file over there; what comes back is for this laptop."
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

CARRYING = {
    "not_a_bundle": N_("This is not a file of an exchange."),
    "bundle_not_for_servers": N_("This file is an answer. It is to be opened on the laptop it is for."),
    "bundle_damaged": N_(
        "The file of {whose} was damaged on its way, so nothing of it was taken in. Ask for it again, on another stick."
    ),
    "bundle_for_another": N_("The file of {whose} is sealed for another server. Hand it over there."),
    "bundle_forged": N_(
        "The file that says it is from {whose} is not from that laptop. Nothing of it was taken in. Tell your coordinator."
    ),
    "bundle_by_unknown": N_("The server does not know the laptop that this file is from. It needs a new code."),
    "bundle_waits": N_(
        "The file of {whose} is kept here and goes on to the central server when a connection appears. Come back for the answer."
    ),
    "token_revoked": N_("The laptop of {whose} is let in no more, so its file was not taken in. Ask your coordinator."),
    "code_wrong": N_("The server does not know the code in the file of {whose}. Ask your coordinator for a new one."),
    "code_used": N_("The code in the file of {whose} has been used already. Ask your coordinator for a new one."),
    "code_expired": N_("The code in the file of {whose} is too old. Ask your coordinator for a new one."),
    "person_taken": N_("The server has somebody else under the name in the file of {whose}. Ask your coordinator."),
    "app_too_old": N_("The file of {whose} was made by a Mentor that is too old for the server. Update that laptop."),
    "bundle_not_taken": N_("The server did not take the file of {whose}. Keep it and tell your coordinator."),
}
"""Why a file was not taken in where it was handed over, for who carries it."""

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

    def __init__(self, reason: str, sentence: str = "", /, **values: object) -> None:
        said = sentence or FAILURES.get(reason, FILES.get(reason, FAILURES["not_understood"]))
        super().__init__(said, **{"server": "", **values})
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


class Misread(SyncError):
    """A file of an exchange is not what it was taken for."""

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
    if reason.startswith("bundle_") or reason == "not_a_bundle":
        return Misread(reason, server=server, **values)
    kind = _KINDS.get(reason, NotEnrolled if enrolling and reason in FAILURES else Busy)
    return kind(reason, server=server, **values)


def aside(reason: str) -> str:
    """The sentence, untranslated, of why a record is set aside."""
    return ASIDE.get(reason, FILES.get(reason, UNKNOWN))
