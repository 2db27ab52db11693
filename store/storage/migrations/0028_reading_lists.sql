-- Lists of papers to read, of a person or of the whole team.
CREATE TABLE reading_lists (
    id       INTEGER PRIMARY KEY,
    token    TEXT NOT NULL UNIQUE,
    owner    INTEGER NOT NULL, -- as in own_papers
    person   INTEGER NOT NULL, -- whose it is; 0: the team's
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL,    -- the name as names are compared
    shared   INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)), -- 1 where the team may read a person's list
    made_by  INTEGER NOT NULL,
    made     TEXT NOT NULL,
    UNIQUE (owner, person, name_key)
) STRICT;

CREATE TABLE list_entries (
    list_id   INTEGER NOT NULL REFERENCES reading_lists (id) ON DELETE CASCADE,
    handle    TEXT NOT NULL,
    title     TEXT NOT NULL, -- as it was when the paper was saved
    published TEXT NOT NULL, -- or empty
    state     TEXT NOT NULL CHECK (state IN ('unread', 'reading', 'read')),
    tags      TEXT NOT NULL, -- a JSON array, in the order in which they were given
    saved_by  INTEGER NOT NULL,
    saved     TEXT NOT NULL,
    changed   TEXT NOT NULL,
    removed   TEXT,          -- when it was taken out; it can be put back
    PRIMARY KEY (list_id, handle)
) STRICT;
CREATE INDEX list_entries_by_handle ON list_entries (handle);

CREATE TABLE paper_notes (
    id     INTEGER PRIMARY KEY,
    token  TEXT NOT NULL UNIQUE,
    owner  INTEGER NOT NULL, -- as in own_papers
    person INTEGER NOT NULL, -- who wrote it
    handle TEXT NOT NULL,
    text   TEXT NOT NULL,
    at     TEXT NOT NULL,
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)) -- 1 where the team may read it
) STRICT;
CREATE INDEX paper_notes_by_paper ON paper_notes (owner, handle);
CREATE INDEX paper_notes_by_handle ON paper_notes (handle);
