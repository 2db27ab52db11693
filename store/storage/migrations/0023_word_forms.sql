-- The words of `paper_words` that differ from their stem, by which a search finds other forms of a word. Filled by
-- `store.search.word_forms`, for a store of a former version when it is opened.
CREATE TABLE word_stems (
    stem TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (stem, word)
) STRICT, WITHOUT ROWID;

-- Since when subscriptions find other forms of their words: those made before say so.
INSERT INTO settings (key, value)
SELECT 'word_forms_since', strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHERE EXISTS (SELECT 1 FROM subscriptions);
