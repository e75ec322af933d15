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
    perform append_to_ledger('credential', new.id, case when new.password_check is null then 'removed' else 'changed' end,
      jsonb_strip_nulls(jsonb_build_object('credential', 'password', 'person', new.id,
        'setAt', case when new.password_check is not null then ledger_instant(new.password_set_at) end)));
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

-- Reading ------------------------------------------------------------------------------------------------------------

-- A preservation order is secret: who may know of one is who may enter it. To the others a recording that was kept for one
-- ended by its term.
create function may_know_of_holds() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('SECURITY') or viewer_is('DECISION_MAKER')
$$;

-- The ledger, newest first, for those who answer for it. The look is an entry of its own.
create function read_ledger(before bigint, wanted integer)
returns table (number bigint, at timestamptz, kind text, object text, cause text, done_by text, targets jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text;
begin
  select r into as_role from unnest(array['SECURITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE']) r
    where viewer_is(r) limit 1;
  if as_role is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  -- A number that is left out would tell of an order: to whoever may not know of any, an entry about one looks like one about a
  -- revocation, which is no destruction either.
  return query
    select l.index + 1, e.at,
      case when s.is_shown then e.object_kind else 'other' end,
      case when s.is_shown then coalesce(e.object_name, e.object_id::text) else '' end,
      case when not s.is_shown then 'other' when e.cause = 'hold-end' and not k.knows then 'retention' else e.cause end,
      case when s.is_shown then e.done_by else '' end,
      case when s.is_shown then e.targets else '{}' end
    from (select may_know_of_holds() as knows) k
    cross join ledger_leaf l join destruction_entry e on e.seq = l.seq
    cross join lateral (
      select k.knows or e.object_kind not in ('hold', 'right', 'credential', 'link', 'scim-token', 'employment') as is_shown
    ) s
    where l.index + 1 < coalesce(before, 9223372036854775807)
    order by l.index desc limit least(greatest(wanted, 0), 1000);
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'retention.read', 'ledger', 'ok', jsonb_strip_nulls(jsonb_build_object('before', before)));
end $$;

-- The entry about a recording that the viewer may see under this purpose (0001-spine.sql, desk_looks), and its hash; nothing
-- where it has no number yet. Of an end by its term there is no more to tell than that its day came.
create function ledger_entry_of(recording uuid)
returns table (number bigint, at timestamptz, cause text, done_by text, targets jsonb, hash bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.index + 1, e.at, e.cause, e.done_by, e.targets, l.hash
  from destruction_entry e join ledger_leaf l on l.seq = e.seq
  where e.object_kind = 'recording' and e.object_id = recording
    and (e.cause in ('caller', 'official', 'trimming') or may_know_of_holds())
    and exists (
      select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where r.id = e.object_id and (
        sees_all() or s.official_person_id = sees_own() or s.official_unit_id = any (sees_units()) or s.number_reached = any (sees_numbers())
      )
    )
$$;

-- The log screen tells nobody of orders either; the log's hashes do not tell what they are of.
create function log_entry_is_shown(action text, object_kind text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select action not like 'hold%' and object_kind is distinct from 'hold'
$$;
create function log_detail_shown(action text, detail jsonb) returns jsonb
language sql immutable set search_path = pg_catalog as $$
  select case when action = 'recording.destroyed' and detail ->> 'cause' = 'hold-end'
    then detail || '{"cause": "retention"}' else detail end
$$;
create or replace function log_condition(asked jsonb) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select string_agg(condition, ' and ') from (
    select 'log_entry_is_shown(action, object_kind)' as condition
    union all select format('person_id = any (%L::uuid[])', (select coalesce(array_agg(p), '{}') from jsonb_array_elements_text(asked -> 'people') p))
      where asked ? 'people'
    union all select format('role = %L', asked ->> 'role') where asked ? 'role'
    union all select format('action = %L', asked ->> 'action') where asked ? 'action'
    union all select format('purpose = %L', asked ->> 'purpose') where asked ? 'purpose'
    union all select format('object_id = %L::uuid', asked ->> 'object') where asked ? 'object'
    union all select format('reference = %L', asked ->> 'reference') where asked ? 'reference'
    union all select format('at >= %L::timestamptz', asked ->> 'from') where asked ? 'from'
    union all select format('at < %L::timestamptz', asked ->> 'to') where asked ? 'to'
    union all select case asked ->> 'result'
      when 'ok' then $c$result = 'ok'$c$
      when 'refused' then $c$result <> 'ok' and result like 'refused:%'$c$
      when 'failed' then $c$result <> 'ok' and result like 'failed:%'$c$
      else 'false' end where asked ? 'result'
  ) c
$$;
create or replace function read_log(asked jsonb, older_than_at timestamptz, older_than_seq bigint, skip integer, wanted integer)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found_rows bigint;
begin
  perform demand_data_protection_officer();
  return query execute format(
    'select seq, at, person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, log_detail_shown(action, detail)
     from audit_entry where %s and %s order by at desc, seq desc offset %s limit %s',
    log_condition(asked),
    case when older_than_at is null then 'true'
      else format('(at, seq) < (%L::timestamptz, %s)', older_than_at, older_than_seq) end,
    greatest(skip, 0), least(greatest(wanted, 0), 1000));
  get diagnostics found_rows = row_count;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), 'DATA_PROTECTION_OFFICER', 'log.read', 'log', 'ok',
    asked || jsonb_build_object('entries', found_rows, 'skipped', greatest(skip, 0)));
end $$;
-- An entry whose words are not shown is not proved by them either.
create or replace function read_log_entry(wanted bigint)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb, salt uuid, leaf bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_data_protection_officer();
  return query
    select e.seq, e.at, e.person_id, e.right_id, e.role, e.action, e.purpose, e.reference, e.object_kind, e.object_id,
      e.result, e.detail, e.salt, l.index
    from audit_entry e left join audit_leaf l on l.seq = e.seq
    where e.seq = wanted and log_entry_is_shown(e.action, e.object_kind) and log_detail_shown(e.action, e.detail) = e.detail;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), 'DATA_PROTECTION_OFFICER', 'log.read', 'log', 'ok', jsonb_build_object('entry', wanted));
end $$;

-- Who may touch what -------------------------------------------------------------------------------------------------

grant insert (object_name, detail) on destruction_entry to seloste_custodian;
grant select, delete on ledger_pending to seloste_custodian;
grant select, insert on ledger_leaf, ledger_subtree to seloste_custodian;
grant select on ledger_head, ledger_cosignature to seloste_custodian;
grant insert (size, root, note) on ledger_head to seloste_custodian;
grant insert (size, witness, line) on ledger_cosignature to seloste_custodian;

revoke execute on function note_ledger_pending(), append_to_ledger(text, uuid, text, jsonb), ledger_right(), ledger_instant(timestamptz),
  ledger_passkey(), ledger_recovery_codes(), ledger_person(), ledger_link(), ledger_scim_token() from public;
revoke execute on function may_know_of_holds(), read_ledger(bigint, integer), ledger_entry_of(uuid), log_entry_is_shown(text, text),
  log_detail_shown(text, jsonb) from public;
grant execute on function read_ledger(bigint, integer), ledger_entry_of(uuid) to seloste_desk;
-- Hashes, and what is signed.
grant select on ledger_head, ledger_cosignature to seloste_desk;
