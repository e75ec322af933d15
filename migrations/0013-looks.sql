-- Looks: what a right reaches, own calls found by their official, listenings that end with what they stand on (R3, R27, R36-R41).

-- What a right reaches ------------------------------------------------------------------------------------------------

-- A look that names no fault, case or request reaches nothing where the role's purpose needs one (src/description/purposes.ts).
create function needs_reference(purpose text, role text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select purpose in ('MAINTENANCE', 'CRIME_OR_MISUSE') or (purpose = 'INSPECTION' and role <> 'OFFICIAL')
$$;

-- Whoever looks asks these many times a page. They are in PL/pgSQL because a connection then plans them once; as SQL functions
-- they were planned at each call.
create or replace function version_at(instant timestamptz) returns integer
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select version from description_version where effective_from <= instant order by effective_from desc limit 1);
end $$;

create or replace function viewer() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select s.person_id
    from session s join person p on p.id = s.person_id
    where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
      and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
      -- now() is when the transaction began: one that is kept open would stop the clock for its rights and its session.
      and clock_timestamp() < now() + interval '5 minutes'
  );
end $$;

-- A person's rights in force that cover a purpose, no wider than the description in force lets their roles be. A right to
-- DEVELOPMENT covers its three parts (R4); a part never covers the whole. The twin of src/safeguards/access/decide.ts.
create function rights_of(person uuid, purpose text, reference text) returns setof access_right
language plpgsql stable security definer rows 2 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select r.* from access_right r
  join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
  where r.person_id = rights_of.person
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
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

create or replace function active_rights() returns setof access_right
language plpgsql stable security definer rows 2 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select r.* from rights_of(
    viewer(), current_setting('seloste.purpose', true), coalesce(current_setting('seloste.reference', true), '')
  ) r;
end $$;

create or replace function sees_all() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from active_rights() where scope_kind = 'all');
end $$;
create or replace function sees_own() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select person_id from active_rights() where scope_kind = 'own' limit 1);
end $$;
create or replace function sees_units() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select coalesce(array_agg(distinct u), '{}') from active_rights() r, unnest(r.scope_units) u where r.scope_kind = 'unit');
end $$;
create or replace function sees_numbers() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select coalesce(array_agg(distinct n), '{}') from active_rights() r, unnest(r.scope_numbers) n where r.scope_kind = 'numbers');
end $$;

-- A page of somebody's calls, newest first, without a look at anybody else's: in each month, one walk along the index.
create index segment_official_newest on segment (official_person_id, contact_started_at desc, contact_id desc);
create index segment_unit_newest on segment (official_unit_id, contact_started_at desc, contact_id desc);
drop index segment_official;
drop index segment_unit;

-- What follows runs with the rights of whoever asks, row-level security and all. These are functions because a connection
-- then plans them once: planned anew each time, with a policy for each month's partition, a page took longer to plan than to
-- read.

-- Ids of the contacts in which a person or some units have a segment, newest first, after one of them and between two instants.
create function reached_contacts(
  person uuid, units uuid[], from_at timestamptz, to_at timestamptz, after_at timestamptz, after_id uuid, most integer
) returns table (started_at timestamptz, id uuid)
language plpgsql stable rows 10000 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select distinct on (r.started_at, r.id) r.started_at, r.id
  from (
    (
      select distinct on (s.contact_started_at, s.contact_id) s.contact_started_at as started_at, s.contact_id as id
      from segment s
      where s.official_person_id = person and s.contact_started_at >= from_at and s.contact_started_at < to_at
        and (s.contact_started_at, s.contact_id) < (after_at, after_id)
      order by s.contact_started_at desc, s.contact_id desc limit most
    )
    union all
    select u.started_at, u.id from unnest(units) as wanted (unit) cross join lateral (
      select distinct on (s.contact_started_at, s.contact_id) s.contact_started_at as started_at, s.contact_id as id
      from segment s
      where s.official_unit_id = wanted.unit and s.contact_started_at >= from_at and s.contact_started_at < to_at
        and (s.contact_started_at, s.contact_id) < (after_at, after_id)
      order by s.contact_started_at desc, s.contact_id desc limit most
    ) u
  ) r
  order by r.started_at desc, r.id desc limit most;
end $$;
create function contacts_by_id(ids uuid[], starts timestamptz[]) returns setof contact
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select c.* from unnest(ids, starts) as wanted (id, started_at)
    join contact c on c.id = wanted.id and c.started_at = wanted.started_at;
end $$;
create function recordings_by_contact(contacts uuid[]) returns setof recording
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select r.* from recording r where r.contact_id = any (contacts);
end $$;

-- Listenings ----------------------------------------------------------------------------------------------------------

alter table listening
  -- None of those that ended before this was kept.
  add column end_why text check (end_why in ('left', 'time', 'right', 'session', 'destroyed', 'restricted')),
  -- How many times faster than it was spoken the holder says they listen: the audio is served no faster.
  add column speed real not null default 1 check (speed between 0.5 and 3);
create index listening_open on listening (id) where ended_at is null;

-- Why a listening may not be served at this instant, and since when; no reason where it may.
create function why_over(l listening, signed_in boolean) returns table (why text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case
      when l.ended_at is not null then coalesce(l.end_why, 'left')
      when not signed_in then 'session'
      when r.id is null or r.state in ('DESTROYING', 'DESTROYED') or r.destroy_at <= now() then 'destroyed'
      when r.state <> 'STORED' or r.kept_at is null or r.destroy_at is null or not log_is_whole() then 'restricted'
      when not exists (select from rights_of(l.person_id, l.purpose, coalesce(l.reference, '')) o where o.id = l.right_id and o.role = l.role)
        then 'right'
      when l.until <= now() then 'time'
    end,
    case
      when coalesce(l.end_why, 'right') = 'right' then (
        select least(a.revoked_at, a.valid_to) from access_right a
        where a.id = l.right_id and least(a.revoked_at, a.valid_to) <= now()
      )
    end
  from (select) nothing left join recording r on r.id = l.recording_id
$$;

-- A listening of the session of this transaction, as it is at this instant. Somebody else's is as unknown as none.
create function listening_now(wanted uuid)
returns table (recording_id uuid, speed real, why text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.recording_id, l.speed, o.why, o.since
  from listening l, why_over(l, viewer() is not distinct from l.person_id) o
  where l.id = wanted
    and l.session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
$$;

drop function servable_listening(uuid);

-- Notes what is about to be served, unless the listening is over by now; an end waits for it, so that no interval is
-- served that the end's entry in the log does not tell.
create function note_served(wanted uuid, from_ms integer, to_ms integer) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from listening where id = wanted for share;
  if not exists (select from listening_now(wanted) n where n.why is null) then
    return false;
  end if;
  insert into listening_range (listening_id, from_ms, to_ms) values (wanted, note_served.from_ms, note_served.to_ms);
  return true;
end $$;

-- Ends a listening and says in the log why, and which parts of the recording were served, in milliseconds (R21). Of very
-- many parts the log names the first thousand; how much they were in all it says always.
create function end_listening_for(l listening, why text) returns void
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

-- The holder has had enough. False where there is no such listening of this session, or it has ended.
create function leave_listening(wanted uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l listening;
begin
  select * into l from listening
  where id = wanted and ended_at is null and person_id = viewer()
    and session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
  for update;
  if l.id is null then
    return false;
  end if;
  perform end_listening_for(l, 'left');
  return true;
end $$;

create function pace_listening(wanted uuid, speed real) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with paced as (
    update listening set speed = pace_listening.speed
    where id = wanted and ended_at is null and person_id = viewer()
      and session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
    returning 1
  )
  select exists (select from paced)
$$;

-- Ends the listenings whose session, right, recording or time is over, and tells the desk which.
create function end_listenings_over() returns table (listening uuid, why text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l listening;
begin
  for listening, why in
    select o.id, w.why
    from listening o, why_over(o, exists (
      -- As viewer(), of a session whose token nobody here has.
      select from session s join person p on p.id = s.person_id
      where s.token_hash = o.session_hash and s.person_id = o.person_id
        and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
        and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
    )) w
    where o.ended_at is null and w.why is not null
  loop
    select * into l from listening o where o.id = end_listenings_over.listening for update;
    if l.ended_at is null then
      perform end_listening_for(l, why);
      return next;
    end if;
  end loop;
end $$;

-- A listening is of what the viewer sees under this purpose and reference, on a right of the viewer's own, and no longer
-- than a listening may last.
drop policy desk_lists on listening;
create policy desk_lists on listening for insert to seloste_desk with check (
  person_id = viewer() and session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
  and purpose = current_setting('seloste.purpose', true)
  and reference is not distinct from nullif(current_setting('seloste.reference', true), '')
  and started_at between now() - interval '1 minute' and now() + interval '1 minute'
  and until <= now() + interval '121 minutes' and ended_at is null and end_why is null
  and exists (select from active_rights() a where a.id = listening.right_id and a.role = listening.role)
  and exists (select from recording r where r.id = listening.recording_id)
);
-- A beginning comes with its entry in the log.
create function listening_is_told() returns trigger
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
create constraint trigger told after insert on listening
  deferrable initially deferred for each row execute function listening_is_told();

-- An end comes with its entry in the log, by the functions above.
drop policy desk_ends on listening;
revoke update (ended_at) on listening from seloste_desk;
revoke insert (listening_id, from_ms, to_ms) on listening_range from seloste_custodian;

revoke execute on function reached_contacts(uuid, uuid[], timestamptz, timestamptz, timestamptz, uuid, integer),
  contacts_by_id(uuid[], timestamptz[]), recordings_by_contact(uuid[]), listening_is_told(), needs_reference(text, text), rights_of(uuid, text, text), why_over(listening, boolean),
  listening_now(uuid), note_served(uuid, integer, integer), end_listening_for(listening, text), leave_listening(uuid),
  pace_listening(uuid, real), end_listenings_over() from public;
grant execute on function reached_contacts(uuid, uuid[], timestamptz, timestamptz, timestamptz, uuid, integer),
  contacts_by_id(uuid[], timestamptz[]), recordings_by_contact(uuid[]), listening_now(uuid),
  leave_listening(uuid), pace_listening(uuid, real) to seloste_desk;
grant execute on function listening_now(uuid), note_served(uuid, integer, integer), end_listenings_over() to seloste_custodian;
