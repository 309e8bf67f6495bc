-- Who is in a cluster. Orleans compares and sets a whole cluster's membership by its version: whoever read an older one
-- changes nothing and reads again.
create table cluster (
    cluster_id text    collate "C" not null primary key,
    version    integer not null default 0,
    changed_at timestamptz not null default now()
) with (fillfactor = 20);

-- Each silo says every few seconds that it is alive: no index but the key, and room in the page, so that this stays in place.
create table cluster_member (
    cluster_id    text    collate "C" not null references cluster on delete cascade,
    address       text    collate "C" not null,
    port          integer not null,
    generation    integer not null,
    silo_name     text    not null,
    host_name     text    not null,
    status        integer not null,   -- 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead
    gateway_port  integer not null,   -- 0: takes no clients
    suspect_times text,               -- who suspects it since when, in Orleans' own notation
    started_at    timestamptz not null,
    alive_at      timestamptz not null,
    primary key (cluster_id, address, port, generation)
) with (fillfactor = 50);

insert into OrleansQuery (QueryKey, QueryText) values ('InsertMembershipVersionKey', '
with made as (
    insert into cluster (cluster_id) values (@DeploymentId) on conflict (cluster_id) do nothing returning 1
)
select exists (select 1 from made)
');

-- The cluster's row is the lock: of two who read the same version the second waits for the first and then finds another one.
-- A member that is there already in spite of that would break the key, and then nothing happens at all.
insert into OrleansQuery (QueryKey, QueryText) values ('InsertMembershipKey', '
with next as (
    update cluster as c
       set version = c.version + 1, changed_at = now()
     where c.cluster_id = @DeploymentId and c.version = @Version
       and not exists (select 1 from cluster_member as m
                        where m.cluster_id = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
    returning c.cluster_id
), joined as (
    insert into cluster_member (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
    select next.cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime::timestamptz, @IAmAliveTime::timestamptz
      from next
    returning 1
)
select exists (select 1 from joined)
');

-- Whoever suspects another silo writes with what it read of it some time ago: the later sign of life stays.
insert into OrleansQuery (QueryKey, QueryText) values ('UpdateMembershipKey', '
with next as (
    update cluster as c
       set version = c.version + 1, changed_at = now()
     where c.cluster_id = @DeploymentId and c.version = @Version
       and exists (select 1 from cluster_member as m
                    where m.cluster_id = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
    returning c.cluster_id
), changed as (
    update cluster_member as m
       set status = @Status, suspect_times = @SuspectTimes::text, alive_at = greatest(m.alive_at, @IAmAliveTime::timestamptz)
      from next
     where m.cluster_id = next.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    returning 1
)
select exists (select 1 from changed)
');

-- Without the version: a sign of life changes nothing for the others.
insert into OrleansQuery (QueryKey, QueryText) values ('UpdateIAmAlivetimeKey', '
update cluster_member
   set alive_at = @IAmAliveTime::timestamptz
 where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
');

-- Both reads give at least one row, with the cluster''s version, where the cluster is known.
insert into OrleansQuery (QueryKey, QueryText) values ('MembershipReadRowKey', '
select m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName, m.host_name as HostName,
       m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes, m.started_at as StartTime,
       m.alive_at as IAmAliveTime, c.version as Version
  from cluster as c
  left join cluster_member as m on m.cluster_id = c.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
 where c.cluster_id = @DeploymentId
');

insert into OrleansQuery (QueryKey, QueryText) values ('MembershipReadAllKey', '
select m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName, m.host_name as HostName,
       m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes, m.started_at as StartTime,
       m.alive_at as IAmAliveTime, c.version as Version
  from cluster as c
  left join cluster_member as m on m.cluster_id = c.cluster_id
 where c.cluster_id = @DeploymentId
');

insert into OrleansQuery (QueryKey, QueryText) values ('GatewaysQueryKey', '
select address as Address, gateway_port as ProxyPort, generation as Generation
  from cluster_member
 where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
');

-- An active silo (3) is never forgotten, nor one that came only just now.
insert into OrleansQuery (QueryKey, QueryText) values ('CleanupDefunctSiloEntriesKey', '
delete from cluster_member
 where cluster_id = @DeploymentId and status <> 3 and greatest(alive_at, started_at) < @IAmAliveTime::timestamptz
');

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteMembershipTableEntriesKey', '
delete from cluster where cluster_id = @DeploymentId
');
