-- Returns when the history of a call ends; without a known end, 14 months and a day after its beginning.
create or replace function history_end(ends_at timestamptz, started_at timestamptz) returns timestamptz
language sql immutable parallel safe as $$
  select coalesce(ends_at, ((started_at at time zone 'UTC') + interval '14 months 1 day') at time zone 'UTC')
$$;
grant execute on function history_end to seloste_custodian, seloste_desk;

-- Returns true while the history of a contact has not ended: a part is visible no longer than its call. For queries that read parts without
-- their contacts.
create or replace function history_is_in_term(contact uuid, started timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from contact c
    where c.id = history_is_in_term.contact and c.started_at = started and history_end(c.history_ends_at, c.started_at) > register_now()
  );
end $$;
grant execute on function history_is_in_term to seloste_desk;

create or replace function helsinki_day(instant timestamptz) returns date
language sql immutable parallel safe as $$ select (instant at time zone 'Europe/Helsinki')::date $$;

create or replace function day_start(day date) returns timestamptz
language sql immutable parallel safe as $$ select day::timestamp at time zone 'Europe/Helsinki' $$;

create or replace function month_start(instant timestamptz) returns timestamptz
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
  select day_start(date_trunc('month', helsinki_day(instant))::date)
$$;

-- Counts the calls of a day from the rows that are held.
create or replace function recount_history_day(of_day date)
returns table (number_called text, number_kind text, answered boolean, recorded boolean, contacts bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  begins timestamptz := day_start(of_day);
  ends timestamptz := day_start(of_day + 1);
begin
  return query
  select c.number_called, c.number_kind, coalesce(s.answered, false), r.contact_id is not null, count(*)
  from contact c
  left join (
    select s.contact_id, bool_or(s.answered_at is not null) as answered
    from segment s where s.contact_started_at >= begins and s.contact_started_at < ends group by 1
  ) s on s.contact_id = c.id
  left join (
    select distinct r.contact_id from recording r where r.contact_started_at >= begins and r.contact_started_at < ends
  ) r on r.contact_id = c.id
  where c.started_at >= begins and c.started_at < ends
  group by 1, 2, 3, 4;
end $$;

-- Counts the calls of a day that ended at least 24 hours ago, unless they are counted already. `closing`: some of its rows are about to be
-- deleted; no call is deleted before it is counted. Returns true if the day is counted.
create or replace function count_history_day(of_day date, closing boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  known history_day;
begin
  if day_start(of_day + 1) + interval '24 hours' > destruction_now() then
    return false;
  end if;
  if closing then
    perform count_day_for_studies(day_start(of_day), day_start(of_day + 1));
  end if;
  select * into known from history_day d where d.day = of_day;
  if known.closed_at is not null or (known.counted_at is not null and not closing) then
    return true;
  end if;
  -- Waits for a call of this day that is being entered.
  perform pg_advisory_xact_lock(hashtext('seloste.history-day'), of_day - date '2000-01-01');
  select * into known from history_day d where d.day = of_day;
  if known.counted_at is null then
    delete from history_count h where h.day = of_day;
    insert into history_count (day, number_called, number_kind, answered, recorded, contacts)
    select of_day, r.number_called, r.number_kind, r.answered, r.recorded, r.contacts from recount_history_day(of_day) r;
    insert into history_day (day, counted_at) values (of_day, clock_timestamp())
    on conflict (day) do update set counted_at = excluded.counted_at;
  end if;
  if closing then
    update history_day d set closed_at = coalesce(d.closed_at, clock_timestamp()) where d.day = of_day;
  end if;
  return true;
end $$;
grant execute on function count_history_day to seloste_custodian;

-- Returns ended days that are not counted, oldest first.
create or replace function uncounted_history_days() returns setof date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select g::date
  from (select helsinki_day(min(c.started_at)) as first from contact c) o,
    generate_series(o.first::timestamp, helsinki_day(destruction_now() - interval '48 hours')::timestamp, interval '1 day') g
  where not exists (select from history_day d where d.day = g::date and d.counted_at is not null)
  order by 1
$$;
grant execute on function uncounted_history_days to seloste_custodian;

-- Marks the day of a late report as uncounted. A day is counted only 24 hours after its end, so a younger one needs no mark.
create or replace function reopen_history_day() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_day date := helsinki_day(new.contact_started_at);
begin
  perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), of_day - date '2000-01-01');
  update history_day d set counted_at = null where d.day = of_day and d.counted_at is not null and d.closed_at is null;
  return null;
end $$;

-- Deletes those of the given contacts whose term has ended, with all their rows; recordings under an order are deleted later. Returns the
-- ids of the deleted contacts.
create or replace function end_history(wanted uuid[]) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
  starts timestamptz[];
  of_day date;
begin
  select array_agg(d.id), array_agg(d.started_at) into ids, starts from (
    select c.id, c.started_at from contact c
    where c.id = any (wanted) and history_end(c.history_ends_at, c.started_at) <= destruction_now() and not history_is_held(c.id)
    order by c.id for update skip locked
  ) d;
  -- An order may have been entered while they were being locked.
  select array_agg(e.id), array_agg(e.started_at) into ids, starts
  from unnest(ids, starts) as e (id, started_at) where not history_is_held(e.id);
  if ids is null then
    return '{}';
  end if;
  for of_day in select distinct helsinki_day(s) from unnest(starts) s order by 1 loop
    if not count_history_day(of_day, true) then
      raise exception 'the calls of % are not counted yet', of_day;
    end if;
  end loop;
  insert into history_count as h (day, number_called, number_kind, answered, recorded, contacts)
  select helsinki_day(c.started_at), c.number_called, c.number_kind,
    exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.answered_at is not null),
    exists (select from recording r where r.contact_id = c.id and r.contact_started_at = c.started_at),
    count(*)
  from history_late l join contact c on c.id = l.contact_id and c.started_at = l.contact_started_at
  join unnest(ids, starts) as e (id, started_at) on e.id = l.contact_id and e.started_at = l.contact_started_at
  group by 1, 2, 3, 4, 5
  on conflict (day, number_called, number_kind, answered, recorded) do update set contacts = h.contacts + excluded.contacts;
  delete from history_late l using unnest(ids, starts) as e (id, started_at)
  where l.contact_id = e.id and l.contact_started_at = e.started_at;
  update history_day d set ended = d.ended + g.n
  from (select helsinki_day(s) as day, count(*) as n from unnest(starts) s group by 1) g where d.day = g.day;

  delete from listening l using recording r, unnest(ids, starts) as e (id, started_at)
  where l.recording_id = r.id and r.contact_id = e.id and r.contact_started_at = e.started_at and r.state = 'DESTROYED';
  with gone as (
    delete from recording r using unnest(ids, starts) as e (id, started_at)
    where r.contact_id = e.id and r.contact_started_at = e.started_at and r.state = 'DESTROYED' returning r.id
  )
  delete from prohibition p using gone g where p.recording_id = g.id;
  delete from correction c using unnest(ids, starts) as e (id, started_at)
  where c.contact_id = e.id and c.contact_started_at = e.started_at;
  delete from segment s using unnest(ids, starts) as e (id, started_at)
  where s.contact_id = e.id and s.contact_started_at = e.started_at;
  delete from call_identity i using unnest(ids, starts) as e (id, started_at)
  where i.contact_id = e.id and i.contact_started_at = e.started_at;
  delete from contact c using unnest(ids, starts) as e (id, started_at)
  where c.id = e.id and c.started_at = e.started_at;
  return ids;
end $$;
grant execute on function end_history to seloste_custodian;

-- Returns the months of history that ended 14 months ago, oldest first.
create or replace function expired_history_months() returns setof date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m from (
    select to_date(substring(c.relname from '\d{4}_\d{2}$'), 'YYYY_MM') as m
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.contact'::regclass and c.relname ~ '^contact_\d{4}_\d{2}$'
  ) months
  where ((m + interval '15 months') at time zone 'Europe/Helsinki') <= destruction_now() order by 1
$$;
grant execute on function expired_history_months to seloste_custodian;

-- Returns why a month of history cannot be dropped as a whole: not-there, runs, held or uncounted. Null if it can.
create or replace function history_month_blocker(of_month date) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  part text := to_char(of_month, '_YYYY_MM');
  begins timestamptz := of_month::timestamp at time zone 'UTC';
  ends timestamptz := (of_month + interval '1 month')::timestamp at time zone 'UTC';
  at timestamptz := destruction_now();
  is_found boolean;
begin
  if to_regclass('public.contact' || part) is null then
    return 'not-there';
  end if;
  if not exists (select from expired_history_months() m where m = of_month) then
    return 'runs';
  end if;
  -- Searches for a call whose history has not ended: by the index among known ends, and among calls without an end.
  execute format('select exists (select from public.%1$I where history_ends_at > $1)
    or exists (select from public.%1$I where history_ends_at is null and public.history_end(null, started_at) > $1)', 'contact' || part)
    into is_found using at;
  if is_found then
    return 'runs';
  end if;
  if history_held_between(begins, ends) then
    return 'held';
  end if;
  if exists (select from history_late l where l.contact_started_at >= begins and l.contact_started_at < ends)
    or exists (
      select from generate_series(helsinki_day(begins)::timestamp, helsinki_day(ends - interval '1 microsecond')::timestamp, interval '1 day') g
      where not exists (select from history_day d where d.day = g::date and d.closed_at is not null)
    )
    or exists (select from contact c where c.counted is null and c.started_at >= begins and c.started_at < ends) then
    return 'uncounted';
  end if;
  return null;
end $$;
grant execute on function history_month_blocker to seloste_custodian;

-- Drops a month of history as a whole, after a second check under locks. `outcome`: dropped, what history_month_blocker returns, or busy,
-- when readers or writers hold it longer than a quarter of a second; then it is tried again.
create or replace function drop_history_month(of_month date) returns table (outcome text, contacts bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '250ms' as $$
declare
  part text := to_char(of_month, '_YYYY_MM');
  begins timestamptz := of_month::timestamp at time zone 'UTC';
  ends timestamptz := (of_month + interval '1 month')::timestamp at time zone 'UTC';
  first_day date := helsinki_day(begins);
  last_day date := helsinki_day(ends - interval '1 microsecond');
  first_left bigint;
  last_left bigint;
begin
  outcome := history_month_blocker(of_month);
  contacts := 0;
  if outcome is null then
    begin
      lock table only contact, only segment, only call_identity in access exclusive mode;
      execute format('lock table public.%I, public.%I, public.%I in access exclusive mode', 'call_identity' || part, 'segment' || part,
        'contact' || part);
      outcome := history_month_blocker(of_month);
    exception when lock_not_available or deadlock_detected then
      outcome := 'busy';
    end;
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- The first and last local day lie only partly in the month: their calls are counted from its rows. The counts of the other days are
  -- known.
  execute format('select count(*) filter (where started_at < $1), count(*) filter (where started_at >= $2) from public.%I
    where started_at < $1 or started_at >= $2', 'contact' || part)
    into first_left, last_left using day_start(first_day + 1), day_start(last_day);
  with counted as (
    select d.day, case d.day when first_day then first_left when last_day then last_left
      else (select coalesce(sum(h.contacts), 0) from history_count h where h.day = d.day) - d.ended end as gone
    from history_day d where d.day between first_day and last_day
  ), updated as (
    update history_day d set ended = d.ended + c.gone from counted c where d.day = c.day returning c.gone
  )
  select coalesce(sum(gone), 0)::bigint into contacts from updated;
  execute format('drop table public.%I, public.%I, public.%I', 'call_identity' || part, 'segment' || part, 'contact' || part);
  outcome := 'dropped';
  return next;
end $$;
grant execute on function drop_history_month to seloste_custodian;

-- Leaves only the month of the start of a deleted call in ended preservation orders and in disclosures to authorities (R22).
create or replace function forget_call_starts() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update preservation_order o set contact_started_at = month_start(o.contact_started_at)
  where o.ended_at is not null and o.contact_started_at < destruction_now() - interval '14 months' + interval '1 day'
    and o.contact_started_at <> month_start(o.contact_started_at) and not exists (select from contact c where c.id = o.contact_id);
  update authority_item i set contact_started_at = month_start(i.contact_started_at)
  where i.contact_started_at < destruction_now() - interval '14 months' + interval '1 day'
    and i.contact_started_at <> month_start(i.contact_started_at) and not exists (select from contact c where c.id = i.contact_id);
$$;

-- Deletes at most `max_rows` destroyed recordings whose contact was dropped with its month, with their listenings and prohibitions, and
-- corrections of such contacts. Policies hide them until then. Returns how many recordings it deleted.
create or replace function delete_history_remainders(max_rows integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
begin
  select array_agg(r.id) into ids from (
    select r.id from recording r
    where r.contact_started_at < destruction_now() - interval '14 months' + interval '1 day' and r.state = 'DESTROYED'
      and not exists (select from contact c where c.id = r.contact_id and c.started_at = r.contact_started_at)
    order by r.contact_started_at, r.id limit max_rows
  ) r;
  delete from listening where recording_id = any (ids);
  delete from recording where id = any (ids);
  delete from prohibition where recording_id = any (ids);
  delete from correction k where k.contact_started_at < destruction_now() - interval '14 months' + interval '1 day'
    and not exists (select from contact c where c.id = k.contact_id and c.started_at = k.contact_started_at);
  perform forget_call_starts();
  return coalesce(cardinality(ids), 0);
end $$;
grant execute on function delete_history_remainders to seloste_custodian;
