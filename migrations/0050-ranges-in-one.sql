-- A range of sound: who asks, whether they still may, and that it was given, in one statement (docs/decisions/0065).

-- Over 0023-calls-of-requests.sql and 0013-looks.sql, with the same answers. As SQL functions they were planned at each call, which took longer than what they ask.
create or replace function why_over(l listening, signed_in boolean) returns table (why text, since timestamptz)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select
    case
      when l.ended_at is not null then coalesce(l.end_why, 'left')
      when not signed_in then 'session'
      when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
        or r.destroy_at <= register_now() and coalesce(heard_until(r.id, l.purpose, l.reference), '-infinity') <= register_now() then 'destroyed'
      when r.destroy_at is null or not log_is_whole()
        or (r.state <> 'STORED' or r.kept_at is null) and heard_until(r.id, l.purpose, l.reference) is null then 'restricted'
      when not exists (
        select from rights_of(l.person_id, l.purpose, coalesce(l.reference, '')) o
        where o.id = l.right_id and o.role = l.role
          and (o.role <> 'SERVICE_UNIT' or o.scope_kind <> 'all' or serves_recording(r, l.reference))
      ) then 'right'
      when l.until <= now() then 'time'
    end,
    case
      when coalesce(l.end_why, 'right') = 'right' then (
        select least(a.revoked_at, a.valid_to) from access_right a
        where a.id = l.right_id and least(a.revoked_at, a.valid_to) <= now()
      )
    end
  from (select) nothing left join recording r on r.id = l.recording_id;
end $$;

create or replace function listening_now(wanted uuid)
returns table (recording_id uuid, speed real, why text, since timestamptz)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select l.recording_id, l.speed, o.why, o.since
  from listening l, why_over(l, viewer() is not distinct from l.person_id) o
  where l.id = wanted
    and l.session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'));
end $$;

drop function note_served(uuid, integer, integer);

-- A listening of a session as it is at this instant, with what is about to be served of it noted where it may be; an end waits
-- for that, so that no interval is served that the end's entry in the log does not tell. Nothing where the session has no such
-- listening, or is in the listening mode and asks from elsewhere than its workstation (R47). It is a use of the session.
create function serve_range(token text, workstation bytea, wanted uuid, from_ms integer, to_ms integer, idle interval)
returns table (recording_id uuid, speed real, why text, since timestamptz)
language plpgsql volatile security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
declare
  held session;
begin
  perform set_config('seloste.session', serve_range.token, true);
  perform from listening l where l.id = wanted for share;
  select s.* into held from session s where s.token_hash = sha256(convert_to(serve_range.token, 'UTF8'));
  if held.confined_to is not null and not exists (
    select from workstation w where w.id = held.confined_at and w.ended_at is null and w.token_hash = serve_range.workstation
  ) then
    return;
  end if;
  select n.recording_id, n.speed, n.why, n.since into recording_id, speed, why, since from listening_now(wanted) n;
  if not found then
    return;
  end if;
  if why is null then
    insert into listening_range (listening_id, from_ms, to_ms) values (wanted, serve_range.from_ms, serve_range.to_ms);
    -- To some seconds: whoever listens asks for the next range soon.
    update session s set expires_at = now() + idle, used_at = now()
    where s.id = held.id and s.used_at < now() - interval '10 seconds';
  end if;
  return next;
end $$;

revoke execute on function serve_range(text, bytea, uuid, integer, integer, interval) from public;
grant execute on function serve_range(text, bytea, uuid, integer, integer, interval) to seloste_custodian;
