-- Calls that a feed and a recording client tell of without a common id (R9, AC8; docs/decisions/0093): in either order, and where the client
-- names no official, they are one call if caller, number, time and end say so and no other could be meant. Where more than one could, both are
-- marked, and the reconciliation shows why: `not-joined`.

-- As 0085-queue-calls.sql has it, and joins a client that names no official. A row without a contact: calls in the register could be this
-- one, and nothing says which. The parts that a told one is come in the order in which they fit, the best first:
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
    -- Only one of the two names the official: caller and number are the same, and they overlap and end together.
    if candidates = 0 and caller is not null then
      select count(*), (array_agg(m.id))[1], (array_agg(m.started_at))[1] into candidates, found, found_at from (
        select distinct c.id, c.started_at
        from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
        join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and p.ended_at
        join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        where (s.official_phone is null or p.official_phone is null)
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
      -- Of one caller at one number and at the same time: it could be any of these, or none.
      return query
        select null::uuid, null::timestamptz, null::integer, null::uuid, null::boolean
        where candidates > 1 or caller is not null and exists (
          select from jsonb_to_recordset(parts) p(answered_at timestamptz, ended_at timestamptz, number_reached text, official_phone text)
          join contact c on c.caller_key = caller and c.started_at between begun - interval '2 minutes' and p.ended_at
          join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
          where (s.official_phone is null or p.official_phone is null) and s.answered_at < p.ended_at
            and p.answered_at < coalesce(s.ended_at, 'infinity')
            and (s.number_reached in (p.number_reached, called) or c.number_called in (p.number_reached, called))
            and not exists (select from fed_segment f where f.contact_id = c.id));
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

-- The call that a feed has told of before a recording client did, whose facts come late; who answered it, as the feed says; and whether
-- others could be it, which are marked then. As meet_fed_call: the same caller and number, the same official or one of the two names none,
-- and an answer within what the feed tells and the same end.
create type told_official as (person_id uuid, unit_id uuid, name text, phone text);
create function meet_told_call(t told_part)
returns table (call uuid, call_started timestamptz, told_official told_official, is_doubtful boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  could record;
  certain uuid[] := '{}';
  possible uuid[] := '{}';
begin
  if t.caller_key is null and t.official_phone is null then
    return;
  end if;
  for could in
    select c.id, c.started_at, w.id as part, (w.official_person_id, w.official_unit_id, w.official_name, w.official_phone)::told_official as official,
      ends_as_told(c.started_at, f.answered_at, f.ended_at, t.answered_at, t.ended_at, t.end_inferred)
        or t.answered_at between f.answered_at - clocks_differ() and f.answered_at + clocks_differ() and t.ended_at > f.answered_at as is_certain
    from contact c
    join fed_segment f on f.contact_id = c.id and f.contact_started_at = c.started_at and f.is_own
    join segment w on w.id = f.segment_id and w.contact_started_at = f.contact_started_at
    where c.started_at between t.answered_at - interval '24 hours' and t.ended_at and c.trunk is null
      and (c.caller_key = t.caller_key or t.caller_key is null and c.caller_key is null and w.official_phone = t.official_phone)
      and (w.official_phone = t.official_phone or w.official_phone is null or t.official_phone is null)
      and (t.number_reached in (w.number_reached, c.number_called, 'unknown') or t.number_called in (w.number_reached, c.number_called))
      and f.answered_at < t.ended_at and t.answered_at < f.ended_at
      and not exists (select from segment n where n.contact_id = c.id and n.contact_started_at = c.started_at and n.node is not null)
  loop
    if could.is_certain then
      certain := certain || could.id;
      call := could.id;
      call_started := could.started_at;
      told_official := case when (could.official).phone is not null then could.official end;
    end if;
    -- The same official at two ends is two calls of a company with one number.
    if could.is_certain or t.official_phone is null or (could.official).phone is null then
      possible := possible || could.part;
    end if;
  end loop;
  certain := array(select distinct unnest(certain));
  if cardinality(certain) = 1 then
    is_doubtful := false;
    return next;
  elsif possible <> '{}' then
    update segment s set marks = s.marks || 'needs-review'::text
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at and 'needs-review' <> all (s.marks);
    update segment s set capture_failure = 'not-joined'
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at
      and s.capture_failure = 'no-session';
    return query select null::uuid, null::timestamptz, null::told_official, true;
  end if;
end $$;
revoke execute on function meet_told_call(told_part) from public;
grant execute on function meet_told_call(told_part) to seloste_capture;

-- As 0083-told-later.sql has it, but for calls that a feed has told before. `me`: the capture node that tells it; nothing for what a feed tells.
-- `verdict`: `entered`, or else as judge_talk says. Its statements, and those of the triggers, are planned once a connection: with fourteen
-- months of partitions planning was most of it.
create or replace function admit_part(me uuid, told jsonb) returns table (contact_id uuid, verdict text, stops boolean)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  t told_part := jsonb_populate_record(null::told_part, told);
  r told_recording := t.recording;
  hashes bytea[] := array(select decode(x, 'hex') from unnest(t.ids) x);
  -- Call ids are some vendors' counters: the same one later than this is another call.
  since timestamptz := t.started_at - interval '24 hours';
  trunk_told text := told ->> 'trunk';
  call uuid;
  call_started timestamptz;
  judged record;
  other uuid;
  is_stored_now boolean := false;
  met record;
begin
  -- Two parts of one call may come at the same moment, by two processes: the second waits here for the first.
  perform lock_call_ids(t.ids);
  select i.contact_id, i.contact_started_at into call, call_started from call_identity i
  join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at
  where i.external_id_hash = any (hashes) and i.contact_started_at > since
    and (c.trunk = trunk_told or c.trunk is null or trunk_told is null)
  order by i.contact_started_at limit 1;
  if call is null then
    -- Told before, while every id of it was another trunk's.
    select c.id, c.started_at into call, call_started from contact c where c.id = t.contact_id and c.started_at = t.started_at;
  end if;
  if call is null and me is not null and t.ended_at is not null and t.answered_at is not null then
    select m.call, m.call_started, m.told_official, m.is_doubtful into met from meet_told_call(t) m;
    call := met.call;
    call_started := met.call_started;
    if t.official_name is null and (met.told_official).phone is not null then
      t.official_person_id := (met.told_official).person_id;
      t.official_unit_id := (met.told_official).unit_id;
      t.official_name := (met.told_official).name;
      t.official_phone := (met.told_official).phone;
    end if;
    if met.is_doubtful and 'needs-review' <> all (t.marks) then
      t.marks := t.marks || 'needs-review'::text;
    end if;
  end if;
  if call is null then
    call := t.contact_id;
    call_started := t.started_at;
    insert into contact (id, started_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, trunk)
    values (call, call_started, t.caller_kind, t.caller_key, t.caller_raw, t.number_called, t.number_kind, t.number_name, trunk_told);
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('call.admitted', 'contact', call, 'ok', '{}');
  elsif trunk_told is not null then
    -- A call that a feed told first belongs to the trunk that tells it next.
    update contact set trunk = trunk_told where id = call and started_at = call_started and trunk is null;
  end if;
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select h, call, call_started from unnest(hashes) h
  where not exists (select from call_identity i where i.external_id_hash = h and i.contact_id = call and i.contact_started_at > since)
  on conflict (external_id_hash, contact_started_at) do update set contact_id = call
  -- An id of another trunk's call stays that call's.
  where exists (select from contact c where c.id = call_identity.contact_id and c.started_at = call_identity.contact_started_at
    and (c.trunk = trunk_told or c.trunk is null or trunk_told is null));

  if me is not null then
    select j.verdict, j.other, j.stops into judged from judge_talk(me, call, call_started, t.talk) j;
    if judged.verdict <> 'own' then
      return query select call, judged.verdict, judged.stops;
      return;
    end if;
    other := judged.other;
  end if;

  insert into segment (id, contact_id, contact_started_at, seq, number_reached, number_reached_name, official_person_id, official_unit_id,
    official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks, node, beside)
  values (t.segment_id, call, call_started,
    (select coalesce(max(s.seq), 0) + 1 from segment s where s.contact_id = call and s.contact_started_at = call_started), t.number_reached,
    t.number_reached_name, t.official_person_id, t.official_unit_id, t.official_name, t.official_phone, t.answered_at, t.ended_at,
    t.decision_record, t.decision_reason, t.rule_id, t.rule_version, t.rule_share, t.draw, t.description_version, decode(t.drawn_on, 'hex'),
    t.quota_used, t.capture_state, t.capture_failure, t.marks, me, other)
  on conflict (id, contact_started_at) do update set official_person_id = t.official_person_id, official_unit_id = t.official_unit_id,
    official_name = t.official_name, official_phone = t.official_phone, answered_at = t.answered_at, ended_at = t.ended_at,
    capture_state = t.capture_state, capture_failure = t.capture_failure, marks = t.marks;
  perform complete_part(call, call_started, t);
  if r.id is not null then
    is_stored_now := admit_recording(call, call_started, t);
  end if;
  if t.ended_at is not null then
    perform settle_call_end(call, call_started, t.end_inferred);
  else
    -- It goes on: the call has no end, whatever was known of its other parts.
    update contact set ended_at = null, end_inferred = false, history_ends_at = null
    where id = call and started_at = call_started and ended_at is not null;
  end if;
  -- Others may wait for the same row: one recording more in its hour.
  if is_stored_now and r.reception is not null then
    perform count_reception(coalesce(r.ended_at, t.ended_at, r.started_at), r.reception, r.is_lossy, r.packets_received = 0);
  end if;
  if r.is_stored or r.is_gone then
    -- Where it is to be destroyed, the custodian waits for this.
    perform capture_lets_go(r.id);
  end if;
  perform pg_notify('seloste_calls', call::text);
  if r.is_stored then
    perform pg_notify('seloste_stored', r.id::text);
  end if;
  return query select call, 'entered', false;
end $$;

-- Who answered does not become unknown: where it was a feed that named them, the recording client never does.
create function official_stays_known() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_user = 'seloste_capture' then
    new.official_person_id := old.official_person_id;
    new.official_unit_id := old.official_unit_id;
    new.official_name := old.official_name;
    new.official_phone := old.official_phone;
  end if;
  return new;
end $$;
create trigger official_stays before update of official_name on segment for each row
  when (old.official_name is not null and new.official_name is null) execute function official_stays_known();
revoke execute on function official_stays_known() from public;
