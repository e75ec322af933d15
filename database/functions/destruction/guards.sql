-- Refuses to quarantine an ingested recording, because that would bypass its minimum term (R23).
create or replace function quarantine_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.kept_at is not null and new.kept_at is distinct from old.kept_at then
    raise exception 'recording % has been ingested', old.id;
  end if;
  if new.state = 'QUARANTINED' and old.state <> 'QUARANTINED' and (old.state not in ('CAPTURING', 'STORED') or old.kept_at is not null) then
    raise exception 'recording % has been ingested and cannot be quarantined', old.id;
  end if;
  return new;
end $$;

-- Requires the ledger entry of a destruction: both are written, or neither.
create or replace function require_destruction_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_custodian'
     and not exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = new.id) then
    raise exception 'recording % is destroyed without an entry in the destruction ledger', new.id;
  end if;
  return null;
end $$;

-- Limits the custodian's ledger entries to what it destroys itself; a restore applies every entry. Entries of holds and revocations are
-- made by triggers (destruction/ledger.sql).
create or replace function check_custodian_entry() returns trigger language plpgsql as $$
begin
  if current_user = 'seloste_custodian'
     and new.object_kind not in ('recording', 'history-month', 'month-key', 'intake-key', 'place-reached') then
    raise exception 'the custodian may not make ledger entries about a %', new.object_kind using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

-- Refuses an entry about a recording that is not destroyed.
create or replace function require_destroyed_recording() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_custodian' and exists (select from recording r where r.id = new.object_id and r.state <> 'DESTROYED') then
    raise exception 'recording % has an entry in the destruction ledger and is not destroyed', new.object_id;
  end if;
  return null;
end $$;

-- Returns true if the clock is so far ahead of the highest time seen that nothing may end by its term.
create or replace function clock_is_ahead() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select now() > at + interval '26 hours' - leapt and now() > at + interval '5 minutes' or gained > interval '22 hours' from clock_mark
$$;

-- Returns each person's latest confirmation of the clock that belongs to a stop of destruction, if at most 26 hours old.
create or replace function confirmations_of(stop uuid) returns setof clock_confirmation
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct on (c.person_id) c.* from clock_confirmation c
  where c.stop_id = stop and c.at between now() - interval '26 hours' and clock_timestamp()
  order by c.person_id, c.at desc
$$;

-- Returns true if a call or part ended a day ago. Without an end it counts as over two days after the call began and was admitted, because
-- no call lasts longer than a day.
create or replace function is_over(ended timestamptz, call uuid, began timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  latest timestamptz := register_now();
begin
  if ended is not null then
    return ended < latest - interval '1 day';
  end if;
  return began < latest - interval '2 days' and exists (select from contact c
    where c.id = call and c.started_at = began and coalesce(c.admitted_at, c.started_at) < latest - interval '2 days');
end $$;
grant execute on function is_over to seloste_capture;

-- Refuses what capture or the desk writes in a transaction older than five minutes, or in an older snapshot: now() and the register's time
-- do not advance there, so no call would be over and no term would end.
create or replace function refuse_old_transaction() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'rows of % are written at read committed, within five minutes of the start of their transaction', tg_table_name
    using errcode = 'invalid_transaction_state';
end $$;

-- Freezes a part of a call a day after its end. Later reports change neither end nor official; only an inferred end may be replaced and a
-- missing one added, at most a day after the call began. Names and review marks stay, and capture can no longer mark the part as forbidden.
create or replace function ended_part_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  has_ended boolean := is_over(old.ended_at, old.contact_id, old.contact_started_at);
  earliest timestamptz := old.contact_started_at - interval '1 day';
  latest timestamptz := greatest(old.ended_at, old.contact_started_at + interval '1 day');
begin
  if current_user = 'seloste_capture' then
    if has_ended then
      new.official_name := old.official_name;
      new.official_phone := old.official_phone;
      -- segment_guard refuses another person.
      if old.official_person_id is null and old.official_unit_id is null then
        new.official_person_id := null;
        new.official_unit_id := null;
      end if;
      if new.capture_failure = 'forbidden' then
        new.capture_failure := old.capture_failure;
      end if;
      if new.capture_state <> 'not-recorded' then
        new.capture_state := old.capture_state;
      end if;
      new.marks := new.marks || array(
        select m from unnest(old.marks) m where m <> 'end-inferred' and m <> all (new.marks));
    end if;
    if has_ended and 'end-inferred' = any (old.marks) then
      new.ended_at := coalesce(new.ended_at, old.ended_at);
    elsif has_ended then
      new.ended_at := coalesce(old.ended_at, new.ended_at);
      new.answered_at := old.answered_at;
      new.marks := array_remove(new.marks, 'end-inferred');
    end if;
    -- A call that ended long before it began would be past its terms at once.
    if new.ended_at < earliest then
      new.ended_at := earliest;
    end if;
  end if;
  -- This limit also applies inside functions that capture calls.
  if session_user = 'seloste_capture' and (old.ended_at is not null or has_ended) and new.ended_at > latest then
    new.ended_at := latest;
  end if;
  return new;
end $$;

-- A late part of an ended call cannot make it end today. If the part arrives too late to be genuine, its official is left out.
create or replace function late_part_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  call_ended_at timestamptz;
begin
  select coalesce(c.ended_at, c.started_at + interval '1 day') into call_ended_at
  from contact c where c.id = new.contact_id and c.started_at = new.contact_started_at and is_over(c.ended_at, c.id, c.started_at);
  if found then
    new.ended_at := least(coalesce(new.ended_at, call_ended_at), greatest(call_ended_at, new.contact_started_at + interval '1 day'));
  end if;
  if coalesce(new.official_name, new.official_phone, new.official_person_id::text) is not null
    and is_closed_to_late_facts(new.contact_id, new.contact_started_at, interval '1 day') then
    new.official_person_id := null;
    new.official_unit_id := null;
    new.official_name := null;
    new.official_phone := null;
    new.marks := array_append(array_remove(new.marks, 'needs-review'), 'needs-review');
  end if;
  return new;
end $$;

-- A call ends with the last of its parts, and its history 14 months later.
create or replace function call_end_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  last_end timestamptz;
begin
  if current_user <> 'seloste_capture' then
    return new;
  end if;
  if old.trunk is not null and new.trunk is distinct from old.trunk then
    raise exception 'contact % keeps its trunk', old.id;
  end if;
  if (new.ended_at, new.history_ends_at) is distinct from (old.ended_at, old.history_ends_at) then
    select case when not bool_or(s.ended_at is null) then max(s.ended_at) end into last_end
    from segment s where s.contact_id = old.id and s.contact_started_at = old.started_at;
    if new.ended_at is null and last_end is not null then
      new.ended_at := old.ended_at;
      new.history_ends_at := old.history_ends_at;
      new.end_inferred := old.end_inferred;
    elsif (new.ended_at, new.history_ends_at) is distinct from (last_end, history_ends_after(last_end)) then
      raise exception 'contact % ends with the last of its parts', old.id;
    end if;
  end if;
  new.end_inferred := new.end_inferred and (old.end_inferred or not is_over(old.ended_at, old.id, old.started_at));
  return new;
end $$;

-- A stored recording does not go back to CAPTURING, and its terms follow from its call's end.
create or replace function recording_terms_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  call_ended timestamptz;
begin
  if current_user <> 'seloste_capture' then
    return new;
  end if;
  if old.state = 'STORED' and (
    new.state <> 'STORED'
    or (new.ended_at, new.size_bytes, new.sha256, new.incomplete, new.packets_received, new.packets_lost)
      is distinct from (old.ended_at, old.size_bytes, old.sha256, old.incomplete, old.packets_received, old.packets_lost)
  ) then
    raise exception 'recording % is stored and stays as it is', old.id;
  end if;
  if (new.call_ended_at, new.min_keep_until, new.destroy_at) is distinct from (old.call_ended_at, old.min_keep_until, old.destroy_at) then
    select c.ended_at into call_ended from contact c where c.id = old.contact_id and c.started_at = old.contact_started_at;
    if call_ended is null
      or (new.call_ended_at, new.min_keep_until, new.destroy_at) is distinct from (
        call_ended, greatest(old.min_keep_until, months_after(call_ended, 2)),
        greatest(old.min_keep_until, destruction_due_at(call_ended, old.recording_months)))
    then
      raise exception 'the terms of recording % follow from the end of its call', old.id;
    end if;
  end if;
  if new.expiry_month is distinct from old.expiry_month and (
    old.expiry_month is not null or new.expiry_month is distinct from date_trunc('month', new.destroy_at at time zone 'UTC')::date
  ) then
    raise exception 'the month of recording % follows from its end', old.id;
  end if;
  return new;
end $$;
