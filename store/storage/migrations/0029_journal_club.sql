-- The journal club of a guild. Owners are as in own_papers, days are local to the club's time zone.
CREATE TABLE clubs (
    owner       INTEGER PRIMARY KEY,
    anchor_id   INTEGER NOT NULL, -- a Discord id from when it was set up
    channel_id  INTEGER NOT NULL,
    creator_id  INTEGER NOT NULL,
    first_day   TEXT NOT NULL,
    every_weeks INTEGER NOT NULL,
    at          TEXT NOT NULL,
    zone        TEXT NOT NULL,
    minutes     INTEGER NOT NULL,
    poll_days   INTEGER NOT NULL,
    place       TEXT NOT NULL,    -- where it meets, in words
    place_id    INTEGER           -- the voice or stage channel in which it does
) STRICT;

CREATE TABLE club_nominations (
    owner     INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    title     TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    nominated TEXT NOT NULL,
    polls     INTEGER NOT NULL,   -- in which it was not chosen
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_sessions (
    id           INTEGER PRIMARY KEY,
    owner        INTEGER NOT NULL,
    anchor_id    INTEGER NOT NULL, -- of the club
    channel_id   INTEGER NOT NULL,
    day          TEXT NOT NULL,
    poll_at      TEXT NOT NULL,
    decide_at    TEXT NOT NULL,
    remind_at    TEXT NOT NULL,
    starts       TEXT NOT NULL,
    ends         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'polling', 'decided', 'held', 'skipped')),
    why          TEXT,             -- it was skipped
    handle       TEXT,             -- the paper, with its nomination
    title        TEXT,
    nominator_id INTEGER,
    nominated    TEXT,
    polls        INTEGER,
    how          TEXT,             -- it was chosen
    votes        INTEGER,
    decided      TEXT,
    presenter_id INTEGER,          -- who did, once it is over
    event_id     INTEGER,
    thread_id    INTEGER,
    ends_poll    INTEGER NOT NULL DEFAULT 0, -- 1 where its poll is to be ended, as nobody needs the result
    UNIQUE (anchor_id, day)
) STRICT;
CREATE UNIQUE INDEX club_sessions_open ON club_sessions (owner) WHERE state IN ('open', 'polling', 'decided');
CREATE INDEX club_sessions_by_day ON club_sessions (owner, day);

-- What a poll offers, by the numbers of its answers.
CREATE TABLE club_ballots (
    session_id INTEGER NOT NULL REFERENCES club_sessions (id),
    answer     INTEGER NOT NULL,
    handle     TEXT NOT NULL,
    title      TEXT NOT NULL,
    person_id  INTEGER NOT NULL,
    nominated  TEXT NOT NULL,
    polls      INTEGER NOT NULL,
    PRIMARY KEY (session_id, answer)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_rota (
    owner      INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    place      INTEGER NOT NULL, -- from 0, who presents next
    away_until TEXT,
    PRIMARY KEY (owner, person_id)
) STRICT, WITHOUT ROWID;

-- Who asked whom to change places in the rota.
CREATE TABLE club_swaps (
    token    TEXT PRIMARY KEY,
    owner    INTEGER NOT NULL,
    asker_id INTEGER NOT NULL,
    asked_id INTEGER NOT NULL,
    asked    TEXT NOT NULL,
    UNIQUE (owner, asker_id)
) STRICT, WITHOUT ROWID;
