-- Reading the audit log (R21): for the data protection officer alone, and never without its own trace.
--
-- No process may select from audit_entry as the desk: whoever reads does so through the functions below, which ask who is
-- looking and write the entry of the look in the same transaction. A desk that was taken over reads nothing unseen.

-- In the order in which it is read; it serves what the index on `at` alone did.
create index audit_entry_time on audit_entry (at, seq);
drop index if exists audit_entry_at;
create index audit_entry_refused on audit_entry (at, seq) where result <> 'ok';
create index audit_entry_action on audit_entry (action, at, seq);
create index audit_entry_reference on audit_entry (reference) where reference is not null;

create function demand_data_protection_officer() returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not viewer_is('DATA_PROTECTION_OFFICER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
end $$;

-- What is asked of the log, as the condition of a query. `asked`: {people, role, action, result, purpose, object,
-- reference, from, to}, each of which may be missing; every value goes in as a quoted literal.
create function log_condition(asked jsonb) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(string_agg(condition, ' and '), 'true') from (
    select format('person_id = any (%L::uuid[])', (select coalesce(array_agg(p), '{}') from jsonb_array_elements_text(asked -> 'people') p))
      as condition where asked ? 'people'
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

-- Entries that match, newest first, older than an entry where one is named; `skip` of them are left out before the first.
-- The look is an entry of its own.
create function read_log(asked jsonb, older_than_at timestamptz, older_than_seq bigint, skip integer, wanted integer)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found_rows bigint;
begin
  perform demand_data_protection_officer();
  return query execute format(
    'select seq, at, person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail
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

-- How many match, counted no further than `upto`: of what the viewer has read in this transaction, so that there is a trace.
create function count_log(asked jsonb, upto integer) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  counted bigint;
begin
  perform demand_data_protection_officer();
  if not exists (
    select from audit_entry e
    where e.person_id = viewer() and e.at >= now() and e.action = 'log.read' and e.result = 'ok'
      and e.detail - '{entries,skipped}'::text[] = asked - '{entries,skipped}'::text[]
  ) then
    raise exception 'what is counted in the log is read first';
  end if;
  execute format('select count(*) from (select 1 from audit_entry where %s limit %s) c', log_condition(asked), upto)
    into counted;
  return counted;
end $$;

-- One entry with what it takes to hash it, and its place in the tree. The look is an entry of its own.
create function read_log_entry(wanted bigint)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb, salt uuid, leaf bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_data_protection_officer();
  return query
    select e.seq, e.at, e.person_id, e.right_id, e.role, e.action, e.purpose, e.reference, e.object_kind, e.object_id,
      e.result, e.detail, e.salt, l.index
    from audit_entry e left join audit_leaf l on l.seq = e.seq where e.seq = wanted;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), 'DATA_PROTECTION_OFFICER', 'log.read', 'log', 'ok', jsonb_build_object('entry', wanted));
end $$;

-- Entries that are written and not in the tree yet.
create function count_log_pending() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_data_protection_officer();
  return (select count(*) from audit_pending);
end $$;

-- A look is told as it was made: by whom, on which of their rights, under which purpose and reference.
create function look_is_so(person uuid, held uuid, as_role text, purpose text, reference text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return coalesce(look_is_so.person = viewer() and look_is_so.purpose = current_setting('seloste.purpose', true), false)
    and look_is_so.reference is not distinct from nullif(current_setting('seloste.reference', true), '')
    and exists (select from active_rights() a where a.id = held and a.role = as_role);
end $$;

-- What a kind of process has no business to say is not said by it: the log’s own history, what was kept and destroyed. The
-- desk says of no other than its viewer that they did something, and not what only a function of the database or the
-- custodian does and tells itself. What it refuses, it refuses to whom it says.
drop policy desk_appends on audit_entry;
create policy desk_appends on audit_entry for insert to seloste_desk with check (
  action not like 'log.%' and action not in ('call.admitted', 'recording.kept', 'recording.destroyed', 'history.ended',
    'listening.ended', 'alarm.raised', 'terms.shortened', 'promise.broken', 'promise.restored', 'description.installed',
    'description.took-effect', 'scim-token.added', 'scim-token.revoked')
  and (result <> 'ok' or case
    when action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read')
      then look_is_so(person_id, right_id, role, purpose, reference)
    when action like any ('{right.%,link.%,credential.%,alarm.%}') or action in ('password.set', 'act.confirmed', 'looks.reviewed',
      'extract.read', 'session.second-factor') then false
    when action = 'session.started'
      then exists (select from session s where s.person_id = audit_entry.person_id and s.created_at = now())
    when action in ('session.ended', 'sessions.ended', 'sign-in.delayed', 'looks.slowed') then true
    else person_id is not distinct from viewer()
  end)
);
drop policy capture_appends on audit_entry;
create policy capture_appends on audit_entry for insert to seloste_capture with check (
  action not like 'log.%' and action not in ('recording.kept', 'recording.destroyed', 'history.ended')
);
drop policy custodian_appends on audit_entry;
create policy custodian_appends on audit_entry for insert to seloste_custodian with check (
  action not in ('log.read', 'log.pruned', 'log.break-accepted')
);

revoke execute on function look_is_so(uuid, uuid, text, text, text), demand_data_protection_officer(), log_condition(jsonb),
  read_log(jsonb, timestamptz, bigint, integer, integer), count_log(jsonb, integer), read_log_entry(bigint),
  count_log_pending() from public;
grant execute on function read_log(jsonb, timestamptz, bigint, integer, integer), count_log(jsonb, integer), read_log_entry(bigint),
  count_log_pending(), look_is_so(uuid, uuid, text, text, text) to seloste_desk;

-- Verification on demand: asked for at the desk, done by the custodian, who writes here how far it has come. ------------

create table log_verification (
  id uuid primary key default gen_random_uuid(),
  -- None where the custodian began it by itself.
  asked_by uuid,
  asked_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  state text not null default 'WAITING' check (state in ('WAITING', 'RUNNING', 'WHOLE', 'BROKEN', 'CANCELLED', 'FAILED')),
  cancelled_at timestamptz,
  step text,
  checked bigint not null default 0,
  entries bigint,
  -- What the verifier found, as it tells it; nothing before its end.
  report jsonb,
  fault text,
  check ((ended_at is not null) = (state not in ('WAITING', 'RUNNING')))
);
create unique index log_verification_open on log_verification ((true)) where ended_at is null;
create index log_verification_newest on log_verification (asked_at desc);

alter table log_verification enable row level security;
create policy officer_reads on log_verification for select to seloste_desk using ((select viewer_is('DATA_PROTECTION_OFFICER')));
create policy custodian_verifies on log_verification for all to seloste_custodian using (true) with check (true);
grant select on log_verification to seloste_desk, seloste_custodian;
grant insert (asked_by, state), update (started_at, ended_at, state, step, checked, entries, report, fault) on log_verification to seloste_custodian;

-- Asks for a verification; one that has not ended yet is the one that was asked for.
create function ask_log_verification() returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked uuid;
begin
  perform demand_data_protection_officer();
  insert into log_verification (asked_by) values (viewer()) on conflict do nothing returning id into asked;
  if asked is null then
    select id into asked from log_verification where ended_at is null;
  end if;
  return asked;
end $$;

-- False where it has ended already, or never was.
create function cancel_log_verification(wanted uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_data_protection_officer();
  update log_verification set cancelled_at = coalesce(cancelled_at, clock_timestamp()) where id = wanted and ended_at is null;
  if not found then
    return false;
  end if;
  return true;
end $$;

revoke execute on function ask_log_verification(), cancel_log_verification(uuid) from public;
grant execute on function ask_log_verification(), cancel_log_verification(uuid) to seloste_desk;
