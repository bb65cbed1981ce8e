"""Two kinds of error: a UserError is expected and explained; everything else is a bug.

A UserError says what happened, that the work is safe, and what to do next. Its message is a source
sentence for the translation catalogue, with named placeholders, so that the words are chosen by whoever shows it.
"""

from mentorapp.i18n import tr


class UserError(Exception):
    """An expected failure that a person can understand and act on.

    `message` is an English sentence marked with `N_`, in which `{name}` stands for `values["name"]`. `str()` gives it in
    the language in use.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return tr(self.message, **self.values)
