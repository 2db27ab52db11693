-- What comes in, in order, where several hosts have to take in the same. Without PostgreSQL it stays empty.
CREATE TABLE intake_log (
    id        INTEGER PRIMARY KEY, -- in the order in which all hosts apply them
    operation TEXT NOT NULL,       -- its name in store.operations
    arguments TEXT NOT NULL,       -- JSON
    host      TEXT NOT NULL,       -- that appended it
    appended  TEXT NOT NULL,
    told_by   TEXT,                -- the host that told guilds of it, once and for all
    failure   TEXT                 -- why no host applies it
) STRICT;

CREATE TABLE intake_hosts (
    host  TEXT PRIMARY KEY,
    entry INTEGER NOT NULL, -- the last one that it applied
    seen  TEXT NOT NULL     -- when it said so
) STRICT, WITHOUT ROWID;

-- What this host's file holds of it.
CREATE TABLE intake_applied (
    entry   INTEGER PRIMARY KEY,
    result  TEXT, -- JSON, of what applied it
    failure TEXT
) STRICT;

-- Small values that belong to the papers in this file, such as the version of the stemmer.
CREATE TABLE papers_settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO papers_settings SELECT key, value FROM settings WHERE key IN ('stemmer', 'embedding_model');
DELETE FROM settings WHERE key IN ('stemmer', 'embedding_model');
