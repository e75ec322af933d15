-- Calls that telephone systems tell of afterwards, and what recordings and such calls do not have in common (R9, R13, AC8).

-- What a feed is and how far it has come; the numbers that it tells of, null for all.
create table feed (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  source text not null,
  covers text[],
  heard_at timestamptz,
  -- Of the calls that it has told of: from the first beginning to the last end.
  told_from timestamptz,
  told_until timestamptz,
  records bigint not null default 0,
  calls bigint not null default 0,
  outside bigint not null default 0,
  fault text,
  fault_at timestamptz
);

-- Which segments a feed has told of. Ids and times only; whose call it was is in the history, and ends with it.
create table fed_segment (
  segment_id uuid primary key,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  feed text not null,
  answered_at timestamptz,
  ended_at timestamptz not null,
  -- The feed made the row: no recording client has told of it.
  is_own boolean not null,
  told_at timestamptz not null default clock_timestamp()
);
create index fed_segment_contact on fed_segment (contact_id);
create index fed_segment_started on fed_segment (contact_started_at);

-- A record that could not be read: its place and why. The record itself lies in the feed's own folder.
create table feed_problem (
  id bytea primary key,
  feed text not null,
  file text not null,
  line integer not null,
  reason text not null,
  at timestamptz not null default clock_timestamp()
);
create index feed_problem_at on feed_problem (at);

-- So far apart the same moment may be on two clocks.
create function clocks_differ() returns interval language sql immutable as $$ select interval '10 seconds' $$;

-- The contact of a call that a feed tells of, where it is in the register already, and which of its segments the told ones
-- are: by an id that both have, or else by caller, number and moment, if there is one such call and the feed has told of no
-- other as that one. The call's ids are its contact's from then on. Nothing where it is a new call.
create function meet_fed_call(told_by text, ids bytea[], caller text, official text, called text, begun timestamptz, parts jsonb)
returns table (contact uuid, contact_begun timestamptz, place integer, segment uuid, is_own boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found uuid;
  found_at timestamptz;
  candidates integer;
begin
  select i.contact_id, i.contact_started_at into found, found_at from call_identity i
  where i.external_id_hash = any (ids) and i.contact_started_at between begun - interval '24 hours' and begun + interval '24 hours'
  order by abs(extract(epoch from i.contact_started_at - begun)) limit 1;

  if found is null then
    select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
      select distinct c.id, c.started_at
      from jsonb_to_recordset(parts) p(place integer, answered_at timestamptz, number_reached text, official_phone text)
      join contact c on c.started_at between begun - interval '2 minutes' and p.answered_at + clocks_differ()
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
      where (c.caller_key = caller or (c.caller_key is null or caller is null) and s.official_phone = p.official_phone)
        and (s.official_phone is null or p.official_phone is null or s.official_phone = p.official_phone)
        and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) m;
    if candidates <> 1 then
      return;
    end if;
  end if;

  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select distinct i.id, found, found_at from unnest(ids) i(id)
  on conflict (external_id_hash, contact_started_at) do nothing;

  return query
    select found, found_at, p.place, m.id, coalesce(f.is_own, false)
    from jsonb_to_recordset(parts) p(place integer, segment_id uuid, answered_at timestamptz, official_phone text)
    left join lateral (
      select s.id from segment s
      where s.contact_id = found and s.contact_started_at = found_at and (s.id = p.segment_id
        or s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
          and (s.official_phone is null or p.official_phone is null or s.official_phone = p.official_phone)
        -- An earlier telling without an answer is this one, or what a client has told of the call is all there is to it.
        or p.answered_at is null)
      order by s.id <> p.segment_id, abs(extract(epoch from s.answered_at - p.answered_at)) nulls last, s.seq limit 1
    ) m on true
    left join fed_segment f on f.segment_id = m.id
    order by p.place;
end $$;

-- Fills in what a recording client did not tell of a segment: number, official, caller, and an end that was only inferred.
-- Returns whether the end is another one: then the terms are counted anew.
create function complete_fed_segment(wanted uuid, begun timestamptz, facts jsonb) returns boolean
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
  if c.end_inferred and s.ended_at is not null and told_end > coalesce(s.answered_at, c.started_at) and told_end <> s.ended_at
     and not exists (select from segment o where o.contact_id = c.id and o.contact_started_at = begun and o.ended_at > s.ended_at) then
    update segment x set ended_at = told_end, marks = array_remove(x.marks, 'end-inferred')
    where x.id = wanted and x.contact_started_at = begun;
    return true;
  end if;
  return false;
end $$;

-- Notes which segments a feed has told of; telling it again changes nothing.
create function note_fed_segments(told_by text, contact uuid, begun timestamptz, parts jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, contact, begun, told_by, p.answered_at, p.ended_at, p.is_own
  from jsonb_to_recordset(parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz, is_own boolean)
  on conflict (segment_id) do nothing
$$;

-- A recording client, or a later record, tells better of what a feed had made a segment of: the same part of the call is not
-- there twice. What an order keeps stays.
create function segment_supersedes_fed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_fed boolean;
  one record;
begin
  if new.answered_at is null or not exists (select from fed_segment f where f.contact_id = new.contact_id and f.is_own) then
    return null;
  end if;
  is_fed := exists (select from fed_segment f where f.segment_id = new.id and f.is_own);
  for one in
    select f.segment_id from fed_segment f
    where f.contact_id = new.contact_id and f.is_own and f.segment_id <> new.id
      and (f.answered_at is null or not is_fed and f.answered_at between new.answered_at - clocks_differ() and new.answered_at + clocks_differ())
  loop
    if history_is_held(new.contact_id) then
      return null;
    end if;
    delete from segment s where s.id = one.segment_id and s.contact_started_at = new.contact_started_at;
    if is_fed then
      delete from fed_segment f where f.segment_id = one.segment_id;
    else
      update fed_segment f set segment_id = new.id, is_own = false
      where f.segment_id = one.segment_id and not exists (select from fed_segment o where o.segment_id = new.id);
    end if;
  end loop;
  return null;
end $$;
create trigger supersedes_fed after insert on segment for each row execute function segment_supersedes_fed();

-- How far a feed has come. Counts are of records taken since the last time.
create function report_feed(feed_name text, feed_source text, feed_covers text[], progress jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into feed as f (name, source, covers, heard_at, told_from, told_until, records, calls, outside, fault, fault_at)
  values (feed_name, feed_source, feed_covers, (progress ->> 'heard_at')::timestamptz, (progress ->> 'told_from')::timestamptz,
    (progress ->> 'told_until')::timestamptz, (progress ->> 'records')::bigint, (progress ->> 'calls')::bigint,
    (progress ->> 'outside')::bigint, progress ->> 'fault', case when progress ? 'fault' then clock_timestamp() end)
  on conflict (name) do update set source = excluded.source, covers = excluded.covers,
    heard_at = greatest(f.heard_at, excluded.heard_at), told_from = least(f.told_from, excluded.told_from),
    told_until = greatest(f.told_until, excluded.told_until), records = f.records + excluded.records,
    calls = f.calls + excluded.calls, outside = f.outside + excluded.outside, fault = excluded.fault,
    fault_at = case when excluded.fault is null then null when f.fault = excluded.fault then f.fault_at else excluded.fault_at end;
end $$;

-- Returns whether the problem is a new one.
create function report_feed_problem(problem bytea, feed_name text, in_file text, on_line integer, why text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with added as (
    insert into feed_problem (id, feed, file, line, reason) values (problem, feed_name, left(in_file, 200), on_line, why)
    on conflict (id) do nothing returning 1
  )
  select exists (select from added)
$$;

-- What is looked at for four weeks is not kept for longer than three months.
create function forget_fed() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from fed_segment where contact_started_at < now() - interval '3 months';
  delete from feed_problem where at < now() - interval '3 months';
$$;

revoke execute on function clocks_differ(), meet_fed_call(text, bytea[], text, text, text, timestamptz, jsonb),
  complete_fed_segment(uuid, timestamptz, jsonb), note_fed_segments(text, uuid, timestamptz, jsonb), segment_supersedes_fed(),
  report_feed(text, text, text[], jsonb), report_feed_problem(bytea, text, text, integer, text), forget_fed() from public;
grant execute on function meet_fed_call(text, bytea[], text, text, text, timestamptz, jsonb),
  complete_fed_segment(uuid, timestamptz, jsonb), note_fed_segments(text, uuid, timestamptz, jsonb),
  report_feed(text, text, text[], jsonb), report_feed_problem(bytea, text, text, integer, text), forget_fed() to seloste_capture;

-- What they do not have in common (AC8) ----------------------------------------------------------------------------------

-- Parts of calls that a feed has told of and that were to be recorded, without a recording; of four weeks, which is less than
-- any recording is kept. What was forbidden in the call is not missing.
create view call_without_recording as
  select s.id as segment_id, s.contact_id, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name, s.capture_failure,
    f.feed, f.told_at as at
  from fed_segment f
  join segment s on s.id = f.segment_id and s.contact_started_at = f.contact_started_at
  where f.contact_started_at > now() - interval '28 days'
    and s.decision_record and s.answered_at is not null and s.capture_failure is distinct from 'forbidden'
    and not exists (select from recording r where r.segment_id = s.id);

-- Recordings whose call no feed has told of in a day, of numbers and times that a feed tells of.
create view recording_without_call as
  select s.id as segment_id, s.contact_id, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    null::text as capture_failure, f.name as feed, r.ended_at + interval '24 hours' as at
  from recording r
  join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  join lateral (
    select f.name from feed f
    where (f.covers is null or s.number_reached = any (f.covers)) and s.answered_at >= f.told_from and s.ended_at <= f.told_until
    order by f.name limit 1
  ) f on true
  where r.state not in ('DESTROYING', 'DESTROYED') and r.contact_started_at > now() - interval '28 days'
    and r.ended_at < now() - interval '24 hours'
    and not exists (select from fed_segment o where o.segment_id = s.id);

alter table alarm drop constraint alarm_kind_check, add constraint alarm_kind_check check (kind in
  ('refusals', 'night', 'official', 'caller', 'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold'));

-- What is missing is missing however long ago: what an open alarm counts, or a closed one counted, raises none again.
create function find_unrecorded(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(w.at), max(w.at),
    jsonb_build_object('calls', count(*), 'numbers', count(distinct w.number_reached),
      'contacts', to_jsonb((array_agg(distinct w.contact_id))[1:50]))
  from call_without_recording w
  where w.at > coalesce((select k.at from closed_until k where k.kind = 'unrecorded'), '-infinity')
  having count(*) >= (threshold ->> 'calls')::integer
$$;

create function find_untold(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(w.at), max(w.at),
    jsonb_build_object('recordings', count(*), 'numbers', count(distinct w.number_reached),
      'contacts', to_jsonb((array_agg(distinct w.contact_id))[1:50]))
  from recording_without_call w
  where w.at > coalesce((select k.at from closed_until k where k.kind = 'untold'), '-infinity')
  having count(*) >= (threshold ->> 'recordings')::integer
$$;

revoke execute on function find_unrecorded(jsonb, timestamptz), find_untold(jsonb, timestamptz) from public;
grant execute on function find_unrecorded(jsonb, timestamptz), find_untold(jsonb, timestamptz) to seloste_custodian;
