-- A call that waits in a queue: its telephone system tells of it from the moment at which the queue took it, its recording client from the
-- moment at which an official did (R9, R16, AC8; docs/decisions/0093). It is one call, and what lies between is the time that was waited.

-- When a feed says that the caller reached the service, where that is earlier than started_at; null otherwise.
alter table contact add column waited_from timestamptz;

-- Which part of one call two tellings mean. `told` is a feed's: what answered then may have been a queue. The same moment; or the same
-- official in both, at times that overlap, as nobody talks with one caller twice at once; or, where one of them names no official, an
-- answer within what the feed tells.
create function is_part_told(told_answered timestamptz, told_ended timestamptz, told_official text, answered timestamptz, ended timestamptz,
  official text) returns boolean
language sql immutable as $$
  select answered between told_answered - clocks_differ() and told_answered + clocks_differ() and coalesce(official = told_official, true)
    or official = told_official and answered < told_ended and told_answered < coalesce(ended, 'infinity')
    or (official is null or told_official is null) and answered >= told_answered - clocks_differ() and answered < told_ended
$$;

-- Whether a talk in the register could be the one that a feed tells of, of the same caller with the same official and without a common
-- id: it began after the told call did, and ends with it. One whose end is not known is longer in common than clocks differ.
create function ends_as_told(told_started timestamptz, told_answered timestamptz, told_ended timestamptz, answered timestamptz,
  ended timestamptz, end_inferred boolean) returns boolean
language sql immutable as $$
  select answered >= told_started - clocks_differ() and answered < told_ended and case
    when ended is null or end_inferred
      then answered + clocks_differ() < told_ended and told_answered + clocks_differ() < coalesce(ended, 'infinity')
    else told_answered < ended and ended between told_ended - clocks_differ() and told_ended + clocks_differ() end
$$;

-- As 0041-reconciliation.sql has it, but for queues. The parts that a told one is come in the order in which they fit, the best first:
-- a call that was held may be several parts to its recording client.
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
      from jsonb_to_recordset(parts) p(place integer, answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
      join contact c on c.started_at between begun - interval '2 minutes' and p.answered_at + clocks_differ()
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
      where (c.caller_key = caller or (c.caller_key is null or caller is null) and s.official_phone = p.official_phone)
        and (s.official_phone is null or p.official_phone is null or s.official_phone = p.official_phone)
        and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
        -- A talk that was over before this one began is another.
        and (s.ended_at is null or c.end_inferred or s.ended_at > p.answered_at or s.ended_at >= p.ended_at - clocks_differ())
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) m;
    -- A queue answered long before the official did, or only one of the two knows of the queue.
    if candidates = 0 then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.started_at between begun - interval '2 minutes' and p.ended_at
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at and s.official_phone = p.official_phone
        where (c.caller_key = caller or c.caller_key is null or caller is null)
          and ends_as_told(begun, p.answered_at, p.ended_at, s.answered_at, s.ended_at, c.end_inferred)
          and (s.number_reached in (p.number_reached, called, 'unknown') or c.number_called in (p.number_reached, called))
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      ) m;
    end if;
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
    from jsonb_to_recordset(parts) p(place integer, segment_id uuid, answered_at timestamptz, ended_at timestamptz, official_phone text)
    left join lateral (
      -- An earlier telling without an answer is this one, or what a client has told of the call is all there is to it.
      select s.id, row_number() over (
        order by s.id <> p.segment_id, abs(extract(epoch from s.answered_at - p.answered_at)) nulls last, s.seq) as turn
      from segment s
      where s.contact_id = found and s.contact_started_at = found_at and (s.id = p.segment_id or p.answered_at is null
        or is_part_told(p.answered_at, p.ended_at, p.official_phone, s.answered_at, s.ended_at, s.official_phone))
    ) m on p.answered_at is not null or m.turn = 1
    left join fed_segment f on f.segment_id = m.id
    order by p.place, m.turn;
end $$;

-- As 0040-calls-told-afterwards.sql has it, but for queues: when an official answered, and since when the caller had waited.
create or replace function complete_fed_segment(wanted uuid, begun timestamptz, facts jsonb) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s segment;
  c contact;
  told_end timestamptz := (facts ->> 'ended_at')::timestamptz;
begin
  select * into s from segment x where x.id = wanted and x.contact_started_at = begun for update;
  if not found then
    return false;
  end if;
  select * into c from contact x where x.id = s.contact_id and x.started_at = begun for update;
  if s.number_reached = 'unknown' and facts ->> 'number_reached' <> 'unknown' then
    update segment x set number_reached = facts ->> 'number_reached', number_reached_name = facts -> 'number_reached_name',
      marks = array_remove(x.marks, 'unknown-number')
    where x.id = wanted and x.contact_started_at = begun;
  end if;
  if c.number_called = 'unknown' and facts ->> 'number_called' <> 'unknown' then
    update contact x set number_called = facts ->> 'number_called', number_kind = facts ->> 'number_kind',
      number_name = facts -> 'number_name'
    where x.id = c.id and x.started_at = begun;
  end if;
  if c.caller_kind = 'unparsed' and c.caller_raw is null and facts ->> 'caller_key' is not null then
    update contact x set caller_kind = facts ->> 'caller_kind', caller_key = facts ->> 'caller_key'
    where x.id = c.id and x.started_at = begun;
  end if;
  -- Whose call it was does not change any more a day after its end (segment_guard).
  if s.official_phone is null and facts ->> 'official_phone' is not null
     and (s.ended_at is null or s.ended_at >= now() - interval '23 hours') then
    update segment x set official_phone = facts ->> 'official_phone', official_name = facts ->> 'official_name',
      official_person_id = (facts ->> 'official_person_id')::uuid, official_unit_id = (facts ->> 'official_unit_id')::uuid
    where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- Of what a feed has told, the later answer is the official's: the earlier one was a queue's.
  if (facts ->> 'answered_at')::timestamptz > s.answered_at + clocks_differ() and (facts ->> 'answered_at')::timestamptz < s.ended_at
     and exists (select from fed_segment f where f.segment_id = wanted and f.is_own) then
    update segment x set answered_at = (facts ->> 'answered_at')::timestamptz where x.id = wanted and x.contact_started_at = begun;
  end if;
  -- A recording client tells of a call from the moment at which an official is reached.
  if (facts ->> 'started_at')::timestamptz < coalesce(c.waited_from, begun - clocks_differ()) then
    update contact x set waited_from = (facts ->> 'started_at')::timestamptz where x.id = c.id and x.started_at = begun;
  end if;
  if c.end_inferred and s.ended_at is not null and told_end > coalesce(s.answered_at, c.started_at) and told_end <> s.ended_at
     and not exists (select from segment o where o.contact_id = c.id and o.contact_started_at = begun and o.ended_at > s.ended_at) then
    update segment x set ended_at = told_end, marks = array_remove(x.marks, 'end-inferred')
    where x.id = wanted and x.contact_started_at = begun;
    return true;
  end if;
  return false;
end $$;

-- As 0054-told-together.sql has it, but for which part of a call is told.
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
      select t.id, t.contact_id, t.contact_started_at, f.segment_id, o.segment_id is not null as is_fed
      from told t
      join fed_segment f on f.contact_id = t.contact_id and f.is_own and f.segment_id <> t.id
      left join fed_segment o on o.segment_id = t.id and o.is_own
      left join segment w on w.id = f.segment_id and w.contact_started_at = f.contact_started_at
      where t.answered_at is not null and (f.answered_at is null or o.segment_id is null
        and is_part_told(f.answered_at, f.ended_at, w.official_phone, t.answered_at, t.ended_at, t.official_phone))
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

-- As 0054-told-together.sql has it, but for queues: whatever caller and time do not rule out is asked for one by one.
create or replace function doubtful_fed_calls(told_by text, calls fed_call[]) returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return array(
    select distinct k.place from unnest(calls) k, jsonb_to_recordset(k.parts) p(answered_at timestamptz, official_phone text)
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

-- The time that was waited -----------------------------------------------------------------------------------------------------------

-- As 0043-studies.sql has it, but for `waited_from`.
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

drop trigger tells_studies on contact;
create trigger tells_studies after update of number_called, ended_at, waited_from on contact for each row
  when (old.counted is not null
    and (old.number_called, old.ended_at, old.waited_from) is distinct from (new.number_called, new.ended_at, new.waited_from))
  execute function tell_studies('contact');

revoke execute on function is_part_told(timestamptz, timestamptz, text, timestamptz, timestamptz, text),
  ends_as_told(timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, boolean) from public;
