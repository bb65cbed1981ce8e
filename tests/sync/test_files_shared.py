"""One photograph in two pairs: it travels once, and whoever may read either record has it."""

from tests.sync import test_files
from tests.sync.conftest import Laptop
from tests.sync.test_files import PICTURE, Counted, Make, counted

__all__ = ["counted"]

_added, _at, _state, fetch = test_files._added, test_files._at, test_files._state, test_files.attachments.fetch


def _both(laptop: Make) -> tuple[Laptop, Laptop, Laptop, str, str]:
    """Grace with two co-mentors, and a session of each pair."""
    grace, awa, ruth = laptop("grace"), laptop("awa"), laptop("ruth")
    one = grace.session(grace.pair(*sorted((grace.person, awa.person))).id)
    two = grace.session(grace.pair(*sorted((grace.person, ruth.person))).id)
    return grace, awa, ruth, one, two  # type: ignore[return-value]


def _has(one: Laptop, file: object) -> bool:
    one.sync()
    fetch(_at(one), attachment=file)  # type: ignore[arg-type]
    one.sync()
    return one.store.file_content(test_files.named(PICTURE)) == PICTURE


def test_a_photograph_in_two_pairs_reaches_both_and_is_sent_once(laptop: Make, counted: Counted) -> None:
    grace, awa, ruth, one, two = _both(laptop)
    first, second = _added(grace, one), _added(grace, two)  # type: ignore[arg-type]
    grace.sync()
    assert _state(grace, second) == "safe"
    assert sum(octets for method, _, octets in counted.calls if method == "PATCH") == len(PICTURE)
    assert _has(awa, first)
    assert _has(ruth, second)


def test_a_photograph_that_is_safe_already_can_be_put_into_another_pair(laptop: Make, counted: Counted) -> None:
    grace, awa, ruth, one, two = _both(laptop)
    first = _added(grace, one)  # type: ignore[arg-type]
    grace.sync()
    second = _added(grace, two)  # type: ignore[arg-type]
    assert _state(grace, second) != "safe"
    grace.sync()
    assert sum(octets for method, _, octets in counted.calls if method == "PATCH") == len(PICTURE)
    assert _has(awa, first)
    assert _has(ruth, second)


def test_trying_again_what_was_set_aside_tries_files_too(laptop: Make) -> None:
    grace = laptop("grace")
    file = _added(grace, grace.session(grace.pair().id))
    grace.store.refuse_file(file.content_hash, "no_room")
    grace.sync()
    assert _state(grace, file) == "refused"
    grace.store.retry_set_aside()
    grace.sync()
    assert _state(grace, file) == "safe"
