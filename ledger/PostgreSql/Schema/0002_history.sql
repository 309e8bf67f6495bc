-- What is finished, out of the way of the hot indexes, in one partition a month: old months are dropped or moved as whole
-- tables. The month is that of the id, which is a UUID v7 and begins with its moment; so the id alone stays the key.
create table history_activity (
    group_id    uuid    not null,
    sequence    bigint  not null,
    kind        text    collate "C" not null,
    sender_id   text    collate "C" not null,
    type        text    collate "C" not null,
    actor       text    collate "C",
    data        text    collate "C",
    deliveries  integer not null,
    accepted_at bigint  not null,
    occurred_at bigint,
    primary key (group_id, sequence, accepted_at)
) partition by range (accepted_at);

create table history_delivery (
    id           uuid    not null primary key,
    organization text    collate "C" not null,
    thread_id    uuid    not null,
    position     bigint  not null,
    sequence     bigint  not null,
    sender_id    text    collate "C" not null,
    kind         text    collate "C" not null,
    state        text    collate "C" not null,
    post_id      uuid,
    slack_ts     text    collate "C",
    attempts     integer not null,
    late         boolean not null,
    doubted      boolean not null,
    reason       text    collate "C",
    queued_at    bigint  not null,
    finished_at  bigint  not null
) partition by range (id);

create index history_delivery_of_organization on history_delivery (organization, id);
create index history_delivery_of_thread on history_delivery (thread_id, state);

create table history_post (
    id           uuid    not null primary key,
    thread_id    uuid    not null,
    kind         text    collate "C" not null,
    state        text    collate "C" not null,
    ending       text    collate "C",
    epoch        bigint  not null,
    claimed_at   bigint  not null,
    not_after    bigint  not null,
    read_from    text    collate "C",
    slack_ts     text    collate "C",
    known_end    boolean not null,
    absent_reads integer not null,
    doubt_since  bigint,
    reason       text    collate "C",
    ended_at     bigint
) partition by range (id);

create table history_post_member (
    post_id     uuid    not null,
    ordinal     integer not null,
    delivery_id uuid    not null,
    primary key (post_id, ordinal)
) partition by range (post_id);

create table history_observation (
    id        uuid   not null primary key,
    thread_id uuid   not null,
    post_id   uuid   not null,
    ts        text   collate "C" not null,
    what      text   collate "C" not null,
    seen_by   text   collate "C" not null,
    seen_at   bigint not null,
    ended_at  bigint not null,
    ended_as  text   collate "C" not null
) partition by range (id);

create table history_cleanup (
    id        uuid    not null primary key,
    thread_id uuid    not null,
    workspace text    collate "C" not null,
    channel   text    collate "C" not null,
    ts        text    collate "C" not null,
    post_id   uuid    not null,
    why       text    collate "C" not null,
    due_at    bigint  not null,
    attempts  integer not null,
    done_at   bigint  not null
) partition by range (id);

-- Without the body: what was delivered is never sent again.
create table history_callback (
    id           uuid    not null primary key,
    organization text    collate "C" not null,
    group_id     uuid    not null,
    sequence     bigint  not null,
    activity     text    collate "C" not null,
    attempts     integer not null,
    late         boolean not null,
    accepted_at  bigint  not null,
    finished_at  bigint  not null
) partition by range (id);

create index history_callback_of_organization on history_callback (organization, id);
create index history_callback_of_group on history_callback (group_id, sequence);

-- What is older than the first month, or has an id that tells no moment.
create table history_activity_other partition of history_activity default;
create table history_delivery_other partition of history_delivery default;
create table history_post_other partition of history_post default;
create table history_post_member_other partition of history_post_member default;
create table history_observation_other partition of history_observation default;
create table history_cleanup_other partition of history_cleanup default;
create table history_callback_other partition of history_callback default;

-- The first UUID v7 of a moment: 48 bits of milliseconds before everything else.
create function history_first_id(moment timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of this month and the next two, where they are missing. It makes tables, so it runs with its owner's
-- rights; whoever may move rows may call it.
create function history_make_months() returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month timestamptz;
    later timestamptz;
    parent text;
    part text;
begin
    for month in select generate_series(date_trunc('month', now() at time zone 'UTC'),
                                        date_trunc('month', now() at time zone 'UTC') + interval '2 months', interval '1 month')
                        at time zone 'UTC'
    loop
        later := ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
        foreach parent in array array['history_activity', 'history_delivery', 'history_post', 'history_post_member',
                                      'history_observation', 'history_cleanup', 'history_callback']
        loop
            part := parent || to_char(month at time zone 'UTC', '_YYYY_MM');
            if to_regclass(part) is null then
                if parent = 'history_activity' then
                    execute format('create table %I partition of %I for values from (%s) to (%s)', part, parent,
                                   floor(extract(epoch from month))::bigint * 1000000, floor(extract(epoch from later))::bigint * 1000000);
                else
                    execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent,
                                   history_first_id(month), history_first_id(later));
                end if;
            end if;
        end loop;
    end loop;
end
$$;

revoke all on function history_make_months() from public;
select history_make_months();
