-- Returns the WHERE condition of a query on the log. `filters`: {people, role, action, result, purpose, object, reference, from, to}, all
-- optional; each value becomes a quoted literal.
create or replace function log_condition(filters jsonb) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select string_agg(condition, ' and ') from (
    select 'log_entry_is_shown(action, object_kind)' as condition
    union all select format('person_id = any (%L::uuid[])', (select coalesce(array_agg(p), '{}') from jsonb_array_elements_text(filters -> 'people') p))
      where filters ? 'people'
    union all select format('role = %L', filters ->> 'role') where filters ? 'role'
    union all select format('action = %L', filters ->> 'action') where filters ? 'action'
    union all select format('purpose = %L', filters ->> 'purpose') where filters ? 'purpose'
    union all select format('object_id = %L::uuid', filters ->> 'object') where filters ? 'object'
    union all select format('reference = %L', filters ->> 'reference') where filters ? 'reference'
    union all select format('at >= %L::timestamptz', filters ->> 'from') where filters ? 'from'
    union all select format('at < %L::timestamptz', filters ->> 'to') where filters ? 'to'
    union all select case filters ->> 'result'
      when 'ok' then $c$result = 'ok'$c$
      when 'refused' then $c$result <> 'ok' and result like 'refused:%'$c$
      when 'failed' then $c$result <> 'ok' and result like 'failed:%'$c$
      else 'false' end where filters ? 'result'
  ) c
$$;

-- Returns matching entries, newest first, older than the given one if any; `skip` leaves that many out. Data protection officer only
-- (deny.role). Logs the read.
create or replace function read_log(filters jsonb, older_than_at timestamptz, older_than_seq bigint, skip integer, max_rows integer)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found_rows bigint;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  return query execute format(
    'select seq, at, person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, log_detail_shown(action, detail)
     from audit_entry where %s and %s order by at desc, seq desc offset %s limit %s',
    log_condition(filters),
    case when older_than_at is null then 'true'
      else format('(at, seq) < (%L::timestamptz, %s)', older_than_at, older_than_seq) end,
    greatest(skip, 0), least(greatest(max_rows, 0), 1000));
  get diagnostics found_rows = row_count;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), 'DATA_PROTECTION_OFFICER', 'log.read', 'log', 'ok',
    filters || jsonb_build_object('entries', found_rows, 'skipped', greatest(skip, 0)));
end $$;
grant execute on function read_log to seloste_desk;

-- Counts matching entries, at most `upto`. Only for a query that the viewer has read in this transaction, so that it leaves a trace.
create or replace function count_log(filters jsonb, upto integer) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  counted bigint;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  if not exists (
    select from audit_entry e
    where e.person_id = viewer() and e.at >= now() and e.action = 'log.read' and e.result = 'ok'
      and e.detail - '{entries,skipped}'::text[] = filters - '{entries,skipped}'::text[]
  ) then
    raise exception 'log entries have to be read before they are counted';
  end if;
  execute format('select count(*) from (select 1 from audit_entry where %s limit %s) c', log_condition(filters), upto)
    into counted;
  return counted;
end $$;
grant execute on function count_log to seloste_desk;

-- Returns one entry. An entry whose text is hidden comes without salt and leaf, because with these a guess of the text could be confirmed.
create or replace function read_log_entry(wanted bigint)
returns table (seq bigint, at timestamptz, person_id uuid, right_id uuid, role text, action text, purpose text,
  reference text, object_kind text, object_id uuid, result text, detail jsonb, salt uuid, leaf bigint, is_proved boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  return query
    select e.seq, e.at, e.person_id, e.right_id, e.role, e.action, e.purpose, e.reference, e.object_kind, e.object_id,
      e.result, log_detail_shown(e.action, e.detail), case when p.may_prove then e.salt end, case when p.may_prove then l.index end, p.may_prove
    from audit_entry e left join audit_leaf l on l.seq = e.seq
    cross join lateral (select coalesce(log_entry_is_proved(e.action, e.detail), true) as may_prove) p
    where e.seq = wanted and log_entry_is_shown(e.action, e.object_kind);
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), 'DATA_PROTECTION_OFFICER', 'log.read', 'log', 'ok', jsonb_build_object('entry', wanted));
end $$;
grant execute on function read_log_entry to seloste_desk;

-- Returns the number of entries not in the tree yet.
create or replace function count_log_pending() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  return (select count(*) from audit_pending);
end $$;
grant execute on function count_log_pending to seloste_desk;

-- Returns true if an access entry is accurate: the viewer's own, under one of their rights, with this session's purpose and reference.
create or replace function access_is_accurate(person uuid, held uuid, as_role text, purpose text, reference text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return coalesce(access_is_accurate.person = viewer() and access_is_accurate.purpose = current_setting('seloste.purpose', true), false)
    and access_is_accurate.reference is not distinct from nullif(current_setting('seloste.reference', true), '')
    and exists (select from active_rights() a where a.id = held and a.role = as_role);
end $$;
grant execute on function access_is_accurate to seloste_desk;

-- Requests a verification of the log. Returns the pending one if there is one.
create or replace function request_log_verification() returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  requested uuid;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  insert into log_verification (asked_by) values (viewer()) on conflict do nothing returning id into requested;
  if requested is null then
    select id into requested from log_verification where ended_at is null;
  end if;
  return requested;
end $$;
grant execute on function request_log_verification to seloste_desk;

-- Cancels a verification. Returns false if it has ended or does not exist.
create or replace function cancel_log_verification(wanted uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  update log_verification set cancelled_at = coalesce(cancelled_at, clock_timestamp()) where id = wanted and ended_at is null;
  if not found then
    return false;
  end if;
  return true;
end $$;
grant execute on function cancel_log_verification to seloste_desk;
