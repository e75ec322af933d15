-- Appointments are in the destruction ledger: a restore names those that it misses, and those that are over are over in it.
alter table destruction_entry drop constraint destruction_entry_kind;
alter table destruction_entry add constraint destruction_entry_kind check (object_kind in ('recording', 'history-month', 'month-key', 'intake-key', 'right', 'credential', 'link', 'scim-token', 'employment', 'hold', 'place-reached', 'request', 'disclosure', 'package', 'prohibition', 'restriction', 'description', 'open-request', 'correction', 'case', 'consent', 'workstation', 'appointment'));
