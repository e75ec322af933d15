-- What comes late to a call that is over: nothing names another official, replaces a part or adds a recording, but for
-- what a feed or a capture node tells that was away.

-- When the register took the call in; null for calls from before it was noted.
alter table contact add column admitted_at timestamptz;
alter table contact alter column admitted_at set default now();

-- Whether a call has been over and known for a day, and no feed or node can still be that late with it.
create function is_told_too_late(call uuid, call_started timestamptz, slack interval) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from contact c where c.id = call and c.started_at = call_started and c.ended_at < now() - interval '1 day'
      and coalesce(c.admitted_at, c.started_at) < now() - interval '1 day' and c.ended_at < late_facts_from(slack)
  )
$$;

-- As 0095-what-is-over-stays.sql has it, and names nobody who answered where the part is told too late.
create or replace function late_part_ends_in_time() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  over_at timestamptz;
begin
  select c.ended_at into over_at from contact c where c.id = new.contact_id and c.started_at = new.contact_started_at;
  if over_at < now() - interval '1 day' then
    new.ended_at := least(coalesce(new.ended_at, over_at), greatest(over_at, new.contact_started_at + interval '1 day'));
  end if;
  if coalesce(new.official_name, new.official_phone, new.official_person_id::text) is not null
    and is_told_too_late(new.contact_id, new.contact_started_at, interval '1 day') then
    new.official_person_id := null;
    new.official_unit_id := null;
    new.official_name := null;
    new.official_phone := null;
    new.marks := array_append(array_remove(new.marks, 'needs-review'), 'needs-review');
  end if;
  return new;
end $$;

-- As 0096-calls-that-go-on.sql has it, but for an end that nobody had told: names stay as well. What is over was not forbidden in the call,
-- and needs the review that it needed.
create or replace function part_stays_when_over() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  is_over boolean := old.ended_at < now() - interval '1 day';
  earliest timestamptz := old.contact_started_at - interval '1 day';
  latest timestamptz := greatest(old.ended_at, old.contact_started_at + interval '1 day');
begin
  if current_user = 'seloste_capture' then
    if is_over then
      new.official_name := old.official_name;
      new.official_phone := old.official_phone;
      -- Of somebody else the guard refuses to hear.
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
    if is_over and 'end-inferred' = any (old.marks) then
      new.ended_at := coalesce(new.ended_at, old.ended_at);
    elsif is_over then
      new.ended_at := old.ended_at;
      new.answered_at := old.answered_at;
      new.marks := array_remove(new.marks, 'end-inferred');
    end if;
    -- A call that ended long before it began would have its terms behind it.
    if new.ended_at < earliest then
      new.ended_at := earliest;
    end if;
  end if;
  -- By what capture may call as well.
  if session_user = 'seloste_capture' and old.ended_at is not null and new.ended_at > latest then
    new.ended_at := latest;
  end if;
  return new;
end $$;

-- As 0026-request-acts.sql has it, but for a part that names nobody: what capture tells of it again is taken, and names nobody either.
create or replace function segment_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.ended_at < now() - interval '1 day'
     and (new.official_person_id, new.official_unit_id) is distinct from (old.official_person_id, old.official_unit_id)
     and not (session_user = 'seloste_capture' and old.official_person_id is null and old.official_unit_id is null)
     and not exists (
       select from correction c where c.segment_id = old.id and c.outcome = 'APPROVED'
         and c.was_person_id is not distinct from old.official_person_id and c.becomes_person_id = new.official_person_id
         and c.becomes_unit_id is not distinct from new.official_unit_id) then
    raise exception 'segment % is over: its official does not change', old.id;
  end if;
  return new;
end $$;

-- A recording begins with its call.
create function late_recording_is_refused() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Told again.
  if not exists (select from recording r where r.id = new.id)
    and is_told_too_late(new.contact_id, new.contact_started_at, interval '1 day')
  then
    raise exception 'contact % is over and gets no recording', new.contact_id;
  end if;
  return new;
end $$;
create trigger late_recording before insert on recording for each row
  when (session_user = 'seloste_capture' and new.contact_started_at < now() - interval '1 day') execute function late_recording_is_refused();

-- Ids of a call stay the call's.
create function call_id_stays() returns trigger language plpgsql as $$
begin
  return old;
end $$;
create trigger stays_when_over before update on call_identity for each row
  when (session_user = 'seloste_capture' and old.contact_started_at < now() - interval '1 day') execute function call_id_stays();

-- As 0086-told-parts-looked-up.sql has it, but a part that a feed had told is replaced in time, and none that has a recording.
create or replace function segments_are_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  is_late boolean;
  is_named boolean;
  is_further boolean;
  is_answered boolean;
  late date;
  one record;
begin
  select bool_or(t.contact_started_at < now() - interval '20 hours'), bool_or(t.official_name is not null), bool_or(t.seq > 1),
    bool_or(t.answered_at is not null)
  into is_late, is_named, is_further, is_answered from told t;
  if is_answered is null then
    return null;
  end if;

  -- A day that was counted is not any more. In the order of days: two who tell of several do not wait for each other.
  if is_late then
    for late in select distinct helsinki_day(t.contact_started_at) from told t where t.contact_started_at < now() - interval '20 hours' order by 1 loop
      perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
      update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    end loop;
  end if;

  -- Who answered is found by a part of the name. Looked for first: nearly always they are there, and then nobody waits for anybody.
  if is_named then
    insert into official_named as n
    select t.official_name, t.official_phone, t.official_unit_id, t.official_person_id,
      min(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date, max(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date
    from told t
    where t.official_name is not null and not exists (
      select from official_named o where o.name = t.official_name and o.phone is not distinct from t.official_phone
        and o.unit_id is not distinct from t.official_unit_id and o.person_id is not distinct from t.official_person_id
        and date_trunc('month', t.contact_started_at at time zone 'UTC')::date between o.first_month and o.last_month
    )
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict on constraint official_named_once do update
      set first_month = least(n.first_month, excluded.first_month), last_month = greatest(n.last_month, excluded.last_month);
  end if;

  -- A recording client, or a later record, tells better of what a feed had made a segment of: the same part of the call is not there
  -- twice. What an order keeps stays.
  if is_answered then
    for one in
      select t.id, t.contact_id, t.contact_started_at, f.segment_id, f.is_fed
      from told t
      cross join lateral (
        select x.segment_id, x.answered_at, x.ended_at,
          (select w.official_phone from segment w where w.id = x.segment_id and w.contact_started_at = x.contact_started_at) as official,
          exists (select from fed_segment o where o.segment_id = t.id and o.is_own) as is_fed
        from fed_segment x
        where x.contact_id = t.contact_id and x.contact_started_at = t.contact_started_at and x.is_own and x.segment_id <> t.id
          and not exists (select from recording r where r.segment_id = x.segment_id) offset 0
      ) f
      where t.answered_at is not null and (f.answered_at is null or not f.is_fed
        and is_part_told(f.answered_at, f.ended_at, f.official, t.answered_at, t.ended_at, t.official_phone))
      order by t.contact_id, t.seq
    loop
      continue when history_is_held(one.contact_id) or is_told_too_late(one.contact_id, one.contact_started_at, interval '1 day');
      delete from segment s where s.id = one.segment_id and s.contact_started_at = one.contact_started_at;
      if one.is_fed then
        delete from fed_segment f where f.segment_id = one.segment_id;
      else
        update fed_segment f set segment_id = one.id, is_own = false
        where f.segment_id = one.segment_id and not exists (select from fed_segment o where o.segment_id = one.id);
      end if;
    end loop;
  end if;

  -- A further part of a call that has recordings. Who changes one of them meanwhile is waited for, or waits.
  if is_further then
    perform from told t join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    where t.seq > 1 order by r.id for share of r;
    insert into recorded_part
    select r.id, s.id, s.contact_id, s.contact_started_at, s.id = r.segment_id, recorded_state(r.state, r.kept_at, r.destroy_at), official_of(s),
      s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
    from told t
    join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    join segment s on s.id = t.id and s.contact_started_at = t.contact_started_at
    where t.seq > 1
    on conflict do nothing;
  end if;

  insert into study_told (contact_id, contact_started_at) select t.contact_id, t.contact_started_at from told t;
  return null;
end $$;

-- As 0054-told-together.sql has them: a part that is in the register already was not made by this feed.
create or replace function note_fed_calls(told_by text, calls fed_call[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, c.contact_id, c.started_at, told_by, p.answered_at, p.ended_at,
    not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = c.started_at)
  from unnest(calls) c, jsonb_to_recordset(c.parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz)
  on conflict (segment_id) do nothing
$$;

create or replace function note_fed_segments(told_by text, contact uuid, begun timestamptz, parts jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, contact, begun, told_by, p.answered_at, p.ended_at,
    p.is_own and not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = begun)
  from jsonb_to_recordset(parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz, is_own boolean)
  on conflict (segment_id) do nothing
$$;

-- As 0085-queue-calls.sql has it, but completes no call that is told too late.
create or replace function complete_fed_segment(wanted uuid, begun timestamptz, facts jsonb) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s segment;
  c contact;
  told_end timestamptz := (facts ->> 'ended_at')::timestamptz;
begin
  select * into s from segment x where x.id = wanted and x.contact_started_at = begun for update;
  if not found then
    return false;
  end if;
  if is_told_too_late(s.contact_id, begun, interval '7 days') then
    return false;
  end if;
  select * into c from contact x where x.id = s.contact_id and x.started_at = begun for update;
  if s.number_reached = 'unknown' and facts ->> 'number_reached' <> 'unknown' then
    update segment x set number_reached = facts ->> 'number_reached', number_reached_name = facts -> 'number_reached_name',
      marks = array_remove(x.marks, 'unknown-number')
    where x.id = wanted and x.contact_started_at = begun;
  end if;
  if c.number_called = 'unknown' and facts ->> 'number_called' <> 'unknown' then
    update contact x set number_called = facts ->> 'number_called', number_kind = facts ->> 'number_kind',
      number_name = facts -> 'number_name'
    where x.id = c.id and x.started_at = begun;
  end if;
  if c.caller_kind = 'unparsed' and c.caller_raw is null and facts ->> 'caller_key' is not null then
    update contact x set caller_kind = facts ->> 'caller_kind', caller_key = facts ->> 'caller_key'
    where x.id = c.id and x.started_at = begun;
  end if;
  -- Whose call it was does not change any more a day after its end (segment_guard).
  if s.official_phone is null and facts ->> 'official_phone' is not null
     and (s.ended_at is null or s.ended_at >= now() - interval '23 hours') then
    update segment x set official_phone = facts ->> 'official_phone', official_name = facts ->> 'official_name',
      official_person_id = (facts ->> 'official_person_id')::uuid, official_unit_id = (facts ->> 'official_unit_id')::uuid
    where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- Of what a feed has told, the later answer is the official's: the earlier one was a queue's.
  if (facts ->> 'answered_at')::timestamptz > s.answered_at + clocks_differ() and (facts ->> 'answered_at')::timestamptz < s.ended_at
     and exists (select from fed_segment f where f.segment_id = wanted and f.is_own) then
    update segment x set answered_at = (facts ->> 'answered_at')::timestamptz where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- A recording client tells of a call from the moment at which an official is reached.
  if (facts ->> 'started_at')::timestamptz < coalesce(c.waited_from, begun - clocks_differ())
     and (facts ->> 'started_at')::timestamptz >= begun - interval '1 day' then
    update contact x set waited_from = (facts ->> 'started_at')::timestamptz where x.id = c.id and x.started_at = begun;
  end if;
  if c.end_inferred and s.ended_at is not null and told_end > coalesce(s.answered_at, c.started_at) and told_end <> s.ended_at
     and not exists (select from segment o where o.contact_id = c.id and o.contact_started_at = begun and o.ended_at > s.ended_at) then
    update segment x set ended_at = told_end, marks = array_remove(x.marks, 'end-inferred')
    where x.id = wanted and x.contact_started_at = begun;
    return true;
  end if;
  return false;
end $$;

-- As 0097-told-in-time.sql has it, also for an end that was only inferred, and for a part of this call alone.
create or replace function complete_part(call uuid, call_started timestamptz, t told_part) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  c contact;
  s segment;
begin
  select * into s from segment x where x.id = t.segment_id and x.contact_started_at = call_started and x.contact_id = call;
  select * into c from contact x where x.id = call and x.started_at = call_started;
  if c.ended_at < now() - interval '1 day' and not c.end_inferred or is_told_too_late(call, call_started, interval '1 day') then
    return;
  end if;
  if (t.caller_key is not null or t.caller_kind = 'withheld') and (c.caller_kind, c.caller_key) is distinct from (t.caller_kind, t.caller_key)
     and (c.caller_key is null and c.caller_kind <> 'withheld' or s.seq = 1 and t.contact_id = call and c.ended_at is null) then
    update contact x set caller_kind = t.caller_kind, caller_key = t.caller_key, caller_raw = t.caller_raw
    where x.id = call and x.started_at = call_started;
  end if;
  if c.number_called = 'unknown' and t.number_called <> 'unknown' then
    update contact x set number_called = t.number_called, number_kind = t.number_kind, number_name = t.number_name
    where x.id = call and x.started_at = call_started;
  end if;
  if not s.decision_record and s.decision_reason in ('unknown-number', 'no-official', 'not-answered')
     and (s.number_reached, s.decision_reason) is distinct from (t.number_reached, t.decision_reason)
     and (t.number_reached <> 'unknown' or s.number_reached = 'unknown') then
    update segment x set number_reached = t.number_reached, number_reached_name = t.number_reached_name, decision_record = t.decision_record,
      decision_reason = t.decision_reason, rule_id = t.rule_id, rule_version = t.rule_version, rule_share = t.rule_share, draw = t.draw,
      description_version = t.description_version, drawn_on = decode(t.drawn_on, 'hex'), quota_used = t.quota_used
    where x.id = t.segment_id and x.contact_started_at = call_started;
  end if;
end $$;

-- What capture enters is what it tells; the rest of a row is the register's.
revoke insert on contact, recording from seloste_capture;
grant insert (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, trunk, history_ends_at)
  on contact to seloste_capture;
grant insert (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, intake_key, recording_months)
  on recording to seloste_capture;
revoke update on call_identity from seloste_capture;
grant update (contact_id) on call_identity to seloste_capture;

-- A call of days to come would be kept that much longer (R22, R24). Clocks may be a day apart.
create policy capture_not_ahead on contact as restrictive for insert to seloste_capture with check (started_at < now() + interval '2 days');
create policy capture_not_ahead on recording as restrictive for insert to seloste_capture with check (started_at < now() + interval '2 days');

revoke execute on function is_told_too_late(uuid, timestamptz, interval), late_recording_is_refused(), call_id_stays() from public;
grant execute on function is_told_too_late(uuid, timestamptz, interval) to seloste_capture;
