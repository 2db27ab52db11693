-- People whose papers are fetched from a service because somebody asked for them: how far that is.
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
CREATE INDEX person_intakes_by_author ON person_intakes (author);
CREATE INDEX person_intakes_waiting ON person_intakes (next_try) WHERE next_try IS NOT NULL;
