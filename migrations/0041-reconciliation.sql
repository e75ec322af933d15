-- Reconciliation of calls and recordings (R9, R13, R16, AC8): what feeds tell beside what was recorded, and what was found out
-- about the difference.

-- The process of feeds says that it is there, told anything or not; null before it has.
alter table feed add column alive_at timestamptz;

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
    fault_at = case when excluded.fault is null then null when f.fault = excluded.fault then f.fault_at else excluded.fault_at end;
end $$;

-- Over 0040-calls-told-afterwards.sql: a call that nobody answered is one, too, whichever feeds tell of it.
create or replace function meet_fed_call(told_by text, ids bytea[], caller text, official text, called text, begun timestamptz, parts jsonb)
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

-- What was found out about calls without a recording or recordings without a call: said once, of one or of many.
create table reconciliation_note (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('unrecorded', 'untold')),
  note text not null check (btrim(note) <> '' and length(note) <= 2000),
  by uuid not null,
  at timestamptz not null default clock_timestamp()
);
create table reconciled_segment (
  kind text not null check (kind in ('unrecorded', 'untold')),
  segment_id uuid not null,
  contact_started_at timestamptz not null,
  note_id uuid not null references reconciliation_note,
  primary key (kind, segment_id)
);
create index reconciled_segment_note on reconciled_segment (note_id);
create index reconciled_segment_started on reconciled_segment (contact_started_at);

-- Parts of calls that were drawn are one in ten: they are found without looking at the others.
create index segment_drawn on segment (contact_started_at, id) where decision_record and answered_at is not null;

-- A recording may be admitted after a feed has told of its call: so much later it is missing.
create function recordings_come_within() returns interval language sql immutable as $$ select interval '10 minutes' $$;

-- Parts of calls that a feed has told of and that were to be recorded, without a recording. What was forbidden in the call is
-- not missing.
create view part_without_recording as
  select s.id as segment_id, s.contact_id, s.contact_started_at, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    s.capture_failure, f.feed, f.told_at as at, f.told_at + recordings_come_within() as missing_since, n.note_id
  from segment s
  join fed_segment f on f.segment_id = s.id
  left join reconciled_segment n on n.kind = 'unrecorded' and n.segment_id = s.id
  where s.decision_record and s.answered_at is not null and s.capture_failure is distinct from 'forbidden'
    and f.told_at < now() - recordings_come_within()
    and not exists (select from recording r where r.segment_id = s.id);

-- Recordings whose call no feed has told of in a day, of numbers and times that a feed tells of.
create view recording_not_told as
  select s.id as segment_id, s.contact_id, r.contact_started_at, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    null::text as capture_failure, f.name as feed, r.ended_at + interval '24 hours' as at,
    r.ended_at + interval '24 hours' as missing_since, n.note_id
  from recording r
  join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  join lateral (
    select f.name from feed f
    where (f.covers is null or s.number_reached = any (f.covers)) and s.answered_at >= f.told_from and s.ended_at <= f.told_until
    order by f.name limit 1
  ) f on true
  left join reconciled_segment n on n.kind = 'untold' and n.segment_id = s.id
  where r.state not in ('DESTROYING', 'DESTROYED') and r.ended_at < now() - interval '24 hours'
    and not exists (select from fed_segment o where o.segment_id = s.id);

-- Both in one, for those who look.
create view unreconciled as
  select 'unrecorded' as kind, p.* from part_without_recording p union all select 'untold', r.* from recording_not_told r;

-- Over 0040-calls-told-afterwards.sql: alarms are of four weeks, and of what nobody has explained.
create or replace view call_without_recording as
  select w.segment_id, w.contact_id, w.answered_at, w.ended_at, w.number_reached, w.number_reached_name, w.capture_failure, w.feed, w.at,
    w.note_id
  from part_without_recording w where w.contact_started_at > now() - interval '28 days';
create or replace view recording_without_call as
  select w.segment_id, w.contact_id, w.answered_at, w.ended_at, w.number_reached, w.number_reached_name, w.capture_failure, w.feed, w.at,
    w.note_id
  from recording_not_told w where w.contact_started_at > now() - interval '28 days';

-- What an alarm that is closed already has counted is explained by its note.
with closed as (
  select a.id, a.kind, a.note, a.closed_by, a.closed_at, a.last_at from alarm a
  where a.kind in ('unrecorded', 'untold') and a.closed_at is not null
), noted as (
  insert into reconciliation_note (id, kind, note, by, at) select c.id, c.kind, c.note, c.closed_by, c.closed_at from closed c
  returning id
)
insert into reconciled_segment (kind, segment_id, contact_started_at, note_id)
select distinct on (u.kind, u.segment_id) u.kind, u.segment_id, u.contact_started_at, c.id
from unreconciled u join closed c on c.kind = u.kind and u.at <= c.last_at
order by u.kind, u.segment_id, c.last_at;

create or replace function find_unrecorded(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(w.at), max(w.at),
    jsonb_build_object('calls', count(*), 'numbers', count(distinct w.number_reached),
      'contacts', to_jsonb((array_agg(distinct w.contact_id))[1:50]))
  from call_without_recording w
  where w.note_id is null
  having count(*) >= (threshold ->> 'calls')::integer
$$;

create or replace function find_untold(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(w.at), max(w.at),
    jsonb_build_object('recordings', count(*), 'numbers', count(distinct w.number_reached),
      'contacts', to_jsonb((array_agg(distinct w.contact_id))[1:50]))
  from recording_without_call w
  where w.note_id is null
  having count(*) >= (threshold ->> 'recordings')::integer
$$;

-- What the desk asks -----------------------------------------------------------------------------------------------------

-- Who looks at the difference: whoever sees to the systems, and whoever answers for it. Callers and officials are not shown.
create function demand_reconciler() returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select demand_one_role('{DATA_PROTECTION_OFFICER,ADMINISTRATOR,MAINTENANCE}')
$$;

-- The day on which a call began, as Finland's clock has it.
create function day_of_call(begun timestamptz) returns date language sql immutable as $$
  select (begun at time zone 'Europe/Helsinki')::date
$$;

-- Parts of calls by day, number and feed. Expected is what the plan drew and nobody forbade; recorded, missing and waiting are
-- what became of it. Of recordings: those that no feed has told of, and those of which one may yet.
create function reconciliation_counts(since timestamptz, until timestamptz)
returns table (day date, number_reached text, number_name jsonb, feed text, told bigint, expected bigint, recorded bigint, forbidden bigint,
  missing bigint, missing_explained bigint, waiting bigint, untold bigint, untold_explained bigint, not_yet_told bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_reconciler();
  return query
    with drawn as (
      select s.id, s.capture_failure = 'forbidden' as is_forbidden, r.id is not null as is_recorded, n.note_id is not null as is_explained
      from segment s
      left join recording r on r.segment_id = s.id
      left join reconciled_segment n on n.kind = 'unrecorded' and n.segment_id = s.id
      where s.decision_record and s.answered_at is not null and s.contact_started_at >= since and s.contact_started_at < until
    ), told as (
      select day_of_call(s.contact_started_at) as day, s.number_reached, s.number_reached_name, f.feed, d.id is not null as is_drawn,
        d.is_recorded, coalesce(d.is_forbidden, false) and not d.is_recorded as is_forbidden, d.is_explained,
        f.told_at < now() - recordings_come_within() as is_settled
      from fed_segment f
      join segment s on s.id = f.segment_id and s.contact_started_at = f.contact_started_at
      left join drawn d on d.id = f.segment_id
      where f.contact_started_at >= since and f.contact_started_at < until
        and s.contact_started_at >= since and s.contact_started_at < until
    ), counted as (
      select t.day, t.number_reached, any_value(t.number_reached_name) as number_name, t.feed, count(*) as told,
        count(*) filter (where t.is_drawn and not t.is_forbidden) as expected,
        count(*) filter (where t.is_recorded) as recorded,
        count(*) filter (where t.is_forbidden) as forbidden,
        count(*) filter (where t.is_drawn and not t.is_recorded and not t.is_forbidden and t.is_settled) as missing,
        count(*) filter (where t.is_drawn and not t.is_recorded and not t.is_forbidden and t.is_settled and t.is_explained) as missing_explained,
        count(*) filter (where t.is_drawn and not t.is_recorded and not t.is_forbidden and not t.is_settled) as waiting,
        0::bigint as untold, 0::bigint as untold_explained, 0::bigint as not_yet_told
      from told t group by 1, 2, 4
      union all
      select day_of_call(s.contact_started_at), s.number_reached, any_value(s.number_reached_name), f.name, 0, 0, 0, 0, 0, 0, 0,
        count(*) filter (where f.has_told and r.ended_at < now() - interval '24 hours'),
        count(*) filter (where f.has_told and r.ended_at < now() - interval '24 hours' and n.note_id is not null),
        count(*) filter (where not (f.has_told and r.ended_at < now() - interval '24 hours'))
      from recording r
      join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      join lateral (
        select f.name, s.ended_at <= f.told_until as has_told from feed f
        where (f.covers is null or s.number_reached = any (f.covers)) and s.answered_at >= f.told_from
        order by has_told desc, f.name limit 1
      ) f on true
      left join reconciled_segment n on n.kind = 'untold' and n.segment_id = s.id
      where r.contact_started_at >= since and r.contact_started_at < until
        and s.contact_started_at >= since and s.contact_started_at < until
        and r.state not in ('DESTROYING', 'DESTROYED') and r.ended_at is not null and s.ended_at is not null
        and not exists (select from fed_segment o where o.segment_id = s.id)
      group by 1, 2, 4
    )
    select c.day, c.number_reached, any_value(c.number_name), c.feed, sum(c.told)::bigint, sum(c.expected)::bigint,
      sum(c.recorded)::bigint, sum(c.forbidden)::bigint, sum(c.missing)::bigint, sum(c.missing_explained)::bigint,
      sum(c.waiting)::bigint, sum(c.untold)::bigint, sum(c.untold_explained)::bigint, sum(c.not_yet_told)::bigint
    from counted c group by c.day, c.number_reached, c.feed order by c.day desc, c.number_reached, c.feed;
end $$;

-- Each feed: what it is, how far it has come, what keeps it, and since when it is behind: the end of a call that a recording
-- client told of over an hour ago, of the feed's numbers and behind all that it has told, that no feed tells of.
create function reconciliation_feeds(since timestamptz, until timestamptz)
returns table (name text, source text, covers text[], alive_at timestamptz, heard_at timestamptz, told_from timestamptz,
  told_until timestamptz, records bigint, calls bigint, outside bigint, fault text, fault_at timestamptz, behind_since timestamptz,
  problems bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_reconciler();
  return query
    select f.name, f.source, f.covers, f.alive_at, f.heard_at, f.told_from, f.told_until, f.records, f.calls, f.outside, f.fault, f.fault_at,
      (select s.ended_at from segment s
       where s.answered_at > f.told_until and s.answered_at < now() - interval '1 hour' and s.ended_at < now() - interval '1 hour'
         and (f.covers is null or s.number_reached = any (f.covers))
         and not exists (select from fed_segment o where o.segment_id = s.id)
       order by s.answered_at, s.id limit 1),
      (select count(*) from feed_problem p where p.feed = f.name and p.at >= since and p.at < until)
    from feed f order by f.name;
end $$;

-- A page of what they do not have in common, the newest first; that it was read is in the log. `others`: whether recording
-- clients told of other calls in the quarter of an hour around.
create function list_unreconciled(wanted text, since timestamptz, until timestamptz, number text, told_by text, why text,
  is_explained boolean, before_at timestamptz, before_id uuid, most integer)
returns table (segment_id uuid, contact_id uuid, started_at timestamptz, answered_at timestamptz, ended_at timestamptz,
  number_reached text, number_name jsonb, feed text, at timestamptz, failure text, others boolean,
  explained_at timestamptz, explained_by uuid, note text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held text := demand_reconciler();
begin
  insert into audit_entry (person_id, right_id, role, action, object_kind, result, detail)
  select viewer(), r.id, held, 'reconciliation.listed', 'feeds', 'ok', jsonb_build_object('kind', wanted)
  from access_right r where r.person_id = viewer() and r.role = held
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
  order by r.valid_from limit 1;
  return query
    select u.segment_id, u.contact_id, u.contact_started_at, u.answered_at, u.ended_at, u.number_reached, u.number_reached_name, u.feed,
      u.at, u.capture_failure,
      exists (
        select from segment o
        where o.answered_at between u.answered_at - interval '15 minutes' and u.answered_at + interval '15 minutes' and o.id <> u.segment_id
          and not exists (select from fed_segment t where t.segment_id = o.id and t.is_own)),
      n.at, n.by, n.note
    from unreconciled u
    left join reconciliation_note n on n.id = u.note_id
    where u.kind = wanted and u.contact_started_at >= since and u.contact_started_at < until
      and (number is null or u.number_reached = number) and (told_by is null or u.feed = told_by)
      and (why is null or coalesce(u.capture_failure, 'unknown') = why)
      and (is_explained is null or (u.note_id is not null) = is_explained)
      and (before_at is null or (u.contact_started_at, u.segment_id) < (before_at, before_id))
    order by u.contact_started_at desc, u.segment_id desc
    limit least(greatest(most, 1), 501);
end $$;

-- Records that could not be read, the newest first: where they lie and why, never what they say.
create function list_feed_problems(told_by text, since timestamptz, until timestamptz, before_at timestamptz, before_id bytea, most integer)
returns table (id bytea, feed text, file text, line integer, reason text, at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_reconciler();
  return query
    select p.id, p.feed, p.file, p.line, p.reason, p.at from feed_problem p
    where p.at >= since and p.at < until and (told_by is null or p.feed = told_by)
      and (before_at is null or (p.at, p.id) < (before_at, before_id))
    order by p.at desc, p.id desc limit least(greatest(most, 1), 501);
end $$;

-- Whoever watches and whoever closes come one after the other: what was found before it was explained raises no new alarm after.
create function not_while_watched(kind text) returns void
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select pg_advisory_xact_lock(hashtext('seloste.watch ' || kind))
$$;

-- Closes what is left of an alarm that has nothing left to ask about.
create function settle_alarm(wanted text, note text, held uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  settled uuid;
begin
  perform not_while_watched(wanted);
  if wanted = 'unrecorded' and exists (select from call_without_recording w where w.note_id is null)
     or wanted = 'untold' and exists (select from recording_without_call w where w.note_id is null) then
    return false;
  end if;
  update alarm a set closed_at = clock_timestamp(), closed_by = viewer(), note = btrim(settle_alarm.note),
    seen_at = coalesce(a.seen_at, clock_timestamp()), seen_by = coalesce(a.seen_by, viewer())
  where a.kind = wanted and a.closed_at is null returning a.id into settled;
  if settled is null then
    return false;
  end if;
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), held, 'DATA_PROTECTION_OFFICER', 'alarm.closed', 'alarm', settled, 'ok', jsonb_build_object('kind', wanted));
  return true;
end $$;

-- The data protection officer says what was found out: of segments one by one, or of all that a page's filters show and that
-- were there when it was read. With the last of them the alarm is closed under the same note.
create function explain_unreconciled(wanted text, segments uuid[], since timestamptz, until timestamptz, number text, told_by text,
  why text, read_at timestamptz, note text) returns table (explained integer, alarm_closed boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held uuid := watching_right();
  said uuid := gen_random_uuid();
  many integer;
begin
  insert into reconciliation_note (id, kind, note, by) values (said, wanted, btrim(explain_unreconciled.note), viewer());
  insert into reconciled_segment (kind, segment_id, contact_started_at, note_id)
  select u.kind, u.segment_id, u.contact_started_at, said from unreconciled u
  where u.kind = wanted and u.note_id is null and u.missing_since <= read_at
    and u.contact_started_at >= since and u.contact_started_at < until
    and (segments is null or u.segment_id = any (segments))
    and (number is null or u.number_reached = number) and (told_by is null or u.feed = told_by)
    and (why is null or coalesce(u.capture_failure, 'unknown') = why)
  on conflict (kind, segment_id) do nothing;
  get diagnostics many = row_count;
  if many = 0 then
    raise exception 'reconciliation.nothing' using errcode = 'SE001';
  end if;
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), held, 'DATA_PROTECTION_OFFICER', 'reconciliation.explained', 'feeds', said, 'ok',
    jsonb_build_object('kind', wanted, 'count', many));
  return query select many, settle_alarm(wanted, explain_unreconciled.note, held);
end $$;

-- Over 0011-watch.sql: a note under an alarm of calls and recordings explains what it had counted.
create or replace function close_alarm(alarm uuid, note text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held uuid := watching_right();
  a alarm;
begin
  perform not_while_watched(o.kind) from public.alarm o where o.id = close_alarm.alarm;
  select * into a from public.alarm o where o.id = close_alarm.alarm for update;
  if a.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if a.closed_at is not null then
    raise exception 'alarm.closed' using errcode = 'SE001';
  end if;
  if a.person_id = viewer() then
    raise exception 'alarm.own' using errcode = 'SE001';
  end if;
  update public.alarm o set closed_at = clock_timestamp(), closed_by = viewer(), note = trim(close_alarm.note),
    seen_at = coalesce(o.seen_at, clock_timestamp()), seen_by = coalesce(o.seen_by, viewer())
  where o.id = a.id;
  if a.kind in ('unrecorded', 'untold') then
    insert into reconciliation_note (id, kind, note, by) values (a.id, a.kind, btrim(close_alarm.note), viewer());
    insert into reconciled_segment (kind, segment_id, contact_started_at, note_id)
    select u.kind, u.segment_id, u.contact_started_at, a.id from unreconciled u
    where u.kind = a.kind and u.note_id is null and u.at <= a.last_at and u.contact_started_at > now() - interval '28 days'
    on conflict (kind, segment_id) do nothing;
  end if;
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), held, 'DATA_PROTECTION_OFFICER', 'alarm.closed', 'alarm', a.id, 'ok', jsonb_build_object('kind', a.kind));
end $$;

-- Over 0040-calls-told-afterwards.sql: explanations go with what they explain, and a feed that nobody runs any more.
create or replace function forget_fed() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from fed_segment where contact_started_at < now() - interval '3 months';
  delete from feed_problem where at < now() - interval '3 months';
  delete from reconciled_segment where contact_started_at < now() - interval '3 months';
  delete from reconciliation_note n where n.at < now() - interval '3 months'
    and not exists (select from reconciled_segment s where s.note_id = n.id);
  delete from feed where coalesce(alive_at, heard_at, fault_at) < now() - interval '3 months';
$$;

-- What these functions do they tell the log themselves.
create policy reconciliation_is_told on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'reconciliation.%'
);

revoke execute on function recordings_come_within(), demand_reconciler(), day_of_call(timestamptz),
  reconciliation_counts(timestamptz, timestamptz), reconciliation_feeds(timestamptz, timestamptz),
  list_unreconciled(text, timestamptz, timestamptz, text, text, text, boolean, timestamptz, uuid, integer),
  list_feed_problems(text, timestamptz, timestamptz, timestamptz, bytea, integer), settle_alarm(text, text, uuid), not_while_watched(text),
  explain_unreconciled(text, uuid[], timestamptz, timestamptz, text, text, text, timestamptz, text) from public;
grant execute on function reconciliation_counts(timestamptz, timestamptz), reconciliation_feeds(timestamptz, timestamptz),
  list_unreconciled(text, timestamptz, timestamptz, text, text, text, boolean, timestamptz, uuid, integer),
  list_feed_problems(text, timestamptz, timestamptz, timestamptz, bytea, integer),
  explain_unreconciled(text, uuid[], timestamptz, timestamptz, text, text, text, timestamptz, text) to seloste_desk;
grant execute on function not_while_watched(text) to seloste_custodian;
