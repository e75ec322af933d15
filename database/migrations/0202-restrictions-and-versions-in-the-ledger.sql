-- Restrictions and approved versions of the description are in the destruction ledger: a restore has the ones again, and misses the others.
alter table destruction_entry drop constraint destruction_entry_kind;
alter table destruction_entry add constraint destruction_entry_kind check (object_kind in ('recording', 'history-month', 'month-key', 'intake-key', 'right', 'credential', 'link', 'scim-token', 'employment', 'hold', 'place-reached', 'request', 'disclosure', 'package', 'prohibition', 'restriction', 'description'));
