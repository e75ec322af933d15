-- Tolerance between two clocks for the same moment.
create or replace function clock_tolerance() returns interval language sql immutable as $$ select interval '10 seconds' $$;
grant execute on function clock_tolerance to seloste_capture;

-- Returns the contact of a call that a feed reports, if the register has it, and which of its segments the reported parts are. The call
-- matches by a common id, or else by caller, number and moment, if exactly one contact fits and the feed has not reported that contact
-- already. An unanswered call can match too, whichever feeds report it, and so can a recording client's call without an official. The
-- call's ids become the contact's. No row: a new call. A row without contact: several calls in the register could be this one. A reported
-- part may match several segments, because a held call can have several parts at its client; the best comes first. Raises SL002 for a call
-- that is too old to be matched.
create or replace function match_fed_call(feed_name text, ids bytea[], caller text, official text, called text, begun timestamptz, parts jsonb)
returns table (contact uuid, contact_begun timestamptz, place integer, segment uuid, is_own boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found uuid;
  found_at timestamptz;
  candidates integer;
  -- True if the ids belong to contacts of another caller, or to several contacts that could be the call.
  is_ambiguous boolean := false;
  since timestamptz := late_facts_from(interval '7 days');
  until timestamptz := matched_until(begun, (select max(p.ended_at) from jsonb_to_recordset(parts) p(ended_at timestamptz)));
begin
  select (array_agg(m.id order by m.is_same desc, m.apart) filter (where m.is_same or m.could_be))[1],
    (array_agg(m.started_at order by m.is_same desc, m.apart) filter (where m.is_same or m.could_be))[1],
    count(*) > 0 and count(*) filter (where m.is_same) = 0 and count(*) filter (where m.could_be) <> 1
  into found, found_at, is_ambiguous
  from (
    select distinct c.id, c.started_at, abs(extract(epoch from c.started_at - begun)) as apart,
      begun < since or coalesce(c.caller_key = caller, false) as is_same,
      (c.caller_key is null or caller is null) and c.started_at <= until + clock_tolerance()
        and coalesce(c.ended_at, 'infinity') >= begun - clock_tolerance() as could_be
    from call_identity i join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at
    where i.external_id_hash = any (ids) and i.contact_started_at between begun - interval '24 hours' and begun + interval '24 hours'
  ) m;
  if begun >= since and (found is not null or is_ambiguous) then
    perform count_lookups('fed_question_count', 1);
  end if;
  if is_ambiguous then
    found := null;
  end if;

  if found is null and begun < since then
    -- If no other source reported calls then, the call is new.
    if others_report_calls(feed_name, begun - interval '2 minutes', until + clock_tolerance()) then
      raise exception 'a call of % is too old to be matched for a feed', begun using errcode = 'SL002';
    end if;
    return;
  end if;

  if found is null then
    perform count_lookups('fed_question_count', fed_lookups(begun, until, parts));
    select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
      select distinct c.id, c.started_at
      from jsonb_to_recordset(parts) p(place integer, answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
      join contact c on c.started_at between begun - interval '2 minutes' and least(p.answered_at, until) + clock_tolerance()
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clock_tolerance() and p.answered_at + clock_tolerance()
      where (c.caller_key = caller or (c.caller_key is null or caller is null) and phone_as_reported(s, p.official_phone) = p.official_phone)
        and coalesce(phone_as_reported(s, p.official_phone) = p.official_phone, true)
        and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
        -- A conversation that ended before this one began is a different one.
        and (s.ended_at is null or c.end_inferred or s.ended_at > p.answered_at or s.ended_at >= p.ended_at - clock_tolerance())
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
    ) m;
    -- A queue answered long before the official did, or only one of the two reports the queue.
    if candidates = 0 then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
          and phone_as_reported(s, p.official_phone) = p.official_phone
        where (c.caller_key = caller or c.caller_key is null or caller is null)
          and could_be_same_talk(begun, p.answered_at, p.ended_at, s.answered_at, s.ended_at, c.end_inferred)
          and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
      ) m;
    end if;
    -- Only one of the two reports names the official: caller and number are the same, and the conversations overlap and end together.
    if candidates = 0 and caller is not null then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        where (phone_as_reported(s, p.official_phone) is null or p.official_phone is null)
          and could_be_same_talk(begun, p.answered_at, p.ended_at, s.answered_at, s.ended_at, c.end_inferred)
          and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
      ) m;
    end if;
    -- An unanswered call: the same caller, number, start and end. Without the caller's number the call could be anybody's.
    if candidates = 0 and caller is not null then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz)
        join contact c on c.caller_key = caller and c.started_at between begun - clock_tolerance() and begun + clock_tolerance()
          and c.ended_at between p.ended_at - clock_tolerance() and p.ended_at + clock_tolerance()
        where p.answered_at is null and c.number_called in (called, 'unknown')
          and not exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
            and s.answered_at is not null)
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
      ) m;
    end if;
    if candidates <> 1 then
      -- Calls of one caller to one number at the same time: the reported call could be any of them, or none.
      return query
        select null::uuid, null::timestamptz, null::integer, null::uuid, null::boolean
        where candidates > 1 or is_ambiguous or caller is not null and exists (
          select from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
          join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
          join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
          where (phone_as_reported(s, p.official_phone) is null or p.official_phone is null) and s.answered_at < p.ended_at
            and p.answered_at < coalesce(s.ended_at, 'infinity')
            and (s.number_reached in (p.number_reached, called) or c.number_called in (p.number_reached, called))
            and not exists (select from fed_segment f where f.contact_id = c.id));
      return;
    end if;
  end if;

  -- The call was found by id, but which segment matches may depend on who answered.
  if candidates is null and found_at >= since and exists (
    select from jsonb_to_recordset(parts) p(segment_id uuid)
    where not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = found_at)
  ) then
    perform count_lookups('fed_question_count', jsonb_array_length(parts));
  end if;

  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select distinct i.id, found, found_at from unnest(ids) i(id)
  on conflict (external_id_hash, contact_started_at) do nothing;

  return query
    select found, found_at, p.place, m.id, coalesce(f.is_own, false)
    from jsonb_to_recordset(parts) p(place integer, segment_id uuid, answered_at timestamptz, ended_at timestamptz, official_phone text)
    left join lateral (
      -- Unanswered: the segment of an earlier report, or else the first that a client reported of the call.
      select s.id, row_number() over (
        order by s.id <> p.segment_id, abs(extract(epoch from s.answered_at - p.answered_at)) nulls last, s.seq) as turn
      from segment s
      where s.contact_id = found and s.contact_started_at = found_at and (s.id = p.segment_id or p.answered_at is null
        or is_same_part(p.answered_at, p.ended_at, case when found_at >= since then p.official_phone end, s.answered_at, s.ended_at,
          phone_as_reported(s, p.official_phone)))
    ) m on p.answered_at is not null or m.turn = 1
    left join fed_segment f on f.segment_id = m.id
    order by p.place, m.turn;
end $$;
grant execute on function match_fed_call to seloste_capture;

-- Adds what a recording client did not report of a segment: number, official, caller, the answer of the official, since when the caller
-- waited, and an end that was only inferred. Does nothing for a call that is closed to late facts. Returns true if the end changed, so that
-- terms have to be computed again.
create or replace function complete_fed_segment(wanted uuid, begun timestamptz, facts jsonb) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s segment;
  c contact;
  fed_end timestamptz := (facts ->> 'ended_at')::timestamptz;
begin
  select * into s from segment x where x.id = wanted and x.contact_started_at = begun for update;
  if not found then
    return false;
  end if;
  if is_closed_to_late_facts(s.contact_id, begun, interval '7 days') then
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
  -- The official does not change any more a day after the end (segment_guard).
  if s.official_phone is null and facts ->> 'official_phone' is not null
     and coalesce(s.ended_at >= register_now() - interval '23 hours', not is_over(null, s.contact_id, begun)) then
    update segment x set official_phone = facts ->> 'official_phone', official_name = facts ->> 'official_name',
      official_person_id = (facts ->> 'official_person_id')::uuid, official_unit_id = (facts ->> 'official_unit_id')::uuid
    where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- If a feed reports two answers, the later is the official's and the earlier was a queue's.
  if (facts ->> 'answered_at')::timestamptz > s.answered_at + clock_tolerance() and (facts ->> 'answered_at')::timestamptz < s.ended_at
     and exists (select from fed_segment f where f.segment_id = wanted and f.is_own) then
    update segment x set answered_at = (facts ->> 'answered_at')::timestamptz where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- A recording client reports a call from the moment at which an official is reached.
  if (facts ->> 'started_at')::timestamptz < coalesce(c.waited_from, begun - clock_tolerance())
     and (facts ->> 'started_at')::timestamptz >= begun - interval '1 day' then
    update contact x set waited_from = (facts ->> 'started_at')::timestamptz where x.id = c.id and x.started_at = begun;
  end if;
  if c.end_inferred and s.ended_at is not null and fed_end > coalesce(s.answered_at, c.started_at) and fed_end <> s.ended_at
     and not exists (select from segment o where o.contact_id = c.id and o.contact_started_at = begun and o.ended_at > s.ended_at) then
    update segment x set ended_at = fed_end, marks = array_remove(x.marks, 'end-inferred')
    where x.id = wanted and x.contact_started_at = begun;
    return true;
  end if;
  return false;
end $$;
grant execute on function complete_fed_segment to seloste_capture;

-- Records which segments a feed has reported. A repetition changes nothing.
create or replace function record_fed_segments(feed_name text, contact uuid, begun timestamptz, parts jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, contact, begun, feed_name, p.answered_at, p.ended_at,
    p.is_own and not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = begun)
  from jsonb_to_recordset(parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz, is_own boolean)
  on conflict (segment_id) do nothing
$$;
grant execute on function record_fed_segments to seloste_capture;

-- Stores a feed's progress. Adds the counts since the last report: `records`, `calls` new to the register, and calls `outside` the register
-- (outgoing or internal). After a gap of a day the function stores from when on the feed may report late facts (`late_from`), for two days
-- (`late_until`).
create or replace function report_feed(feed_name text, feed_source text, feed_covers text[], progress jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from feed f where f.name = feed_name) and (select count(*) from feed) >= 100 then
    raise exception 'the limit of a hundred feeds is reached' using errcode = '22023';
  end if;
  insert into feed as f (name, source, covers, first_at, alive_at, heard_at, told_from, told_until, records, calls, outside, fault, fault_at)
  values (feed_name, feed_source, feed_covers, clock_timestamp(), clock_timestamp(), (progress ->> 'heard_at')::timestamptz,
    (progress ->> 'told_from')::timestamptz, (progress ->> 'told_until')::timestamptz, (progress ->> 'records')::bigint,
    (progress ->> 'calls')::bigint, (progress ->> 'outside')::bigint, left(progress ->> 'fault', 1000),
    case when progress ? 'fault' then clock_timestamp() end)
  on conflict (name) do update set source = excluded.source, covers = excluded.covers, alive_at = excluded.alive_at,
    heard_at = greatest(f.heard_at, excluded.heard_at), told_from = least(f.told_from, excluded.told_from),
    told_until = greatest(f.told_until, excluded.told_until), records = f.records + excluded.records,
    calls = f.calls + excluded.calls, outside = f.outside + excluded.outside, fault = excluded.fault,
    fault_at = case when excluded.fault is null then null when f.fault = excluded.fault then f.fault_at else excluded.fault_at end,
    late_from = case when f.late_until > clock_timestamp() then f.late_from
      when f.told_until < clock_timestamp() - interval '1 day' then greatest(f.told_until, f.first_at, clock_timestamp() - interval '31 days') end,
    late_until = case when f.late_until > clock_timestamp() then f.late_until
      when f.told_until < clock_timestamp() - interval '1 day' then clock_timestamp() + interval '2 days' end;
end $$;
grant execute on function report_feed to seloste_capture;

-- Stores a problem of a feed. Returns true if the problem is new.
create or replace function report_feed_problem(problem bytea, feed_name text, in_file text, on_line integer, why text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with added as (
    insert into feed_problem (id, feed, file, line, reason) values (problem, feed_name, left(in_file, 200), on_line, why)
    on conflict (id) do nothing returning 1
  )
  select exists (select from added)
$$;
grant execute on function report_feed_problem to seloste_capture;

-- Deletes feed data after three months; screens show four weeks of them. Deletes explanations with the segments that they
-- explain, and feeds that have not run since.
create or replace function prune_feed_data() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from fed_segment where contact_started_at < now() - interval '3 months';
  delete from feed_problem where at < now() - interval '3 months';
  delete from reconciled_segment where contact_started_at < now() - interval '3 months';
  delete from reconciliation_note n where n.at < now() - interval '3 months'
    and not exists (select from reconciled_segment s where s.note_id = n.id);
  delete from feed where coalesce(alive_at, heard_at, fault_at) < now() - interval '3 months';
$$;
grant execute on function prune_feed_data to seloste_capture;

-- Returns the finding for an alarm if at least `enough` differences of the last four weeks are unexplained.
create or replace function find_unreconciled(wanted text, counted text, enough bigint) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(u.at), max(u.at),
    jsonb_build_object(counted, count(*), 'numbers', count(distinct u.number_reached),
      'contacts', to_jsonb((array_agg(distinct u.contact_id))[1:50]))
  from unreconciled u
  where u.kind = wanted and u.note_id is null and u.contact_started_at > now() - interval '28 days'
  having count(*) >= enough
$$;
grant execute on function find_unreconciled to seloste_custodian;
