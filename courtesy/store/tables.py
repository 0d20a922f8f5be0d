"""The tables. Times are seconds from the start of a recording, dates local wall-clock time.

    files ──content──► recordings ─┬─► utterances
                                   ├─► clips
                                   ├─► results ─► interactions ─┬─► findings
                        versions ──┼────▲                       ├─► matches
                                   │                            └─► amended
                                   ├─► flags ─┬─► decisions, appeals, comments
                                   └─► corrections     │
                                                       └─► accounts

A recording is known by its content, so that the same sound under another name is heard once. A
result is what one set of versions made of it; scoring again adds one and keeps the old. Rows below
a recording or a result are numbered within it, as the values in `records` are.

A change here needs a migration in `migrations/versions`; a test holds the two together.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    exists,
    false,
    select,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WAITING, WORKING, DONE, FAILED = "waiting", "working", "done", "failed"
STATES = (WAITING, WORKING, DONE, FAILED)
FLAG_STATES = (
    "waiting", "second", "disputed", "confirmed", "rejected", "unsure", "appealed", "gone"
)  # fmt: skip

PROPOSAL_STATES = ("open", "accepted", "declined", "undone")

# SQLite numbers rows by itself only where the key is called INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


class Words(TypeDecorator[str]):
    """Text of any length; what no database can hold in a text shows as �.

    PostgreSQL takes no NUL, and no encoding takes half a character. A character stays a character,
    so that places in a text hold.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Return a text as it is sent."""
        return fit(value)


_UNFIT = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")


def fit(value: str | None) -> str | None:
    """Return a text as every database can hold it."""
    # Nothing unfit can be printed, and the quick look spares nearly all texts the slow one.
    return value if value is None or value.isprintable() else value.translate(_UNFIT)


versions = Table(
    "versions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("courtesy", Words, nullable=False),
    Column("model", Words),
    Column("lexicons", String(64), nullable=False),
    Column("rubric", Words, nullable=False),
    Column("options", JSON, nullable=False),
    Column("scale", JSON),  # of the rubric: base and grades; none of earlier results
)

# What there is to do, and what became of it.
files = Table(
    "files",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("path", Words, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),  # time of last change, nanoseconds
    Column("content", String(64)),  # SHA-256, once it was read
    Column("hall", Words, nullable=False, server_default=""),
    Column("window", Words, nullable=False, server_default=""),
    Column("clerk", Words, nullable=False, server_default=""),
    Column("began", DateTime),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error_kind", String(40)),
    Column("error_zh", Words),
    Column("error_en", Words),
    Column("worker", Words),  # who is at it
    Column("lease", Float),  # until when, seconds since 1970, unless renewed
    Column("added", DateTime, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index("ix_files_state_size", "state", "size"),
    Index("ix_files_content", "content"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("content", String(64), nullable=False),
    Column(
        "part", Integer, nullable=False
    ),  # of a transcript of several recordings, or a live session
    Column("path", Words, nullable=False),  # under which it was first heard
    Column("hall", Words, nullable=False, server_default=""),
    Column("window", Words, nullable=False, server_default=""),
    Column("clerk", Words, nullable=False, server_default=""),
    Column("began", DateTime),
    Column("duration", Float),
    Column("channels", Integer),
    Column("whole", Boolean, nullable=False),
    Column("details", JSON, nullable=False),  # notes, what was removed, how each channel sounds
    Column("added", DateTime, nullable=False),
    UniqueConstraint("content", "part"),
    Index("ix_recordings_began", "began"),
    *(Index(f"ix_recordings_{name}_began", name, "began") for name in ("hall", "window", "clerk")),
)

utterances = Table(
    "utterances",
    metadata,
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Float),
    Column("end", Float),
    Column("role", String(10), nullable=False),
    Column("role_confidence", Float),
    Column("channel", Integer),
    Column("heard", Words, nullable=False),
    Column("quality", Float),
    Column("loudness", Float),
    Column("details", JSON),  # words, what the sound was asked again, how it sounds
    sqlite_with_rowid=False,
)

# Sound that courtesy recorded itself at a counter.
clips = Table(
    "clips",
    metadata,
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Float),  # none where the file is the whole of it
    Column("end", Float),
    Column("path", Words, nullable=False),
    Column("host", Words, nullable=False),  # the machine that wrote it: others may not see the file
    sqlite_with_rowid=False,
)

results = Table(
    "results",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), nullable=False),
    Column("versions_id", _Id, ForeignKey("versions.id"), nullable=False),
    Column("made", DateTime, nullable=False),
    Column("current", Boolean, nullable=False),  # whether it is the one that counts
    Column("rules", JSON, nullable=False),  # ids, in the rubric's order
    UniqueConstraint("recording_id", "versions_id"),
)


def counting() -> ColumnElement[bool]:
    """Return the condition that a recording has a result that counts.

    What was judged live has none any more once its recording was heard.
    """
    one = select(results.c.id).where(results.c.recording_id == recordings.c.id, results.c.current)
    return exists(one.correlate(recordings))


interactions = Table(
    "interactions",
    metadata,
    Column("result_id", _Id, ForeignKey("results.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first", Integer),  # utterances of the recording, first and last
    Column("last", Integer),
    Column("start", Float),
    Column("end", Float),
    Column("began", DateTime),
    Column("mode", String(10), nullable=False),
    # A letter for each of the result's rules, which says again what the findings do: a report over
    # a month would have to count millions of them.
    Column("verdicts", Text, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("aside", Boolean, nullable=False),
    Column("scorable", Boolean, nullable=False),
    Column("score", Float),
    Column("grade_zh", Words),
    Column("grade_en", Words),
    Column("note_zh", Words),
    Column("note_en", Words),
    Column("details", JSON, nullable=False),  # its utterances, events, how the clerk sounds
    Index("ix_interactions_began", "began"),
    # Few have no score, and who looks for them would look at all.
    Index(
        "ix_interactions_unscored",
        "began",
        sqlite_where=text("score IS NULL"),
        postgresql_where=text("score IS NULL"),
    ),
    sqlite_with_rowid=False,
)

findings = Table(
    "findings",
    metadata,
    Column("result_id", _Id, primary_key=True),
    Column("interaction", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("points", Float, nullable=False),
    Column("reason_zh", Words, nullable=False),
    Column("reason_en", Words, nullable=False),
    Column("start", Float),
    Column("end", Float),
    Column("evidence", JSON),  # numbers of matches and utterances
    ForeignKeyConstraint(
        ["result_id", "interaction"],
        ["interactions.result_id", "interactions.number"],
        ondelete="CASCADE",
    ),
    sqlite_with_rowid=False,
)

matches = Table(
    "matches",
    metadata,
    Column("result_id", _Id, primary_key=True),
    Column("interaction", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("list", Words, nullable=False),
    Column("polarity", String(10), nullable=False),
    Column("phrase", Words, nullable=False),
    Column("phrase_id", Words, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("utterance", Integer, nullable=False),
    Column("heard", Words, nullable=False),
    Column("role", String(10), nullable=False),
    Column("start", Float),
    Column("end", Float),
    Column("how", String(10), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("likeness", Float, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("why_zh", Words, nullable=False),
    Column("why_en", Words, nullable=False),
    Column("details", JSON, nullable=False),  # sources, place in the utterance, slots
    ForeignKeyConstraint(
        ["result_id", "interaction"],
        ["interactions.result_id", "interactions.number"],
        ondelete="CASCADE",
    ),
    sqlite_with_rowid=False,
)

# What the program holds against a clerk, or cannot tell: one for each finding that people are to
# look at. It outlives the results: scored again, the same words are the same flag, so that what
# people decided about them goes on.
flags = Table(
    "flags",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), nullable=False),
    # By these it is known again: what is missing belongs to its interaction's first utterance.
    Column("rule", Words, nullable=False),
    Column("phrase_id", Words, nullable=False, server_default=""),
    Column("utterance", Integer, nullable=False),
    Column("nth", Integer, nullable=False, server_default="0"),  # of the same in one utterance
    # Where it stands in the result that counts; none where that does not hold it any more.
    Column("result_id", _Id, ForeignKey("results.id", ondelete="SET NULL")),
    Column("interaction", Integer),
    Column("finding", Integer),
    Column("verdict", String(10), nullable=False),
    Column("severity", String(10), nullable=False, server_default=""),
    Column("confidence", Float),
    Column("hall", Words, nullable=False, server_default=""),
    Column("window", Words, nullable=False, server_default=""),
    Column("clerk", Words, nullable=False, server_default=""),
    Column("began", DateTime),  # its interaction
    Column("state", String(10), nullable=False),
    Column("rank", Float, nullable=False),  # the higher the sooner it is to be looked at
    Column("twice", Boolean, nullable=False),  # whether two people are to look at it
    Column("assigned_id", _Id, ForeignKey("accounts.id")),
    Column("assigned_until", DateTime),  # UTC; none where somebody else has assigned it
    Column("revision", Integer, nullable=False, server_default="0"),  # of what people did with it
    CheckConstraint(f"state IN {FLAG_STATES}", name="state"),
    UniqueConstraint("recording_id", "rule", "phrase_id", "utterance", "nth"),
    Index("ix_flags_state_rank", "state", "rank", "id"),
    *(
        Index(f"ix_flags_{name}_state_rank", name, "state", "rank", "id")
        for name in ("hall", "window", "clerk", "rule", "phrase_id", "severity", "assigned_id")
    ),
    Index("ix_flags_state_confidence", "state", "confidence"),
    Index("ix_flags_state_began_rank", "state", "began", "rank", "id"),
    Index("ix_flags_result_id_interaction", "result_id", "interaction"),
    Index("ix_flags_began", "began"),
)

# Of which result the flags of a recording are; made apart from the keeping, which is to be fast.
flagged = Table(
    "flagged",
    metadata,
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    Column("result_id", _Id),  # none where no result of it counts any more
)

# What somebody asks for again and again, as the address of the queue's page has it.
filters = Table(
    "filters",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account_id", _Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("query", Words, nullable=False),
    UniqueConstraint("account_id", "name"),
)

# Which flags are to be listened to whatever else there is. One that has ended is kept: what was
# decided about its flags is told with how they were drawn.
plans = Table(
    "plans",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("share", Float, nullable=False, server_default="1"),  # of a clerk's flags a week
    Column("since", Date, nullable=False),  # what was said before that day is not drawn
    Column("seen", _Id, nullable=False, server_default="0"),  # the last flag it was drawn from
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("made", DateTime, nullable=False),
    Column("closed", DateTime),
)

drawn = Table(
    "drawn",
    metadata,
    Column("plan_id", _Id, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("flag_id", _Id, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_drawn_flag_id", "flag_id"),
    sqlite_with_rowid=False,
)

# What people decided about a flag; never changed, only added to.
decisions = Table(
    "decisions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("flag_id", _Id, ForeignKey("flags.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("part", String(10), nullable=False),  # first, second, or final look
    Column("outcome", String(10)),  # none takes the same person's last one back
    Column("why", String(10), nullable=False, server_default=""),
    Column("note", Words, nullable=False, server_default=""),
    Column("at", DateTime, nullable=False),
    Index("ix_decisions_flag_id", "flag_id"),
    Index("ix_decisions_account_id_at", "account_id", "at"),
    Index("ix_decisions_part_at", "part", "at"),
)

# A clerk's objection, and what became of it; one flag is objected to once.
appeals = Table(
    "appeals",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("flag_id", _Id, ForeignKey("flags.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("until", DateTime, nullable=False),  # by when it is to be answered
    Column("judge_id", _Id, ForeignKey("accounts.id")),
    Column("upheld", Boolean),  # whether the flag stands
    Column("answer", Words, nullable=False, server_default=""),
    Column("judged", DateTime),
    Column("withdrawn", DateTime),  # by the clerk
    Index("ix_appeals_judged_until", "judged", "until"),
    Index("ix_appeals_account_id", "account_id"),
)

# What was said, or by whom, as a person heard it; the last one for an utterance counts.
corrections = Table(
    "corrections",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("recording_id", _Id, ForeignKey("recordings.id", ondelete="CASCADE"), nullable=False),
    Column("utterance", Integer, nullable=False),
    Column("heard", Words),  # none leaves it as it was
    Column("role", String(10)),  # likewise
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("ix_corrections_recording_id", "recording_id"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("flag_id", _Id, ForeignKey("flags.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("text", Words, nullable=False),
    Column("at", DateTime, nullable=False),
    Index("ix_comments_flag_id", "flag_id"),
)

# Interactions that count otherwise than the program judged them, since people decided so.
amended = Table(
    "amended",
    metadata,
    Column("result_id", _Id, primary_key=True),
    Column("interaction", Integer, primary_key=True),
    Column("verdicts", Text, nullable=False),
    Column("score", Float),
    Column("grade_zh", Words),
    Column("grade_en", Words),
    ForeignKeyConstraint(
        ["result_id", "interaction"],
        ["interactions.result_id", "interactions.number"],
        ondelete="CASCADE",
    ),
    sqlite_with_rowid=False,
)

# Who may sign in. An account is closed, never deleted: what its owner decided stays.
accounts = Table(
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),  # in small letters
    Column("title", Words, nullable=False, server_default=""),  # the person's name
    Column("role", String(15), nullable=False),
    Column("clerk", Words, nullable=False, server_default=""),  # as recordings name them
    Column("password", Words, nullable=False),  # Argon2's digest
    Column("made", DateTime, nullable=False),
    Column("closed", DateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of what the browser has
    Column("account_id", _Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("began", Float, nullable=False),  # seconds since 1970, as the next one
    Column("seen", Float, nullable=False),
)

# Sign-ins that failed.
attempts = Table(
    "attempts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", Float, nullable=False),  # seconds since 1970
    Index("ix_attempts_name_at", "name", "at"),
    Index("ix_attempts_address_at", "address", "at"),
)

# Every write by a person, each entry holding the checksum of the one before it.
audit = Table(
    "audit",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", String(32), nullable=False),  # UTC, as it went into the checksum
    Column("by", Words, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Words, nullable=False),
    Column("details", Words, nullable=False),  # JSON, as it went into the checksum
    Column("before", String(64), nullable=False, unique=True),  # so that no entry is followed twice
    Column("own", String(64), nullable=False),
)

# What an overview counts, by day, hour and whose it is; to count a year of findings anew would take
# minutes. All rows of a day and window are made together, whenever one thing of it changes. What is
# asked for is one kind over some days: in this order it stands side by side.
tallies = Table(
    "tallies",
    metadata,
    Column("kind", String(10), primary_key=True),  # score, said, rule, phrase, flag
    Column("day", Date, primary_key=True),
    Column("hall", Words, primary_key=True),
    Column("window", Words, primary_key=True),
    Column("clerk", Words, primary_key=True),
    Column("hour", Integer, primary_key=True),  # 0 where hours are not kept apart
    Column("name", Words, primary_key=True),  # of the rule or the phrase, or the flag's state
    Column("good", Integer, nullable=False, server_default="0"),
    Column("bad", Integer, nullable=False, server_default="0"),
    Column("doubt", Integer, nullable=False, server_default="0"),
    Column("total", Float, nullable=False, server_default="0"),  # of the scores
    sqlite_with_rowid=False,
)

# What might be changed in the lists because of what people decided. What was accepted, declined or
# undone stays, so that nobody is asked the same twice.
proposals = Table(
    "proposals",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("phrase_id", Words, nullable=False),
    Column("value", Words, nullable=False),  # the threshold, or the wording
    Column("evidence", Integer, nullable=False),  # decisions that speak for it
    Column("grounds", JSON, nullable=False),
    Column("effect", JSON),  # what it would do, by the lists that it names; none yet
    Column("state", String(10), nullable=False),
    Column("reason", Words, nullable=False, server_default=""),  # it was declined, or undone
    Column(
        "before", Words, nullable=False, server_default=""
    ),  # the threshold it took the place of
    Column("account_id", _Id, ForeignKey("accounts.id")),  # who decided about it
    Column("at", DateTime, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    CheckConstraint(f"state IN {PROPOSAL_STATES}", name="state"),
    UniqueConstraint("kind", "phrase_id", "value"),
)

# Every text that a list of phrases or the rubric had, by people on the desk or as it was found in
# its folder; never changed, only added to. What is in force is the file itself.
list_versions = Table(
    "list_versions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("file", String(100), nullable=False),
    Column("number", Integer, nullable=False),  # of that file, from 1
    Column("text", Words, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("account_id", _Id, ForeignKey("accounts.id")),  # none where it was found
    Column("at", DateTime, nullable=False),
    Column("why", Words, nullable=False, server_default=""),
    Column("restored", Integer),  # of which version it is a copy
    Column("taken", DateTime),  # when it took effect
    Column("taken_id", _Id, ForeignKey("accounts.id")),
    Column("taken_why", Words, nullable=False, server_default=""),
    UniqueConstraint("file", "number"),
)

# What a person practises until it comes by itself. Nothing that people are judged by refers to it.
cards = Table(
    "cards",
    metadata,
    Column("person", Words, primary_key=True),
    Column("item", Words, primary_key=True),  # id of a phrase
    Column("due", Float, nullable=False),  # seconds since 1970
    Column("memory", Words, nullable=False),  # FSRS's own state, JSON
    Column("breaches", Integer, nullable=False, server_default="0"),  # confirmed, and counted in
    Index("ix_cards_person_due", "person", "due"),
    sqlite_with_rowid=False,
)

# Drills that were left in the middle, one a person.
walks = Table(
    "walks",
    metadata,
    Column("person", Words, primary_key=True),
    Column("state", Words, nullable=False),  # JSON: scenario, step, turns
    Column("assignment_id", _Id, ForeignKey("assignments.id", ondelete="CASCADE")),
    Column("at", DateTime, nullable=False),
)

# Drills that came to their end.
practices = Table(
    "practices",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("person", Words, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("at", DateTime, nullable=False),  # UTC
    Column("points", Float, nullable=False),  # 0 to 100
    Column("turns", Words, nullable=False),  # JSON: steps, answers, marks
    Column("assignment_id", _Id, ForeignKey("assignments.id")),
    # Only these are more than practice, and only a trainer makes one.
    Column("examination", Boolean, nullable=False, server_default=false()),
    Column("spoken", Boolean, nullable=False, server_default=false()),
    Index("ix_practices_person_at", "person", "at"),
    Index("ix_practices_assignment_id", "assignment_id"),
    # An examination is taken once.
    Index(
        "uq_practices_examination",
        "person",
        "assignment_id",
        unique=True,
        sqlite_where=text("examination"),
        postgresql_where=text("examination"),
    ),
)

# Who learns together, what they are to practise until when, and what they were certified.
classes = Table(
    "classes",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),  # its trainer
    Column("made", DateTime, nullable=False),
    Column("closed", DateTime),
)
members = Table(
    "members",
    metadata,
    Column("class_id", _Id, ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), primary_key=True),
    Index("ix_members_account_id", "account_id"),
    sqlite_with_rowid=False,
)
assignments = Table(
    "assignments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("class_id", _Id, ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    Column("scenario", Words, nullable=False),
    Column("due", Date),  # the last day
    Column("examination", Boolean, nullable=False, server_default=false()),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("made", DateTime, nullable=False),
    Column("closed", DateTime),
    Index("ix_assignments_class_id", "class_id"),
)
certificates = Table(
    "certificates",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("level", String(15), nullable=False),
    Column("by_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("made", DateTime, nullable=False),
    Column("until", Date, nullable=False),
    Column("grounds", JSON, nullable=False),  # the drills it rests on
    Column("withdrawn", DateTime),
    Index("ix_certificates_account_id", "account_id"),
)
