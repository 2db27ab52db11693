CREATE TABLE aliases (
    guild_id INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('title', 'author')),
    folded   TEXT NOT NULL,
    query    TEXT NOT NULL,
    handle   TEXT NOT NULL,
    added    TEXT NOT NULL, taught_by INTEGER,
    PRIMARY KEY (guild_id, kind, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE author_pages (
    author_id INTEGER NOT NULL REFERENCES authors (id),
    source_id INTEGER NOT NULL REFERENCES sources (id),
    field     TEXT,
    PRIMARY KEY (author_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE author_texts (
    id     INTEGER PRIMARY KEY,
    folded TEXT NOT NULL,
    extra  TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE author_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars ':'");

CREATE TABLE authors (
    id          INTEGER PRIMARY KEY,
    handle      TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL, -- folded name
    distinction TEXT NOT NULL DEFAULT '',
    is_group    INTEGER NOT NULL DEFAULT 0,
    papers      INTEGER NOT NULL DEFAULT 0, known_for TEXT NOT NULL DEFAULT '',
    UNIQUE (name_key, distinction)
) STRICT;

CREATE TABLE authorships (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    position  INTEGER, basis INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (paper_id, author_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE catch_ups (
    owner  INTEGER NOT NULL, -- as in own_papers
    person INTEGER NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (owner, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_ballots (
    session_id INTEGER NOT NULL REFERENCES club_sessions (id),
    answer     INTEGER NOT NULL,
    handle     TEXT NOT NULL,
    title      TEXT NOT NULL,
    person_id  INTEGER NOT NULL,
    nominated  TEXT NOT NULL,
    polls      INTEGER NOT NULL,
    PRIMARY KEY (session_id, answer)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_nominations (
    owner     INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    title     TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    nominated TEXT NOT NULL,
    polls     INTEGER NOT NULL,   -- in which it was not chosen
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_rota (
    owner      INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    place      INTEGER NOT NULL, -- from 0, who presents next
    away_until TEXT,
    PRIMARY KEY (owner, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_sessions (
    id           INTEGER PRIMARY KEY,
    owner        INTEGER NOT NULL,
    anchor_id    INTEGER NOT NULL, -- of the club
    channel_id   INTEGER NOT NULL,
    day          TEXT NOT NULL,
    poll_at      TEXT NOT NULL,
    decide_at    TEXT NOT NULL,
    remind_at    TEXT NOT NULL,
    starts       TEXT NOT NULL,
    ends         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'polling', 'decided', 'held', 'skipped')),
    why          TEXT,             -- it was skipped
    handle       TEXT,             -- the paper, with its nomination
    title        TEXT,
    nominator_id INTEGER,
    nominated    TEXT,
    polls        INTEGER,
    how          TEXT,             -- it was chosen
    votes        INTEGER,
    decided      TEXT,
    presenter_id INTEGER,          -- who did, once it is over
    event_id     INTEGER,
    thread_id    INTEGER,
    ends_poll    INTEGER NOT NULL DEFAULT 0, -- 1 where its poll is to be ended, as nobody needs the result
    UNIQUE (anchor_id, day)
) STRICT;

CREATE TABLE club_swaps (
    token    TEXT PRIMARY KEY,
    owner    INTEGER NOT NULL,
    asker_id INTEGER NOT NULL,
    asked_id INTEGER NOT NULL,
    asked    TEXT NOT NULL,
    UNIQUE (owner, asker_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE clubs (
    owner       INTEGER PRIMARY KEY,
    anchor_id   INTEGER NOT NULL, -- a Discord id from when it was set up
    channel_id  INTEGER NOT NULL,
    creator_id  INTEGER NOT NULL,
    first_day   TEXT NOT NULL,
    every_weeks INTEGER NOT NULL,
    at          TEXT NOT NULL,
    zone        TEXT NOT NULL,
    minutes     INTEGER NOT NULL,
    poll_days   INTEGER NOT NULL,
    place       TEXT NOT NULL,    -- where it meets, in words
    place_id    INTEGER           -- the voice or stage channel in which it does
) STRICT;

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

CREATE TABLE fetching_roles (
    guild_id INTEGER PRIMARY KEY,
    role_id  INTEGER NOT NULL,  -- whose members alone may fetch people
    person   INTEGER NOT NULL,  -- who said so
    at       TEXT NOT NULL
) STRICT;

CREATE TABLE followed_papers (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    handle          TEXT NOT NULL,
    title           TEXT NOT NULL,
    author          TEXT,            -- the name of who is followed, where it is not the paper itself
    year            REAL,            -- of publication, with a fraction
    terms           BLOB NOT NULL,   -- as `store.similarity.terms.Vector.to_bytes` writes them
    PRIMARY KEY (subscription_id, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE followed_people (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    author          TEXT NOT NULL,   -- a handle, perhaps of somebody who turned out to be another
    PRIMARY KEY (subscription_id, author)
) STRICT, WITHOUT ROWID;

CREATE TABLE follows (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    version         INTEGER NOT NULL -- counts what changed: votes, and papers of the people followed
) STRICT;

CREATE TABLE found_posts (
    target_id  INTEGER NOT NULL,
    handle     TEXT NOT NULL, -- of a paper that the message shows
    message_id INTEGER NOT NULL,
    token      TEXT NOT NULL,
    posted     TEXT NOT NULL,
    PRIMARY KEY (target_id, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE hidden_papers (
    owner  INTEGER NOT NULL,    -- as in own_papers
    handle TEXT NOT NULL,
    title  TEXT NOT NULL,       -- when it was hidden
    person INTEGER NOT NULL,    -- who hid it
    at     TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE identifiers (
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE intake_applied (
    entry   INTEGER PRIMARY KEY,
    result  TEXT, -- JSON, of what applied it
    failure TEXT
) STRICT;

CREATE TABLE intake_hosts (
    host  TEXT PRIMARY KEY,
    entry INTEGER NOT NULL, -- the last one that it applied
    seen  TEXT NOT NULL     -- when it said so
) STRICT, WITHOUT ROWID;

CREATE TABLE intake_log (
    id        INTEGER PRIMARY KEY, -- in the order in which all hosts apply them
    operation TEXT NOT NULL,       -- its name in store.operations
    arguments TEXT NOT NULL,       -- JSON
    host      TEXT NOT NULL,       -- that appended it
    appended  TEXT NOT NULL,
    told_by   TEXT,                -- the host that told guilds of it, once and for all
    failure   TEXT                 -- why no host applies it
) STRICT;

CREATE TABLE intakes (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    finished  TEXT NOT NULL,
    new       INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    problems  TEXT NOT NULL
) STRICT;

CREATE TABLE joined_people (
    owner   INTEGER NOT NULL,   -- as in own_papers; 0: the operator, for everybody
    first   TEXT NOT NULL,      -- handle, the smaller one
    second  TEXT NOT NULL,      -- handle
    said_by INTEGER NOT NULL,
    said    TEXT NOT NULL,
    PRIMARY KEY (owner, first, second),
    CHECK (first < second)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_apart (
    one   TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  INTEGER NOT NULL -- milliseconds since 1970, of the database's clock
) STRICT, WITHOUT ROWID;

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

CREATE TABLE list_entries (
    list_id   INTEGER NOT NULL REFERENCES reading_lists (id) ON DELETE CASCADE,
    handle    TEXT NOT NULL,
    title     TEXT NOT NULL, -- as it was when the paper was saved
    published TEXT NOT NULL, -- or empty
    state     TEXT NOT NULL CHECK (state IN ('unread', 'reading', 'read')),
    tags      TEXT NOT NULL, -- a JSON array, in the order in which they were given
    saved_by  INTEGER NOT NULL,
    saved     TEXT NOT NULL,
    changed   TEXT NOT NULL,
    removed   TEXT,          -- when it was taken out; it can be put back
    PRIMARY KEY (list_id, handle)
) STRICT;

CREATE TABLE lookup_changes (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  TEXT NOT NULL,
    ids   BLOB NOT NULL, -- little-endian 64-bit
    words TEXT NOT NULL  -- JSON: by how many texts each word's count changed
) STRICT;

CREATE TABLE lookup_images (
    kind     TEXT NOT NULL,
    part     TEXT NOT NULL,
    upto     INTEGER NOT NULL,
    checksum INTEGER NOT NULL, -- CRC-32 of body
    body     BLOB NOT NULL,
    PRIMARY KEY (kind, part)
) STRICT;

CREATE TABLE lookup_state (
    kind       TEXT PRIMARY KEY,
    format     INTEGER NOT NULL, -- of folding and tables; an index of another format is built anew
    generation INTEGER NOT NULL, -- how many times it was begun anew, by which other processes notice
    built_to   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE merged_authors (
    handle    TEXT PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE merged_handles (
    handle   TEXT PRIMARY KEY,
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE merged_matches (
    gone            TEXT NOT NULL, -- handle of the paper that was merged into the survivor
    survivor        TEXT NOT NULL,
    match_id        INTEGER NOT NULL, -- of the ledger
    handle          TEXT NOT NULL,
    state           TEXT NOT NULL,
    reasons         TEXT NOT NULL,
    matched         TEXT NOT NULL,
    due             TEXT NOT NULL,
    changed         TEXT NOT NULL,
    note            TEXT,
    post_id         INTEGER,
    PRIMARY KEY (gone, survivor, match_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE merges (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    merged_at TEXT NOT NULL,
    survivor  TEXT NOT NULL, -- handle
    reason    TEXT NOT NULL, -- JSON: the record that united them, and the evidence for each paper
    before    TEXT NOT NULL, -- JSON: the survivor, then the papers that are gone, with all that belonged to them
    last_id   INTEGER NOT NULL, -- greatest id of a paper that is gone; it is not given again
    undone_at TEXT
) STRICT;

CREATE TABLE metrics (
    author_id INTEGER NOT NULL REFERENCES authors (id),
    source_id INTEGER NOT NULL REFERENCES sources (id),
    name      TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    value     REAL NOT NULL,
    PRIMARY KEY (author_id, source_id, name, retrieved)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_replies (
    paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    model    TEXT NOT NULL,
    prompt   TEXT NOT NULL, -- SHA-256 of all that the model was shown
    reply    TEXT NOT NULL,
    asked    TEXT NOT NULL,
    PRIMARY KEY (paper_id, model, prompt)
) STRICT, WITHOUT ROWID;

CREATE TABLE moved_authorships (
    owner   INTEGER NOT NULL,   -- as above
    paper   TEXT NOT NULL,      -- handle
    person  TEXT NOT NULL,      -- handle of whose the paper is not
    name    TEXT NOT NULL,      -- name_key of the person
    whose   TEXT,               -- handle of whose it is; NULL: of nobody who is known
    said_by INTEGER NOT NULL,
    said    TEXT NOT NULL,
    PRIMARY KEY (owner, paper, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE names_to_divide (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- another one each time that papers of the name change
    name_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE novelty_changes (
    published TEXT PRIMARY KEY, -- of papers that came, changed or went; '': one by which words are weighed
    revision  INTEGER NOT NULL  -- of the last such change
) STRICT, WITHOUT ROWID;

CREATE TABLE novelty_distances (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL, -- of novelty_changes, from before it was measured
    distance REAL              -- NULL: the paper has no abstract, or too few are earlier
) STRICT;

CREATE TABLE novelty_words (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL, -- as above
    counts   TEXT NOT NULL     -- JSON: in how many papers of a sample words are
) STRICT;

CREATE TABLE own_authorships (
    owner    INTEGER NOT NULL,
    author   TEXT NOT NULL,
    handle   TEXT NOT NULL,
    name     TEXT NOT NULL,
    is_group INTEGER NOT NULL,
    position INTEGER,
    PRIMARY KEY (owner, author, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_figures (
    owner     INTEGER NOT NULL,
    author    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    metric    TEXT NOT NULL,
    addition  INTEGER NOT NULL,
    retrieved TEXT NOT NULL,
    value     REAL NOT NULL,
    added_by  INTEGER NOT NULL, -- a person; 0 where that is not known
    PRIMARY KEY (owner, author, kind, name, metric, addition)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_keys (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    owner  INTEGER NOT NULL,
    handle TEXT NOT NULL,
    PRIMARY KEY (scheme, value, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_moves (
    owner    INTEGER NOT NULL,
    handle   TEXT NOT NULL,
    survivor TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_papers (
    owner        INTEGER NOT NULL,
    handle       TEXT NOT NULL,
    in_catalogue INTEGER NOT NULL,
    title        TEXT NOT NULL,
    published    TEXT,
    names        TEXT NOT NULL, -- the words of its authors' names, folded
    folded       TEXT NOT NULL, -- JSON of store.search.matcher.FoldedPaper, of the merged paper
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_records (
    owner     INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    addition  INTEGER NOT NULL,
    retrieved TEXT NOT NULL,
    body      TEXT NOT NULL, -- PaperRecord as JSON, without its source
    added_by  INTEGER NOT NULL, -- a person
    PRIMARY KEY (owner, handle, kind, name, addition)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_notes (
    id     INTEGER PRIMARY KEY,
    token  TEXT NOT NULL UNIQUE,
    owner  INTEGER NOT NULL, -- as in own_papers
    person INTEGER NOT NULL, -- who wrote it
    handle TEXT NOT NULL,
    text   TEXT NOT NULL,
    at     TEXT NOT NULL,
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)) -- 1 where the team may read it
) STRICT;

CREATE TABLE paper_vectors (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
    vector   BLOB
) STRICT;

CREATE TABLE paper_votes (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    person_id       INTEGER NOT NULL,
    handle          TEXT NOT NULL,
    wanted          INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    voted           TEXT NOT NULL,
    terms           BLOB NOT NULL,
    PRIMARY KEY (subscription_id, person_id, handle)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE paper_word_counts USING fts5vocab (paper_words, row);

CREATE VIRTUAL TABLE paper_words USING fts5 (
    title, abstract, categories, content = '', columnsize = 0, tokenize = "ascii tokenchars '.-'"
);

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

CREATE TABLE papers_settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people_kept_apart (
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    other_id  INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    PRIMARY KEY (author_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_intakes (
    scheme    TEXT NOT NULL,
    value     TEXT NOT NULL,    -- with scheme: the service's identifier of the person
    person    TEXT NOT NULL,    -- FoundPerson as JSON
    author    TEXT,             -- handle, once their first papers are here
    cursor    TEXT,             -- where the service goes on; NULL at the beginning and at the end
    total     INTEGER,          -- papers that the service lists, where it says so
    taken     INTEGER NOT NULL DEFAULT 0,
    failures  INTEGER NOT NULL DEFAULT 0, -- in a row
    failure   TEXT,             -- the last one, a sentence
    next_try  TEXT,             -- NULL: all papers are here
    asked     TEXT NOT NULL,
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE post_edits (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id),
    due     TEXT NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0
) STRICT;

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

CREATE TABLE questions (
    token    TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    asked    TEXT NOT NULL -- last, give or take a day; those that are long ago are deleted
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_lists (
    id       INTEGER PRIMARY KEY,
    token    TEXT NOT NULL UNIQUE,
    owner    INTEGER NOT NULL, -- as in own_papers
    person   INTEGER NOT NULL, -- whose it is; 0: the team's
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL,    -- the name as names are compared
    shared   INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)), -- 1 where the team may read a person's list
    made_by  INTEGER NOT NULL,
    made     TEXT NOT NULL,
    UNIQUE (owner, person, name_key)
) STRICT;

CREATE TABLE records (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    retrieved TEXT NOT NULL,
    body      TEXT NOT NULL, -- PaperRecord as JSON, without its source
    PRIMARY KEY (paper_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE removed_keys (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    handle TEXT NOT NULL REFERENCES removed_papers (handle) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE removed_papers (
    handle   TEXT PRIMARY KEY,
    paper_id INTEGER NOT NULL, -- it is not given again
    removed  TEXT NOT NULL,
    before   TEXT NOT NULL -- JSON: the paper with all that belonged to it
) STRICT, WITHOUT ROWID;

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

CREATE TABLE seen_records (
    import_id INTEGER NOT NULL, -- a random number of its own
    paper_id  INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    noted     TEXT NOT NULL,
    PRIMARY KEY (import_id, paper_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_answers (
    question TEXT PRIMARY KEY,
    answer   BLOB NOT NULL,
    expires  TEXT NOT NULL
) STRICT;

CREATE TABLE service_spending (
    service TEXT NOT NULL,
    day     TEXT NOT NULL,
    spent   INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (service, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shared_papers (
    owner      INTEGER NOT NULL, -- as in own_papers
    handle     TEXT NOT NULL,
    person     INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE stems (
    stem   TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription_keys (
    key             TEXT NOT NULL,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    PRIMARY KEY (key, subscription_id)
) STRICT, WITHOUT ROWID;

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
    deleted      TEXT
, form TEXT CHECK (form IN ('full', 'compact')), once INTEGER NOT NULL DEFAULT 0 CHECK (once IN (0, 1))) STRICT;

CREATE TABLE superseded_records (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    body      TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    PRIMARY KEY (paper_id, kind, name, body)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_members (
    owner  INTEGER NOT NULL,    -- as in own_papers
    author TEXT NOT NULL,       -- a handle, perhaps of somebody who turned out to be another
    PRIMARY KEY (owner, author)
) STRICT, WITHOUT ROWID;

CREATE TABLE title_texts (
    id     INTEGER PRIMARY KEY,
    folded TEXT NOT NULL,
    extra  TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE title_words USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars ':'");

CREATE TABLE unannounced (
    handle TEXT PRIMARY KEY,
    before TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE unasked_watches_off (
    owner  INTEGER PRIMARY KEY,
    person INTEGER NOT NULL, -- who said so
    at     TEXT NOT NULL
) STRICT;

CREATE TABLE unscored_papers (
    handle TEXT NOT NULL,
    owner  INTEGER NOT NULL,
    came   TEXT NOT NULL,
    PRIMARY KEY (handle, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_checks (
    handle TEXT PRIMARY KEY,
    next   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_requests (
    day     TEXT NOT NULL,
    service TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (day, service)
) STRICT, WITHOUT ROWID;

CREATE TABLE watches (
    target_id INTEGER NOT NULL, -- the channel; 0 for a person
    person_id INTEGER NOT NULL, -- who is told by direct message; 0 for a channel
    handle    TEXT NOT NULL,
    owner     INTEGER NOT NULL, -- as in own_papers; of a person's own watch always that person's
    title     TEXT NOT NULL,    -- when it was asked for
    asked_by  INTEGER NOT NULL,
    since     TEXT NOT NULL,
    ended     TEXT,
    PRIMARY KEY (target_id, person_id, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE web_addresses (
    key_digest TEXT PRIMARY KEY,  -- SHA-256 of the key, by which it is looked for
    key        TEXT NOT NULL,     -- the secret in the address
    owner      INTEGER NOT NULL,  -- as in own_papers
    person     INTEGER NOT NULL,  -- whose list it is; 0 where it is not one person's
    kind       TEXT NOT NULL CHECK (kind IN ('subscription', 'author', 'list')),
    subject    TEXT NOT NULL,     -- the token of the subscription or list, the handle of the author
    made_by    INTEGER NOT NULL,
    made       TEXT NOT NULL,
    UNIQUE (owner, kind, subject)
) STRICT;

CREATE TABLE weekly_saved (
    target_id INTEGER PRIMARY KEY, -- the channel
    owner     INTEGER NOT NULL,    -- as in own_papers
    person    INTEGER NOT NULL,    -- who asked for it
    zone      TEXT NOT NULL,       -- IANA
    anchor_id INTEGER NOT NULL,    -- a Discord id from then
    due       TEXT NOT NULL
) STRICT;

CREATE TABLE word_totals (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    papers INTEGER NOT NULL,
    words  INTEGER NOT NULL
) STRICT;

CREATE TABLE words (
    word   TEXT PRIMARY KEY,
    stem   TEXT NOT NULL,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE zotero_items (
    list_id   INTEGER NOT NULL REFERENCES zotero_links (list_id) ON DELETE CASCADE,
    item_key  TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('paper', 'note')),
    ours      TEXT,             -- the paper's handle or the note's token; NULL: none here
    about     TEXT,             -- the handle of the paper that it is about
    parent    TEXT,             -- of a note, the key of its paper's item
    base      TEXT,             -- what both had when they last agreed, JSON; NULL: never
    theirs    TEXT,             -- what is there now, JSON; NULL: nothing
    version   INTEGER NOT NULL, -- of the item; 0: not known to be there
    details   TEXT NOT NULL,    -- what is there beside that and is kept as it is, JSON
    asked     TEXT,             -- the question that is open, with what it is about, JSON
    choice    TEXT CHECK (choice IN ('here', 'there')),
    PRIMARY KEY (list_id, item_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE zotero_links (
    list_id    INTEGER PRIMARY KEY REFERENCES reading_lists (id) ON DELETE CASCADE,
    owner      INTEGER NOT NULL, -- the list's
    person     INTEGER NOT NULL, -- whose key it is
    library    TEXT NOT NULL,    -- users/123 or groups/123
    collection TEXT,             -- NULL: all of the library
    api_key    TEXT NOT NULL,    -- a secret
    version    INTEGER NOT NULL, -- up to which the library is known
    due        TEXT NOT NULL,    -- when it is to be asked next
    synced     TEXT,             -- when both were last compared
    failure    TEXT,             -- why that did not work since
    stopped    INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)) -- 1 where somebody has to do something first
) STRICT;

CREATE INDEX author_pages_by_source ON author_pages (source_id);

CREATE INDEX authors_by_last_word ON authors (replace(name_key, rtrim(name_key, replace(name_key, ' ', '')), ''));

CREATE INDEX authorships_by_author ON authorships (author_id, paper_id);

CREATE INDEX club_sessions_by_day ON club_sessions (owner, day);

CREATE UNIQUE INDEX club_sessions_open ON club_sessions (owner) WHERE state IN ('open', 'polling', 'decided');

CREATE INDEX hidden_papers_by_handle ON hidden_papers (handle);

CREATE INDEX identifiers_by_paper ON identifiers (paper_id);

CREATE INDEX ledger_by_paper ON ledger (handle, target_id);

CREATE INDEX ledger_by_post ON ledger (post_id) WHERE post_id IS NOT NULL;

CREATE INDEX ledger_due ON ledger (due, target_id) WHERE state = 'pending';

CREATE INDEX ledger_waiting ON ledger (target_id) WHERE state = 'pending';

CREATE INDEX list_entries_by_handle ON list_entries (handle);

CREATE INDEX merged_authors_by_author ON merged_authors (author_id);

CREATE INDEX merges_by_survivor ON merges (survivor);

CREATE INDEX novelty_changes_by_revision ON novelty_changes (revision);

CREATE INDEX own_authorships_by_paper ON own_authorships (owner, handle);

CREATE INDEX own_keys_by_paper ON own_keys (owner, handle);

CREATE INDEX own_papers_by_handle ON own_papers (handle);

CREATE INDEX own_records_by_addition ON own_records (owner, addition);

CREATE INDEX paper_notes_by_handle ON paper_notes (handle);

CREATE INDEX paper_notes_by_paper ON paper_notes (owner, handle);

CREATE INDEX paper_vectors_missing ON paper_vectors (paper_id) WHERE vector IS NULL;

CREATE INDEX papers_by_category_and_year ON papers (category, substr(published, 1, 4), handle);

CREATE INDEX papers_by_citations ON papers (citations DESC, published DESC, id);

CREATE INDEX papers_by_date ON papers (published DESC, id);

CREATE INDEX people_kept_apart_by_other ON people_kept_apart (other_id);

CREATE INDEX person_intakes_by_author ON person_intakes (author);

CREATE INDEX person_intakes_waiting ON person_intakes (next_try) WHERE next_try IS NOT NULL;

CREATE INDEX posts_by_target ON posts (target_id, state);

CREATE INDEX posts_open ON posts (next_try) WHERE state <> 'posted';

CREATE INDEX questions_by_age ON questions (asked);

CREATE INDEX removed_keys_by_paper ON removed_keys (handle);

CREATE INDEX scheduled_messages_by_paper ON scheduled_messages (handle, owner) WHERE handle IS NOT NULL;

CREATE INDEX scheduled_messages_by_post ON scheduled_messages (post_id) WHERE post_id IS NOT NULL;

CREATE INDEX scheduled_messages_waiting ON scheduled_messages (due) WHERE post_id IS NULL AND dropped IS NULL;

CREATE INDEX service_answers_by_expiry ON service_answers (expires);

CREATE INDEX shared_papers_by_handle ON shared_papers (handle);

CREATE INDEX subscription_keys_by_subscription ON subscription_keys (subscription_id);

CREATE UNIQUE INDEX subscriptions_by_anchor ON subscriptions (anchor_id) WHERE anchor_id > 0;

CREATE INDEX subscriptions_by_channel ON subscriptions (guild_id, channel_id) WHERE deleted IS NULL;

CREATE INDEX subscriptions_by_target ON subscriptions (target_id) WHERE deleted IS NULL;

CREATE INDEX watches_by_handle ON watches (handle);

CREATE INDEX weekly_saved_due ON weekly_saved (due);

CREATE INDEX words_by_stem ON words (stem);

CREATE INDEX zotero_items_by_paper ON zotero_items (about) WHERE about IS NOT NULL;
