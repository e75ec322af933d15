create or replace function talk_bounds() returns integer[] language sql immutable as $$
  select array[30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600]
$$;

create or replace function wait_bounds() returns integer[] language sql immutable as $$
  select array[10, 20, 30, 60, 120, 180, 300, 600, 1200]
$$;

create or replace function tell_studies() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_argv[0] = 'contact' then
    insert into study_told (contact_id, contact_started_at) values (new.id, new.started_at);
  else
    insert into study_told (contact_id, contact_started_at) values (new.contact_id, new.contact_started_at);
  end if;
  return null;
end $$;

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
    -- As the shares beside the plan count (R15): answered parts that a rule drew.
    select (p.number_reached, p.official_unit_id, 0, 0, null, null, count(*)::integer,
      sum(round(p.rule_share * 1000000))::integer, (count(*) filter (where p.is_recorded))::integer)::study_part
    from parts p where p.draw is not null and p.answered_at is not null
    group by p.number_reached, p.official_unit_id
  ) x
$$;

-- Counts these contacts as they are now, in the place of what was counted of them before. One process at a time.
create or replace function count_contacts(ids uuid[], starts timestamptz[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with due as materialized (
    select c.id, c.started_at, c.counted as before,
      -- A call that was over and goes on, with another official, is in progress and counted once more at its end.
      case when c.ended_at is not null or c.started_at < now() - interval '24 hours'
        then study_parts(c.id, c.started_at, c.number_called, c.ended_at) end as parts
    from unnest(ids, starts) as e (id, started_at) join contact c on c.id = e.id and c.started_at = e.started_at
  ), noted as (
    update contact c set counted = d.parts from due d
    where c.id = d.id and c.started_at = d.started_at and d.before is distinct from d.parts
  ), changes as (
    select (d.started_at at time zone 'Europe/Helsinki') as at, x.sign, p.*,
      width_bucket(p.talk_seconds, talk_bounds()) as talk, width_bucket(p.wait_seconds, wait_bounds()) as wait
    from due d, lateral (values (d.parts, 1), (d.before, -1)) as x (parts, sign), lateral unnest(x.parts) as p
    where d.before is distinct from d.parts
  ), by_hour as materialized (
    select c.at::date as day, extract(hour from c.at)::smallint as hour, c.number, c.unit_id,
      sum(c.sign * c.calls) as calls, sum(c.sign * c.answered) as answered,
      sum(c.sign * coalesce(c.talk_seconds, 0)) as talk_seconds, sum(c.sign * c.judged) as judged,
      sum(c.sign * c.expected_ppm) as expected_ppm, sum(c.sign * c.recorded) as recorded,
      coalesce(sum(c.sign) filter (where c.talk = 0), 0) as talk_0,
      coalesce(sum(c.sign) filter (where c.talk = 1), 0) as talk_1,
      coalesce(sum(c.sign) filter (where c.talk = 2), 0) as talk_2,
      coalesce(sum(c.sign) filter (where c.talk = 3), 0) as talk_3,
      coalesce(sum(c.sign) filter (where c.talk = 4), 0) as talk_4,
      coalesce(sum(c.sign) filter (where c.talk = 5), 0) as talk_5,
      coalesce(sum(c.sign) filter (where c.talk = 6), 0) as talk_6,
      coalesce(sum(c.sign) filter (where c.talk = 7), 0) as talk_7,
      coalesce(sum(c.sign) filter (where c.talk = 8), 0) as talk_8,
      coalesce(sum(c.sign) filter (where c.talk = 9), 0) as talk_9,
      coalesce(sum(c.sign) filter (where c.talk = 10), 0) as talk_10,
      coalesce(sum(c.sign) filter (where c.talk = 11), 0) as talk_11,
      coalesce(sum(c.sign) filter (where c.talk = 12), 0) as talk_12,
      coalesce(sum(c.sign) filter (where c.wait = 0), 0) as wait_0,
      coalesce(sum(c.sign) filter (where c.wait = 1), 0) as wait_1,
      coalesce(sum(c.sign) filter (where c.wait = 2), 0) as wait_2,
      coalesce(sum(c.sign) filter (where c.wait = 3), 0) as wait_3,
      coalesce(sum(c.sign) filter (where c.wait = 4), 0) as wait_4,
      coalesce(sum(c.sign) filter (where c.wait = 5), 0) as wait_5,
      coalesce(sum(c.sign) filter (where c.wait = 6), 0) as wait_6,
      coalesce(sum(c.sign) filter (where c.wait = 7), 0) as wait_7,
      coalesce(sum(c.sign) filter (where c.wait = 8), 0) as wait_8,
      coalesce(sum(c.sign) filter (where c.wait = 9), 0) as wait_9
    from changes c group by 1, 2, 3, 4
  ), hours as (
    insert into study_hour as h (day, hour, number, unit_id,
      calls, answered, talk_seconds, judged, expected_ppm, recorded, talk_0, talk_1, talk_2, talk_3, talk_4, talk_5,
      talk_6, talk_7, talk_8, talk_9, talk_10, talk_11, talk_12, wait_0, wait_1, wait_2, wait_3, wait_4, wait_5,
      wait_6, wait_7, wait_8, wait_9)
    select * from by_hour
    on conflict on constraint study_hour_once do update set
      calls = h.calls + excluded.calls, answered = h.answered + excluded.answered,
      talk_seconds = h.talk_seconds + excluded.talk_seconds, judged = h.judged + excluded.judged,
      expected_ppm = h.expected_ppm + excluded.expected_ppm, recorded = h.recorded + excluded.recorded,
      talk_0 = h.talk_0 + excluded.talk_0, talk_1 = h.talk_1 + excluded.talk_1, talk_2 = h.talk_2 + excluded.talk_2,
      talk_3 = h.talk_3 + excluded.talk_3, talk_4 = h.talk_4 + excluded.talk_4, talk_5 = h.talk_5 + excluded.talk_5,
      talk_6 = h.talk_6 + excluded.talk_6, talk_7 = h.talk_7 + excluded.talk_7, talk_8 = h.talk_8 + excluded.talk_8,
      talk_9 = h.talk_9 + excluded.talk_9, talk_10 = h.talk_10 + excluded.talk_10,
      talk_11 = h.talk_11 + excluded.talk_11, talk_12 = h.talk_12 + excluded.talk_12,
      wait_0 = h.wait_0 + excluded.wait_0, wait_1 = h.wait_1 + excluded.wait_1, wait_2 = h.wait_2 + excluded.wait_2,
      wait_3 = h.wait_3 + excluded.wait_3, wait_4 = h.wait_4 + excluded.wait_4, wait_5 = h.wait_5 + excluded.wait_5,
      wait_6 = h.wait_6 + excluded.wait_6, wait_7 = h.wait_7 + excluded.wait_7, wait_8 = h.wait_8 + excluded.wait_8,
      wait_9 = h.wait_9 + excluded.wait_9
  )
  insert into study_day as d (day, number, unit_id,
    calls, answered, talk_seconds, judged, expected_ppm, recorded, talk_0, talk_1, talk_2, talk_3, talk_4, talk_5,
    talk_6, talk_7, talk_8, talk_9, talk_10, talk_11, talk_12, wait_0, wait_1, wait_2, wait_3, wait_4, wait_5,
    wait_6, wait_7, wait_8, wait_9)
  select c.day, c.number, c.unit_id,
    sum(c.calls), sum(c.answered), sum(c.talk_seconds), sum(c.judged), sum(c.expected_ppm), sum(c.recorded),
    sum(c.talk_0), sum(c.talk_1), sum(c.talk_2), sum(c.talk_3), sum(c.talk_4), sum(c.talk_5), sum(c.talk_6),
    sum(c.talk_7), sum(c.talk_8), sum(c.talk_9), sum(c.talk_10), sum(c.talk_11), sum(c.talk_12), sum(c.wait_0),
    sum(c.wait_1), sum(c.wait_2), sum(c.wait_3), sum(c.wait_4), sum(c.wait_5), sum(c.wait_6), sum(c.wait_7),
    sum(c.wait_8), sum(c.wait_9)
  from by_hour c group by 1, 2, 3
  on conflict on constraint study_day_once do update set
    calls = d.calls + excluded.calls, answered = d.answered + excluded.answered,
    talk_seconds = d.talk_seconds + excluded.talk_seconds, judged = d.judged + excluded.judged,
    expected_ppm = d.expected_ppm + excluded.expected_ppm, recorded = d.recorded + excluded.recorded,
    talk_0 = d.talk_0 + excluded.talk_0, talk_1 = d.talk_1 + excluded.talk_1, talk_2 = d.talk_2 + excluded.talk_2,
    talk_3 = d.talk_3 + excluded.talk_3, talk_4 = d.talk_4 + excluded.talk_4, talk_5 = d.talk_5 + excluded.talk_5,
    talk_6 = d.talk_6 + excluded.talk_6, talk_7 = d.talk_7 + excluded.talk_7, talk_8 = d.talk_8 + excluded.talk_8,
    talk_9 = d.talk_9 + excluded.talk_9, talk_10 = d.talk_10 + excluded.talk_10,
    talk_11 = d.talk_11 + excluded.talk_11, talk_12 = d.talk_12 + excluded.talk_12,
    wait_0 = d.wait_0 + excluded.wait_0, wait_1 = d.wait_1 + excluded.wait_1, wait_2 = d.wait_2 + excluded.wait_2,
    wait_3 = d.wait_3 + excluded.wait_3, wait_4 = d.wait_4 + excluded.wait_4, wait_5 = d.wait_5 + excluded.wait_5,
    wait_6 = d.wait_6 + excluded.wait_6, wait_7 = d.wait_7 + excluded.wait_7, wait_8 = d.wait_8 + excluded.wait_8,
    wait_9 = d.wait_9 + excluded.wait_9
$$;

-- Counts contacts that are over and not counted, and those of which something else was told since; of a call whose end was never
-- heard of, a day after its beginning. Returns how many of the first and of what was told there were: less than asked for is all.
create or replace function count_studies(most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
  starts timestamptz[];
  told integer := 0;
  is_told boolean;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  select exists (select from study_told) into is_told;
  -- Without a parameter: planned once in a connection.
  if exists (
    select from contact c where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
  ) then
    select array_agg(d.id), array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
      order by c.started_at limit most for update skip locked
    ) d;
  elsif not is_told then
    return 0;
  end if;
  if is_told then
    select ids || array_agg(d.id), starts || array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is not null and (c.id, c.started_at) in (
        select t.contact_id, t.contact_started_at from study_told t order by t.seq limit most)
      for update skip locked
    ) d;
    -- What has been told by now is seen by the counting below; a contact that is counted later is counted as it is then.
    delete from study_told t using (select f.seq from study_told f order by f.seq limit most) f
    where t.seq = f.seq and (t.contact_id = any (ids) or not exists (
      select from contact c where c.id = t.contact_id and c.started_at = t.contact_started_at and c.counted is not null));
    get diagnostics told = row_count;
  end if;
  perform count_contacts(ids, starts);
  return greatest(told, coalesce(cardinality(ids), 0));
end $$;
grant execute on function count_studies to seloste_custodian;

-- The contacts of a day whose rows are about to go.
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

-- To the nearest multiple of five: what one to four people make is not told from nobody, or from five.
create or replace function in_fives(n bigint) returns bigint language sql immutable as $$ select 5 * round(n / 5.0)::bigint $$;

-- Makes days of which no call is left part of their month, and rounds the months of which none is left. Returns how many rows
-- of counts went.
create or replace function coarsen_studies() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamp := destruction_now() at time zone 'Europe/Helsinki';
  gone integer;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  delete from study_hour h where h.day < (at - interval '14 months')::date;
  with g as (
    delete from study_day d where d.day < (at - interval '14 months')::date returning *
  ), kept as (
    insert into study_month as m (month, number,
    calls, answered, talk_seconds, judged, expected_ppm, recorded, talk_0, talk_1, talk_2, talk_3, talk_4, talk_5, talk_6,
    talk_7, talk_8, talk_9, talk_10, talk_11, talk_12, wait_0, wait_1, wait_2, wait_3, wait_4, wait_5, wait_6, wait_7,
    wait_8, wait_9)
    select date_trunc('month', g.day)::date, g.number,
    sum(g.calls), sum(g.answered), sum(g.talk_seconds), sum(g.judged), sum(g.expected_ppm), sum(g.recorded), sum(g.talk_0),
    sum(g.talk_1), sum(g.talk_2), sum(g.talk_3), sum(g.talk_4), sum(g.talk_5), sum(g.talk_6), sum(g.talk_7), sum(g.talk_8),
    sum(g.talk_9), sum(g.talk_10), sum(g.talk_11), sum(g.talk_12), sum(g.wait_0), sum(g.wait_1), sum(g.wait_2),
    sum(g.wait_3), sum(g.wait_4), sum(g.wait_5), sum(g.wait_6), sum(g.wait_7), sum(g.wait_8), sum(g.wait_9)
    from g group by 1, 2
    -- A call that is told of after its month was rounded changes nothing any more.
    on conflict (month, number) do update set
    calls = m.calls + excluded.calls, answered = m.answered + excluded.answered,
    talk_seconds = m.talk_seconds + excluded.talk_seconds, judged = m.judged + excluded.judged,
    expected_ppm = m.expected_ppm + excluded.expected_ppm, recorded = m.recorded + excluded.recorded,
    talk_0 = m.talk_0 + excluded.talk_0, talk_1 = m.talk_1 + excluded.talk_1, talk_2 = m.talk_2 + excluded.talk_2,
    talk_3 = m.talk_3 + excluded.talk_3, talk_4 = m.talk_4 + excluded.talk_4, talk_5 = m.talk_5 + excluded.talk_5,
    talk_6 = m.talk_6 + excluded.talk_6, talk_7 = m.talk_7 + excluded.talk_7, talk_8 = m.talk_8 + excluded.talk_8,
    talk_9 = m.talk_9 + excluded.talk_9, talk_10 = m.talk_10 + excluded.talk_10, talk_11 = m.talk_11 + excluded.talk_11,
    talk_12 = m.talk_12 + excluded.talk_12, wait_0 = m.wait_0 + excluded.wait_0, wait_1 = m.wait_1 + excluded.wait_1,
    wait_2 = m.wait_2 + excluded.wait_2, wait_3 = m.wait_3 + excluded.wait_3, wait_4 = m.wait_4 + excluded.wait_4,
    wait_5 = m.wait_5 + excluded.wait_5, wait_6 = m.wait_6 + excluded.wait_6, wait_7 = m.wait_7 + excluded.wait_7,
    wait_8 = m.wait_8 + excluded.wait_8, wait_9 = m.wait_9 + excluded.wait_9
    where not m.is_rounded
  )
  select count(*) into gone from g;
  update study_month m set is_rounded = true,
    calls = in_fives(m.calls), answered = in_fives(m.answered), recorded = in_fives(m.recorded),
    talk_0 = in_fives(m.talk_0), talk_1 = in_fives(m.talk_1), talk_2 = in_fives(m.talk_2), talk_3 = in_fives(m.talk_3),
    talk_4 = in_fives(m.talk_4), talk_5 = in_fives(m.talk_5), talk_6 = in_fives(m.talk_6), talk_7 = in_fives(m.talk_7),
    talk_8 = in_fives(m.talk_8), talk_9 = in_fives(m.talk_9), talk_10 = in_fives(m.talk_10), talk_11 = in_fives(m.talk_11),
    talk_12 = in_fives(m.talk_12), wait_0 = in_fives(m.wait_0), wait_1 = in_fives(m.wait_1), wait_2 = in_fives(m.wait_2),
    wait_3 = in_fives(m.wait_3), wait_4 = in_fives(m.wait_4), wait_5 = in_fives(m.wait_5), wait_6 = in_fives(m.wait_6),
    wait_7 = in_fives(m.wait_7), wait_8 = in_fives(m.wait_8), wait_9 = in_fives(m.wait_9),
    judged = in_fives(m.judged),
    expected_ppm = case when m.judged > 0 then m.expected_ppm * in_fives(m.judged) / m.judged else 0 end,
    talk_seconds = case when in_fives(m.answered) > 0 then 300 * round(m.talk_seconds / 300.0)::bigint else 0 end
  where not m.is_rounded and m.month + interval '15 months' <= at;
  delete from study_month m where m.is_rounded and m.calls = 0 and m.judged = 0;
  return gone;
end $$;
grant execute on function coarsen_studies to seloste_custodian;

create or replace function studies_purpose() returns boolean language sql stable parallel safe as $$
  select current_setting('seloste.purpose', true) = 'SERVICE_LEVEL_STUDY'
$$;
grant execute on function studies_purpose to seloste_desk;

-- Since when there are counts, by which day of Finland it is, from which day on by the hour, and whether all calls are counted
-- that ended a minute ago or more.
create or replace function studies_known() returns table (since date, today date, by_hour_from date, is_current boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least((select min(d.day) from study_day d), (select min(m.month) from study_month m)),
    helsinki_day(register_now()), ((register_now() at time zone 'Europe/Helsinki') - interval '14 months')::date,
    not exists (select from contact c where c.counted is null and c.ended_at < now() - interval '1 minute')
$$;
grant execute on function studies_known to seloste_desk;

-- Calls of this day of Finland, and those in progress, by number and unit: counts, the same for whoever looks. What the desk
-- shows of them it narrows to the viewer's right.
create or replace function calls_today() returns table (number text, unit_id uuid, calls bigint, answered bigint, talking bigint, waiting bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with day as materialized (select helsinki_day(now()) as today, day_begins(helsinki_day(now())) as begins),
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
  group by 1, 2 having sum(x.calls) + sum(x.talking) + sum(x.waiting) > 0
$$;
grant execute on function calls_today to seloste_desk;

-- How many answer calls in a unit now.
create or replace function officials_by_unit() returns table (unit_id uuid, name text, officials bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.id, u.name, count(distinct p.person_id)
  from unit u
  join person_placement p on p.unit_id = u.id and p.valid_from <= now() and (p.valid_to is null or p.valid_to > now())
  where exists (select from person_phone t where t.person_id = p.person_id and t.valid_from <= now() and (t.valid_to is null or t.valid_to > now()))
  group by 1, 2
$$;
grant execute on function officials_by_unit to seloste_desk;
