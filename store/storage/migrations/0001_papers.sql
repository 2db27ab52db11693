CREATE TABLE sources (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;

-- What filters, orders and finds a paper; all else is in its records and is merged when it is read.
CREATE TABLE papers (
    id        INTEGER PRIMARY KEY,
    handle    TEXT NOT NULL UNIQUE,
    title     TEXT NOT NULL,
    published TEXT,
    category  TEXT,
    has_code  INTEGER,
    citations INTEGER,
    added     TEXT NOT NULL
) STRICT;
CREATE INDEX papers_by_date ON papers (published DESC, id);

CREATE TABLE records (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    retrieved TEXT NOT NULL,
    body      TEXT NOT NULL, -- PaperRecord as JSON, without its source
    PRIMARY KEY (paper_id, source_id)
) STRICT, WITHOUT ROWID;

-- Every name by which a paper can be recognised: outside identifiers, and scheme 'title' for folded title and first author.
CREATE TABLE identifiers (
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_by_paper ON identifiers (paper_id);

-- Handles of papers that turned out to be another one: old buttons go on working.
CREATE TABLE merged_handles (
    handle   TEXT PRIMARY KEY,
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE authors (
    id          INTEGER PRIMARY KEY,
    handle      TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL, -- folded name
    distinction TEXT NOT NULL DEFAULT '',
    is_group    INTEGER NOT NULL DEFAULT 0,
    papers      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name_key, distinction)
) STRICT;

CREATE TABLE authorships (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    position  INTEGER,
    PRIMARY KEY (paper_id, author_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX authorships_by_author ON authorships (author_id, paper_id);

-- Which person a source's author page is about.
CREATE TABLE author_pages (
    author_id INTEGER NOT NULL REFERENCES authors (id),
    source_id INTEGER NOT NULL UNIQUE REFERENCES sources (id),
    field     TEXT,
    PRIMARY KEY (author_id, source_id)
) STRICT, WITHOUT ROWID;

-- History of figures: a row is added when a source says something else than it said last.
CREATE TABLE metrics (
    author_id INTEGER NOT NULL REFERENCES authors (id),
    source_id INTEGER NOT NULL REFERENCES sources (id),
    name      TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    value     REAL NOT NULL,
    PRIMARY KEY (author_id, source_id, name, retrieved)
) STRICT, WITHOUT ROWID;

CREATE TABLE intakes (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    finished  TEXT NOT NULL,
    new       INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    problems  TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What people asked, by a token that fits into a button.
CREATE TABLE questions (
    token    TEXT PRIMARY KEY,
    question TEXT NOT NULL
) STRICT, WITHOUT ROWID;
