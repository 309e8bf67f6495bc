-- The way back to the tracker: what clicks made, waiting to be told. One row for each activity that a click made while a
-- callback address was configured. The state stands in the words of deliveries: pending, sent (delivered), dead.
create table callback (
    id           blob    not null primary key,
    organization text    not null,
    group_id     blob    not null,
    sequence     integer not null,
    activity     text    not null,                     -- the activity's id, which is the webhook-id
    body         text    not null,                     -- fixed at accept: a retry sends the same bytes
    state        text    not null,
    due_at       integer not null,
    attempts     integer not null default 0,           -- only ever grows: the token of compare-and-set
    forgiven     integer not null default 0,           -- attempts made before the last replay
    late         integer not null default 0,
    reason       text,
    accepted_at  integer not null,
    finished_at  integer
) without rowid;

create unique index callback_place on callback (group_id, sequence);
create index callback_unfinished on callback (group_id, sequence) where state = 'pending';
create index callback_of_organization on callback (organization, id);
create index callback_dead on callback (organization, id) where state = 'dead';
create index callback_finished on callback (finished_at) where state = 'sent';

-- Without the body: what was delivered is never sent again.
create table history_callback (
    id           blob    not null primary key,
    organization text    not null,
    group_id     blob    not null,
    sequence     integer not null,
    activity     text    not null,
    attempts     integer not null,
    late         integer not null,
    accepted_at  integer not null,
    finished_at  integer not null
) without rowid;

create index history_callback_of_organization on history_callback (organization, id);
create index history_callback_of_group on history_callback (group_id, sequence);
