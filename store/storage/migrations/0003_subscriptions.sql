-- The words that queries can ask for: folded title and abstract, and for a category `cs.cl cs cl`. The text itself is not kept,
-- so that what is taken out has to be given as it was put in.
CREATE VIRTUAL TABLE paper_words USING fts5 (
    title, abstract, categories, content = '', columnsize = 0, tokenize = "ascii tokenchars '.-'"
);
CREATE VIRTUAL TABLE paper_word_counts USING fts5vocab (paper_words, row);

-- The last word of the folded name; `store.search` asks by the same expression.
CREATE INDEX authors_by_last_word ON authors (replace(name_key, rtrim(name_key, replace(name_key, ' ', '')), ''));

-- Discord's ids are 64-bit integers; guild_id is 0 in a direct message.
CREATE TABLE subscriptions (
    id           INTEGER PRIMARY KEY,
    token        TEXT NOT NULL UNIQUE, -- the name that buttons carry; cannot be guessed
    guild_id     INTEGER NOT NULL,
    channel_id   INTEGER NOT NULL, -- where it was made and is listed
    target_id    INTEGER NOT NULL, -- where it posts: the channel, or a thread of its own
    creator_id   INTEGER NOT NULL,
    anchor_id    INTEGER NOT NULL, -- a Discord id from when it was made: no message of it is older
    query        TEXT NOT NULL, -- canonical
    needs        TEXT NOT NULL DEFAULT '', -- keys that a paper has to have, all of them; the rest is in the query
    cadence      TEXT NOT NULL CHECK (cadence IN ('now', 'daily', 'weekly')),
    at           TEXT NOT NULL, -- HH:MM on the clocks of the zone
    weekday      INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6), -- Monday is 0
    zone         TEXT NOT NULL, -- IANA
    role_id      INTEGER,
    cap          INTEGER NOT NULL CHECK (cap > 0),
    created      TEXT NOT NULL,
    paused_since TEXT,
    pause        TEXT CHECK (pause IN ('asked', 'lost')), -- by a person, or because Discord refused
    pause_reason TEXT,
    notice       TEXT, -- what the creator is still to be told
    deleted      TEXT
) STRICT;
CREATE UNIQUE INDEX subscriptions_by_anchor ON subscriptions (anchor_id) WHERE anchor_id > 0;
CREATE INDEX subscriptions_by_channel ON subscriptions (guild_id, channel_id) WHERE deleted IS NULL;
CREATE INDEX subscriptions_by_target ON subscriptions (target_id) WHERE deleted IS NULL;
CREATE INDEX subscriptions_by_notice ON subscriptions (id) WHERE notice IS NOT NULL;

-- Words, categories and names, of which a paper has to have one for a subscription to match it: its rarest clause.
CREATE TABLE subscription_keys (
    key             TEXT NOT NULL,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    PRIMARY KEY (key, subscription_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_keys_by_subscription ON subscription_keys (subscription_id);

-- One message each. The token is its nonce, and is in its buttons.
CREATE TABLE posts (
    id              INTEGER PRIMARY KEY,
    token           TEXT NOT NULL UNIQUE,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id), -- whose digest it is
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
CREATE INDEX posts_open ON posts (next_try) WHERE state <> 'posted';
CREATE INDEX posts_by_target ON posts (target_id, state);

-- What became of every paper that a subscription matched, and of those that an exclusion kept out.
CREATE TABLE ledger (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    paper_id        INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
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
    PRIMARY KEY (subscription_id, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_paper ON ledger (paper_id, target_id);
CREATE INDEX ledger_due ON ledger (due, target_id) WHERE state = 'pending';
CREATE INDEX ledger_waiting ON ledger (target_id) WHERE state = 'pending';
CREATE INDEX ledger_by_post ON ledger (post_id) WHERE post_id IS NOT NULL;

-- Where each feed stands: what its last run said, and from where to go on.
CREATE TABLE feeds (
    name       TEXT PRIMARY KEY,
    state      TEXT NOT NULL CHECK (state IN ('good', 'empty', 'repeated', 'unreadable', 'unreachable')),
    detail     TEXT,
    tried      TEXT NOT NULL,
    last_good  TEXT,
    items      INTEGER NOT NULL, -- of the last run that gave any
    new        INTEGER NOT NULL,
    rejected   TEXT NOT NULL, -- JSON, what of that run could not be read
    next_try   TEXT NOT NULL,
    failures   INTEGER NOT NULL, -- in a row
    cursor     TEXT NOT NULL -- JSON of the feed's own: ETag, resumption token, date
) STRICT, WITHOUT ROWID;
