-- Returns what blocks a destruction or its proof. Preservation orders are not among these and change no count.
create or replace function destruction_blockers()
returns table (kind text, count bigint, since timestamptz, deadline timestamptz, place text, example text, fault text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  mark timestamptz := (select m.at from clock_mark m);
  at timestamptz := register_now();
begin
  return query
  select 'clock-ahead', 0::bigint, (select s.since from clock_stop s where s.ended_at is null), null::timestamptz, null::text, null::text, null::text
    where (select c.state from clock_state() c) = 'ahead'
  union all
  select 'clock-behind', 0, null, null, null, null, null where now() < mark - interval '1 minute'
  union all
  -- Versions of month keys that should be destroyed by now.
  select 'key-store', count(*), min(k.retiring_since), min(k.deadline), null,
      min('month-' || to_char(k.expiry_month, 'YYYY-MM') || '.v' || k.version), null
    from month_key k where k.state = 'retiring' and k.deadline < now() having count(*) > 0
  union all
  -- Unreachable places, each with the number of deletes that it lacks. A destruction waits for the place until the deadline.
  select 'place-unreachable', coalesce(c.owed, 0), least(p.fault_since, c.since), case when p.kind is distinct from 'ledger' then least(
        (select min(k.deadline) from month_key k where k.state = 'retiring' and k.deadline > now()),
        (select min(e.deadline) from expunction e join recording r on r.id = e.recording_id
          where r.state = 'DESTROYING' and e.deadline > now())) end,
      coalesce(p.name, c.place), c.object, p.fault
    from (select o.place, count(*) as owed, min(o.since) as since, min(o.object) as object from copy_owed o group by o.place) c
    full join (select * from place_of_data o where o.kind in ('backup', 'ledger') and o.first_used_at is not null) p on p.name = c.place
    where c.place is not null or p.state = 'unreachable'
  union all
  -- The ledger is copied every minute.
  select 'ledger-copy-behind', h.size - coalesce(p.ledger_to, 0), greatest(e.at, p.first_used_at), null, p.name, null, p.fault
    from place_of_data p
    cross join (select max(g.size) as size from ledger_head g) h
    join ledger_leaf l on l.index = coalesce(p.ledger_to, 0)
    join destruction_entry e on e.seq = l.seq
    where p.kind in ('backup', 'ledger') and p.first_used_at is not null and p.state not in ('left', 'refused')
      and coalesce(p.ledger_to, 0) < h.size and greatest(e.at, p.first_used_at) < now() - interval '5 minutes'
  union all
  select 'attestation-over', 0, day_start(p.attested_until + 1), null, p.name, null, p.fault
    from place_of_data p where p.state = 'attestation-over'
  union all
  -- Blocked, and not yet destroyed everywhere.
  select 'object-left', count(*), min(e.begun_at), min(e.deadline), null, min(e.recording_id::text), null
    from expunction e join recording r on r.id = e.recording_id
    where r.state = 'DESTROYING' and e.begun_at < now() - interval '5 minutes' having count(*) > 0
  union all
  select 'prohibition-waits', count(*), min(p.received_at), null, null, min(p.recording_id::text), null
    from prohibition p join recording r on r.id = p.recording_id
    where p.executed_at is null and p.received_at < now() - interval '1 minute'
      -- Counts the same with and without an order.
      and (not recordings_are_held(r.contact_id) or end_decision_without_orders(r) ->> 'act' = 'wait')
    having count(*) > 0
  union all
  -- Each sweep counts days that ended a day ago: a day stays uncounted if there was no sweep, or it failed.
  select 'history-uncounted', count(*), day_start(min(d) + 2), null, null, min(d)::text, null
    from uncounted_history_days() d
    where day_start(d + 1) < at - interval '48 hours' and coalesce((
      select r.result <> 'ok' or r.at < now() - interval '2 hours' from retention_run r
      where r.work = 'sweep' order by r.seq desc limit 1
    ), true)
    having count(*) > 0
  union all
  select 'refused-by-database', 0, r.at, null, null, r.fault, null from (
      select x.at, x.fault, x.result from retention_run x where x.work = 'sweep' order by x.seq desc limit 1
    ) r where r.result = 'failed'
  union all
  -- Verification runs in rounds of several parts. A failure is reported until a whole later round finds nothing.
  select 'verification-failed', count(*), min(r.at), null, null, min(r.fault), null
    from retention_run r
    where r.work = 'verification' and r.result = 'failed' and r.seq > coalesce((
      select max(w.seq) from retention_run w
      where w.work = 'verification' and w.goes_on_after is null and w.result = 'ok'
        and not exists (
          select from retention_run b where b.work = 'verification' and b.result = 'failed' and b.seq < w.seq
            and b.seq > coalesce((select max(l.seq) from retention_run l
              where l.work = 'verification' and l.goes_on_after is null and l.seq < w.seq), 0)
        )
    ), 0) having count(*) > 0
  union all
  -- There are calls, and no backup place, or none with a backup 26 hours after its first use.
  select 'backup-none', 0, null, null, null, null, (
      select x.fault from (select y.fault, y.result from retention_run y where y.work = 'backup' order by y.seq desc limit 1) x
      where x.result = 'failed')
    where exists (select from contact) and not exists (
      select from place_of_data p
      where p.kind = 'backup' and p.first_used_at is not null and p.state not in ('left', 'refused')
        and (p.backup_last_at is not null or p.first_used_at > now() - interval '26 hours')
    )
  union all
  -- Backups are nightly.
  select 'backup-late', 0, coalesce(p.backup_last_at, p.first_used_at) + interval '26 hours', null, p.name, null, p.fault
    from place_of_data p
    where p.kind = 'backup' and p.first_used_at is not null and p.state not in ('left', 'refused')
      and coalesce(p.backup_last_at, p.first_used_at) < now() - interval '26 hours'
      and exists (select from place_of_data o where o.kind = 'backup' and o.backup_last_at is not null and o.state not in ('left', 'refused'));
end $$;
grant execute on function destruction_blockers to seloste_custodian;

-- Returns destruction_blockers for the desk's viewer. The fault of a place is shown to those who may see the places.
create or replace function retention_obstacles()
returns table (kind text, count bigint, since timestamptz, deadline timestamptz, place text, example text, fault text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_whole_register();
  return query
    select w.kind, w.count, w.since, w.deadline, w.place, w.example, case when w.place is null or may_see_places() then w.fault end
    from destruction_blockers() w;
end $$;
grant execute on function retention_obstacles to seloste_desk;

-- Returns what is due, for the watch: inspections with a recording that is destroyed within three days (also by an approved version that is
-- not in force yet), unconfirmed recalls past their time, overdue copies. Returns ids only.
create or replace function pending_ends() returns table (kind text, id uuid, until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'inspection-urgent', i.id, (
      select min(planned_end(r)) from inspection_recording ir join recording r on r.id = ir.recording_id
      where ir.inspection_id = i.id and recording_is_available(r))
    from inspection i where inspection_is_urgent(i)
  union all
  select 'recall-overdue', c.id, c.due_at from disclosed_copy c where c.state = 'RECALLED' and c.due_at <= register_now()
  union all
  select 'disclosure-overdue', d.id, research_deadline(d) from research_disclosure d
    where d.released_at is not null and d.closed_at is null and research_deadline(d) <= register_now()
$$;
grant execute on function pending_ends to seloste_custodian;

-- Returns the last retention runs, newest first, with the ledger numbers of their entries; null while one has no number.
create or replace function last_runs(max_rows integer)
returns table (at timestamptz, work text, result text, recordings bigint, contacts bigint, months text[], keys integer, fault text,
  ledger_first bigint, ledger_last bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_whole_register();
  return query
    select r.at, r.work, r.result, r.recordings, r.contacts, r.months, r.keys, r.fault, n.first, n.last
    from (select * from retention_run o order by o.seq desc limit max_rows) r
    left join lateral (
      select min(l.index) + 1 as first, max(l.index) + 1 as last from ledger_leaf l
      where l.seq between r.ledger_from and r.ledger_to
        and not exists (select from ledger_pending p where p.seq between r.ledger_from and r.ledger_to)
    ) n on true
    order by r.seq desc;
end $$;
grant execute on function last_runs to seloste_desk;

-- Counts held and overdue recordings and contacts, the same for all who may see them. Counts are rounded to five and the next ends to the
-- day, because those who see the overview need no right to calls. Overdue rows, which two sweeps have left, are counted exactly, up to a
-- hundred thousand. A recording that an order keeps past its day counts as destroyed once it is reported so.
create or replace function retention_counts(out held bigint, out restricted bigint, out due_today bigint, out overdue bigint,
  out next_recording timestamptz, out contacts bigint, out contacts_overdue bigint, out next_contact timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamptz := register_now();
  -- The sweep runs hourly.
  sweep_grace constant interval := interval '2 hours';
  kept_recordings bigint;
  kept_contacts bigint;
  of_day date;
  calls_of_day bigint;
begin
  perform require_whole_register();
  select count(*) filter (where o.is_kept), count(*) filter (where not o.is_kept and o.destroy_at <= at - sweep_grace)
    into kept_recordings, overdue from (
    -- Until it is reported as destroyed, as a sweep would have destroyed it, a recording that an order keeps counts like any other.
    select r.destroy_at, recordings_are_held(r.contact_id) and r.reported_destroyed_at is not null as is_kept from recording r
    where r.destroy_at <= at and r.state <> 'DESTROYED' and r.state <> 'DESTROYING' limit 100001
  ) o;
  select count(*) into held from recording r where r.state not in ('DESTROYING', 'DESTROYED');
  held := held - kept_recordings;
  select count(*) into restricted from recording r
  where r.state = 'RESTRICTED' and not (r.destroy_at <= at and recordings_are_held(r.contact_id));
  select count(*) into due_today from recording r
  where r.state <> 'DESTROYED' and r.destroy_at > at and r.destroy_at <= at + interval '24 hours';
  select min(r.destroy_at) into next_recording from recording r where r.state <> 'DESTROYED' and r.destroy_at > at;

  select count(*) filter (where o.is_kept), count(*) filter (where not o.is_kept and o.history_ends_at <= at - sweep_grace)
    into kept_contacts, contacts_overdue from (
    select c.history_ends_at, history_is_held(c.id) as is_kept from contact c where c.history_ends_at <= at limit 100001
  ) o;
  -- Counted days have their totals; the others, usually the last two, are counted here.
  select coalesce(sum(h.contacts), 0) into contacts from history_count h join history_day d using (day) where d.counted_at is not null;
  contacts := contacts - coalesce((select sum(d.ended) from history_day d where d.counted_at is not null), 0) - kept_contacts;
  for of_day in
    select g::date from generate_series(
      helsinki_day((select min(c.started_at) from contact c))::timestamp, helsinki_day(now() + interval '1 day')::timestamp, interval '1 day') g
    where not exists (select from history_day d where d.day = g::date and d.counted_at is not null)
  loop
    select count(*) into calls_of_day from contact c where c.started_at >= day_start(of_day) and c.started_at < day_start(of_day + 1);
    contacts := contacts + calls_of_day;
  end loop;
  contacts := greatest(contacts, 0);
  select c.history_ends_at into next_contact from contact c where c.history_ends_at > at order by c.history_ends_at limit 1;
  held := round_to_five(held);
  restricted := round_to_five(restricted);
  due_today := round_to_five(due_today);
  contacts := round_to_five(contacts);
  next_recording := day_start(helsinki_day(next_recording) + 1);
  next_contact := day_start(helsinki_day(next_contact) + 1);
end $$;
grant execute on function retention_counts to seloste_desk;

-- Counts ends by whole days or months in Helsinki time, rounded to five, and logs the read: exact counts, or freely chosen instants, would
-- show when the calls of a number, and so of an official, ended. Contacts count by the day of their start, which is that of their end
-- except across midnight.
create or replace function retention_due(from_at timestamptz, to_at timestamptz, by_unit text, of_number text)
returns table (begins timestamptz, ends timestamptz, recordings bigint, contacts bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  as_role text := require_whole_register();
  counted_to timestamptz;
  at timestamptz := register_now();
begin
  if by_unit is null or by_unit not in ('day', 'month') then
    raise exception 'ends are counted by day or month';
  end if;
  from_at := day_start(helsinki_day(from_at));
  if to_at > day_start(helsinki_day(to_at)) then to_at := day_start(helsinki_day(to_at) + 1); end if;
  counted_to := coalesce((select day_start(max(d.day) + 1) from history_day d where d.counted_at is not null), '-infinity');
  return query
  with buckets as (
    select greatest(b, from_at) as begins, b, lead(b) over (order by b) as next
    from generate_series(date_trunc(by_unit, from_at, 'Europe/Helsinki'), to_at + interval '32 days', ('1 ' || by_unit)::interval, 'Europe/Helsinki') b
  ), wanted as (
    select w.begins, least(w.next, to_at) as ends from buckets w where w.b < to_at
  ), days as materialized (
    -- Grouped by day first: there are many more numbers and calls than days.
    select day_start((d.day + interval '14 months')::date) as at, sum(d.n) as n from (
      select h.day, h.contacts as n
      from history_count h join history_day d using (day)
      where d.counted_at is not null and h.number_called = coalesce(of_number, h.number_called)
        and h.day >= helsinki_day(from_at - interval '14 months') - 3 and h.day <= helsinki_day(to_at - interval '14 months') + 3
      union all
      select d.day, -d.ended from history_day d
      where of_number is null and d.counted_at is not null and d.ended > 0
        and d.day >= helsinki_day(from_at - interval '14 months') - 3 and d.day <= helsinki_day(to_at - interval '14 months') + 3
      union all
      select helsinki_day(c.started_at), 1 from contact c
      where c.started_at >= counted_to and c.number_called = coalesce(of_number, c.number_called)
      union all
      select helsinki_day(c.started_at), -1 from contact c
      where of_number is null and c.history_ends_at <= at and history_is_held(c.id)
    ) d group by d.day
  ), by_day as (
    select w.begins, sum(d.n) as n from days d join wanted w on d.at >= w.begins and d.at < w.ends
    group by w.begins
  )
  select w.begins, w.ends,
    round_to_five((select count(*) from recording r where r.destroy_at >= w.begins and r.destroy_at < w.ends and r.state <> 'DESTROYED'
      and (of_number is null or r.number_reached = of_number) and (r.destroy_at > at or not recordings_are_held(r.contact_id)))),
    round_to_five(greatest(coalesce((select d.n from by_day d where d.begins = w.begins), 0), 0)::bigint)
  from wanted w order by 1;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'due.read', 'search', 'ok',
    jsonb_build_object('from', ledger_instant(from_at), 'to', ledger_instant(to_at), 'by', by_unit, 'numbers', (of_number is not null)::integer));
end $$;
grant execute on function retention_due to seloste_desk;
