-- The words of `paper_words`, titles and abstracts: their stems, by which a search finds other forms of a word, and how
-- many papers have each word and each stem, which full text can only say by counting. Kept by `store.search.words`, which also fills it for
-- a store of a former version when that is opened.
CREATE TABLE words (
    word   TEXT PRIMARY KEY,
    stem   TEXT NOT NULL,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX words_by_stem ON words (stem);
CREATE TABLE stems (
    stem   TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many papers these are, and how many words they have in all.
CREATE TABLE word_totals (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    papers INTEGER NOT NULL,
    words  INTEGER NOT NULL
) STRICT;
INSERT INTO word_totals (id, papers, words) VALUES (1, 0, 0);

-- Since when subscriptions find other forms of their words: those made before say so.
INSERT INTO settings (key, value)
SELECT 'word_forms_since', strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHERE EXISTS (SELECT 1 FROM subscriptions);
