-- History that goes at its hour, by months where whole ones are over, and the counts that stay (R22).

-- Call ids go with their month ------------------------------------------------------------------------------------------

-- An id is one call's for a day (src/register/admit.ts); which of two calls came first is settled there by a lock for each id.
alter table call_identity rename to call_identity_whole;
alter table call_identity_whole rename constraint call_identity_pkey to call_identity_whole_pkey;
alter index call_identity_contact rename to call_identity_whole_contact;
create table call_identity (
  external_id_hash bytea not null,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  primary key (external_id_hash, contact_started_at)
) partition by range (contact_started_at);
create index call_identity_contact on call_identity (contact_id);
create table call_identity_default partition of call_identity default;

-- Makes the monthly partitions of the history from one month to another; those that stand are left alone.
create or replace function ensure_partitions(first_month date, last_month date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m date := date_trunc('month', first_month);
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.partitions'));
  while m <= last_month loop
    foreach parent in array array['contact', 'segment', 'call_identity'] loop
      part := parent || to_char(m, '_YYYY_MM');
      if to_regclass('public.' || part) is null then
        execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
          part, parent, m::timestamp at time zone 'UTC', (m + interval '1 month')::timestamp at time zone 'UTC');
      end if;
    end loop;
    m := m + interval '1 month';
  end loop;
end $$;
select ensure_partitions(to_date(substring(min(c.relname) from '\d{4}_\d{2}'), 'YYYY_MM'), to_date(substring(max(c.relname) from '\d{4}_\d{2}'), 'YYYY_MM'))
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'contact'::regclass and c.relname ~ '^contact_\d{4}_\d{2}$';
insert into call_identity select external_id_hash, contact_id, contact_started_at from call_identity_whole;
drop table call_identity_whole;
grant insert, select, update on call_identity to seloste_capture;
grant select on call_identity to seloste_custodian;

-- Nothing expired is shown ---------------------------------------------------------------------------------------------

-- When the history of a call ends; of a call whose end was never heard of, 14 months and a day after its beginning.
create function history_end(ends_at timestamptz, started_at timestamptz) returns timestamptz
language sql immutable parallel safe as $$
  select coalesce(ends_at, ((started_at at time zone 'UTC') + interval '14 months 1 day') at time zone 'UTC')
$$;

drop policy desk_looks on contact;
create policy desk_looks on contact for select to seloste_desk using (
  history_end(history_ends_at, started_at) > (select register_now())
  and (
    (select sees_all())
    or number_called = any ((select sees_numbers())::text[])
    or exists (select from segment s where s.contact_id = contact.id and s.contact_started_at = contact.started_at)
  )
);
-- A part of a call is shown no longer than the call. Whoever asks for parts alone asks for their contact here.
create function history_runs(contact uuid, started timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from contact c
    where c.id = history_runs.contact and c.started_at = started and history_end(c.history_ends_at, c.started_at) > register_now()
  );
end $$;
drop policy desk_looks on segment;
create policy desk_looks on segment for select to seloste_desk using (
  (
    (select sees_all())
    or official_person_id = (select sees_own())
    or official_unit_id = any ((select sees_units())::uuid[])
    or number_reached = any ((select sees_numbers())::text[])
  )
  -- No call of the last 13 months is over its term: only the old ones are looked up.
  and (contact_started_at > (select register_now() - interval '13 months') or history_runs(contact_id, contact_started_at))
);

-- The extract of whoever is signed in: looks by others at the calls that they answered and that the history still has (L11,
-- L17). Without a purpose: it shows no call.
create or replace function looks_at_my_calls(since timestamptz, until timestamptz)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint,
  contact_started_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  me uuid := viewer();
  own_calls uuid[];
  own_parts uuid[];
  own_recordings uuid[];
begin
  if me is null then
    raise exception 'session.none' using errcode = 'SE001';
  end if;
  select array_agg(distinct s.contact_id), array_agg(s.id) into own_calls, own_parts
  from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
  where s.official_person_id = me and c.started_at < looks_at_my_calls.until
    and history_end(c.history_ends_at, c.started_at) > register_now();
  select array_agg(r.id) into own_recordings from recording r where r.segment_id = any (own_parts);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (me, 'extract.read', 'person', me, 'ok', jsonb_build_object('from', looks_at_my_calls.since, 'to', looks_at_my_calls.until));
  return query
    select l.*, (select c.started_at from contact c where c.id = l.contact_id)
    from looks_at(coalesce(own_calls, '{}'), coalesce(own_recordings, '{}'), coalesce(own_parts, '{}'), me,
      looks_at_my_calls.since, looks_at_my_calls.until) l;
end $$;

-- The extract of one call for an inspection: of what the viewer's rights to INSPECTION reach of it (R46, L11). That it was
-- made is in the log.
create or replace function looks_at_contact(contact uuid)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right;
  parts uuid[];
  heard uuid[];
  began timestamptz;
begin
  if current_setting('seloste.purpose', true) is distinct from 'INSPECTION' then
    raise exception 'deny.purpose' using errcode = 'SE001';
  end if;
  select c.started_at into began from contact c
  where c.id = looks_at_contact.contact and history_end(c.history_ends_at, c.started_at) > register_now();
  select array_agg(s.id) into parts from segment s
  where s.contact_id = looks_at_contact.contact and s.contact_started_at = began
    and (sees_all() or s.official_person_id = sees_own());
  -- A call that nobody answered has no official; only whoever reaches all calls sees it.
  if began is null or (parts is null and not sees_all()) then
    return;
  end if;
  select a.* into held from active_rights() a where a.scope_kind in ('all', 'own') order by a.scope_kind limit 1;
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result)
  values (viewer(), held.id, held.role, 'extract.read', 'INSPECTION', nullif(current_setting('seloste.reference', true), ''),
    'contact', looks_at_contact.contact, 'ok');
  select array_agg(r.id) into heard from recording r where r.segment_id = any (parts);
  return query select * from looks_at(array[looks_at_contact.contact], coalesce(heard, '{}'), coalesce(parts, '{}'), null,
    began - interval '1 day', 'infinity');
end $$;

-- The counts that stay --------------------------------------------------------------------------------------------------

-- How many calls there were, by local day (Europe/Helsinki), number called, kind, answered or not, recorded or not. No ids, no
-- times finer than the day. They stay when the history has gone.
create table history_count (
  day date not null,
  number_called text not null,
  number_kind text not null,
  answered boolean not null,
  recorded boolean not null,
  contacts bigint not null check (contacts > 0),
  primary key (day, number_called, number_kind, answered, recorded)
);
-- What has been counted. A closed day is counted for good: rows of it have gone.
create table history_day (
  day date primary key,
  counted_at timestamptz,
  closed_at timestamptz,
  -- How many of its contacts have gone.
  ended bigint not null default 0,
  check (closed_at is null or counted_at is not null)
);
-- Calls told of after their day was closed; counted as they go.
create table history_late (
  contact_id uuid primary key,
  contact_started_at timestamptz not null
);

create function helsinki_day(instant timestamptz) returns date
language sql immutable parallel safe as $$ select (instant at time zone 'Europe/Helsinki')::date $$;
create function day_begins(day date) returns timestamptz
language sql immutable parallel safe as $$ select day::timestamp at time zone 'Europe/Helsinki' $$;

-- Counts the calls of a day from what is held of them.
create function recount_history_day(of_day date)
returns table (number_called text, number_kind text, answered boolean, recorded boolean, contacts bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  begins timestamptz := day_begins(of_day);
  ends timestamptz := day_begins(of_day + 1);
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

-- Counts a day that has been over for a day, unless it is counted; `closing` says that rows of it are about to go.
create function count_history_day(of_day date, closing boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  known history_day;
begin
  if day_begins(of_day + 1) + interval '24 hours' > destruction_now() then
    return false;
  end if;
  select * into known from history_day d where d.day = of_day;
  if known.closed_at is not null or (known.counted_at is not null and not closing) then
    return true;
  end if;
  -- A call of this day that is being entered at this moment is waited for.
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

-- Days that are over and not counted, the oldest first.
create function uncounted_history_days() returns setof date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select g::date
  from (select helsinki_day(min(c.started_at)) as first from contact c) o,
    generate_series(o.first::timestamp, helsinki_day(destruction_now() - interval '48 hours')::timestamp, interval '1 day') g
  where not exists (select from history_day d where d.day = g::date and d.counted_at is not null)
  order by 1
$$;

-- A call that is told of late makes its day uncounted. A day is counted once it has been over for 24 hours: what is younger
-- cannot have been counted.
create function history_changes_late() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  began timestamptz := case tg_table_name when 'segment' then (to_jsonb(new) ->> 'contact_started_at')::timestamptz
    when 'recording' then (to_jsonb(new) ->> 'contact_started_at')::timestamptz else (to_jsonb(new) ->> 'started_at')::timestamptz end;
  of_day date := helsinki_day(began);
begin
  perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), of_day - date '2000-01-01');
  update history_day d set counted_at = null where d.day = of_day and d.counted_at is not null and d.closed_at is null;
  if tg_argv[0] = 'contact' and exists (select from history_day d where d.day = of_day and d.closed_at is not null) then
    insert into history_late (contact_id, contact_started_at) values (new.id, began) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger counted_late after insert on contact for each row
  when (new.started_at < now() - interval '20 hours') execute function history_changes_late('contact');
create trigger counted_late after insert or update of answered_at on segment for each row
  when (new.contact_started_at < now() - interval '20 hours') execute function history_changes_late('segment');
create trigger counted_late after insert on recording for each row
  when (new.contact_started_at < now() - interval '20 hours') execute function history_changes_late('recording');

-- The end ---------------------------------------------------------------------------------------------------------------

create index recording_of_month on recording (contact_started_at, id);

-- Rows of the history go by the functions below and by nothing else: past their term, not held, counted.
drop policy custodian_ends on contact;
drop policy custodian_ends on segment;
revoke delete on contact, segment from seloste_custodian;

-- As 0017 has it, for rows that name their contact by another column each.
create or replace function history_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  contact uuid := to_jsonb(old) ->> tg_argv[0];
begin
  if history_is_held(contact) then
    raise exception '% is not to be deleted now', contact;
  end if;
  return old;
end $$;

-- Ids of contacts past their term, no more than asked for.
create function history_due(most integer) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamptz := destruction_now();
begin
  return query
  select c.id from (
    (select o.id from contact o where o.history_ends_at <= at and not history_is_held(o.id) limit most)
    union all
    (select o.id from contact o
     where o.history_ends_at is null and history_end(null, o.started_at) <= at and o.started_at < at - interval '14 months'
       and not history_is_held(o.id) limit most)
  ) c limit most;
end $$;

-- Ends those of the given contacts whose term is over, with all that hangs on them; a recording that is held goes later.
-- Returns which ended.
create function end_history(wanted uuid[]) returns uuid[]
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
  -- An order that was entered while they were being locked.
  select array_agg(e.id), array_agg(e.started_at) into ids, starts
  from unnest(ids, starts) as e (id, started_at) where not history_is_held(e.id);
  if ids is null then
    return '{}';
  end if;
  for of_day in select distinct helsinki_day(s) from unnest(starts) s order by 1 loop
    if not count_history_day(of_day, true) then
      raise exception 'the calls of % are not counted: none of them is ended before', of_day;
    end if;
  end loop;
  insert into history_count as h (day, number_called, number_kind, answered, recorded, contacts)
  select helsinki_day(c.started_at), c.number_called, c.number_kind,
    exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.answered_at is not null),
    exists (select from recording r where r.contact_id = c.id),
    count(*)
  from history_late l join contact c on c.id = l.contact_id and c.started_at = l.contact_started_at
  where l.contact_id = any (ids)
  group by 1, 2, 3, 4, 5
  on conflict (day, number_called, number_kind, answered, recorded) do update set contacts = h.contacts + excluded.contacts;
  delete from history_late where contact_id = any (ids);
  update history_day d set ended = d.ended + g.n
  from (select helsinki_day(s) as day, count(*) as n from unnest(starts) s group by 1) g where d.day = g.day;

  delete from listening where recording_id in (select r.id from recording r where r.contact_id = any (ids) and r.state = 'DESTROYED');
  delete from recording where contact_id = any (ids) and state = 'DESTROYED';
  delete from segment s using unnest(ids, starts) as e (id, started_at)
  where s.contact_id = e.id and s.contact_started_at = e.started_at;
  delete from call_identity i using unnest(ids, starts) as e (id, started_at)
  where i.contact_id = e.id and i.contact_started_at = e.started_at;
  delete from contact c using unnest(ids, starts) as e (id, started_at)
  where c.id = e.id and c.started_at = e.started_at;
  return ids;
end $$;

-- Months of history that have been over for 14 months, the oldest first.
create function history_months_over() returns setof date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m from (
    select to_date(substring(c.relname from '\d{4}_\d{2}$'), 'YYYY_MM') as m
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.contact'::regclass and c.relname ~ '^contact_\d{4}_\d{2}$'
  ) months
  where ((m + interval '15 months') at time zone 'Europe/Helsinki') <= destruction_now() order by 1
$$;

-- What stands in the way of a whole month's end: nothing where it may be dropped.
create function history_month_stands(of_month date) returns text
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
  if not exists (select from history_months_over() m where m = of_month) then
    return 'runs';
  end if;
  -- The newest end by the index, and calls without one: the first that runs is enough.
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
    ) then
    return 'uncounted';
  end if;
  return null;
end $$;

-- Drops a month of history in one stroke where nothing stands in its way; looks at that once more when nobody can write to it
-- any more. Waits a quarter of a second at most for those who are reading or writing: `busy` is tried again.
create function drop_history_month(of_month date) returns table (outcome text, contacts bigint)
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
  outcome := history_month_stands(of_month);
  contacts := 0;
  if outcome is null then
    begin
      lock table only contact, only segment, only call_identity in access exclusive mode;
      outcome := history_month_stands(of_month);
    exception when lock_not_available or deadlock_detected then
      outcome := 'busy';
    end;
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- The month's first and last local day are not wholly of it: what is in it of them is counted, the others are known.
  execute format('select count(*) filter (where started_at < $1), count(*) filter (where started_at >= $2) from public.%I
    where started_at < $1 or started_at >= $2', 'contact' || part)
    into first_left, last_left using day_begins(first_day + 1), day_begins(last_day);
  with counted as (
    select d.day, case d.day when first_day then first_left when last_day then last_left
      else (select coalesce(sum(h.contacts), 0) from history_count h where h.day = d.day) - d.ended end as gone
    from history_day d where d.day between first_day and last_day
  ), noted as (
    update history_day d set ended = d.ended + c.gone from counted c where d.day = c.day returning c.gone
  )
  select coalesce(sum(gone), 0)::bigint into contacts from noted;
  execute format('drop table public.%I, public.%I, public.%I', 'call_identity' || part, 'segment' || part, 'contact' || part);
  outcome := 'dropped';
  return next;
end $$;

-- Rows of recordings that are destroyed and whose contact has gone with its month, and their listenings: no more than asked
-- for. Nobody sees them meanwhile (policies of recording and listening). Returns how many.
create function end_history_rest(most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
begin
  select array_agg(r.id) into ids from (
    select r.id from recording r
    where r.contact_started_at < destruction_now() - interval '14 months' + interval '1 day' and r.state = 'DESTROYED'
      and not exists (select from contact c where c.id = r.contact_id and c.started_at = r.contact_started_at)
    order by r.contact_started_at, r.id limit most
  ) r;
  delete from listening where recording_id = any (ids);
  delete from recording where id = any (ids);
  return coalesce(cardinality(ids), 0);
end $$;

grant select on history_count, history_day to seloste_custodian;
revoke execute on function history_end(timestamptz, timestamptz), helsinki_day(timestamptz), day_begins(date),
  history_runs(uuid, timestamptz), recount_history_day(date), count_history_day(date, boolean), uncounted_history_days(),
  history_changes_late(), history_due(integer), end_history(uuid[]), history_months_over(), history_month_stands(date),
  drop_history_month(date), end_history_rest(integer) from public;
grant execute on function count_history_day(date, boolean), uncounted_history_days(), history_due(integer), end_history(uuid[]),
  history_months_over(), history_month_stands(date), drop_history_month(date), end_history_rest(integer) to seloste_custodian;
grant execute on function history_end(timestamptz, timestamptz), history_runs(uuid, timestamptz) to seloste_desk;
