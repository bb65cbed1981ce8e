"""What the sample people agreed on and allowed: one agreement, and a few answers about consent."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mentorapp.clock import day_of, new_id
from mentorapp.i18n import tr
from mentorapp.records import Agreement, Consent, Mentorship, Record


def of(records: Sequence[Record], now: datetime) -> Iterator[Record]:
    """The agreement of the first pair among these records, and what its mentee and the next one allowed."""
    first, second = [one for one in records if isinstance(one, Mentorship)][:2]
    begun = (first.starts or day_of(now)) + timedelta(days=2)
    yield Agreement(
        id=new_id(),
        mentorship=first.id,
        purpose=tr("To grow as somebody who brings people into conversation, one community meeting at a time."),
        boundaries=tr("Family matters and money, unless one of us asks."),
        frequency=tr("Once a month, about an hour and a half"),
        channels=tr("By phone or message, not after eight in the evening"),
        cancellation=tr("A day before, by message"),
        confidentiality=tr("What is said about colleagues, and what did not go well."),
        limits=tr("Danger to somebody, or what the law asks us to report."),
        mentor_agreed_on=begun,
        mentee_agreed_on=begun,
        review_on=day_of(now) + timedelta(days=40),
        status="agreed",
    )
    for pair, purpose, status, method in (
        (first, "record_keeping", "given", "spoken_witnessed"),
        (first, "photo", "given", "spoken"),
        (first, "audio", "refused", "spoken"),
        (second, "record_keeping", "given", "signed"),
    ):
        yield Consent(
            id=new_id(),
            person=pair.mentees[0],
            purpose=purpose,
            status=status,
            language=tr("English"),
            method=method,
            given_on=begun,
        )
