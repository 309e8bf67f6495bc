-- The provider's contract: a write, clear or delete returns one row with the new version; no row means that somebody
-- else was there before, and the caller gets InconsistentStateException. Each is a single statement: a batch that opens
-- a transaction and then cannot get the write lock leaves that transaction open in a pooled connection, and every later
-- write of the process fails.

insert into OrleansQuery (QueryKey, QueryText) values ('ReadFromStorageKey', '
select payload as PayloadBinary, version as Version
  from grain_state
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = ifnull(@GrainIdExtensionString, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
');

-- A caller without a version believes that there is no row: if there is one, the condition of the update is null and nothing
-- is returned. A caller with a version must find a row, and with that version.
insert into OrleansQuery (QueryKey, QueryText) values ('WriteToStorageKey', '
insert into grain_state (service_id, state_name, key_text, key_0, key_1, version, payload)
select @ServiceId, @GrainTypeString, ifnull(@GrainIdExtensionString, ''''), @GrainIdN0, @GrainIdN1, 1, @PayloadBinary
 where @GrainStateVersion is null
    or exists (select 1 from grain_state
                where service_id = @ServiceId and state_name = @GrainTypeString
                  and key_text = ifnull(@GrainIdExtensionString, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1)
    on conflict (service_id, state_name, key_text, key_0, key_1)
    do update set payload = excluded.payload, version = version + 1
     where version = @GrainStateVersion
returning version as NewGrainStateVersion
');

insert into OrleansQuery (QueryKey, QueryText) values ('ClearStorageKey', '
update grain_state
   set payload = null, version = version + 1
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = ifnull(@GrainIdExtensionString, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
   and version = @GrainStateVersion
returning version as NewGrainStateVersion
');

-- Used instead of the former where the provider is told to delete on clear.
insert into OrleansQuery (QueryKey, QueryText) values ('DeleteStorageKey', '
delete from grain_state
 where service_id = @ServiceId and state_name = @GrainTypeString
   and key_text = ifnull(@GrainIdExtensionString, '''') and key_0 = @GrainIdN0 and key_1 = @GrainIdN1
   and version = @GrainStateVersion
returning version + 1 as NewGrainStateVersion
');
