ALTER TABLE questions RENAME TO questions_before;
CREATE TABLE questions (
    token    TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    asked    TEXT NOT NULL -- last, give or take a day; those that are long ago are deleted
) STRICT, WITHOUT ROWID;
CREATE INDEX questions_by_age ON questions (asked);
INSERT INTO questions SELECT token, question, strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') FROM questions_before;
DROP TABLE questions_before;
