-- The tables of version 1, as `schema` made them. Frozen once released: later versions add migrations.
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    CONSTRAINT pk_schema_version PRIMARY KEY (version)
);

CREATE TABLE arrivals (
    arrival_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    unit_id TEXT NOT NULL,
    purpose TEXT NOT NULL CONSTRAINT ck_arrivals_purpose CHECK (purpose IN ('submission', 'precheck')),
    name TEXT NOT NULL,
    raw_name BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    inode VARCHAR(40) NOT NULL,
    device VARCHAR(40) NOT NULL,
    arrived_at VARCHAR(32) NOT NULL,
    unlinked_at VARCHAR(32),
    judged_at VARCHAR(32),
    turn INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    troubles INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    retry_at VARCHAR(32),
    answer TEXT NOT NULL,
    answered_receipt TEXT NOT NULL,
    answer_document BLOB
);

CREATE INDEX ix_arrivals_unlinked_at ON arrivals (unlinked_at);

CREATE INDEX ix_arrivals_unit_id ON arrivals (unit_id);

CREATE INDEX ix_arrivals_judged_at ON arrivals (judged_at);

CREATE TABLE stale (
    mark_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    unit_id TEXT NOT NULL,
    form TEXT NOT NULL,
    period TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    marked_at VARCHAR(32) NOT NULL,
    CONSTRAINT uq_stale_unit_id_form_period_what UNIQUE (unit_id, form, period, what)
);

CREATE TABLE publications (
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    form TEXT NOT NULL,
    period TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    basis TEXT NOT NULL,
    published_at VARCHAR(32) NOT NULL,
    beside TEXT NOT NULL,
    CONSTRAINT pk_publications PRIMARY KEY (path)
);

CREATE INDEX ix_publications_unit_id_period ON publications (unit_id, period);

CREATE TABLE mails (
    mail_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    receipt TEXT NOT NULL,
    recipients JSON NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    attachments JSON NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    state TEXT NOT NULL CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'held')),
    attempts INTEGER NOT NULL,
    next_try_at VARCHAR(32) NOT NULL,
    sent_at VARCHAR(32),
    trouble TEXT NOT NULL,
    CONSTRAINT uq_mails_message_id UNIQUE (message_id)
);

CREATE INDEX ix_mails_state_next_try_at ON mails (state, next_try_at);

CREATE TABLE submissions (
    submission_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    receipt TEXT NOT NULL,
    number INTEGER NOT NULL,
    arrival_id INTEGER NOT NULL,
    unit_id TEXT NOT NULL,
    form TEXT NOT NULL,
    period TEXT NOT NULL,
    CONSTRAINT uq_submissions_unit_id_period_number UNIQUE (unit_id, period, number),
    CONSTRAINT uq_submissions_receipt UNIQUE (receipt),
    CONSTRAINT fk_submissions_arrival_id FOREIGN KEY(arrival_id) REFERENCES arrivals (arrival_id)
);

CREATE INDEX ix_submissions_arrival_id ON submissions (arrival_id);

CREATE INDEX ix_submissions_form_period_unit_id ON submissions (form, period, unit_id);

CREATE TABLE judgements (
    judgement_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL,
    outcome TEXT NOT NULL CONSTRAINT ck_judgements_outcome CHECK (outcome IN ('accepted', 'returned', 'held', 'refused')),
    form_version TEXT NOT NULL,
    nil BOOLEAN NOT NULL,
    late BOOLEAN NOT NULL,
    judged_at VARCHAR(32) NOT NULL,
    must INTEGER NOT NULL,
    verify INTEGER NOT NULL,
    note INTEGER NOT NULL,
    indicators BLOB NOT NULL,
    explanations BLOB NOT NULL,
    findings BLOB NOT NULL,
    CONSTRAINT fk_judgements_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (submission_id)
);

CREATE INDEX ix_judgements_submission_id ON judgements (submission_id);

CREATE TABLE decisions (
    decision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL,
    verdict TEXT NOT NULL CONSTRAINT ck_decisions_verdict CHECK (verdict IN ('release', 'reject')),
    why TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at VARCHAR(32) NOT NULL,
    CONSTRAINT fk_decisions_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (submission_id)
);

CREATE INDEX ix_decisions_submission_id ON decisions (submission_id);

CREATE TABLE waivers (
    waiver_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL,
    rule TEXT NOT NULL,
    why TEXT NOT NULL,
    given_by TEXT NOT NULL,
    given_at VARCHAR(32) NOT NULL,
    CONSTRAINT uq_waivers_submission_id_rule UNIQUE (submission_id, rule),
    CONSTRAINT fk_waivers_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (submission_id)
);

CREATE INDEX ix_waivers_submission_id ON waivers (submission_id);

CREATE TABLE sheet_rows (
    judgement_id INTEGER NOT NULL,
    sheet TEXT NOT NULL,
    document BLOB NOT NULL,
    CONSTRAINT pk_sheet_rows PRIMARY KEY (judgement_id, sheet),
    CONSTRAINT fk_sheet_rows_judgement_id FOREIGN KEY(judgement_id) REFERENCES judgements (judgement_id)
);

INSERT INTO schema_version (version) VALUES (1);
