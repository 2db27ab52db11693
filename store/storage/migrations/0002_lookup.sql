-- How far each index goes: rows of papers and authors up to built_to are in it; NULL when all are.
CREATE TABLE lookup_state (
    kind       TEXT PRIMARY KEY,
    format     INTEGER NOT NULL, -- of folding and tables; an index of another format is built anew
    generation INTEGER NOT NULL, -- how many times it was begun anew, by which other processes notice
    built_to   INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO lookup_state (kind, format, generation, built_to) VALUES ('title', 0, 0, 0), ('author', 0, 0, 0);

-- The texts that candidates are ranked by. `extra` are the words beside `folded` by which a text is found.
CREATE TABLE title_texts (
    id     INTEGER PRIMARY KEY,
    folded TEXT NOT NULL,
    extra  TEXT NOT NULL
) STRICT;
CREATE TABLE author_texts (
    id     INTEGER PRIMARY KEY,
    folded TEXT NOT NULL,
    extra  TEXT NOT NULL
) STRICT;

-- Postings: which texts hold a word. The words are in *_texts, so nothing else is kept here.
CREATE VIRTUAL TABLE title_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars ':'");
CREATE VIRTUAL TABLE author_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars ':'");

-- What the parts in memory have to catch up with: one row a batch, since the image was written.
CREATE TABLE lookup_changes (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  TEXT NOT NULL,
    ids   BLOB NOT NULL, -- little-endian 64-bit
    words TEXT NOT NULL  -- JSON: by how many texts each word's count changed
) STRICT;

-- The parts in memory as they were at change `upto`, so that opening does not have to make them.
CREATE TABLE lookup_images (
    kind     TEXT NOT NULL,
    part     TEXT NOT NULL,
    upto     INTEGER NOT NULL,
    checksum INTEGER NOT NULL, -- CRC-32 of body
    body     BLOB NOT NULL,
    PRIMARY KEY (kind, part)
) STRICT;

-- What people picked when a look-up found nothing that fit; never seen outside their guild.
CREATE TABLE aliases (
    guild_id INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('title', 'author')),
    folded   TEXT NOT NULL,
    query    TEXT NOT NULL,
    handle   TEXT NOT NULL,
    added    TEXT NOT NULL,
    PRIMARY KEY (guild_id, kind, folded)
) STRICT, WITHOUT ROWID;
