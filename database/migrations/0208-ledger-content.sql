-- What an entry of the destruction ledger says of people, calls and requests lies beside it, and goes when no backup needs it any more.
-- The entry has SHA-256(salt || content) as its name instead. Entries of before have it in themselves.
create table ledger_content (
  -- Of destruction_entry.
  seq bigint primary key,
  salt bytea not null,
  -- JSON: id, doneBy, detail.
  content text not null,
  constraint ledger_content_salt check (octet_length(salt) = 32),
  -- One line of a file of them (docs/formats/ledger.md).
  constraint ledger_content_size check (octet_length(content) <= 50000)
);
create index ledger_content_object on ledger_content ((content::jsonb ->> 'id'));
alter table destruction_entry drop constraint destruction_entry_named;
alter table destruction_entry add constraint destruction_entry_named check (case
  when object_kind in ('history-month', 'month-key', 'intake-key') then object_name is not null
  when object_kind in ('recording', 'description') then object_id is not null
  when object_kind = 'place-reached' then true
  else object_id is not null or object_name ~ '^[0-9a-f]{64}$' end);
