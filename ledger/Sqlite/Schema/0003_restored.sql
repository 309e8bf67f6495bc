-- After a restore: a copy of this post may stand in Slack under the id of a post that came after the backup.
alter table post add column restored integer not null default 0;
