-- Returns true if the role's purpose needs a fault, case or request number. Without it an access under the purpose shows nothing
-- (src/description/purposes.ts).
create or replace function needs_reference(purpose text, role text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select purpose in ('MAINTENANCE', 'CRIME_OR_MISUSE') or (purpose = 'INSPECTION' and role <> 'OFFICIAL')
$$;

-- Returns a person's rights in force that cover a purpose, limited to what the description in force lets their roles. A right to
-- DEVELOPMENT covers its three parts (R4); a part never covers the whole. Same rule as src/safeguards/access/decide.ts. A right that has
-- ended stays ended, also when the clock is set back. In listening mode only the Service Unit's right counts, under the number of the request
-- whose appointment it is.
create or replace function rights_of(person uuid, purpose text, reference text) returns setof access_right
language plpgsql stable security definer rows 2 set search_path = pg_catalog, public, pg_temp as $$
begin
  if confined_to() is not null and not exists (
    select from request_in_room() q where rights_of.purpose = 'INSPECTION' and q.number = btrim(rights_of.reference)
  ) then
    return;
  end if;
  return query select r.* from access_right r
  join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
  where r.person_id = rights_of.person
    and (r.role = 'SERVICE_UNIT' or confined_to() is null)
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > register_now())
    and (r.scope_kind = d.scope or r.scope_kind in ('own', 'none') or d.scope = 'all')
    and (
      rights_of.purpose = any (r.purposes)
      or ('DEVELOPMENT' = any (r.purposes) and rights_of.purpose in ('QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'))
    )
    and (
      rights_of.purpose = any (d.purposes)
      or ('DEVELOPMENT' = any (d.purposes) and rights_of.purpose in ('QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'))
    )
    and (rights_of.reference ~ '\S' or not needs_reference(rights_of.purpose, r.role));
end $$;

create or replace function contacts_by_id(ids uuid[], starts timestamptz[]) returns setof contact
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select c.* from unnest(ids, starts) as wanted (id, started_at)
    join contact c on c.id = wanted.id and c.started_at = wanted.started_at;
end $$;
grant execute on function contacts_by_id to seloste_desk;

create or replace function recordings_by_contact(contacts uuid[]) returns setof recording
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select r.* from recording r where r.contact_id = any (contacts);
end $$;
grant execute on function recordings_by_contact to seloste_desk;

-- Returns why a listening may not be served now, and since when; `why` is null if it may. A listening of the Service Unit's ends when its
-- call no longer belongs to the request. Any listening ends when its right no longer covers the call, as after a correction that gives the
-- call to another official. PL/pgSQL, because SQL functions were planned at each call, which took longer than the queries.
create or replace function listening_end_reason(l listening, signed_in boolean) returns table (why text, since timestamptz)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select
    case
      when l.ended_at is not null then coalesce(l.end_why, 'left')
      when not signed_in then 'session'
      when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
        or r.destroy_at <= register_now() and coalesce(listened_until(r.id, l.purpose, l.reference, l.role), '-infinity') <= register_now() then 'destroyed'
      when r.destroy_at is null or not log_is_whole()
        or (r.state <> 'STORED' or r.kept_at is null) and listened_until(r.id, l.purpose, l.reference, l.role) is null then 'restricted'
      when not exists (
        select from rights_of(l.person_id, l.purpose, coalesce(l.reference, '')) o
        where o.id = l.right_id and o.role = l.role and case o.scope_kind
          when 'all' then o.role <> 'SERVICE_UNIT' or serves_recording(r, l.reference)
          when 'own' then s.official_person_id = l.person_id
          when 'unit' then s.official_unit_id = any (o.scope_units)
          when 'numbers' then s.number_reached = any (o.scope_numbers)
          else false end
      ) then 'right'
      when l.until <= now() then 'time'
    end,
    case
      when coalesce(l.end_why, 'right') = 'right' then (
        select least(a.revoked_at, a.valid_to) from access_right a
        where a.id = l.right_id and least(a.revoked_at, a.valid_to) <= now()
      )
    end
  from (select) nothing left join recording r on r.id = l.recording_id
    left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at;
end $$;

-- Returns a listening of this transaction's session as it is now. Another session's is not found.
create or replace function listening_now(wanted uuid)
returns table (recording_id uuid, speed real, why text, since timestamptz)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select l.recording_id, l.speed, o.why, o.since
  from listening l, listening_end_reason(l, viewer() is not distinct from l.person_id) o
  where l.id = wanted
    and l.session_hash = session_token_hash();
end $$;
grant execute on function listening_now to seloste_custodian, seloste_desk;

-- Ends a listening and logs why and which parts of the recording were served, in milliseconds (R21). The entry lists the first thousand
-- parts, and always their total length.
create or replace function end_listening_for(l listening, why text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  served text[];
  served_ms bigint;
begin
  update listening set ended_at = clock_timestamp(), end_why = why where id = l.id and ended_at is null;
  if not found then
    return;
  end if;
  select coalesce(array_agg(lower(part) || '-' || upper(part) order by lower(part)), '{}'), coalesce(sum(upper(part) - lower(part)), 0)
  into served, served_ms
  from (
    select unnest(range_agg(int4range(g.from_ms, g.to_ms))) as part
    from listening_range g where g.listening_id = l.id and g.from_ms < g.to_ms
  ) parts;
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (l.person_id, l.right_id, l.role, 'listening.ended', l.purpose, l.reference, 'recording', l.recording_id, 'ok',
    jsonb_build_object('listening', l.id, 'why', why, 'servedMs', served_ms, 'parts', cardinality(served), 'served', served[1:1000]));
end $$;

-- Ends a listening for the person who listens. Returns false if this session has no such listening, or it has ended.
create or replace function stop_listening(wanted uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l listening;
begin
  select * into l from listening
  where id = wanted and ended_at is null and person_id = viewer()
    and session_hash = session_token_hash()
  for update;
  if l.id is null then
    return false;
  end if;
  perform end_listening_for(l, 'left');
  return true;
end $$;
grant execute on function stop_listening to seloste_desk;

create or replace function set_listening_speed(wanted uuid, speed real) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with paced as (
    update listening set speed = set_listening_speed.speed
    where id = wanted and ended_at is null and person_id = viewer()
      and session_hash = session_token_hash()
    returning 1
  )
  select exists (select from paced)
$$;
grant execute on function set_listening_speed to seloste_desk;

-- Ends the listenings whose session, right, recording or time has ended, and returns them.
create or replace function end_expired_listenings() returns table (listening uuid, why text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l listening;
begin
  for listening, why in
    select o.id, w.why
    from listening o, listening_end_reason(o, exists (
      -- Same conditions as viewer(), for a session whose token is not known here.
      select from session s join person p on p.id = s.person_id
      where s.token_hash = o.session_hash and s.person_id = o.person_id
        and session_holds(s) and not s.awaits_second_factor
        and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
    )) w
    where o.ended_at is null and w.why is not null
  loop
    select * into l from listening o where o.id = end_expired_listenings.listening for update;
    if l.ended_at is null then
      perform end_listening_for(l, why);
      return next;
    end if;
  end loop;
end $$;
grant execute on function end_expired_listenings to seloste_custodian;

-- Requires the log entry of a listening that begins.
create or replace function require_listening_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and not exists (
    select from audit_entry e
    where e.person_id = new.person_id and e.at >= now() and e.action = 'listening.started' and e.result = 'ok'
      and e.object_id = new.recording_id and e.detail ->> 'listening' = new.id::text
      and e.right_id = new.right_id and e.role = new.role
      and e.purpose = new.purpose and e.reference is not distinct from new.reference
  ) then
    raise exception 'listening % begins without its entry in the log', new.id;
  end if;
  return null;
end $$;
