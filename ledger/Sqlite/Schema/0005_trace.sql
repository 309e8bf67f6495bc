-- The W3C traceparent of the request that brought the activity, so that the span of its post can link to it, also after a
-- restart. Null where nobody traced. It is not taken along to history: nothing is posted from there.
alter table activity add column trace text;
