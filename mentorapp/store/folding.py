"""How words are made alike before they are looked for, in every language that mentors write.

Promises that folding twice changes nothing, and that what two careful writers spell differently is found by either spelling: accents and
vowel marks, the Arabic letters that keyboards and habits confuse (alef, teh marbuta, yeh, kaf, heh; Persian and Urdu forms), digits of
any script, the Amharic letters that sound alike today, the apostrophe of Swahili's "ng’". Knows no database.
"""

import re
import unicodedata

VERSION = 2
"""Grows whenever something folds otherwise, so that a store fills its index anew when it is opened."""

SIGNS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u135d-\u135f\u1dc0-\u1dff\u20d0-\u20ff\u0640"
"""What may stand on or between the letters of a word without being one: accents, vowel marks, the stretching of Arabic."""

UNSEEN = "\u00ad\u200d\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
"""What nobody sees: soft hyphens, joiners, marks of direction."""

_ARABIC_ALIKE = {
    "ا": "أإآٱٲٳٵ",
    "ي": "ىئیېےۓ",
    "و": "ؤۇۆۈ",
    "ه": "ةہۂۃھۀە",
    "ك": "کڪ",
}
# The letters that sound alike today: one of each is kept, in each of its seven orders.
_AMHARIC_ALIKE = {"ሀ": "ሐኀኸ", "ሰ": "ሠ", "አ": "ዐ", "ጸ": "ፀ"}
_ORDERS = 7


def _alike() -> dict[int, str | None]:
    found: dict[int, str | None] = {ord(other): one for one, others in _ARABIC_ALIKE.items() for other in others}
    for one, others in _AMHARIC_ALIKE.items():
        for other in others:
            found |= {ord(other) + order: chr(ord(one) + order) for order in range(_ORDERS)}
    # The first and the fourth order of these two are both "ha" and both "a".
    for first in ("ሀ", "አ"):
        for letter in (first, *_AMHARIC_ALIKE[first]):
            found[ord(letter) + 3] = first
    return found


_ALIKE = _alike()
_MARKS = re.compile(f"[{SIGNS}{UNSEEN}]")
_CONFUSED = re.compile("[\u0600-\u06ff\u1200-\u137f]")
_ARTICLE = re.compile("[وف]?(?:ال|[بك]ال|لل)(?=\\w{3})")
_JOINED = re.compile(r"\b[وف]?(?:ال|[بك]ال|لل)\w{3,}")
_NG = re.compile("ng['’ʼ‘](?=\\w)")
_OTHER_DIGIT = re.compile("(?![0-9])\\d")
WORD = re.compile(r"\w+")
"""A word of folded text."""

WRITTEN = re.compile(rf"\w(?:[\w{SIGNS}{UNSEEN}]|(?<=[nN][gG])['’ʼ‘](?=\w))*")
"""A word as it is written: it goes on through its accents and vowel marks, some of which no single character holds."""


def folded(text: str) -> str:
    """The text as it is looked for: lower case, without accents and vowel marks, letters that are confused made one."""
    if text.isascii():
        return _NG.sub("ng", text.lower()) if "'" in text else text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    if _CONFUSED.search(bare):
        bare = bare.translate(_ALIKE)
    return _NG.sub("ng", _plain_digits(bare))


def _plain_digits(text: str) -> str:
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def words(text: str) -> list[str]:
    """The words of a text as they are looked for: folded, without the article that Arabic joins to them."""
    return [bare(word) for word in WORD.findall(folded(text))]


def bare(word: str) -> str:
    """A folded word without Arabic's article and what is joined before it ("and the visit"); any other as it is."""
    found = _ARTICLE.match(word)
    return word[found.end() :] if found else word


def indexed(text: str) -> str:
    """What an index holds of a text: its folded words, and besides them those that an article was joined to."""
    whole = folded(text)
    more = [bare(word) for word in _JOINED.findall(whole)] if _CONFUSED.search(whole) else []
    return f"{whole}\n{' '.join(more)}" if more else whole
