-- Messages other than posts of new papers, which a channel or person is to get at a time: reminders, what became of a
-- watched paper. Each is sent as a post is; a post belongs to a subscription or to one of these.
DROP INDEX posts_open;
DROP INDEX posts_by_target;
DROP INDEX ledger_by_paper;
DROP INDEX ledger_due;
DROP INDEX ledger_waiting;
DROP INDEX ledger_by_post;
ALTER TABLE ledger RENAME TO ledger_before;
ALTER TABLE posts RENAME TO posts_before;

CREATE TABLE posts (
    id              INTEGER PRIMARY KEY,
    token           TEXT NOT NULL UNIQUE,
    subscription_id INTEGER REFERENCES subscriptions (id), -- whose digest it is; NULL for a scheduled message
    target_id       INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('posting', 'posted', 'failed')),
    after_id        INTEGER NOT NULL, -- a Discord id from before its first try, in the order of Discord's own clock
    part            INTEGER NOT NULL, -- of the digest, from 1
    started         TEXT NOT NULL,
    tries           INTEGER NOT NULL,
    unsure          INTEGER NOT NULL, -- 1 where a try may have had its effect
    next_try        TEXT NOT NULL,
    why             TEXT,
    message_id      INTEGER,
    posted          TEXT
) STRICT;
INSERT INTO posts SELECT * FROM posts_before;

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
INSERT INTO ledger SELECT * FROM ledger_before;
DROP TABLE ledger_before;
DROP TABLE posts_before;
CREATE INDEX posts_open ON posts (next_try) WHERE state <> 'posted';
CREATE INDEX posts_by_target ON posts (target_id, state);
CREATE INDEX ledger_by_paper ON ledger (handle, target_id);
CREATE INDEX ledger_due ON ledger (due, target_id) WHERE state = 'pending';
CREATE INDEX ledger_waiting ON ledger (target_id) WHERE state = 'pending';
CREATE INDEX ledger_by_post ON ledger (post_id) WHERE post_id IS NOT NULL;

CREATE TABLE scheduled_messages (
    id        INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE, -- what it says, and to whom: the same is scheduled once
    token     TEXT NOT NULL UNIQUE, -- of the key
    owner     INTEGER NOT NULL,     -- as in own_papers
    target_id INTEGER,              -- the channel; of a direct message, as soon as it is known
    person_id INTEGER,              -- whom a direct message is for
    kind      TEXT NOT NULL,
    content   TEXT NOT NULL,        -- JSON, of the kind's model
    reason    TEXT NOT NULL,        -- why it is sent, as a sentence
    handle    TEXT,                 -- the paper that it is about
    anchor_id INTEGER NOT NULL,     -- a Discord id from before
    due       TEXT NOT NULL,
    expires   TEXT NOT NULL,        -- from when on it is of no use
    begun     INTEGER NOT NULL DEFAULT 0, -- 1 where it may be out, though no post of it is known
    post_id   INTEGER REFERENCES posts (id),
    dropped   TEXT,                 -- why it will not be sent
    CHECK (target_id IS NOT NULL OR person_id IS NOT NULL)
) STRICT;
CREATE INDEX scheduled_messages_waiting ON scheduled_messages (due) WHERE post_id IS NULL AND dropped IS NULL;
CREATE INDEX scheduled_messages_by_post ON scheduled_messages (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX scheduled_messages_by_paper ON scheduled_messages (handle, owner) WHERE handle IS NOT NULL;

-- Whoever was still to be told that a subscription is paused is told by such a message.
INSERT INTO scheduled_messages (key, token, owner, person_id, kind, content, reason, anchor_id, due, expires)
    SELECT 'lost:' || id || ':' || paused_since, lower(hex(randomblob(8))), coalesce(nullif(guild_id, 0), -creator_id),
        creator_id, 'lost_channel', json_object('query', query, 'target_id', target_id, 'reason', notice),
        'You made this subscription.', 0, paused_since, '9999'
    FROM subscriptions WHERE notice IS NOT NULL AND paused_since IS NOT NULL;
DROP INDEX subscriptions_by_notice;
ALTER TABLE subscriptions DROP COLUMN notice;
