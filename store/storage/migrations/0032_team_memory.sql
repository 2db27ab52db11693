-- Subscriptions that do not want a paper which another channel of the server has had.
ALTER TABLE subscriptions ADD COLUMN once INTEGER NOT NULL DEFAULT 0 CHECK (once IN (0, 1));

-- Who first showed a paper to a channel of a guild.
CREATE TABLE shared_papers (
    owner      INTEGER NOT NULL, -- as in own_papers
    handle     TEXT NOT NULL,
    person     INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_papers_by_handle ON shared_papers (handle);

-- When somebody last asked what they had missed.
CREATE TABLE catch_ups (
    owner  INTEGER NOT NULL, -- as in own_papers
    person INTEGER NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (owner, person)
) STRICT, WITHOUT ROWID;
