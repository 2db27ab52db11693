-- What was spent on a service outside in one day of UTC: requests, or millionths of a dollar.
CREATE TABLE service_spending (
    service TEXT NOT NULL,
    day     TEXT NOT NULL,
    spent   INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (service, day)
) STRICT, WITHOUT ROWID;

-- What services answered lately, so that they are not asked the same again.
CREATE TABLE service_answers (
    question TEXT PRIMARY KEY,
    answer   BLOB NOT NULL,
    expires  TEXT NOT NULL
) STRICT;

CREATE INDEX service_answers_by_expiry ON service_answers (expires);
