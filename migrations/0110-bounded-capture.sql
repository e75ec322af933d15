-- What capture can do, bounded: fill or hold advisory locks and notifications, which all sessions of the server share, and names; read the
-- directory; and ask about calls, as 0098-what-feeds-may-ask.sql begins.

-- As 0073-sessions-that-block.sql has it; and where capture holds thousands of advisory locks, or notifications wait to be read, it ends
-- capture's old transactions. A session that listens keeps all notifications until its transaction ends; when their queue is full
-- nobody's transaction commits that notifies.
create or replace function end_blocking_sessions(patience interval) returns table (role text, sessions integer)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive waits (waiter, pid) as (
    select a.usename, b
    from pg_locks l join pg_stat_activity a on a.pid = l.pid, unnest(pg_blocking_pids(l.pid)) b
    where not l.granted and l.waitstart < clock_timestamp() - patience and a.datname = current_database()
      and a.usename in ('seloste_custodian', 'seloste_desk')
    union
    select w.waiter, b from waits w, unnest(pg_blocking_pids(w.pid)) b
  ), blocking as (
    select distinct a.pid, a.usename
    from waits w join pg_stat_activity a on a.pid = w.pid
    where pg_blocking_pids(w.pid) = '{}' and a.datname = current_database()
      and (a.usename = 'seloste_capture' or a.usename = 'seloste_desk' and w.waiter = 'seloste_custodian')
      -- Null to an owner who may not end it either: then it is tried, and fails.
      and coalesce(a.xact_start, '-infinity') < clock_timestamp() - patience
  ), flooding (is_so) as (
    select pg_notification_queue_usage() > 0.01 or (
      select count(*) > 5000 from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and a.usename = 'seloste_capture' and a.datname = current_database())
  ), ended as (
    select a.usename, pg_terminate_backend(a.pid) as is_ended
    from pg_stat_activity a
    where a.pid in (select k.pid from blocking k)
      or a.usename = 'seloste_capture' and a.datname = current_database() and a.xact_start < clock_timestamp() - patience
        and a.wait_event_type is distinct from 'Lock'
        and (exists (select from blocking k where k.usename = 'seloste_capture') or (select f.is_so from flooding f))
  )
  select e.usename::text, count(*)::integer from ended e where e.is_ended group by e.usename
$$;

-- As 0059-locks-of-nobody-else.sql has it: no more ids than many calls have.
create or replace function lock_call_ids(ids text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if cardinality(ids) > 5000 then
    raise exception 'too many call ids at once' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('seloste.call-id'), x.key)
  from (select distinct ('x' || left(id, 8))::bit(32)::integer as key from unnest(ids) id order by 1) x;
end $$;

-- As 0098-what-feeds-may-ask.sql has it, for a hundred feeds.
create or replace function report_feed(feed_name text, feed_source text, feed_covers text[], progress jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from feed f where f.name = feed_name) and (select count(*) from feed) >= 100 then
    raise exception 'there are a hundred feeds' using errcode = '22023';
  end if;
  insert into feed as f (name, source, covers, alive_at, heard_at, told_from, told_until, records, calls, outside, fault, fault_at)
  values (feed_name, feed_source, feed_covers, clock_timestamp(), (progress ->> 'heard_at')::timestamptz,
    (progress ->> 'told_from')::timestamptz, (progress ->> 'told_until')::timestamptz, (progress ->> 'records')::bigint,
    (progress ->> 'calls')::bigint, (progress ->> 'outside')::bigint, left(progress ->> 'fault', 1000),
    case when progress ? 'fault' then clock_timestamp() end)
  on conflict (name) do update set source = excluded.source, covers = excluded.covers, alive_at = excluded.alive_at,
    heard_at = greatest(f.heard_at, excluded.heard_at), told_from = least(f.told_from, excluded.told_from),
    told_until = greatest(f.told_until, excluded.told_until), records = f.records + excluded.records,
    calls = f.calls + excluded.calls, outside = f.outside + excluded.outside, fault = excluded.fault,
    fault_at = case when excluded.fault is null then null when f.fault = excluded.fault then f.fault_at else excluded.fault_at end,
    late_from = case when f.late_until > clock_timestamp() then f.late_from
      when f.told_until < clock_timestamp() - interval '1 day' then greatest(f.told_until, clock_timestamp() - interval '31 days') end,
    late_until = case when f.late_until > clock_timestamp() then f.late_until
      when f.told_until < clock_timestamp() - interval '1 day' then clock_timestamp() + interval '2 days' end;
end $$;

alter table feed add constraint feed_texts check (
  octet_length(source) <= 200 and cardinality(covers) <= 10000) not valid;
alter table feed_problem add constraint feed_problem_texts check (octet_length(feed) <= 200 and octet_length(reason) <= 200) not valid;
alter table capture_client add constraint capture_client_texts check (octet_length(trunk) <= 1000 and octet_length(client) <= 1000) not valid;
alter table capture_node add constraint capture_node_texts check (
  octet_length(name) <= 400 and octet_length(version) <= 400 and octet_length(blockers::text) <= 100000) not valid;

-- Of the directory what finds who answered: a number's person, their name and unit. Supervisors, first names and employment are not capture's.
revoke select on person, person_name, person_placement, unit, described_role from seloste_capture;
grant select (person_id, name, valid_from, valid_to) on person_name to seloste_capture;
grant select (person_id, unit_id, valid_from, valid_to) on person_placement to seloste_capture;

-- As 0108-joined-without-an-id.sql has it, but for how far back and how long a call reaches.
create or replace function meet_fed_call(told_by text, ids bytea[], caller text, official text, called text, begun timestamptz, parts jsonb)
returns table (contact uuid, contact_begun timestamptz, place integer, segment uuid, is_own boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  found uuid;
  found_at timestamptz;
  candidates integer;
  since timestamptz := late_facts_from(interval '7 days');
  until timestamptz := longest_told(begun, (select max(p.ended_at) from jsonb_to_recordset(parts) p(ended_at timestamptz)));
begin
  select i.contact_id, i.contact_started_at into found, found_at from call_identity i
  where i.external_id_hash = any (ids) and i.contact_started_at between begun - interval '24 hours' and begun + interval '24 hours'
  order by abs(extract(epoch from i.contact_started_at - begun)) limit 1;

  if found is null and begun < since then
    -- Nobody else told of a call then: it is a new one.
    if others_tell_of(told_by, begun - interval '2 minutes', until + clocks_differ()) then
      raise exception 'a call of % is older than a feed may ask about', begun using errcode = 'SL002';
    end if;
    return;
  end if;

  if found is null then
    perform count_questions('fed_question_count', fed_questions(begun, until, parts));
    select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
      select distinct c.id, c.started_at
      from jsonb_to_recordset(parts) p(place integer, answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
      join contact c on c.started_at between begun - interval '2 minutes' and least(p.answered_at, until) + clocks_differ()
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
      where (c.caller_key = caller or (c.caller_key is null or caller is null) and s.official_phone = p.official_phone)
        and (s.official_phone is null or p.official_phone is null or s.official_phone = p.official_phone)
        and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
        -- A talk that was over before this one began is another.
        and (s.ended_at is null or c.end_inferred or s.ended_at > p.answered_at or s.ended_at >= p.ended_at - clocks_differ())
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) m;
    -- A queue answered long before the official did, or only one of the two knows of the queue.
    if candidates = 0 then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at and s.official_phone = p.official_phone
        where (c.caller_key = caller or c.caller_key is null or caller is null)
          and ends_as_told(begun, p.answered_at, p.ended_at, s.answered_at, s.ended_at, c.end_inferred)
          and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      ) m;
    end if;
    -- Only one of the two names the official: caller and number are the same, and they overlap and end together.
    if candidates = 0 and caller is not null then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        where (s.official_phone is null or p.official_phone is null)
          and ends_as_told(begun, p.answered_at, p.ended_at, s.answered_at, s.ended_at, c.end_inferred)
          and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      ) m;
    end if;
    -- A call that nobody answered has no moment of an answer: it is the same caller, number, beginning and end. Without the
    -- caller's number it might be anybody's.
    if candidates = 0 and caller is not null then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz)
        join contact c on c.caller_key = caller and c.started_at between begun - clocks_differ() and begun + clocks_differ()
          and c.ended_at between p.ended_at - clocks_differ() and p.ended_at + clocks_differ()
        where p.answered_at is null and c.number_called in (called, 'unknown')
          and not exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
            and s.answered_at is not null)
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      ) m;
    end if;
    if candidates <> 1 then
      -- Of one caller at one number and at the same time: it could be any of these, or none.
      return query
        select null::uuid, null::timestamptz, null::integer, null::uuid, null::boolean
        where candidates > 1 or caller is not null and exists (
          select from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
          join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and least(p.ended_at, until)
          join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
          where (s.official_phone is null or p.official_phone is null) and s.answered_at < p.ended_at
            and p.answered_at < coalesce(s.ended_at, 'infinity')
            and (s.number_reached in (p.number_reached, called) or c.number_called in (p.number_reached, called))
            and not exists (select from fed_segment f where f.contact_id = c.id));
      return;
    end if;
  end if;

  -- Known by an id; which part it is may depend on who answered.
  if candidates is null and found_at >= since and exists (
    select from jsonb_to_recordset(parts) p(segment_id uuid)
    where not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = found_at)
  ) then
    perform count_questions('fed_question_count', jsonb_array_length(parts));
  end if;

  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select distinct i.id, found, found_at from unnest(ids) i(id)
  on conflict (external_id_hash, contact_started_at) do nothing;

  return query
    select found, found_at, p.place, m.id, coalesce(f.is_own, false)
    from jsonb_to_recordset(parts) p(place integer, segment_id uuid, answered_at timestamptz, ended_at timestamptz, official_phone text)
    left join lateral (
      -- An earlier telling without an answer is this one, or what a client has told of the call is all there is to it.
      select s.id, row_number() over (
        order by s.id <> p.segment_id, abs(extract(epoch from s.answered_at - p.answered_at)) nulls last, s.seq) as turn
      from segment s
      where s.contact_id = found and s.contact_started_at = found_at and (s.id = p.segment_id or p.answered_at is null
        or is_part_told(p.answered_at, p.ended_at, case when found_at >= since then p.official_phone end, s.answered_at, s.ended_at, s.official_phone))
    ) m on p.answered_at is not null or m.turn = 1
    left join fed_segment f on f.segment_id = m.id
    order by p.place, m.turn;
end $$;

-- As 0108-joined-without-an-id.sql has it, but for calls that are older than a node can be late with, and longer than a day.
create or replace function meet_told_call(t told_part)
returns table (call uuid, call_started timestamptz, told_official told_official, is_doubtful boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  could record;
  certain uuid[] := '{}';
  possible uuid[] := '{}';
begin
  if t.caller_key is null and t.official_phone is null or t.answered_at < late_facts_from(interval '7 days')
    or t.ended_at > t.answered_at + interval '1 day'
  then
    return;
  end if;
  perform count_questions('late_question_count', fed_questions(t.answered_at, t.ended_at, '[]'));
  for could in
    select c.id, c.started_at, w.id as part, (w.official_person_id, w.official_unit_id, w.official_name, w.official_phone)::told_official as official,
      ends_as_told(c.started_at, f.answered_at, f.ended_at, t.answered_at, t.ended_at, t.end_inferred)
        or t.answered_at between f.answered_at - clocks_differ() and f.answered_at + clocks_differ() and t.ended_at > f.answered_at as is_certain
    from contact c
    join fed_segment f on f.contact_id = c.id and f.contact_started_at = c.started_at and f.is_own
    join segment w on w.id = f.segment_id and w.contact_started_at = f.contact_started_at
    where c.started_at between t.answered_at - interval '24 hours' and t.ended_at and c.trunk is null
      and (c.caller_key = t.caller_key or t.caller_key is null and c.caller_key is null and w.official_phone = t.official_phone)
      and (w.official_phone = t.official_phone or w.official_phone is null or t.official_phone is null)
      and (t.number_reached in (w.number_reached, c.number_called, 'unknown') or t.number_called in (w.number_reached, c.number_called))
      and f.answered_at < t.ended_at and t.answered_at < f.ended_at
      and not exists (select from segment n where n.contact_id = c.id and n.contact_started_at = c.started_at and n.node is not null)
  loop
    if could.is_certain then
      certain := certain || could.id;
      call := could.id;
      call_started := could.started_at;
      told_official := case when (could.official).phone is not null then could.official end;
    end if;
    -- The same official at two ends is two calls of a company with one number.
    if could.is_certain or t.official_phone is null or (could.official).phone is null then
      possible := possible || could.part;
    end if;
  end loop;
  certain := array(select distinct unnest(certain));
  if cardinality(certain) = 1 then
    is_doubtful := false;
    return next;
  elsif possible <> '{}' then
    update segment s set marks = s.marks || 'needs-review'::text
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at and 'needs-review' <> all (s.marks);
    update segment s set capture_failure = 'not-joined'
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at
      and s.capture_failure = 'no-session';
    return query select null::uuid, null::timestamptz, null::told_official, true;
  end if;
end $$;

-- As 0107-untold-numbers.sql has it, but for calls that are older than a node can be late with: of them nothing is told.
create or replace function judge_talk(me uuid, call uuid, call_started timestamptz, told jsonb)
returns table (verdict text, other uuid, stops boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  first segment;
  kept recording;
  skew constant interval := interval '5 seconds';
  -- Two seconds and a half of two streams.
  packets_apart constant integer := 250;
  began timestamptz := (told ->> 'beganAt')::timestamptz;
  ended timestamptz := (told ->> 'endedAt')::timestamptz;
  records boolean := (told ->> 'records')::boolean;
  is_untold boolean := told ->> 'numberReached' = 'unknown';
begin
  if exists (select from segment s where s.id = (told ->> 'segmentId')::uuid and s.contact_started_at = call_started) then
    return query select 'own', null::uuid, false;
    return;
  end if;
  select s.* into first from segment s
  where s.contact_id = call and s.contact_started_at = call_started and call_started >= late_facts_from(interval '7 days') and s.node <> me
    and (s.number_reached = told ->> 'numberReached' or is_untold)
    and coalesce(answers_as(s.official_person_id, s.official_phone) = told ->> 'official', true)
    and (s.ended_at is null or s.ended_at > began)
  order by s.ended_at is not null, s.seq desc limit 1;
  if first.id is null then
    return query select 'own', null::uuid, false;
    return;
  end if;
  select r.* into kept from recording r where r.segment_id = first.id order by r.started_at desc limit 1;
  verdict := case
    when is_untold and not records and first.number_reached <> 'unknown' then
      case when ended is null or first.ended_at is null then 'beside' else 'told' end
    when is_silent_to(me, first.node) and (first.ended_at is null or kept.state = 'CAPTURING') then 'own'
    when first.ended_at is null then 'beside'
    -- Nobody said that it has ended.
    when 'end-inferred' = any (first.marks) then 'own'
    when ended is null then case when clock_timestamp() < first.ended_at + skew then 'beside' else 'own' end
    when ended > first.ended_at + skew then 'own'
    when not records then 'told'
    when kept.id is null then case when first.decision_record and first.capture_failure is distinct from 'forbidden' then 'own' else 'told' end
    when kept.state in ('DESTROYING', 'DESTROYED') then 'told'
    when kept.state = 'CAPTURING' or told ->> 'packets' is null then 'beside'
    when kept.incomplete or began < kept.started_at - skew then 'own'
    when (told ->> 'packets')::integer > kept.packets_received + packets_apart then 'own'
    else 'told'
  end;
  return query select verdict, first.id, verdict = 'beside' and records and (
    kept.id is null and (not first.decision_record or first.capture_failure is not distinct from 'forbidden')
    or exists (select from prohibition p where p.recording_id = kept.id));
end $$;
