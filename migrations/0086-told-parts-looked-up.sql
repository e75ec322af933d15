-- As 0085-queue-calls.sql has it, but for how a feed's parts of a call are found: by the call, one after the other (`offset 0`). Where no
-- table may be read whole, a new part's table still is, and its cost hides all others: the planner read what feeds had ever told for
-- each of them.
create or replace function segments_are_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  is_late boolean;
  is_named boolean;
  is_further boolean;
  is_answered boolean;
  late date;
  one record;
begin
  select bool_or(t.contact_started_at < now() - interval '20 hours'), bool_or(t.official_name is not null), bool_or(t.seq > 1),
    bool_or(t.answered_at is not null)
  into is_late, is_named, is_further, is_answered from told t;
  if is_answered is null then
    return null;
  end if;

  -- A day that was counted is not any more. In the order of days: two who tell of several do not wait for each other.
  if is_late then
    for late in select distinct helsinki_day(t.contact_started_at) from told t where t.contact_started_at < now() - interval '20 hours' order by 1 loop
      perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
      update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    end loop;
  end if;

  -- Who answered is found by a part of the name. Looked for first: nearly always they are there, and then nobody waits for anybody.
  if is_named then
    insert into official_named as n
    select t.official_name, t.official_phone, t.official_unit_id, t.official_person_id,
      min(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date, max(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date
    from told t
    where t.official_name is not null and not exists (
      select from official_named o where o.name = t.official_name and o.phone is not distinct from t.official_phone
        and o.unit_id is not distinct from t.official_unit_id and o.person_id is not distinct from t.official_person_id
        and date_trunc('month', t.contact_started_at at time zone 'UTC')::date between o.first_month and o.last_month
    )
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict on constraint official_named_once do update
      set first_month = least(n.first_month, excluded.first_month), last_month = greatest(n.last_month, excluded.last_month);
  end if;

  -- A recording client, or a later record, tells better of what a feed had made a segment of: the same part of the call is not there
  -- twice. What an order keeps stays.
  if is_answered then
    for one in
      select t.id, t.contact_id, t.contact_started_at, f.segment_id, f.is_fed
      from told t
      cross join lateral (
        select x.segment_id, x.answered_at, x.ended_at,
          (select w.official_phone from segment w where w.id = x.segment_id and w.contact_started_at = x.contact_started_at) as official,
          exists (select from fed_segment o where o.segment_id = t.id and o.is_own) as is_fed
        from fed_segment x where x.contact_id = t.contact_id and x.is_own and x.segment_id <> t.id offset 0
      ) f
      where t.answered_at is not null and (f.answered_at is null or not f.is_fed
        and is_part_told(f.answered_at, f.ended_at, f.official, t.answered_at, t.ended_at, t.official_phone))
      order by t.contact_id, t.seq
    loop
      continue when history_is_held(one.contact_id);
      delete from segment s where s.id = one.segment_id and s.contact_started_at = one.contact_started_at;
      if one.is_fed then
        delete from fed_segment f where f.segment_id = one.segment_id;
      else
        update fed_segment f set segment_id = one.id, is_own = false
        where f.segment_id = one.segment_id and not exists (select from fed_segment o where o.segment_id = one.id);
      end if;
    end loop;
  end if;

  -- A further part of a call that has recordings. Who changes one of them meanwhile is waited for, or waits.
  if is_further then
    perform from told t join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    where t.seq > 1 order by r.id for share of r;
    insert into recorded_part
    select r.id, s.id, s.contact_id, s.contact_started_at, s.id = r.segment_id, recorded_state(r.state, r.kept_at, r.destroy_at), official_of(s),
      s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
    from told t
    join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    join segment s on s.id = t.id and s.contact_started_at = t.contact_started_at
    where t.seq > 1
    on conflict do nothing;
  end if;

  insert into study_told (contact_id, contact_started_at) select t.contact_id, t.contact_started_at from told t;
  return null;
end $$;
