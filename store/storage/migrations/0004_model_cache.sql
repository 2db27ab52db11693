CREATE TABLE model_replies (
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    model    TEXT NOT NULL,
    prompt   TEXT NOT NULL, -- SHA-256 of all that the model was shown
    reply    TEXT NOT NULL,
    asked    TEXT NOT NULL,
    PRIMARY KEY (paper_id, model, prompt)
) STRICT, WITHOUT ROWID;
