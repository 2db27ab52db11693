-- How far papers lie from earlier ones, kept until a paper that may change it comes, changes or goes.
CREATE TABLE novelty_distances (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL, -- of novelty_changes, from before it was measured
    distance REAL              -- NULL: the paper has no abstract, or too few are earlier
) STRICT;
CREATE TABLE novelty_changes (
    published TEXT PRIMARY KEY, -- of papers that came, changed or went; '': one by which words are weighed
    revision  INTEGER NOT NULL  -- of the last such change
) STRICT, WITHOUT ROWID;
CREATE INDEX novelty_changes_by_revision ON novelty_changes (revision);
CREATE TABLE novelty_words (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL, -- as above
    counts   TEXT NOT NULL     -- JSON: in how many papers of a sample words are
) STRICT;
CREATE INDEX papers_by_category_and_year ON papers (category, substr(published, 1, 4), handle);
