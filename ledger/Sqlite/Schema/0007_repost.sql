-- A thread that took the place of one whose parent is gone, and what its recap tells.
alter table thread add column reposted_from blob;
alter table thread add column reposted_at integer;
alter table delivery add column recap_id blob;

create unique index thread_reposted on thread (reposted_from) where reposted_from is not null;
create index delivery_told on delivery (recap_id) where recap_id is not null;
