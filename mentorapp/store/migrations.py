"""The numbered steps that bring a store's tables from one version to the next. A step is never edited once released.

Frozen: this module imports nothing of ours, so that an old step keeps meaning what it meant.
"""

from sqlite_utils import Database, Migrations

steps = Migrations("mentor")


def _run(db: Database, script: str) -> None:
    # Not executescript: that would commit the transaction which a step and its mark share.
    for statement in script.split(";"):
        if statement.strip():
            db.conn.execute(statement)


@steps()
def m0001_records(db: Database) -> None:
    """One table for each kind of record."""
    _run(
        db,
        """
        CREATE TABLE programme (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL DEFAULT '',
            country TEXT NOT NULL DEFAULT '',
            starts TEXT,
            ends TEXT,
            languages TEXT NOT NULL DEFAULT '[]',
            cadence INTEGER,
            retention INTEGER,
            status TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE site (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL DEFAULT '',
            code TEXT NOT NULL DEFAULT '',
            dhis2_uid TEXT NOT NULL DEFAULT '',
            facility_code TEXT NOT NULL DEFAULT '',
            parent TEXT,
            distance_km INTEGER,
            travel_minutes INTEGER,
            status TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE person (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL DEFAULT '',
            phone TEXT NOT NULL DEFAULT '',
            email TEXT NOT NULL DEFAULT '',
            language TEXT NOT NULL DEFAULT '',
            role TEXT NOT NULL DEFAULT '',
            employer TEXT NOT NULL DEFAULT '',
            career_stage TEXT,
            access_needs TEXT NOT NULL DEFAULT '',
            status TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mentorship (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL DEFAULT '',
            type TEXT,
            mentors TEXT NOT NULL DEFAULT '[]',
            mentees TEXT NOT NULL DEFAULT '[]',
            site TEXT,
            purpose TEXT NOT NULL DEFAULT '',
            cadence INTEGER,
            starts TEXT,
            planned_end TEXT,
            status TEXT,
            end_reason TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            status TEXT,
            planned_start TEXT,
            started TEXT,
            contact_minutes INTEGER,
            travel_minutes INTEGER,
            mode TEXT,
            help_type TEXT,
            place TEXT NOT NULL DEFAULT '',
            attendees TEXT NOT NULL DEFAULT '[]',
            agenda TEXT NOT NULL DEFAULT '',
            topics TEXT NOT NULL DEFAULT '[]',
            check_in TEXT NOT NULL DEFAULT '[]',
            notes TEXT NOT NULL DEFAULT '',
            strengths TEXT NOT NULL DEFAULT '',
            improve TEXT NOT NULL DEFAULT '',
            gaps TEXT NOT NULL DEFAULT '',
            useful TEXT NOT NULL DEFAULT '',
            commitment INTEGER,
            next_date TEXT,
            entry TEXT,
            missed_by TEXT,
            cancelled_by TEXT,
            notice_hours INTEGER,
            reason TEXT NOT NULL DEFAULT '',
            moved_to TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE goal (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            owner TEXT,
            statement TEXT NOT NULL DEFAULT '',
            why TEXT NOT NULL DEFAULT '',
            measure TEXT NOT NULL DEFAULT '',
            baseline INTEGER,
            target INTEGER,
            progress INTEGER,
            due TEXT,
            status TEXT,
            dropped_reason TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE action_item (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            text TEXT NOT NULL DEFAULT '',
            owner TEXT,
            due TEXT,
            goal TEXT,
            origin TEXT,
            closing TEXT,
            settled_on TEXT,
            carried_over INTEGER,
            status TEXT,
            reason TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE reflection (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            author TEXT,
            mentorship TEXT,
            session TEXT,
            prompt TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL DEFAULT '',
            voice TEXT,
            mood TEXT NOT NULL DEFAULT '',
            sharing TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE attachment (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            owner TEXT,
            name TEXT NOT NULL DEFAULT '',
            media_type TEXT NOT NULL DEFAULT '',
            size INTEGER,
            content_hash TEXT NOT NULL DEFAULT '',
            caption TEXT NOT NULL DEFAULT '',
            taken_on TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX session_of ON session (mentorship, started);
        CREATE INDEX session_planned ON session (status, planned_start);
        CREATE INDEX goal_of ON goal (mentorship);
        CREATE INDEX action_item_of ON action_item (mentorship, status);
        CREATE INDEX reflection_of ON reflection (session);
        CREATE INDEX attachment_of ON attachment (owner)
        """,
    )


@steps()
def m0002_registers(db: Database) -> None:
    """What reconciles: every record's registers, what is not yet at the server, what was superseded, small facts."""
    _run(
        db,
        """
        CREATE TABLE registers (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            body BLOB NOT NULL,
            conflicts INTEGER NOT NULL DEFAULT 0,
            safe_at TEXT
        ) STRICT;
        CREATE INDEX registers_asking ON registers (conflicts) WHERE conflicts > 0;
        CREATE TABLE outbox (
            id TEXT NOT NULL,
            field TEXT NOT NULL,
            counter INTEGER NOT NULL,
            since TEXT NOT NULL,
            private INTEGER NOT NULL DEFAULT 0,
            base BLOB,
            sent_at TEXT,
            PRIMARY KEY (id, field)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE confirmed (
            id TEXT NOT NULL,
            field TEXT NOT NULL,
            base BLOB NOT NULL,
            PRIMARY KEY (id, field)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outbox_by_counter ON outbox (counter);
        CREATE TABLE set_aside (
            id TEXT PRIMARY KEY NOT NULL,
            counter INTEGER NOT NULL,
            reason TEXT NOT NULL,
            held INTEGER NOT NULL DEFAULT 0,
            since TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE history (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            field TEXT NOT NULL,
            replica BLOB NOT NULL,
            counter INTEGER NOT NULL,
            value BLOB NOT NULL,
            by TEXT NOT NULL,
            at INTEGER NOT NULL,
            gone_at TEXT NOT NULL,
            digest BLOB NOT NULL,
            UNIQUE (id, field, replica, counter, digest)
        ) STRICT;
        CREATE TABLE exchange (
            seq INTEGER PRIMARY KEY,
            started TEXT NOT NULL,
            ended TEXT NOT NULL,
            sent INTEGER NOT NULL,
            received INTEGER NOT NULL,
            bytes_up INTEGER NOT NULL,
            bytes_down INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            receipt TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE TABLE fact (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE draft (
            id TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            body TEXT NOT NULL,
            kept_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    )


@steps()
def m0003_search(db: Database) -> None:
    """The full-text index: folded words only, not kept twice. Its rowid is the registers' seq."""
    _run(
        db,
        """
        CREATE VIRTUAL TABLE search USING fts5 (
            folded, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
        )
        """,
    )


@steps()
def m0004_comparing(db: Database) -> None:
    """A place for each record's fingerprint (empty: to be taken anew), so that comparing with a server reads no record."""
    _run(
        db,
        """
        ALTER TABLE registers ADD COLUMN print INTEGER;
        CREATE INDEX registers_print ON registers (scope, print);
        CREATE INDEX registers_unprinted ON registers (seq) WHERE print IS NULL
        """,
    )


@steps()
def m0005_cases(db: Database) -> None:
    """What a coordinator is asked to decide about."""
    _run(
        db,
        """
        CREATE TABLE held_case (
            digest BLOB PRIMARY KEY NOT NULL,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            scope TEXT NOT NULL,
            reason TEXT NOT NULL,
            by TEXT NOT NULL,
            received INTEGER NOT NULL,
            body BLOB NOT NULL,
            accept INTEGER
        ) STRICT
        """,
    )


@steps()
def m0006_doubt(db: Database) -> None:
    """Of a superseded value too it is known whether the time of its saving is in doubt."""
    _run(db, "ALTER TABLE history ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0")


@steps()
def m0007_files(db: Database) -> None:
    """The contents of files, in pieces."""
    _run(
        db,
        """
        CREATE TABLE file (
            hash TEXT PRIMARY KEY NOT NULL,
            size INTEGER NOT NULL,
            here INTEGER NOT NULL,
            record TEXT NOT NULL,
            added TEXT NOT NULL,
            upload TEXT NOT NULL DEFAULT '',
            sent INTEGER NOT NULL DEFAULT 0,
            safe_at TEXT,
            refused TEXT NOT NULL DEFAULT '',
            wanted INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE file_piece (
            seq INTEGER PRIMARY KEY,
            hash TEXT NOT NULL,
            at INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (hash, at)
        ) STRICT;
        CREATE INDEX attachment_content ON attachment (content_hash)
        """,
    )


@steps()
def m0008_growth(db: Database) -> None:
    """Agreements, consents, progress, ratings and pulses; who turned out to be the same person as whom; what is shared of a reflection."""
    _run(
        db,
        """
        ALTER TABLE person ADD COLUMN same_as TEXT;
        ALTER TABLE reflection ADD COLUMN shared TEXT NOT NULL DEFAULT '';
        ALTER TABLE reflection ADD COLUMN offered TEXT NOT NULL DEFAULT '';
        ALTER TABLE mentorship ADD COLUMN earlier_mentors TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE mentorship ADD COLUMN handed_over TEXT;
        CREATE TABLE consent (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            person TEXT,
            purpose TEXT,
            status TEXT,
            covers TEXT NOT NULL DEFAULT '',
            language TEXT NOT NULL DEFAULT '',
            method TEXT,
            given_on TEXT,
            withdrawn_on TEXT,
            note TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE agreement (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            purpose TEXT NOT NULL DEFAULT '',
            boundaries TEXT NOT NULL DEFAULT '',
            frequency TEXT NOT NULL DEFAULT '',
            channels TEXT NOT NULL DEFAULT '',
            cancellation TEXT NOT NULL DEFAULT '',
            confidentiality TEXT NOT NULL DEFAULT '',
            limits TEXT NOT NULL DEFAULT '',
            review_on TEXT,
            mentor_agreed_on TEXT,
            mentee_agreed_on TEXT,
            status TEXT,
            amends TEXT,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE measurement (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            goal TEXT,
            session TEXT,
            day TEXT,
            reached INTEGER,
            note TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE competency_rating (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            mentorship TEXT,
            person TEXT,
            session TEXT,
            framework TEXT NOT NULL DEFAULT '',
            version TEXT NOT NULL DEFAULT '',
            competency TEXT NOT NULL DEFAULT '',
            level TEXT,
            completeness TEXT,
            rater TEXT,
            day TEXT,
            evidence TEXT NOT NULL DEFAULT '',
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE pulse (
            id TEXT PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            voided INTEGER NOT NULL DEFAULT 0,
            void_reason TEXT NOT NULL DEFAULT '',
            author TEXT,
            mentorship TEXT,
            rater TEXT,
            period TEXT NOT NULL DEFAULT '',
            belonging INTEGER,
            trust INTEGER,
            understood INTEGER,
            usefulness INTEGER,
            voice INTEGER,
            created TEXT,
            changed TEXT,
            conflicts INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_same ON person (same_as) WHERE same_as IS NOT NULL;
        CREATE INDEX consent_of ON consent (person);
        CREATE INDEX agreement_of ON agreement (mentorship);
        CREATE INDEX measurement_of ON measurement (goal);
        CREATE INDEX rating_of ON competency_rating (person, competency);
        CREATE INDEX pulse_of ON pulse (period)
        """,
    )


@steps()
def m0009_imports(db: Database) -> None:
    """Which records were brought in from a file, so that an import can be taken back; and what is safe, to be counted without reading it."""
    _run(
        db,
        """
        CREATE TABLE import_run (
            id TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            file TEXT NOT NULL,
            at TEXT NOT NULL,
            undone TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE imported (
            run TEXT NOT NULL,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            seq INTEGER NOT NULL,
            replica BLOB NOT NULL,
            counter INTEGER NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY (run, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX registers_safe ON registers (id, safe_at)
        """,
    )
