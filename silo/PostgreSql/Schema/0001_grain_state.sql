-- Grain state, one row a state. Orleans names a state by service, state name and grain key; the key is text or two
-- integers, and absent text is stored as '' because a unique index takes nulls for different from each other. The key that
-- tells most apart comes first. Two first writes of one state meet at it, and one of them loses.
create table grain_state (
    service_id text    collate "C" not null,
    state_name text    collate "C" not null,
    key_text   text    collate "C" not null,
    key_0      bigint  not null,
    key_1      bigint  not null,
    version    integer not null,
    payload    bytea,                -- null: cleared; the version goes on, so that a stale writer is still found out
    primary key (key_text, key_0, key_1, state_name, service_id)
) with (fillfactor = 80);

-- Where Orleans' providers look for their statements at start (their contract: these names, and the columns and parameters
-- in the statements). A null arrives without a type, so every parameter that may be null says its own.
create table OrleansQuery (
    QueryKey  text not null primary key,
    QueryText text not null
);

-- A write, clear or delete returns one row with the new version; no row means that somebody else was there before, and the
-- caller gets InconsistentStateException. Each is a single statement, so nothing stays open in a pooled connection.
insert into OrleansQuery (QueryKey, QueryText) values ('ReadFromStorageKey', '
select payload as PayloadBinary, version as Version
  from grain_state
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = coalesce(@GrainIdExtensionString::text, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
');

-- A caller without a version believes that there is no row: it adds one or gets nothing. A caller with a version must find
-- that version: it never adds a row, so a state that was deleted meanwhile does not come back.
insert into OrleansQuery (QueryKey, QueryText) values ('WriteToStorageKey', '
with later as (
    update grain_state
       set payload = @PayloadBinary::bytea, version = version + 1
     where service_id = @ServiceId and state_name = @GrainTypeString
       and key_text = coalesce(@GrainIdExtensionString::text, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
       and version = @GrainStateVersion::integer
    returning version
), first as (
    insert into grain_state (service_id, state_name, key_text, key_0, key_1, version, payload)
    select @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString::text, ''''), @GrainIdN0, @GrainIdN1, 1, @PayloadBinary::bytea
     where @GrainStateVersion::integer is null
        on conflict (key_text, key_0, key_1, state_name, service_id) do nothing
    returning version
)
select version as NewGrainStateVersion from later
union all
select version from first
');

insert into OrleansQuery (QueryKey, QueryText) values ('ClearStorageKey', '
update grain_state
   set payload = null, version = version + 1
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = coalesce(@GrainIdExtensionString::text, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
   and version = @GrainStateVersion::integer
returning version as NewGrainStateVersion
');

-- Used instead of the former where the provider is told to delete on clear.
insert into OrleansQuery (QueryKey, QueryText) values ('DeleteStorageKey', '
delete from grain_state
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = coalesce(@GrainIdExtensionString::text, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
   and version = @GrainStateVersion::integer
returning version + 1 as NewGrainStateVersion
');
