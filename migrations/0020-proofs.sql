-- Proofs that what is held opens and what is destroyed does not; runs of what ends and keeps records (R22, R24, R52).

-- A run of the sweep, a verification, a backup, a restore: counts and ranges of the destruction ledger, no content.
create table retention_run (
  seq bigint generated always as identity primary key,
  -- When it ended.
  at timestamptz not null default clock_timestamp(),
  work text not null check (work in ('sweep', 'verification', 'backup', 'restore')),
  result text not null check (result in ('ok', 'failed')),
  recordings bigint not null default 0 check (recordings >= 0),
  contacts bigint not null default 0 check (contacts >= 0),
  months text[] not null default '{}',
  keys integer not null default 0 check (keys >= 0),
  ledger_from bigint,
  ledger_to bigint,
  fault text check (length(fault) <= 100),
  -- Of a verification: after which recording it goes on; nothing where it came to the end.
  goes_on_after uuid,
  check ((ledger_from is null) = (ledger_to is null)),
  check (result <> 'ok' or fault is null)
);
create index retention_run_work on retention_run (work, seq desc);
grant select on retention_run to seloste_custodian;
grant insert (work, result, recordings, contacts, months, keys, ledger_from, ledger_to, fault, goes_on_after)
  on retention_run to seloste_custodian;

-- The overview ----------------------------------------------------------------------------------------------------------

create index recording_restricted on recording (destroy_at, contact_id) where state = 'RESTRICTED';

-- What stands in the way of an end, or of its proof. Preservation orders are none of these, and change none of the counts.
create function retention_obstacles() returns table (kind text, count bigint, since timestamptz, deadline timestamptz, place text, example text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  mark timestamptz := (select m.at from clock_mark m);
  at timestamptz := register_now();
begin
  perform demand_one_role('{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE,SERVICE_UNIT}');
  return query
  select 'clock-ahead', 0::bigint, (select s.since from clock_stop s where s.ended_at is null), null::timestamptz, null::text, null::text
    where now() > mark + interval '26 hours'
  union all
  select 'clock-behind', 0, null, null, null, null where now() < mark - interval '1 minute'
  union all
  -- Versions of month keys that should be destroyed by now.
  select 'key-store', count(*), min(k.retiring_since), min(k.deadline), null,
      min('month-' || to_char(k.expiry_month, 'YYYY-MM') || '.v' || k.version)
    from month_key k where k.state = 'retiring' and k.deadline < now() having count(*) > 0
  union all
  select 'place-unreachable', count(*), min(c.since), null, c.place, min(c.object) from copy_owed c group by c.place
  union all
  -- Blocked, and not yet destroyed everywhere.
  select 'object-left', count(*), min(e.begun_at), min(e.deadline), null, min(e.recording_id::text)
    from expunction e join recording r on r.id = e.recording_id
    where r.state = 'DESTROYING' and e.begun_at < now() - interval '5 minutes' having count(*) > 0
  union all
  select 'prohibition-waits', count(*), min(p.received_at), null, null, min(p.recording_id::text)
    from prohibition p join recording r on r.id = p.recording_id
    where p.executed_at is null and p.received_at < now() - interval '1 minute' and not recordings_are_held(r.contact_id)
    having count(*) > 0
  union all
  -- A day is counted by the sweep after it has been over for a day.
  select 'history-uncounted', count(*), day_begins(min(d) + 2), null, null, min(d)::text
    from uncounted_history_days() d where day_begins(d + 1) < at - interval '27 hours' having count(*) > 0
  union all
  select 'refused-by-database', 0, r.at, null, null, r.fault from (
      select x.at, x.fault, x.result from retention_run x where x.work = 'sweep' order by x.seq desc limit 1
    ) r where r.result = 'failed'
  union all
  -- Of the last round of parts: one that failed stands until a whole round, or one that looked at all, has found nothing.
  select 'verification-failed', count(*), min(r.at), null, null, min(r.fault)
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
  select 'backup-late', 0, b.at + interval '26 hours', null, null, null from (
      select max(r.at) filter (where r.result = 'ok') as at, max(r.at) as tried from retention_run r where r.work = 'backup'
    ) b where b.at < now() - interval '26 hours' or (b.at is null and b.tried is not null);
end $$;

-- Counts of what is held and what is over, the same for whoever may see them; more than a hundred thousand that are over are
-- not counted further. What an order keeps past its day looks as what is past its day looks: gone.
create function retention_counts(out held bigint, out restricted bigint, out due_today bigint, out overdue bigint,
  out next_recording timestamptz, out contacts bigint, out contacts_overdue bigint, out next_contact timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamptz := register_now();
  kept_recordings bigint;
  kept_contacts bigint;
  of_day date;
  of_it bigint;
begin
  perform demand_one_role('{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE,SERVICE_UNIT}');
  select count(*) filter (where o.is_kept), count(*) filter (where not o.is_kept) into kept_recordings, overdue from (
    select recordings_are_held(r.contact_id) as is_kept from recording r
    where r.destroy_at <= at and r.state <> 'DESTROYED' and r.state <> 'DESTROYING' limit 100001
  ) o;
  select count(*) into held from recording r where r.state not in ('DESTROYING', 'DESTROYED');
  held := held - kept_recordings;
  select count(*) into restricted from recording r
  where r.state = 'RESTRICTED' and (r.destroy_at > at or not recordings_are_held(r.contact_id));
  select count(*) into due_today from recording r
  where r.state <> 'DESTROYED' and r.destroy_at > at and r.destroy_at <= at + interval '24 hours';
  select min(r.destroy_at) into next_recording from recording r where r.state <> 'DESTROYED' and r.destroy_at > at;

  select count(*) filter (where o.is_kept), count(*) filter (where not o.is_kept) into kept_contacts, contacts_overdue from (
    select history_is_held(c.id) as is_kept from contact c where c.history_ends_at <= at limit 100001
  ) o;
  -- Days that are counted are known; the others, the last two as a rule, are counted here.
  select coalesce(sum(h.contacts), 0) into contacts from history_count h join history_day d using (day) where d.counted_at is not null;
  contacts := contacts - coalesce((select sum(d.ended) from history_day d where d.counted_at is not null), 0) - kept_contacts;
  for of_day in
    select g::date from generate_series(
      helsinki_day((select min(c.started_at) from contact c))::timestamp, helsinki_day(now() + interval '1 day')::timestamp, interval '1 day') g
    where not exists (select from history_day d where d.day = g::date and d.counted_at is not null)
  loop
    select count(*) into of_it from contact c where c.started_at >= day_begins(of_day) and c.started_at < day_begins(of_day + 1);
    contacts := contacts + of_it;
  end loop;
  contacts := greatest(contacts, 0);
  select c.history_ends_at into next_contact from contact c where c.history_ends_at > at order by c.history_ends_at limit 1;
end $$;

-- How much ends when, by the hour, day or month of Helsinki. Contacts by the day on which their call began, which is the
-- day on which it ended but for calls across midnight; by the hour, by their own ends.
create function retention_due(from_at timestamptz, to_at timestamptz, by_unit text, of_number text)
returns table (begins timestamptz, ends timestamptz, recordings bigint, contacts bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  counted_to timestamptz;
begin
  perform demand_one_role('{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE,SERVICE_UNIT}');
  counted_to := coalesce((select day_begins(max(d.day) + 1) from history_day d where d.counted_at is not null), '-infinity');
  return query
  with buckets as (
    select greatest(b, from_at) as begins, b, lead(b) over (order by b) as next
    from generate_series(date_trunc(by_unit, from_at, 'Europe/Helsinki'), to_at + interval '32 days', ('1 ' || by_unit)::interval, 'Europe/Helsinki') b
  ), wanted as (
    select w.begins, least(w.next, to_at) as ends from buckets w where w.b < to_at
  ), by_day as (
    select w.begins, sum(d.contacts) as n from (
      select day_begins((h.day + interval '14 months')::date) as at, h.contacts
      from history_count h join history_day d using (day)
      where by_unit <> 'hour' and d.counted_at is not null and h.number_called = coalesce(of_number, h.number_called)
        and h.day >= helsinki_day(from_at - interval '14 months') - 3 and h.day <= helsinki_day(to_at - interval '14 months') + 3
      union all
      select day_begins((d.day + interval '14 months')::date), -d.ended from history_day d
      where by_unit <> 'hour' and of_number is null and d.counted_at is not null and d.ended > 0
        and d.day >= helsinki_day(from_at - interval '14 months') - 3 and d.day <= helsinki_day(to_at - interval '14 months') + 3
      union all
      select day_begins((helsinki_day(c.started_at) + interval '14 months')::date), 1 from contact c
      where by_unit <> 'hour' and c.started_at >= counted_to and c.number_called = coalesce(of_number, c.number_called)
    ) d join wanted w on d.at >= date_trunc('day', w.begins, 'Europe/Helsinki') and d.at < w.ends
    group by w.begins
  )
  select w.begins, w.ends,
    (select count(*) from recording r where r.destroy_at >= w.begins and r.destroy_at < w.ends and r.state <> 'DESTROYED'
      and (of_number is null or r.number_reached = of_number)),
    case when by_unit = 'hour' then (
      select count(*) from contact c where c.history_ends_at >= w.begins and c.history_ends_at < w.ends
        and (of_number is null or c.number_called = of_number)
    ) else greatest(coalesce((select d.n from by_day d where d.begins = w.begins), 0), 0)::bigint end
  from wanted w order by 1;
end $$;

grant select on retention_run to seloste_desk;
revoke execute on function retention_obstacles(), retention_counts(), retention_due(timestamptz, timestamptz, text, text) from public;
grant execute on function retention_counts(), retention_obstacles(), retention_due(timestamptz, timestamptz, text, text) to seloste_desk;
