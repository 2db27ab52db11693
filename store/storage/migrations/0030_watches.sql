-- Papers of which a channel or a person wants to know what happens to them. What was posted in a channel is watched
-- there without a row; a row with `ended` says that it is not.
CREATE TABLE watches (
    target_id INTEGER NOT NULL, -- the channel; 0 for a person
    person_id INTEGER NOT NULL, -- who is told by direct message; 0 for a channel
    handle    TEXT NOT NULL,
    owner     INTEGER NOT NULL, -- as in own_papers; of a person's own watch always that person's
    title     TEXT NOT NULL,    -- when it was asked for
    asked_by  INTEGER NOT NULL,
    since     TEXT NOT NULL,
    ended     TEXT,
    PRIMARY KEY (target_id, person_id, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX watches_by_handle ON watches (handle);

-- Who does not want to be told of papers without having asked for each.
CREATE TABLE unasked_watches_off (
    owner  INTEGER PRIMARY KEY,
    person INTEGER NOT NULL, -- who said so
    at     TEXT NOT NULL
) STRICT;

-- When services were last asked about a watched paper, and how often one was asked for all of them on a day.
CREATE TABLE watch_checks (
    handle TEXT PRIMARY KEY,
    next   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE watch_requests (
    day     TEXT NOT NULL,
    service TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (day, service)
) STRICT, WITHOUT ROWID;

-- Posts that show a paper which was retracted since: they are edited. An edit that is done twice does no harm.
CREATE TABLE post_edits (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id),
    due     TEXT NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0
) STRICT;
