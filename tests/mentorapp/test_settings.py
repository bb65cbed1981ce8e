"""This device's settings: kept, found again, and never in the way of working."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorapp import paths, settings
from mentorapp.i18n import LANGUAGES
from mentorapp.settings import Settings

some = st.builds(
    Settings,
    language=st.sampled_from(["", *LANGUAGES]),
    text_size=st.floats(1, 2),
    theme=st.sampled_from(["system", "light", "dark", "contrast"]),
    motion=st.booleans(),
    nav_open=st.booleans(),
    practice=st.booleans(),
)


@given(some)
def test_what_is_kept_is_found_again(one):
    settings.keep(one)
    assert settings.load() == one


def test_a_change_is_kept_and_leaves_the_rest():
    one = settings.change(Settings(language="fr"), theme="dark")
    assert settings.load() == one == dataclasses.replace(Settings(), language="fr", theme="dark")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"text_size": "big"}', b"\xff\xfe", b'{"language": 3}'])
def test_settings_that_cannot_be_read_are_as_they_come(content):
    paths.config().mkdir(parents=True)
    (paths.config() / "settings.json").write_bytes(content)
    assert settings.load() == Settings()


def test_settings_of_another_version_keep_what_is_known():
    paths.config().mkdir(parents=True)
    (paths.config() / "settings.json").write_text('{"language": "ar", "hologram": true}')
    assert settings.load() == Settings(language="ar")


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_stop():
    paths.config().parent.mkdir(parents=True, exist_ok=True)
    paths.config().write_text("a file where a folder should be")
    assert settings.change(Settings(), theme="dark").theme == "dark"
    assert settings.load() == Settings()
