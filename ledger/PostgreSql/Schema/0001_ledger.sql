-- The delivery ledger on PostgreSQL: the tables of the contract, as on SQLite. Ids are UUID v7, so that they sort by time.
-- Moments are microseconds since 1970 UTC, by this server's clock. Texts are compared byte by byte. Rows of groups and
-- threads are rewritten all the time: they leave room in their pages, so that most updates touch no index.

-- One row a group, rewritten at every accept: keep it short.
create table issue_group (
    id            uuid    not null primary key,
    organization  text    collate "C" not null,
    name          text    collate "C" not null,
    bucket        integer not null,
    owner         text    collate "C",
    epoch         bigint  not null,
    next_sequence bigint  not null,
    status        text    collate "C" not null,
    assignee      text    collate "C",
    details       text    collate "C" not null,
    wake_at       bigint
) with (fillfactor = 60);

create unique index issue_group_name on issue_group (organization, name);
create index issue_group_due on issue_group (wake_at) where wake_at is not null;

-- Apart from issue_group, since it is long and changes with alerts only.
create table issue (
    group_id uuid not null primary key,
    facts    text collate "C" not null
);

create table thread (
    id                  uuid    not null primary key,
    group_id            uuid    not null,
    workspace           text    collate "C" not null,
    channel             text    collate "C" not null,
    rule                text    collate "C" not null,
    open_period         text    collate "C" not null,
    ts                  text    collate "C",
    state               text    collate "C" not null,
    reason              text    collate "C",
    registered_sequence bigint  not null,
    closed_sequence     bigint,
    closed_at           bigint,
    last_ts             text    collate "C",
    adopted             boolean not null,
    looked_up           boolean not null,
    look_up_due_at      bigint,
    revision_wanted     bigint  not null default 0,
    revision_shown      bigint  not null default 0,
    edit_due_at         bigint,
    edit_token          uuid,                          -- of the last edit; in flight while edit_open
    edit_open           boolean not null default false,
    edits_off           boolean not null default false,
    parked              text    collate "C",
    parked_at           bigint,
    probe_at            bigint,
    last_position       bigint  not null default 0,
    made                bigint  not null default 0,
    sent                bigint  not null default 0,
    dead                bigint  not null default 0,
    cancelled           bigint  not null default 0,
    wake_at             bigint
) with (fillfactor = 60);

create unique index thread_place on thread (group_id, workspace, channel, rule, open_period) where state <> 'closed';
create unique index thread_message on thread (workspace, channel, ts) where ts is not null;
create unique index thread_edit on thread (edit_token) where edit_token is not null;
create index thread_of_group on thread (group_id, registered_sequence);
create index thread_due on thread (group_id, wake_at) where wake_at is not null;
create index thread_of_channel on thread (workspace, channel, group_id) where state <> 'closed';
create index thread_parked on thread (workspace, channel, group_id) where parked is not null;

-- Whoever inserts first wins: this key is the arbiter of P2.
create table activity_key (
    organization text   collate "C" not null,
    kind         text   collate "C" not null,
    id           text   collate "C" not null,
    hash         bytea  not null,
    receipt      text   collate "C" not null,
    expires_at   bigint not null,
    primary key (organization, kind, id)
);

create index activity_key_expiry on activity_key (expires_at);

create table activity (
    group_id    uuid    not null,
    sequence    bigint  not null,
    kind        text    collate "C" not null,
    sender_id   text    collate "C" not null,
    type        text    collate "C" not null,
    actor       text    collate "C",
    data        text    collate "C",
    deliveries  integer not null,
    remaining   integer not null,                      -- of its deliveries: not yet in history
    accepted_at bigint  not null,
    occurred_at bigint,
    trace       text    collate "C",                   -- the W3C traceparent of the request that brought it
    primary key (group_id, sequence)
);

create index activity_finished on activity (accepted_at) where remaining = 0;

create table delivery (
    id           uuid    not null primary key,
    organization text    collate "C" not null,
    thread_id    uuid    not null,
    position     bigint  not null,
    sequence     bigint  not null,
    kind         text    collate "C" not null,
    state        text    collate "C" not null,
    post_id      uuid,
    due_at       bigint  not null,
    attempts     integer not null default 0,
    late         boolean not null default false,
    doubted      boolean not null default false,
    doubt_post   uuid,
    reason       text    collate "C",
    queued_at    bigint  not null,                     -- accepted, or replayed
    finished_at  bigint,
    broadcast    boolean not null default false        -- shown in the channel too
) with (fillfactor = 80);

create unique index delivery_place on delivery (thread_id, position);
create index delivery_unfinished on delivery (thread_id, position) where state in ('pending', 'sending', 'in_doubt');
create index delivery_of_organization on delivery (organization, id);
create index delivery_dead on delivery (organization, id) where state = 'dead';
create index delivery_finished on delivery (finished_at) where state in ('sent', 'cancelled');

create table post (
    id           uuid    not null primary key,
    thread_id    uuid    not null,
    kind         text    collate "C" not null,
    state        text    collate "C" not null,
    ending       text    collate "C",                  -- how it ended, to know the same result again
    epoch        bigint  not null,
    claimed_at   bigint  not null,
    not_after    bigint  not null,
    read_from    text    collate "C",
    revision     bigint,                               -- of the parent, as a root shows it
    slack_ts     text    collate "C",
    known_end    boolean not null default false,
    read_at      bigint,
    absent_reads integer not null default 0,
    doubt_since  bigint,
    verify_at    bigint,
    reason       text    collate "C",
    ended_at     bigint,
    restored     boolean not null default false        -- a copy may stand in Slack under the id of a post that came after a backup
) with (fillfactor = 80);

-- Two posts of one thread can never be in flight, whatever the activations believe.
create unique index post_in_flight on post (thread_id) where state in ('sending', 'in_doubt');
create index post_verify on post (thread_id, verify_at) where verify_at is not null;
create index post_copy on post (thread_id, slack_ts) where slack_ts is not null;

create table post_member (
    post_id     uuid    not null,
    ordinal     integer not null,
    delivery_id uuid    not null,
    primary key (post_id, ordinal)
);

create index post_member_delivery on post_member (delivery_id);

create table observation (
    id        uuid   not null primary key,
    thread_id uuid   not null,
    post_id   uuid   not null,
    ts        text   collate "C" not null,
    what      text   collate "C" not null,
    seen_by   text   collate "C" not null,
    seen_at   bigint not null,
    ended_at  bigint,
    ended_as  text   collate "C"
);

create unique index observation_copy on observation (post_id, ts);
create index observation_open on observation (thread_id, ts) where ended_at is null;

create table cleanup (
    id        uuid    not null primary key,
    thread_id uuid    not null,
    workspace text    collate "C" not null,
    channel   text    collate "C" not null,
    ts        text    collate "C" not null,
    post_id   uuid    not null,
    why       text    collate "C" not null,
    due_at    bigint  not null,
    attempts  integer not null default 0,
    done_at   bigint
);

create unique index cleanup_copy on cleanup (workspace, channel, ts);
create index cleanup_due on cleanup (thread_id, due_at) where done_at is null;
create index cleanup_post on cleanup (post_id);

-- The way back to the tracker: what clicks made, waiting to be told.
create table callback (
    id           uuid    not null primary key,
    organization text    collate "C" not null,
    group_id     uuid    not null,
    sequence     bigint  not null,
    activity     text    collate "C" not null,         -- the activity's id, which is the webhook-id
    body         text    collate "C" not null,         -- fixed at accept: a retry sends the same bytes
    state        text    collate "C" not null,
    due_at       bigint  not null,
    attempts     integer not null default 0,           -- only ever grows: the token of compare-and-set
    forgiven     integer not null default 0,           -- attempts made before the last replay
    late         boolean not null default false,
    reason       text    collate "C",
    accepted_at  bigint  not null,
    finished_at  bigint
);

create unique index callback_place on callback (group_id, sequence);
create index callback_unfinished on callback (group_id, sequence) where state = 'pending';
create index callback_of_organization on callback (organization, id);
create index callback_dead on callback (organization, id) where state = 'dead';
create index callback_finished on callback (finished_at) where state = 'sent';
