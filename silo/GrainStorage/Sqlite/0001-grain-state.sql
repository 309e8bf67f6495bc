-- Grain state, one row a state. Orleans names a state by service, state name and grain key; the key is text or two
-- integers, and absent text is stored as '' because a unique index takes nulls for different from each other.
create table grain_state (
    service_id text    not null,
    state_name text    not null,
    key_text   text    not null,
    key_0      integer not null,
    key_1      integer not null,
    version    integer not null,
    payload    blob    null          -- null: cleared; the version goes on, so that a stale writer is still found out
);

-- Two first writes of one state meet here, and one of them loses.
create unique index grain_state_key on grain_state (service_id, state_name, key_text, key_0, key_1);

-- Where the storage provider looks for its statements at start (Orleans' contract; names and columns are given).
create table OrleansQuery (
    QueryKey  text not null primary key,
    QueryText text not null
);
