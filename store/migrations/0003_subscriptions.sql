-- The words that queries can ask for: folded title and abstract, and for a category `cs.cl cs cl`. The text itself is not kept,
-- so that what is taken out has to be given as it was put in.
CREATE VIRTUAL TABLE paper_words USING fts5 (
    title, abstract, categories, content = '', columnsize = 0, tokenize = "ascii tokenchars '.-'"
);
CREATE VIRTUAL TABLE paper_word_counts USING fts5vocab (paper_words, row);

-- The last word of the folded name; `store.search` asks by the same expression.
CREATE INDEX authors_by_last_word ON authors (replace(name_key, rtrim(name_key, replace(name_key, ' ', '')), ''));
