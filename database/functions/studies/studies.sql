-- Returns the bounds, in seconds, of the classes in which conversations are counted by length; wait_bounds those of waiting times.
create or replace function talk_bounds() returns integer[] language sql immutable as $$
  select array[30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600]
$$;

create or replace function wait_bounds() returns integer[] language sql immutable as $$
  select array[10, 20, 30, 60, 120, 180, 300, 600, 1200]
$$;

-- Queues a contact that has changed since it was counted.
create or replace function queue_study_recount() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_argv[0] = 'contact' then
    insert into study_told (contact_id, contact_started_at) values (new.id, new.started_at);
  else
    insert into study_told (contact_id, contact_started_at) values (new.contact_id, new.contact_started_at);
  end if;
  return null;
end $$;

-- Returns what a contact adds to the counts of a study: one row for the call, and one for each number and unit of its drawn parts.
create or replace function study_parts(contact uuid, begun timestamptz, called text, ended timestamptz) returns study_part[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with parts as materialized (
    select s.seq, s.number_reached, s.official_unit_id, s.answered_at, s.draw, s.rule_share,
      exists (select from recording r where r.segment_id = s.id) as is_recorded
    from segment s where s.contact_id = study_parts.contact and s.contact_started_at = begun
  ), answer as (
    select p.answered_at, p.official_unit_id from parts p where p.answered_at is not null order by p.answered_at, p.seq limit 1
  )
  select array_agg(x.part order by x.part) from (
    select (called, a.official_unit_id, 1, (a.answered_at is not null)::integer,
      (case when ended < a.answered_at then 0 else extract(epoch from ended - a.answered_at) end)::integer,
      (case when a.answered_at < b.at then 0 else extract(epoch from a.answered_at - b.at) end)::integer, 0, 0, 0)::study_part as part
    from (
      select coalesce((select c.waited_from from contact c where c.id = study_parts.contact and c.started_at = begun), begun) as at
    ) b left join answer a on true
    union all
    -- As in the shares beside the plan (R15): answered parts that a rule drew.
    select (p.number_reached, p.official_unit_id, 0, 0, null, null, count(*)::integer,
      sum(round(p.rule_share * 1000000))::integer, (count(*) filter (where p.is_recorded))::integer)::study_part
    from parts p where p.draw is not null and p.answered_at is not null
    group by p.number_reached, p.official_unit_id
  ) x
$$;

-- Returns the columns of counts, each by a format() pattern, separated by commas; those of lengths by a pattern of their own.
create or replace function study_columns(pattern text, of_lengths text default null, without text[] default '{}') returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select string_agg(format(case when l.is_length then coalesce(of_lengths, pattern) else pattern end, l.name), ', ' order by l.name)
  from (
    select name, false as is_length from unnest(array['calls', 'answered', 'talk_seconds', 'judged', 'expected_ppm', 'recorded']) name
    union all select 'talk_' || n, true from generate_series(0, cardinality(talk_bounds())) n
    union all select 'wait_' || n, true from generate_series(0, cardinality(wait_bounds())) n
  ) l
  where l.name <> all (without)
$$;

-- Counts these contacts as they are now, replacing their former counts. One process at a time.
create or replace function count_contacts(ids uuid[], starts timestamptz[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  execute format($count$
    with due as materialized (
      select c.id, c.started_at, c.counted as before,
        -- A call that had ended and continues with another official is in progress; it is counted again at its end.
        case when c.ended_at is not null or c.started_at < now() - interval '24 hours'
          then study_parts(c.id, c.started_at, c.number_called, c.ended_at) end as parts
      from unnest($1, $2) as e (id, started_at) join contact c on c.id = e.id and c.started_at = e.started_at
    ), updated as (
      update contact c set counted = d.parts from due d
      where c.id = d.id and c.started_at = d.started_at and d.before is distinct from d.parts
    ), changes as (
      select (d.started_at at time zone 'Europe/Helsinki') as at, x.sign, p.*,
        'talk_' || width_bucket(p.talk_seconds, talk_bounds()) as talk, 'wait_' || width_bucket(p.wait_seconds, wait_bounds()) as wait
      from due d, lateral (values (d.parts, 1), (d.before, -1)) as x (parts, sign), lateral unnest(x.parts) as p
      where d.before is distinct from d.parts
    ), by_hour as materialized (
      select c.at::date as day, extract(hour from c.at)::smallint as hour, c.number, c.unit_id, %1$s from changes c group by 1, 2, 3, 4
    ), hours as (
      insert into study_hour as h (day, hour, number, unit_id, %2$s) select * from by_hour
      on conflict on constraint study_hour_once do update set %3$s
    )
    insert into study_day as h (day, number, unit_id, %2$s) select c.day, c.number, c.unit_id, %4$s from by_hour c group by 1, 2, 3
    on conflict on constraint study_day_once do update set %3$s
  $count$, study_columns('sum(c.sign * coalesce(c.%1$s, 0)) as %1$s', 'coalesce(sum(c.sign) filter (where %1$L in (c.talk, c.wait)), 0) as %1$s'),
    study_columns('%s'), study_columns('%1$s = h.%1$s + excluded.%1$s'), study_columns('sum(c.%s)')) using ids, starts;
end $$;

-- Counts ended, uncounted contacts and those with later reports; a call without a known end a day after its beginning. Returns how many of
-- either kind there were: less than `max_rows` means all.
create or replace function count_studies(max_rows integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
  starts timestamptz[];
  reported integer := 0;
  has_reports boolean;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  select exists (select from study_told) into has_reports;
  -- Without a parameter: planned once a connection.
  if exists (
    select from contact c where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
  ) then
    select array_agg(d.id), array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
      order by c.started_at limit max_rows for update skip locked
    ) d;
  elsif not has_reports then
    return 0;
  end if;
  if has_reports then
    select ids || array_agg(d.id), starts || array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is not null and (c.id, c.started_at) in (
        select t.contact_id, t.contact_started_at from study_told t order by t.seq limit max_rows)
      for update skip locked
    ) d;
    -- Reports up to now are part of the counting below; a contact counted later is counted as it is then.
    delete from study_told t using (select f.seq from study_told f order by f.seq limit max_rows) f
    where t.seq = f.seq and (t.contact_id = any (ids) or not exists (
      select from contact c where c.id = t.contact_id and c.started_at = t.contact_started_at and c.counted is not null));
    get diagnostics reported = row_count;
  end if;
  perform count_contacts(ids, starts);
  return greatest(reported, coalesce(cardinality(ids), 0));
end $$;
grant execute on function count_studies to seloste_custodian;

-- Counts the contacts of a day whose rows are about to be deleted.
create or replace function count_day_for_studies(begins timestamptz, ends timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
  starts timestamptz[];
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  select array_agg(d.id), array_agg(d.started_at) into ids, starts from (
    select c.id, c.started_at from contact c where c.counted is null and c.started_at >= begins and c.started_at < ends
    union
    select t.contact_id, t.contact_started_at from study_told t where t.contact_started_at >= begins and t.contact_started_at < ends
  ) d;
  if ids is not null then
    perform count_contacts(ids, starts);
    delete from study_told t where t.contact_id = any (ids);
  end if;
end $$;

-- Rounds to a multiple of five, so that counts of one to four people cannot be told from none or five.
create or replace function round_to_five(n bigint) returns bigint language sql immutable as $$ select 5 * round(n / 5.0)::bigint $$;

-- Merges the counts of days whose calls have been deleted into their month, and rounds the counts of months whose calls have been deleted.
-- Returns how many rows of counts it merged.
create or replace function roll_up_studies() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamp := destruction_now() at time zone 'Europe/Helsinki';
  removed integer;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  delete from study_hour h where h.day < (at - interval '14 months')::date;
  execute format($coarsen$
    with g as (
      delete from study_day d where d.day < ($1 - interval '14 months')::date returning *
    ), kept as (
      insert into study_month as h (month, number, %1$s) select date_trunc('month', g.day)::date, g.number, %2$s from g group by 1, 2
      -- A call reported after its month was rounded changes nothing.
      on conflict (month, number) do update set %3$s where not h.is_rounded
    )
    select count(*) from g
  $coarsen$, study_columns('%s'), study_columns('sum(g.%s)'), study_columns('%1$s = h.%1$s + excluded.%1$s')) into removed using at;
  execute format($round$
    update study_month m set is_rounded = true, %s,
      expected_ppm = case when m.judged > 0 then m.expected_ppm * round_to_five(m.judged) / m.judged else 0 end,
      talk_seconds = case when round_to_five(m.answered) > 0 then 300 * round(m.talk_seconds / 300.0)::bigint else 0 end
    where not m.is_rounded and m.month + interval '15 months' <= $1
  $round$, study_columns('%1$s = round_to_five(m.%1$s)', without => '{expected_ppm,talk_seconds}')) using at;
  delete from study_month m where m.is_rounded and m.calls = 0 and m.judged = 0;
  return removed;
end $$;
grant execute on function roll_up_studies to seloste_custodian;

create or replace function studies_purpose() returns boolean language sql stable parallel safe as $$
  select current_setting('seloste.purpose', true) = 'SERVICE_LEVEL_STUDY'
$$;
grant execute on function studies_purpose to seloste_desk;

-- Returns the first day with counts, today in Finland, the first day with hourly counts, and whether all calls that ended a minute ago are
-- counted.
create or replace function studies_known() returns table (since date, today date, by_hour_from date, is_current boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least((select min(d.day) from study_day d), (select min(m.month) from study_month m)),
    helsinki_day(register_now()), ((register_now() at time zone 'Europe/Helsinki') - interval '14 months')::date,
    not exists (select from contact c where c.counted is null and c.ended_at < now() - interval '1 minute')
$$;
grant execute on function studies_known to seloste_desk;

-- Returns true for a session with a right that reaches studies, or raises. Same rule as `reachesStudies` in src/use/studies/read-study.ts.
create or replace function require_studies() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(not exists (select from active_rights() where scope_kind in ('numbers', 'unit')), 'deny.purpose');
  return true;
end $$;

-- Returns counts of today's calls and of those in progress, by number and unit, the same for all who reach studies. The desk narrows them to
-- the viewer's right.
create or replace function calls_today() returns table (number text, unit_id uuid, calls bigint, answered bigint, talking bigint, waiting bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with day as materialized (select helsinki_day(now()) as today, day_start(helsinki_day(now())) as begins),
  uncounted as materialized (
    select c.id, c.started_at, c.number_called, c.ended_at, c.started_at >= d.begins as is_todays, a.answered_at, a.official_unit_id
    from day d join contact c on c.counted is null and c.started_at > least(d.begins, now() - interval '24 hours')
    left join lateral (
      select s.answered_at, s.official_unit_id from segment s
      where s.contact_id = c.id and s.contact_started_at = c.started_at and s.answered_at is not null
      order by c.ended_at is null and s.ended_at is not null, s.answered_at, s.seq limit 1
    ) a on true
  )
  select x.number, x.unit_id, sum(x.calls)::bigint, sum(x.answered)::bigint, sum(x.talking)::bigint, sum(x.waiting)::bigint
  from (
    select h.number, h.unit_id, h.calls, h.answered, 0 as talking, 0 as waiting from study_day h, day d where h.day = d.today
    union all
    select u.number_called, u.official_unit_id, (u.is_todays)::integer, (u.is_todays and u.answered_at is not null)::integer,
      (u.ended_at is null and u.answered_at is not null)::integer, (u.ended_at is null and u.answered_at is null)::integer
    from uncounted u where u.is_todays or u.ended_at is null
  ) x
  where (select require_studies())
  group by 1, 2 having sum(x.calls) + sum(x.talking) + sum(x.waiting) > 0
$$;
grant execute on function calls_today to seloste_desk;

-- Returns the number of officials who answer calls in each unit now.
create or replace function count_officials() returns table (unit_id uuid, name text, officials bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, u.name, count(distinct p.person_id)
  from unit u
  join person_placement p on p.unit_id = u.id and p.valid_from <= now() and (p.valid_to is null or p.valid_to > now())
  where exists (select from person_phone t where t.person_id = p.person_id and t.valid_from <= now() and (t.valid_to is null or t.valid_to > now()))
  group by 1, 2
$$;

-- Returns count_officials, to those who reach studies.
create or replace function officials_by_unit() returns table (unit_id uuid, name text, officials bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select * from count_officials() where (select require_studies())
$$;
grant execute on function officials_by_unit to seloste_desk;

-- Returns numbers and units where three or more officials answered in the last fortnight: with fewer, the counts of a day would be about
-- single people (R6).
create or replace function numbers_of_several() returns table (number text, unit_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(s.number_called, s.number_reached), s.official_unit_id from segment s
  where s.answered_at > now() - interval '14 days' and s.contact_started_at > now() - interval '15 days' and s.official_unit_id is not null
    and (select require_studies())
  group by 1, 2 having count(distinct coalesce(s.official_person_id::text, s.official_phone)) >= 3
$$;
grant execute on function numbers_of_several to seloste_desk;

-- Returns the viewer's units with enough officials that counts are nobody's in particular: three, as on the display of the day (R6).
create or replace function study_units() returns uuid[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select coalesce(array_agg(o.unit_id), '{}') from count_officials() o where o.officials >= 3 and o.unit_id = any (sees_units()));
end $$;
grant execute on function study_units to seloste_desk;

-- Returns for each cell of a question whether three or more officials answered its calls: counts of fewer would be about them (R6). A cell
-- names numbers with spans of days (a null number means any), and optionally an hour or a weekday in Helsinki time. Past the term the
-- officials are unknown, so held calls decide. False after five hundred days of a number and unit without another official.
create or replace function enough_officials(cells jsonb) returns boolean[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  held date := ((register_now() at time zone 'Europe/Helsinki') - interval '14 months')::date;
  numbers text[] := sees_numbers();
  units uuid[] := study_units();
  answers boolean[] := '{}';
  cell jsonb;
  d record;
  one text;
  officials text[];
  days_without_new integer;
begin
  for cell in select c.cell from jsonb_array_elements(cells) with ordinality c (cell, ordinal) order by c.ordinal loop
    officials := '{}';
    days_without_new := 0;
    <<days>>
    for d in
      select s.number, s.unit_id, (s.day + make_interval(hours => coalesce((cell ->> 'hour')::integer, 0))) at time zone 'Europe/Helsinki' as since,
        (s.day + make_interval(hours => coalesce((cell ->> 'hour')::integer + 1, 24))) at time zone 'Europe/Helsinki' as until
      from jsonb_to_recordset(cell -> 'spans') as w (number text, since date, until date)
      join study_day s on s.day between greatest(w.since, held) and case when w.until < held then helsinki_day(register_now()) else w.until end
      where s.answered > 0 and (w.number is null or s.number = w.number)
        and (s.number = any (numbers) or s.unit_id = any (units))
        and coalesce(extract(isodow from s.day) = (cell ->> 'weekday')::integer, true)
    loop
      for one in
        select a.official
        from contact c cross join lateral (
          select coalesce(p.official_person_id::text, p.official_phone) as official, p.official_unit_id as unit_id from segment p
          where p.contact_id = c.id and p.contact_started_at = c.started_at and p.answered_at is not null
          order by p.answered_at, p.seq limit 1
        ) a
        where c.number_called = d.number and c.started_at >= d.since and c.started_at < d.until and a.unit_id is not distinct from d.unit_id
      loop
        if one <> all (officials) then
          officials := officials || one;
          days_without_new := 0;
          exit days when cardinality(officials) >= 3;
        end if;
      end loop;
      days_without_new := days_without_new + 1;
      exit days when days_without_new >= 500;
    end loop;
    answers := answers || (cardinality(officials) >= 3);
  end loop;
  return answers;
end $$;
grant execute on function enough_officials to seloste_desk;
