-- What a channel's trouble holds up, and which channels there are: asked by events, by hand and by the list of channels.
create index thread_of_channel on thread (workspace, channel, group_id) where state <> 'closed';
create index thread_parked on thread (workspace, channel, group_id) where parked is not null;
