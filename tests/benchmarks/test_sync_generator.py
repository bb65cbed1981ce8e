"""The records that measurements are made with are those of a seed, whole, and about as compressible as a mentor's notes."""

from mentorapp.fields import fields_of
from mentorapp.records import Session
from tests.benchmarks import generator


def test_a_seed_gives_the_same_records_again_and_another_gives_others() -> None:
    first, again, other = (generator.as_json(list(generator.sessions(20, seed=seed))) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_every_record_has_its_fifteen_fields_filled_with_what_can_be_saved() -> None:
    for session in generator.sessions(40):
        assert len(generator.FIELDS) == 15
        assert all(getattr(session, name) for name in generator.FIELDS)
        assert not [name for name, field in fields_of(Session).items() if field.problem(getattr(session, name))]


def test_all_six_languages_are_written_and_no_slot_is_left_open() -> None:
    notes = {one.mentorship: one.notes for one in generator.sessions(60, prose=generator.written)}
    assert not [text for text in notes.values() if "{" in text]
    scripts = {"ا": 0, "ው": 0, "ç": 0, "ã": 0, "kw": 0, "the": 0}
    assert all(any(mark in text for text in notes.values()) for mark in scripts)


def test_the_records_are_about_as_compressible_as_notes_are() -> None:
    some = generator.as_json(list(generator.sessions(200)))
    assert 0.22 < generator.xz(some) / len(some) < 0.40
