-- The delivery ledger on SQLite. Ids are UUID v7 as 16 bytes, big end first, so that they sort by time. Moments are
-- microseconds since 1970 UTC. Texts are UTF-8 without U+0000. States stand in the words of the contract.

-- One row a group, rewritten at every accept: keep it short.
create table issue_group (
    id            blob    not null primary key,
    organization  text    not null,
    name          text    not null,
    bucket        integer not null,
    owner         text,
    epoch         integer not null,
    next_sequence integer not null,
    status        text    not null,
    assignee      text,
    details       text    not null,
    wake_at       integer
) without rowid;

create unique index issue_group_name on issue_group (organization, name);
create index issue_group_due on issue_group (wake_at) where wake_at is not null;

-- Apart from issue_group, since it is long and changes with alerts only.
create table issue (
    group_id blob not null primary key,
    facts    text not null
) without rowid;

create table thread (
    id                  blob    not null primary key,
    group_id            blob    not null,
    workspace           text    not null,
    channel             text    not null,
    rule                text    not null,
    open_period         text    not null,
    ts                  text,
    state               text    not null,
    reason              text,
    registered_sequence integer not null,
    closed_sequence     integer,
    closed_at           integer,
    last_ts             text,
    adopted             integer not null,
    looked_up           integer not null,
    look_up_due_at      integer,
    revision_wanted     integer not null default 0,
    revision_shown      integer not null default 0,
    edit_due_at         integer,
    edit_token          blob,                          -- of the last edit; in flight while edit_open
    edit_open           integer not null default 0,
    edits_off           integer not null default 0,
    parked              text,
    parked_at           integer,
    probe_at            integer,
    last_position       integer not null default 0,
    made                integer not null default 0,
    sent                integer not null default 0,
    dead                integer not null default 0,
    cancelled           integer not null default 0,
    wake_at             integer
) without rowid;

create unique index thread_place on thread (group_id, workspace, channel, rule, open_period) where state <> 'closed';
create unique index thread_message on thread (workspace, channel, ts) where ts is not null;
create unique index thread_edit on thread (edit_token) where edit_token is not null;
create index thread_of_group on thread (group_id, registered_sequence);
create index thread_due on thread (group_id, wake_at) where wake_at is not null;

-- Whoever inserts first wins: this index is the arbiter of P2.
create table activity_key (
    organization text    not null,
    kind         text    not null,
    id           text    not null,
    hash         blob    not null,
    receipt      text    not null,
    expires_at   integer not null
);

create unique index activity_key_id on activity_key (organization, kind, id);
create index activity_key_expiry on activity_key (expires_at);

create table activity (
    group_id    blob    not null,
    sequence    integer not null,
    kind        text    not null,
    sender_id   text    not null,
    type        text    not null,
    actor       text,
    data        text,
    deliveries  integer not null,
    remaining   integer not null,                      -- of its deliveries: not yet in history
    accepted_at integer not null,
    occurred_at integer
);

create unique index activity_place on activity (group_id, sequence);
create index activity_finished on activity (accepted_at) where remaining = 0;

create table delivery (
    id           blob    not null primary key,
    organization text    not null,
    thread_id    blob    not null,
    position     integer not null,
    sequence     integer not null,
    kind         text    not null,
    state        text    not null,
    post_id      blob,
    due_at       integer not null,
    attempts     integer not null default 0,
    late         integer not null default 0,
    doubted      integer not null default 0,
    doubt_post   blob,
    reason       text,
    queued_at    integer not null,                     -- accepted, or replayed
    finished_at  integer
) without rowid;

create unique index delivery_place on delivery (thread_id, position);
create index delivery_unfinished on delivery (thread_id, position) where state in ('pending', 'sending', 'in_doubt');
create index delivery_of_organization on delivery (organization, id);
create index delivery_dead on delivery (organization, id) where state = 'dead';
create index delivery_finished on delivery (finished_at) where state in ('sent', 'cancelled');

create table post (
    id           blob    not null primary key,
    thread_id    blob    not null,
    kind         text    not null,
    state        text    not null,
    ending       text,                                 -- how it ended, to know the same result again
    epoch        integer not null,
    claimed_at   integer not null,
    not_after    integer not null,
    read_from    text,
    revision     integer,                              -- of the parent, as a root shows it
    slack_ts     text,
    known_end    integer not null default 0,
    read_at      integer,
    absent_reads integer not null default 0,
    doubt_since  integer,
    verify_at    integer,
    reason       text,
    ended_at     integer
) without rowid;

-- Two posts of one thread can never be in flight, whatever the activations believe.
create unique index post_in_flight on post (thread_id) where state in ('sending', 'in_doubt');
create index post_verify on post (thread_id, verify_at) where verify_at is not null;
create index post_copy on post (thread_id, slack_ts) where slack_ts is not null;

create table post_member (
    post_id     blob    not null,
    ordinal     integer not null,
    delivery_id blob    not null,
    primary key (post_id, ordinal)
) without rowid;

create index post_member_delivery on post_member (delivery_id);

create table observation (
    id        blob    not null primary key,
    thread_id blob    not null,
    post_id   blob    not null,
    ts        text    not null,
    what      text    not null,
    seen_by   text    not null,
    seen_at   integer not null,
    ended_at  integer,
    ended_as  text
) without rowid;

create unique index observation_copy on observation (post_id, ts);
create index observation_open on observation (thread_id, ts) where ended_at is null;

create table cleanup (
    id        blob    not null primary key,
    thread_id blob    not null,
    workspace text    not null,
    channel   text    not null,
    ts        text    not null,
    post_id   blob    not null,
    why       text    not null,
    due_at    integer not null,
    attempts  integer not null default 0,
    done_at   integer
) without rowid;

create unique index cleanup_copy on cleanup (workspace, channel, ts);
create index cleanup_due on cleanup (thread_id, due_at) where done_at is null;
create index cleanup_post on cleanup (post_id);

-- What is finished, out of the way of the hot indexes.
create table history_activity (
    group_id    blob    not null,
    sequence    integer not null,
    kind        text    not null,
    sender_id   text    not null,
    type        text    not null,
    actor       text,
    data        text,
    deliveries  integer not null,
    accepted_at integer not null,
    occurred_at integer,
    primary key (group_id, sequence)
) without rowid;

create table history_delivery (
    id           blob    not null primary key,
    organization text    not null,
    thread_id    blob    not null,
    position     integer not null,
    sequence     integer not null,
    sender_id    text    not null,
    kind         text    not null,
    state        text    not null,
    post_id      blob,
    slack_ts     text,
    attempts     integer not null,
    late         integer not null,
    doubted      integer not null,
    reason       text,
    queued_at    integer not null,
    finished_at  integer not null
) without rowid;

create index history_delivery_of_organization on history_delivery (organization, id);
create index history_delivery_of_thread on history_delivery (thread_id, state);

create table history_post (
    id           blob    not null primary key,
    thread_id    blob    not null,
    kind         text    not null,
    state        text    not null,
    ending       text,
    epoch        integer not null,
    claimed_at   integer not null,
    not_after    integer not null,
    read_from    text,
    slack_ts     text,
    known_end    integer not null,
    absent_reads integer not null,
    doubt_since  integer,
    reason       text,
    ended_at     integer
) without rowid;

create table history_post_member (
    post_id     blob    not null,
    ordinal     integer not null,
    delivery_id blob    not null,
    primary key (post_id, ordinal)
) without rowid;

create table history_observation (
    id        blob    not null primary key,
    thread_id blob    not null,
    post_id   blob    not null,
    ts        text    not null,
    what      text    not null,
    seen_by   text    not null,
    seen_at   integer not null,
    ended_at  integer not null,
    ended_as  text    not null
) without rowid;

create table history_cleanup (
    id        blob    not null primary key,
    thread_id blob    not null,
    workspace text    not null,
    channel   text    not null,
    ts        text    not null,
    post_id   blob    not null,
    why       text    not null,
    due_at    integer not null,
    attempts  integer not null,
    done_at   integer not null
) without rowid;
