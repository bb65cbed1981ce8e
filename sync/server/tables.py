"""The server's tables. Agnostic of what the records mean: a record is its registers, packed, in a scope."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", LargeBinary(8), nullable=False),
    Column("secret", LargeBinary(32), nullable=False),
    Column("minted", BigInteger, nullable=False),
)
"""One row: this ledger's incarnation, minted with it and anew after a restore, and the key of its receipts."""

office = Table(
    "office",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""`seq` counts an office's commits: its row is locked while a commit takes numbers, so that none shows up late."""

person = Table(
    "caller",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("office", String(32), ForeignKey("office.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("person", String(64), nullable=False),
    Index("caller_person", "office", "person"),
)
"""Who may call, tied to a Person of the records ("" until their first laptop is enrolled)."""

device = Table(
    "device",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("caller", String(32), ForeignKey("caller.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("token", LargeBinary(32), nullable=False, unique=True),
    Column("enrolled", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("revoked", BigInteger, nullable=False),
    Column("public", LargeBinary(64), nullable=False, default=b""),
)
"""A laptop; `token` is the hash of what it shows, `public` the public half of the keys that its files are signed and sealed with."""

code = Table(
    "code",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("caller", String(32), ForeignKey("caller.id"), nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
)
"""An enrolment code, single use; hashed."""

replica = Table(
    "replica",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("id", LargeBinary(8), primary_key=True),
    Column("device", String(32), nullable=False),
    Column("nonce", LargeBinary(8), nullable=False),
    Column("arrived", LargeBinary),
)
"""The last nonce of each replica: a store that does not know it is another store under the same id.

`arrived` tells what was taken in under this nonce, for a laptop that never heard it: the counters and fingerprints of its records.
"""

record = Table(
    "record",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("scope", String(100), nullable=False),
    Column("family", String(20), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("bytes", Integer, nullable=False),
    Index("record_scope", "office", "scope", "seq"),
    Index("record_family", "office", "family", "seq"),
    Index("record_scope_id", "office", "scope", "id"),
    Index("record_family_id", "office", "family", "id"),
    Index("record_kind", "office", "kind"),
)
"""A record's registers and stamps, packed; `family` is its scope's, as a grant of the whole family names it."""

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("office", String(32), nullable=False),
    Column("id", String(64), nullable=False),
    Column("field", String(64), nullable=False),
    Column("replica", LargeBinary(8), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("digest", LargeBinary(8), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("reach", Integer, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    UniqueConstraint("office", "id", "field", "replica", "counter", "digest", name="history_once"),
)
"""Every value that a later save knowingly superseded, with who saved it, when by their clock, and when it came here."""

grant = Table(
    "grant_",
    metadata,
    Column("caller", String(32), ForeignKey("caller.id"), primary_key=True),
    Column("scope", String(100), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("least", Integer, nullable=False),
    Column("write", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Index("grant_scope", "scope"),
)
"""What each caller holds and why: a scope or a whole family, from class `least` upwards, since commit `seq`."""

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("caller", String(32), ForeignKey("caller.id"), primary_key=True),
    Column("scope", String(100), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""What a caller held once and holds no more."""

moved = Table(
    "moved",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("scope", String(100), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Index("moved_lately", "office", "seq"),
)
"""The scopes that a record lay in before, and at which commit it left them: for those who held only these."""

vouched = Table(
    "vouched",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("mentorship", String(64), primary_key=True),
    Column("scope", String(100), primary_key=True),
)
"""The people's scopes that a mentorship may open to its mentors: its writer held them, or they were new."""

ACCEPTED, DECLINED = "accepted", "declined"
"""What is decided about what is held; "" while nothing is."""

held = Table(
    "held",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("caller", String(32), ForeignKey("caller.id"), nullable=False),
    Column("id", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("scope", String(100), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False, server_default="0"),
    Column("decision", String(10), nullable=False, server_default=""),
    Column("decider", String(32), nullable=False, server_default=""),
    Index("held_caller", "caller", "scope"),
    Index("held_lately", "office", "seq"),
)
"""Changes from outside their author's grants, altering nothing until a coordinator decides or a grant lets them in.

`seq` is the commit that the row last changed in.
"""

tally = Table(
    "tally",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("scope", String(100), primary_key=True),
    Column("least", Integer, primary_key=True),
    Column("family", String(20), nullable=False),
    Column("digest", LargeBinary(8), nullable=False),
    Column("number", Integer, nullable=False),
    Index("tally_family", "office", "family", "least"),
)
"""The sum of the fingerprints of a scope's records as a reader of class `least` may hold them, and how many they are."""

upload = Table(
    "upload",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("office", String(32), nullable=False),
    Column("device", String(32), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False),
    Column("record", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index("upload_of", "office", "device", "hash"),
    Index("upload_expires", "expires"),
)
"""Files on their way in: from which laptop, for which record, how far they are."""

piece = Table(
    "piece",
    metadata,
    Column("upload", String(32), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""What came of each upload, from which byte on."""

file = Table(
    "file",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("upload", String(32), nullable=False),
    Column("received", BigInteger, nullable=False),
)
"""The files that are here as a whole, by the BLAKE2b of their content, and whose pieces they are."""

file_of = Table(
    "file_of",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("record", String(64), primary_key=True),
)
"""For which records a file was sent by somebody who had it: whoever may read one of these may read the file."""

upstream = Table(
    "upstream",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", String(32), ForeignKey("office.id"), nullable=False),
    Column("caller", String(32), ForeignKey("caller.id"), nullable=False),
    Column("address", String(500), nullable=False),
    Column("authority", String(500), nullable=False),
    Column("token", String(200), nullable=False),
    Column("server", String(200), nullable=False),
    Column("epoch", LargeBinary(8), nullable=False),
    Column("cursor", LargeBinary(256), nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("replica", LargeBinary(8), nullable=False),
    Column("prev", LargeBinary(8), nullable=False),
    Column("next", LargeBinary(8), nullable=False),
    Column("tried", LargeBinary(16), nullable=False),
    Column("agreed", BigInteger, nullable=False),
    Column("outcome", String(60), nullable=False),
)
"""Of a hub: the one server that it is a client of, how far each has what the other has, when they last agreed and how the last try ended.

`caller` is this ledger's own name for that server: what comes from there is written as by it.
"""

echo = Table(
    "echo",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""Of a hub: the records that are just as the other server has them, as long as they stay at that commit: they are not sent back to it."""

unsent = Table(
    "unsent",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""Of a hub: what the other server did not take at that commit, and why."""

parcel = Table(
    "parcel",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("file", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("received", BigInteger, nullable=False),
)
"""Of a hub: files that are sealed for the other server, and what it answered."""

relayed = Table(
    "relayed",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("record", String(64), nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("upload", String(200), nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("safe", Boolean, nullable=False),
    Column("refused", String(40), nullable=False),
)
"""Of a hub: the files that its records name, how much of each is at the other server, and why it was not taken there."""
