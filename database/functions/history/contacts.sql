-- Freezes a call that has ended. Only an approved correction changes its official. Later reports of capture are accepted: they never remove
-- an official, and never change the official of a corrected call.
create or replace function segment_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_capture' and (new.official_person_id, new.official_unit_id, new.official_name, new.official_phone)
      is distinct from (old.official_person_id, old.official_unit_id, old.official_name, old.official_phone)
    and exists (select from correction c where c.segment_id = old.id and c.outcome = 'APPROVED') then
    new.official_person_id := old.official_person_id;
    new.official_unit_id := old.official_unit_id;
    new.official_name := old.official_name;
    new.official_phone := old.official_phone;
  end if;
  if is_over(old.ended_at, old.contact_id, old.contact_started_at)
     and (new.official_person_id, new.official_unit_id) is distinct from (old.official_person_id, old.official_unit_id)
     and not (session_user = 'seloste_capture' and old.official_person_id is null and old.official_unit_id is null)
     and not exists (
       select from correction c where c.segment_id = old.id and c.outcome = 'APPROVED'
         and c.was_person_id is not distinct from old.official_person_id and c.becomes_person_id = new.official_person_id
         and c.becomes_unit_id is not distinct from new.official_unit_id) then
    raise exception 'segment % has ended: its official does not change', old.id;
  end if;
  return new;
end $$;

-- Allows a recording to be destroyed only if the condition of its cause holds: term reached, hold ended, quarantined, forbidden. Applies to
-- every role, also to superusers.
create or replace function recording_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if old.state <> 'DESTROYED' then
      raise exception 'recording % cannot be deleted: it is destroyed by its term or by a cause of the description', old.id;
    end if;
    if history_is_held(old.contact_id) then
      raise exception 'recording % belongs to a history that is not to be deleted now', old.id;
    end if;
    return old;
  end if;
  if (new.id, new.segment_id, new.contact_id, new.contact_started_at)
      is distinct from (old.id, old.segment_id, old.contact_id, old.contact_started_at) then
    raise exception 'recording % stays with its call', old.id;
  end if;
  if old.state = 'DESTROYED' and new.state <> 'DESTROYED' or old.state = 'DESTROYING' and new.state not in ('DESTROYING', 'DESTROYED') then
    raise exception 'recording % is destroyed and does not come back', old.id;
  end if;
  if old.state in ('DESTROYING', 'DESTROYED') and new.cause is distinct from old.cause then
    raise exception 'recording % is destroyed for the cause % and no other', old.id, old.cause;
  end if;
  if new.state in ('DESTROYING', 'DESTROYED') and old.state not in ('DESTROYING', 'DESTROYED') then
    if recordings_are_held(new.contact_id) then
      raise exception 'recording % is not to be destroyed now', old.id;
    end if;
    case new.cause
      when 'retention' then
        if new.destroy_at is null or new.destroy_at > destruction_now() then
          raise exception 'recording % cannot be destroyed before %', old.id, new.destroy_at;
        end if;
        -- The description lets an open inspection delay the end (C3).
        if (select held from inspections_hold) and recording_end_decision(old) ->> 'act' = 'wait' then
          raise exception 'recording % waits for an inspection', old.id;
        end if;
      when 'hold-end' then
        if new.destroy_at is null or new.destroy_at > destruction_now() or not exists (
          select from preservation_order o
          where o.contact_id = new.contact_id and o.covers in ('recordings', 'both') and order_ended_at(o) > new.destroy_at
        ) then
          raise exception 'recording % was not kept past its term', old.id;
        end if;
      when 'trimming' then
        if old.state <> 'QUARANTINED' then
          raise exception 'recording % is not in quarantine', old.id;
        end if;
      else
        if new.cause is null or not exists (select from prohibition p where p.recording_id = new.id and lower(p.party) = new.cause) then
          raise exception 'recording % has not been forbidden by the %', old.id, new.cause;
        end if;
    end case;
  end if;
  -- The minimum term ends later if a transferred call continues. An earlier end would bypass R23.
  if old.min_keep_until is not null and (new.min_keep_until is null or new.min_keep_until < old.min_keep_until) then
    raise exception 'the floor of recording % cannot come earlier', old.id;
  end if;
  if new.min_keep_until > new.destroy_at then
    raise exception 'recording %: destruction % would come before the floor %', old.id, new.destroy_at, new.min_keep_until;
  end if;
  return new;
end $$;

create or replace function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;

-- Creates the monthly partitions of the history from one month to another; existing ones stay.
create or replace function ensure_partitions(first_month date, last_month date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m date := date_trunc('month', first_month);
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.partitions'));
  while m <= last_month loop
    foreach parent in array array['contact', 'segment', 'call_identity'] loop
      part := parent || to_char(m, '_YYYY_MM');
      if to_regclass('public.' || part) is null then
        begin
          execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
            part, parent, m::timestamp at time zone 'UTC', (m + interval '1 month')::timestamp at time zone 'UTC');
        exception when check_violation then
          -- Rows of that month are in the default partition: they stay there, and do not prevent a new version from starting.
          raise warning '% is not made: there are rows of it in %_default', part, parent;
        end;
      end if;
    end loop;
    m := m + interval '1 month';
  end loop;
end $$;
grant execute on function ensure_partitions to seloste_custodian;
-- A new database gets its months here; the custodian makes later ones.
select ensure_partitions((now() - interval '15 months')::date, (now() + interval '13 months')::date);

-- Returns a listening of a session as it is now and, unless it has ended, records the range that is about to be served. The end of a
-- listening waits for this, so that no interval is served without a log entry. No row if the session has no such listening, or is in
-- listening mode and the request comes from elsewhere than its workstation (R47). Counts as a use of the session.
create or replace function serve_range(token text, workstation bytea, wanted uuid, from_ms integer, to_ms integer, idle interval)
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
    -- To the nearest ten seconds: a listener soon asks for the next range.
    update session s set expires_at = now() + idle, used_at = now()
    where s.id = held.id and s.used_at < now() - interval '10 seconds';
  end if;
  return next;
end $$;
grant execute on function serve_range to seloste_custodian;
