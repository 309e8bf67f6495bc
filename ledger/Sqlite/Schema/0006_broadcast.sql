-- Whether a reply is shown in the channel too: decided when it is accepted, like everything about where it goes.
alter table delivery add column broadcast integer not null default 0;
