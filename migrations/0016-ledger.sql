-- The destruction ledger: a Merkle log of what does not come back (R52). docs/formats/ledger.md says how an entry becomes a
-- leaf; the sequencer of src/safeguards/ledger gives it its number about a second after it was committed.
--
-- What ends through code is appended by that code, in the transaction of the end. What is revoked is appended by a trigger,
-- whichever path revoked it: a restore replays it.

-- Whether a person's right, hold or recording: `object_id`. A month, a day or a key has a name instead.
alter table destruction_entry
  alter column object_id drop not null,
  add column object_name text,
  -- Ids, counts and instants by kind (src/safeguards/ledger/ledger-entry.ts).
  add column detail jsonb not null default '{}',
  -- Keeps a leaf's hash from telling what the entry says.
  add column salt uuid not null default gen_random_uuid(),
  add constraint destruction_entry_one_object check ((object_id is null) <> (object_name is null)),
  add constraint destruction_entry_kind check (object_kind in ('recording', 'history-month', 'month-key', 'intake-key',
    'right', 'credential', 'link', 'scim-token', 'employment', 'hold', 'place-reached')),
  add constraint destruction_entry_named check (
    object_kind = 'place-reached' or (object_kind in ('history-month', 'month-key', 'intake-key')) = (object_name is not null)),
  add constraint destruction_entry_texts check (octet_length(object_name) <= 100 and octet_length(cause) <= 40 and octet_length(done_by) <= 100);
-- A recording ends once.
create unique index destruction_entry_recording on destruction_entry (object_id) where object_kind = 'recording';

-- Entries that have no number yet.
create table ledger_pending (seq bigint primary key);
insert into ledger_pending select seq from destruction_entry order by seq;

-- An entry's number is its index and one.
create table ledger_leaf (
  index bigint primary key check (index >= 0),
  seq bigint not null unique,
  hash bytea not null check (octet_length(hash) = 32)
);
create table ledger_subtree (
  level smallint not null check (level between 1 and 7),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, index)
);
create table ledger_head (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  signed_at timestamptz not null default clock_timestamp()
);
create table ledger_cosignature (
  size bigint not null references ledger_head,
  witness text not null,
  line text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (size, witness)
);
do $$
declare
  t text;
begin
  foreach t in array array['ledger_leaf', 'ledger_subtree', 'ledger_head', 'ledger_cosignature'] loop
    execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;

create function note_ledger_pending() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- One line of a copy (docs/formats/ledger.md).
  if octet_length(new.detail::text) + octet_length(new.targets::text) > 50000 then
    raise exception 'an entry of the destruction ledger is too large' using errcode = 'check_violation';
  end if;
  insert into ledger_pending values (new.seq);
  return null;
end $$;
create trigger pending after insert on destruction_entry for each row execute function note_ledger_pending();

-- Appending in the database: for functions of the owner's (holds) and for the triggers below.
create function append_to_ledger(kind text, object uuid, cause text, detail jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- What a restore needs to put an order in force again (0017-ends.sql); its words are content and stay out.
  if kind = 'hold' then
    select append_to_ledger.detail || jsonb_strip_nulls(jsonb_build_object('contact', o.contact_id,
      'startedAt', ledger_instant(o.contact_started_at), 'covers', o.covers, 'from', ledger_instant(o.from_at), 'enteredBy', o.entered_by))
    into detail from preservation_order o where o.id = object;
  end if;
  insert into destruction_entry (object_kind, object_id, cause, done_by, detail, targets)
  values (kind, object, append_to_ledger.cause, coalesce(viewer()::text, 'database'), coalesce(append_to_ledger.detail, '{}'), '{}');
end $$;

-- What is revoked ----------------------------------------------------------------------------------------------------

create function ledger_right() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.revoked_at is null and new.revoked_at is not null then
    perform append_to_ledger('right', new.id, 'revoked', jsonb_build_object('how', new.revoke_cause));
  elsif new.valid_to < coalesce(old.valid_to, 'infinity') then
    perform append_to_ledger('right', new.id, 'shortened', jsonb_build_object('until', ledger_instant(new.valid_to)));
  end if;
  return null;
end $$;

create function ledger_instant(at timestamptz) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create trigger ledger after update on access_right for each row execute function ledger_right();

create function ledger_passkey() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('credential', old.id, 'removed', jsonb_build_object('credential', tg_argv[0], 'person', old.person_id));
  return null;
end $$;
create trigger ledger after delete on passkey for each row execute function ledger_passkey('passkey');
create trigger ledger after delete on totp for each row when (old.confirmed_at is not null) execute function ledger_passkey('totp');

-- A code that was used is not known by an id: with one, all that the person had then are over.
create function ledger_recovery_codes() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('credential', person_id, case tg_op when 'DELETE' then 'removed' else 'used' end,
    jsonb_build_object('credential', 'recovery-codes', 'person', person_id))
  from (select distinct person_id from gone) as people;
  return null;
end $$;
create trigger ledger_used after update on recovery_code referencing old table as gone for each statement execute function ledger_recovery_codes();
create trigger ledger_removed after delete on recovery_code referencing old table as gone for each statement execute function ledger_recovery_codes();

create function ledger_person() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    perform append_to_ledger('employment', old.id, 'removed', '{}');
    return null;
  end if;
  if new.employed_to is distinct from old.employed_to then
    perform append_to_ledger('employment', new.id, case when new.employed_to is null then 'resumed' else 'ended' end,
      jsonb_build_object('until', ledger_instant(new.employed_to)));
  end if;
  if old.password_check is not null and new.password_check is distinct from old.password_check then
    perform append_to_ledger('credential', new.id, 'changed', jsonb_build_object('credential', 'password', 'person', new.id));
  end if;
  return null;
end $$;
create trigger ledger after update or delete on person for each row execute function ledger_person();

-- A link that has expired is over by itself.
create function ledger_link() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if old.used_at is null and old.expires_at > now() then
      perform append_to_ledger('link', old.id, 'voided', '{}');
    end if;
  elsif old.used_at is null and new.used_at is not null then
    perform append_to_ledger('link', new.id, 'used', '{}');
  end if;
  return null;
end $$;
create trigger ledger after update or delete on one_time_link for each row execute function ledger_link();

create function ledger_scim_token() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.revoked_at is null and new.revoked_at is not null then
    perform append_to_ledger('scim-token', old.id, 'revoked', '{}');
  end if;
  return null;
end $$;
create trigger ledger after update or delete on scim_token for each row execute function ledger_scim_token();

-- Who may touch what -------------------------------------------------------------------------------------------------

grant insert (object_name, detail) on destruction_entry to seloste_custodian;
grant select, delete on ledger_pending to seloste_custodian;
grant select, insert on ledger_leaf, ledger_subtree to seloste_custodian;
grant select on ledger_head, ledger_cosignature to seloste_custodian;
grant insert (size, root, note) on ledger_head to seloste_custodian;
grant insert (size, witness, line) on ledger_cosignature to seloste_custodian;

revoke execute on function note_ledger_pending(), append_to_ledger(text, uuid, text, jsonb), ledger_right(), ledger_instant(timestamptz),
  ledger_passkey(), ledger_recovery_codes(), ledger_person(), ledger_link(), ledger_scim_token() from public;
