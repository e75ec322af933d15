-- How far back, and how much, feeds and capture nodes may ask about calls: no further than they can be late. Whoever has
-- taken capture over could ask of fourteen months whether and when a number called, and who answered.

-- A feed or a node that was away tells late: from `late_from` on, until `late_until`.
alter table feed add column late_from timestamptz, add column late_until timestamptz;
alter table capture_node add column away_from timestamptz, add column away_until timestamptz;

-- Earliest instant of which a feed or a node may still tell something new, less what files come out of order. A feed that has told nothing
-- for a month is a quiet one, or an administrator lets it.
create function late_facts_from(slack interval) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(now(), (
    select min(case when f.late_until > now() then f.late_from else greatest(f.told_until, now() - interval '31 days') end) from feed f
    where f.told_until is not null or f.late_until > now()
  ), (
    select min(case when n.away_until > now() then n.away_from else n.alive_at end) from capture_node n
    where n.away_until > now()
      -- Not back yet, or its facts come before it says that it is.
      or n.alive_at between now() - interval '31 days' and now() - interval '1 day' and (n.ended_at is null or n.waiting > 0)
  )) - slack
$$;

-- As 0041-reconciliation.sql has it, and notes that a feed was away.
create or replace function report_feed(feed_name text, feed_source text, feed_covers text[], progress jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into feed as f (name, source, covers, alive_at, heard_at, told_from, told_until, records, calls, outside, fault, fault_at)
  values (feed_name, feed_source, feed_covers, clock_timestamp(), (progress ->> 'heard_at')::timestamptz,
    (progress ->> 'told_from')::timestamptz, (progress ->> 'told_until')::timestamptz, (progress ->> 'records')::bigint,
    (progress ->> 'calls')::bigint, (progress ->> 'outside')::bigint, progress ->> 'fault',
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

-- As 0071-blockers.sql has it, and notes that a node was away.
create or replace function capture_node_lives(node uuid, told_name text, told_version text, started timestamptz, state jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into capture_node as n (id, name, version, started_at, alive_at, steady_since, draining, pressures, sessions, recordings, waiting,
    blockers)
  select node, told_name, told_version, started, clock_timestamp(), clock_timestamp(), (state ->> 'draining')::boolean,
    array(select jsonb_array_elements_text(state -> 'pressures')), (state ->> 'sessions')::integer,
    (state ->> 'recordings')::integer, (state ->> 'waiting')::integer, coalesce(state -> 'blockers', '[]')
  on conflict (id) do update set name = excluded.name, version = excluded.version, started_at = excluded.started_at,
    alive_at = excluded.alive_at, ended_at = null, draining = excluded.draining, pressures = excluded.pressures,
    sessions = excluded.sessions, recordings = excluded.recordings, waiting = excluded.waiting, blockers = excluded.blockers,
    steady_since = case when n.ended_at is not null or n.alive_at < excluded.alive_at - node_silence() then excluded.alive_at
      else n.steady_since end,
    away_from = case when n.away_until > excluded.alive_at then n.away_from
      when n.alive_at < excluded.alive_at - interval '1 day' then n.alive_at end,
    away_until = case when n.away_until > excluded.alive_at then n.away_until
      when n.alive_at < excluded.alive_at - interval '1 day' then excluded.alive_at + interval '2 days' end
$$;

-- Lets a feed tell from an instant on for two days: the administrator's word for an archive. Returns whether there is such a feed.
create function allow_feed(feed_name text, since timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with allowed as (
    update feed set late_from = since, late_until = clock_timestamp() + interval '2 days' where name = feed_name returning 1
  )
  select exists (select from allowed)
$$;

-- A call is matched by its first day.
create function longest_told(begun timestamptz, ended timestamptz) returns timestamptz
language sql immutable as $$ select least(coalesce(ended, begun), begun + interval '1 day') $$;

-- Questions that one told call stands for: one for each part and ten minutes.
create function fed_questions(begun timestamptz, ended timestamptz, parts jsonb) returns bigint
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, jsonb_array_length(parts)) * (1 + greatest(0, extract(epoch from longest_told(begun, ended) - begun) / 600)::bigint)
$$;

-- Questions about calls, 50 a second and half an hour's at once. Sequences: what is asked in a transaction that is undone counts as well.
create sequence fed_question_count;
create sequence late_question_count;
create function count_questions(counter regclass, questions bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  a_second constant integer := 50;
  at_once constant integer := 90000;
  allowed bigint := extract(epoch from clock_timestamp()) * a_second;
  counted bigint;
begin
  if questions > at_once then
    raise exception 'too much is asked at once' using errcode = '22023';
  end if;
  execute format('select last_value from %s', counter) into counted;
  if counted < allowed - at_once then
    counted := setval(counter, allowed - at_once);
  end if;
  if counted + coalesce(questions, 0) > allowed then
    raise exception 'too much has been asked for now' using errcode = 'SL003';
  end if;
  perform nextval(counter) from generate_series(1, questions);
end $$;

-- As 0085-queue-calls.sql has it, but for how far back and how long a call reaches.
create or replace function doubtful_fed_calls(told_by text, calls fed_call[]) returns integer[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  since timestamptz := late_facts_from(interval '7 days');
begin
  perform count_questions('fed_question_count', (select sum(fed_questions(k.started_at, k.ended_at, k.parts))::bigint from unnest(calls) k where k.started_at >= since));
  return array(
    select distinct k.place
    from (
      select c.place, c.caller_key, c.started_at, longest_told(c.started_at, c.ended_at) as ended_at, c.parts
      from unnest(calls) c where c.started_at >= since offset 0
    ) k, jsonb_to_recordset(k.parts) p(answered_at timestamptz, official_phone text)
    where case when p.answered_at is null then
      k.caller_key is not null and exists (
        select from contact c where c.caller_key = k.caller_key
          and c.started_at between k.started_at - clocks_differ() and k.started_at + clocks_differ()
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      )
    else exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between k.started_at - clocks_differ() and k.ended_at + clocks_differ()
      where c.caller_key = k.caller_key and c.started_at between k.started_at - interval '2 minutes' and k.ended_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) or k.caller_key is not null and exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at and s.official_phone = p.official_phone
        and s.answered_at between k.started_at - clocks_differ() and k.ended_at + clocks_differ()
      where c.caller_key is null and c.started_at between k.started_at - interval '2 minutes' and k.ended_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) or k.caller_key is null and exists (
      select from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where s.official_phone = p.official_phone and s.answered_at between k.started_at - clocks_differ() and k.ended_at + clocks_differ()
        and s.contact_started_at between k.started_at - interval '2 minutes' and k.ended_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) end
  );
end $$;

-- As 0059-locks-of-nobody-else.sql has it, but for calls that are older than a feed may ask about.
create or replace function admit_fed_calls(told_by text, told jsonb) returns integer[]
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  calls fed_call[];
  known text[];
  doubtful integer[];
  since timestamptz := late_facts_from(interval '7 days');
begin
  select array_agg(c order by c.place) into calls from jsonb_populate_recordset(null::fed_call, told) c;
  -- Two processes may tell of one call at the same moment: the second waits here for the first. In the order of ids, as admit.
  perform lock_call_ids(array(select x from unnest(calls) c, unnest(c.ids) x));
  -- An id that is in the register; or that two of these have in common: they are one call, one part after the other.
  select array_agg(i.id) into known from (
    select x as id from unnest(calls) c, unnest(c.ids) x
    where exists (
      select from call_identity i where i.external_id_hash = decode(x, 'hex')
        and i.contact_started_at between c.started_at - interval '24 hours' and c.started_at + interval '24 hours'
    )
    union select x from unnest(calls) c, unnest(c.ids) x group by x having count(distinct c.place) > 1
  ) i;
  calls := array(select c from unnest(calls) c where known is null or not c.ids && known);
  -- Of older calls nothing is asked: each is new where nobody else told of a call then, or is left for the way of one call.
  calls := array(select c from unnest(calls) c where c.started_at >= since
    or not others_tell_of(told_by, c.started_at - interval '2 minutes', longest_told(c.started_at, c.ended_at) + clocks_differ()));
  if others_tell_of(told_by, (select min(c.started_at) - interval '2 minutes' from unnest(calls) c),
      (select max(c.ended_at) + clocks_differ() from unnest(calls) c)) then
    doubtful := doubtful_fed_calls(told_by, calls);
    calls := array(select c from unnest(calls) c where c.place <> all (doubtful));
  end if;
  if calls = '{}' then
    return '{}';
  end if;
  -- Before they are admitted: what else tells of a part of a call then sees whose row it is.
  perform note_fed_calls(told_by, calls);
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select decode(x, 'hex'), c.contact_id, c.started_at from unnest(calls) c, unnest(c.ids) x
  on conflict (external_id_hash, contact_started_at) do update set contact_id = excluded.contact_id;
  insert into contact (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, history_ends_at)
  select c.contact_id, c.started_at, c.ended_at, c.caller_kind, c.caller_key, c.caller_raw, c.number_called, c.number_kind, c.number_name,
    c.history_ends_at
  from unnest(calls) c;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  select 'call.admitted', 'contact', c.contact_id, 'ok', '{}' from unnest(calls) c;
  insert into segment (id, contact_id, contact_started_at, seq, number_called, number_reached, number_reached_name, official_person_id,
    official_unit_id, official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks)
  select p.segment_id, c.contact_id, c.started_at, p.seq, c.number_called, p.number_reached, p.number_reached_name, p.official_person_id,
    p.official_unit_id, p.official_name, p.official_phone, p.answered_at, p.ended_at, p.decision_record, p.decision_reason, p.rule_id, p.rule_version, p.rule_share,
    p.draw, p.description_version, decode(p.drawn_on, 'hex'), p.quota_used, p.capture_state, p.capture_failure, p.marks
  from unnest(calls) c, jsonb_populate_recordset(null::fed_part, c.parts) p;
  -- Whoever listens looks anew, whichever it was.
  perform pg_notify('seloste_calls', calls[1].contact_id::text);
  return array(select c.place from unnest(calls) c);
end $$;

-- As 0001-spine.sql has it, but of this week and the last alone, each as a whole: what quotas count by.
create or replace function quota_counts(answered_from timestamptz, answered_to timestamptz, known uuid[])
returns table (rule_id text, official_person_id uuid, number_reached text, recorded bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  -- The asking process changes weeks by a clock of its own.
  week timestamp := date_trunc('week', (now() - interval '1 day') at time zone 'Europe/Helsinki');
begin
  if answered_from not in ((week - interval '7 days') at time zone 'Europe/Helsinki', week at time zone 'Europe/Helsinki',
      (week + interval '7 days') at time zone 'Europe/Helsinki')
    or answered_to <> ((answered_from at time zone 'Europe/Helsinki') + interval '7 days') at time zone 'Europe/Helsinki'
  then
    raise exception 'quotas count by whole weeks, this one and the last' using errcode = '22023';
  end if;
  return query
    select s.rule_id, s.official_person_id, s.number_reached, count(*)
    from segment s
    where s.answered_at >= answered_from and s.answered_at < answered_to
      and s.contact_started_at >= answered_from - interval '1 day' and s.contact_started_at <= answered_to + interval '1 day'
      and s.decision_record and s.quota_used is not null and s.id <> all (known)
    group by 1, 2, 3;
end $$;

revoke execute on function late_facts_from(interval), allow_feed(text, timestamptz), longest_told(timestamptz, timestamptz),
  fed_questions(timestamptz, timestamptz, jsonb), count_questions(regclass, bigint) from public;
grant execute on function late_facts_from(interval), longest_told(timestamptz, timestamptz) to seloste_capture;
