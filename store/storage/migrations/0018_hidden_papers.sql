-- Papers that those who manage a guild do not want to be found or posted there, and who may fetch people in it.
CREATE TABLE hidden_papers (
    owner  INTEGER NOT NULL,    -- as in own_papers
    handle TEXT NOT NULL,
    title  TEXT NOT NULL,       -- when it was hidden
    person INTEGER NOT NULL,    -- who hid it
    at     TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX hidden_papers_by_handle ON hidden_papers (handle);

CREATE TABLE fetching_roles (
    guild_id INTEGER PRIMARY KEY,
    role_id  INTEGER NOT NULL,  -- whose members alone may fetch people
    person   INTEGER NOT NULL,  -- who said so
    at       TEXT NOT NULL
) STRICT;
