-- What is asked to hear or to be given is in the destruction ledger: after a restore a prohibition waits for it again.
alter table destruction_entry drop constraint destruction_entry_kind;
alter table destruction_entry add constraint destruction_entry_kind check (object_kind in ('recording', 'history-month', 'month-key', 'intake-key', 'right', 'credential', 'link', 'scim-token', 'employment', 'hold', 'place-reached', 'request', 'disclosure', 'package', 'prohibition', 'restriction', 'description', 'open-request', 'correction', 'case'));
