-- Returns the time after a feed's report within which a recording may still be admitted; after that it counts as missing.
create or replace function recording_grace() returns interval language sql immutable as $$ select interval '10 minutes' $$;

-- Requires a role that reads the reconciliation: those who run the systems or are responsible for them. The reconciliation shows neither
-- callers nor officials.
create or replace function require_reconciler() returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select require_one_role('{DATA_PROTECTION_OFFICER,ADMINISTRATOR,MAINTENANCE}')
$$;
grant execute on function require_reconciler to seloste_desk;

-- Counts parts of calls by day, number and feed. `expected`: drawn by the plan and not forbidden; each of these is recorded, missing or
-- waiting. `untold`: recordings that no feed has reported; `not_yet_told`: recordings that a feed may still report. Counts whole days and
-- logs the read: those who read it need no right to calls, and freely chosen instants would show when each call was answered.
create or replace function reconciliation_counts(since timestamptz, until timestamptz)
returns table (day date, number_reached text, number_name jsonb, feed text, told bigint, expected bigint, recorded bigint, forbidden bigint,
  missing bigint, missing_explained bigint, waiting bigint, untold bigint, untold_explained bigint, not_yet_told bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  since := day_start(helsinki_day(since));
  if until > day_start(helsinki_day(until)) then until := day_start(helsinki_day(until) + 1); end if;
  perform record_right_act('reconciliation.read', require_reconciler(), 'feeds', null,
    jsonb_build_object('from', ledger_instant(since), 'to', ledger_instant(until)));
  return query
    with drawn as (
      select s.id, s.capture_failure = 'forbidden' as is_forbidden, r.id is not null as is_recorded, n.note_id is not null as is_explained
      from segment s
      left join recording r on r.segment_id = s.id
      left join reconciled_segment n on n.kind = 'unrecorded' and n.segment_id = s.id
      where s.decision_record and s.answered_at is not null and s.contact_started_at >= since and s.contact_started_at < until
    ), told as (
      select helsinki_day(s.contact_started_at) as day, s.number_reached, s.number_reached_name, f.feed, d.id is not null as is_drawn,
        d.is_recorded, coalesce(d.is_forbidden, false) and not d.is_recorded as is_forbidden, d.is_explained,
        f.told_at < now() - recording_grace() as is_settled
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
      select helsinki_day(s.contact_started_at), s.number_reached, any_value(s.number_reached_name), f.name, 0, 0, 0, 0, 0, 0, 0,
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
grant execute on function reconciliation_counts to seloste_desk;

-- Returns each feed: source, progress, fault, and since when it is behind. A feed is behind if a recording client reported a call to one of
-- its numbers that ended over an hour ago, is later than everything the feed has reported, and is not reported by any feed; it is behind
-- since that call's end.
create or replace function reconciliation_feeds(since timestamptz, until timestamptz)
returns table (name text, source text, covers text[], alive_at timestamptz, heard_at timestamptz, told_from timestamptz,
  told_until timestamptz, records bigint, calls bigint, outside bigint, fault text, fault_at timestamptz, behind_since timestamptz,
  problems bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_reconciler();
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
grant execute on function reconciliation_feeds to seloste_desk;

-- Returns a page of the differences, newest first, and logs the read. `others`: recording clients reported other calls in the quarter of an
-- hour around.
create or replace function list_unreconciled(wanted text, since timestamptz, until timestamptz, number text, feed_name text, why text,
  is_explained boolean, before_at timestamptz, before_id uuid, max_rows integer)
returns table (segment_id uuid, contact_id uuid, started_at timestamptz, answered_at timestamptz, ended_at timestamptz,
  number_reached text, number_name jsonb, feed text, at timestamptz, failure text, others boolean,
  explained_at timestamptz, explained_by uuid, note text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform record_right_act('reconciliation.listed', require_reconciler(), 'feeds', null, jsonb_build_object('kind', wanted));
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
      and (number is null or u.number_reached = number) and (feed_name is null or u.feed = feed_name)
      and (why is null or coalesce(u.capture_failure, 'unknown') = why)
      and (is_explained is null or (u.note_id is not null) = is_explained)
      and (before_at is null or (u.contact_started_at, u.segment_id) < (before_at, before_id))
    order by u.contact_started_at desc, u.segment_id desc
    limit least(greatest(max_rows, 1), 501);
end $$;
grant execute on function list_unreconciled to seloste_desk;

-- Serialises the watch and the closing of alarms: otherwise a difference found before it was explained could raise a new alarm afterwards.
create or replace function lock_alarm_kind(kind text) returns void
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select pg_advisory_xact_lock(hashtext('seloste.watch ' || kind))
$$;
grant execute on function lock_alarm_kind to seloste_custodian;

-- Explains differences, by the data protection officer: named segments, or all that a page's filters show and that existed when it was
-- read. When none is left, the alarm is closed under the same note. Requires a fresh proof. Refuses reconciliation.nothing.
create or replace function explain_unreconciled(wanted text, segments uuid[], since timestamptz, until timestamptz, number text, feed_name text,
  why text, read_at timestamptz, note text) returns table (explained integer, alarm_closed boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  explanation uuid := gen_random_uuid();
  explained_count integer;
  settled uuid;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  perform require_fresh();
  insert into reconciliation_note (id, kind, note, by) values (explanation, wanted, btrim(explain_unreconciled.note), viewer());
  insert into reconciled_segment (kind, segment_id, contact_started_at, note_id)
  select u.kind, u.segment_id, u.contact_started_at, explanation from unreconciled u
  where u.kind = wanted and u.note_id is null and u.missing_since <= read_at
    and u.contact_started_at >= since and u.contact_started_at < until
    and (segments is null or u.segment_id = any (segments))
    and (number is null or u.number_reached = number) and (feed_name is null or u.feed = feed_name)
    and (why is null or coalesce(u.capture_failure, 'unknown') = why)
  on conflict (kind, segment_id) do nothing;
  get diagnostics explained_count = row_count;
  perform refuse_if(explained_count = 0, 'reconciliation.nothing');
  perform record_right_act('reconciliation.explained', 'DATA_PROTECTION_OFFICER', 'feeds', explanation,
    jsonb_build_object('kind', wanted, 'count', explained_count));
  -- Closes an alarm without anything left to explain.
  perform lock_alarm_kind(wanted);
  if not exists (select from unreconciled u
    where u.kind = wanted and u.note_id is null and u.contact_started_at > now() - interval '28 days') then
    update alarm a set closed_at = clock_timestamp(), closed_by = viewer(), note = btrim(explain_unreconciled.note),
      seen_at = coalesce(a.seen_at, clock_timestamp()), seen_by = coalesce(a.seen_by, viewer())
    where a.kind = wanted and a.closed_at is null returning a.id into settled;
    if settled is not null then
      perform record_right_act('alarm.closed', 'DATA_PROTECTION_OFFICER', 'alarm', settled, jsonb_build_object('kind', wanted));
    end if;
  end if;
  return query select explained_count, settled is not null;
end $$;
grant execute on function explain_unreconciled to seloste_desk;
