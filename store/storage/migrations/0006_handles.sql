-- What servers follow names papers by their handles, so that it can be kept apart from the papers.
DROP INDEX ledger_by_paper;
DROP INDEX ledger_due;
DROP INDEX ledger_waiting;
DROP INDEX ledger_by_post;
ALTER TABLE ledger RENAME TO ledger_before;

-- What became of every paper that a subscription matched, and of those that an exclusion kept out.
CREATE TABLE ledger (
    id              INTEGER PRIMARY KEY, -- in the order in which papers came
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    handle          TEXT NOT NULL, -- of the paper
    target_id       INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (
        state IN ('pending', 'held', 'posting', 'posted', 'over_cap', 'excluded', 'silent', 'dropped')
    ),
    reasons         TEXT NOT NULL, -- JSON
    matched         TEXT NOT NULL,
    due             TEXT NOT NULL,
    changed         TEXT NOT NULL,
    note            TEXT, -- why it was dropped
    post_id         INTEGER REFERENCES posts (id),
    UNIQUE (subscription_id, handle)
) STRICT;
INSERT INTO ledger (subscription_id, handle, target_id, state, reasons, matched, due, changed, note, post_id)
    SELECT subscription_id, handle, target_id, state, reasons, matched, due, changed, note, post_id
    FROM ledger_before JOIN papers ON papers.id = paper_id ORDER BY matched, paper_id, subscription_id;
DROP TABLE ledger_before;
CREATE INDEX ledger_by_paper ON ledger (handle, target_id);
CREATE INDEX ledger_due ON ledger (due, target_id) WHERE state = 'pending';
CREATE INDEX ledger_waiting ON ledger (target_id) WHERE state = 'pending';
CREATE INDEX ledger_by_post ON ledger (post_id) WHERE post_id IS NOT NULL;
