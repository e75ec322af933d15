-- Adds calendar months in Helsinki time, for maximum terms: a local time that clocks skip or show twice becomes the earlier instant (in
-- months_after, the later).
create or replace function at_most_months_after(instant timestamptz, months integer) returns timestamptz
language plpgsql immutable set search_path = pg_catalog as $$
declare
  wanted timestamp := (instant at time zone 'Europe/Helsinki') + make_interval(months => months);
  later timestamptz := wanted at time zone 'Europe/Helsinki';
  earlier timestamptz := later - interval '1 hour';
begin
  -- In SQL alone it would be planned anew at each call.
  return case when earlier at time zone 'Europe/Helsinki' = wanted or later at time zone 'Europe/Helsinki' <> wanted
    then earlier else later end;
end $$;
grant execute on function at_most_months_after to seloste_capture;

-- Returns when a call's identification data are deleted (R22).
create or replace function history_ends_after(call_ended timestamptz) returns timestamptz
language sql immutable set search_path = pg_catalog, public, pg_temp as $$ select at_most_months_after(call_ended, 14) $$;
grant execute on function history_ends_after to seloste_capture;

-- Returns when a recording with a term of so many months is destroyed (R23-R25), early enough to be finished at the ceiling itself.
create or replace function destruction_due_at(call_ended timestamptz, months integer) returns timestamptz
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select greatest(months_after(call_ended, 2),
    at_most_months_after(call_ended, months) - case when months = 6 then interval '24 hours' else interval '0' end)
$$;
grant execute on function destruction_due_at to seloste_capture;

-- Ends a call when its last part has ended. All terms count from that end.
create or replace function settle_call_end(call uuid, call_started timestamptz, inferred boolean) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
  last_end timestamptz;
  r record;
begin
  select case when not bool_or(s.ended_at is null) then max(s.ended_at) end into last_end
  from segment s where s.contact_id = call and s.contact_started_at = call_started;
  update contact set ended_at = last_end, end_inferred = inferred and last_end is not null, history_ends_at = history_ends_after(last_end)
  where id = call and started_at = call_started;
  if last_end is null then
    return;
  end if;
  -- Locks the rows, because another transaction may be shortening the months.
  for r in select id, recording_months from recording where contact_id = call and state in ('CAPTURING', 'STORED') for update loop
    -- A call that continued past the end of a month may give an earlier end of the minimum term than its first part did; the promised one
    -- stays (R23).
    update recording set call_ended_at = last_end, min_keep_until = greatest(min_keep_until, months_after(last_end, 2)),
      destroy_at = greatest(min_keep_until, destruction_due_at(last_end, r.recording_months)),
      expiry_month = coalesce(expiry_month, date_trunc('month', destruction_due_at(last_end, r.recording_months) at time zone 'UTC')::date)
    where id = r.id;
  end loop;
end $$;
grant execute on function settle_call_end to seloste_capture;

-- Enters or updates a part's recording. Returns true if this stores it for the first time.
create or replace function admit_recording(call uuid, call_started timestamptz, t told_part) returns boolean
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
  r told_recording := t.recording;
begin
  insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, intake_key, recording_months)
  values (r.id, t.segment_id, call, call_started, t.number_reached, 'CAPTURING', r.started_at, r.intake_day, r.intake_key, r.months)
  on conflict (id) do nothing;
  if not r.is_stored then
    return false;
  end if;
  -- Only a recording in state CAPTURING becomes STORED: a late retry must not bring back one that has ended since.
  update recording set state = 'STORED', ended_at = r.ended_at, size_bytes = r.size_bytes, sha256 = decode(r.sha256, 'hex'),
    incomplete = r.incomplete, packets_received = r.packets_received, packets_lost = r.packets_lost, reception = r.reception
  where id = r.id and state = 'CAPTURING';
  return found;
end $$;
grant execute on function admit_recording to seloste_capture;

-- Returns the contact that shares an id with a part of a call. No row if every such contact has another caller, or if the caller does not
-- show which of several it is (docs/decisions/0111). `is_another`: the contact has another number, as when its official transferred the call.
-- Runs as the owner, because capture reads no callers. Callers of old calls are not compared.
create or replace function match_by_ids(t told_part, reported_trunk text, is_fed boolean)
returns table (call uuid, call_started timestamptz, is_another boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  hashes bytea[] := array(select decode(x, 'hex') from unnest(t.ids) x);
  old timestamptz := late_facts_from(interval '7 days');
  began timestamptz := coalesce(t.answered_at, t.started_at);
  -- Longest time after its end for a contact that no number shows to have the same caller (find-continued-segment.ts).
  passed_on_within constant interval := '5 minutes';
  named record;
begin
  for named in
    select distinct c.id, c.started_at, c.started_at < old or c.caller_key = t.caller_key as is_same,
      coalesce(c.caller_key <> t.caller_key, false) and not d.writes_differently as is_another,
      c.started_at >= old as is_asked, (
        is_fed and (t.caller_key is null or c.caller_key is null)
        or t.caller_key is null and t.caller_kind <> 'withheld' or c.caller_key is null and c.caller_kind <> 'withheld'
        or t.caller_key is not distinct from c.caller_key
        or not is_fed and (is_withheld_of_fed(t, c.id, c.started_at) or d.writes_differently)
        -- An official who is in no directory appears as the caller of the session in which they pass the call on.
        or exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
          and t.caller_key in (s.official_phone, s.reported_phone))
      ) and (c.ended_at is null or c.end_inferred or c.ended_at >= began - passed_on_within)
        and c.started_at <= coalesce(t.ended_at, 'infinity') + passed_on_within as could_be
    from call_identity i
    join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at
    cross join lateral (select not is_fed and writes_caller_differently(t, c.id, c.started_at) as writes_differently) d
    -- Some vendors' call ids are counters: a later use is another call.
    where i.external_id_hash = any (hashes) and i.contact_started_at > t.started_at - interval '24 hours'
      and (c.trunk = reported_trunk or c.trunk is null or reported_trunk is null)
    order by is_same desc nulls last, could_be desc, c.started_at
  loop
    if named.is_asked and call is null then
      perform count_lookups('late_question_count', 1);
    end if;
    if named.is_same then
      return query select named.id, named.started_at, false;
      return;
    end if;
    exit when not named.could_be;
    if call is not null then
      return;
    end if;
    call := named.id;
    call_started := named.started_at;
    is_another := named.is_another;
  end loop;
  if call is not null then
    return next;
  end if;
end $$;
grant execute on function match_by_ids to seloste_capture;

-- Admits a part of a call or updates one that was admitted before, with the caller's rights. `reporting_node`: null for a feed. `verdict`:
-- `entered`, or the answer of resolve_duplicate_segment. Its statements and those of its triggers are planned once a connection: planning
-- over fourteen months of partitions was most of the time.
create or replace function admit_part(reporting_node uuid, reported jsonb) returns table (contact_id uuid, verdict text, stops boolean)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  t told_part := jsonb_populate_record(null::told_part, reported);
  r told_recording := t.recording;
  hashes bytea[] := array(select decode(x, 'hex') from unnest(t.ids) x);
  since timestamptz := t.started_at - interval '24 hours';
  reported_trunk text := reported ->> 'trunk';
  call uuid;
  call_started timestamptz;
  resolved record;
  other uuid;
  is_stored_now boolean := false;
  opens boolean := false;
  is_another boolean := false;
  matched record;
begin
  -- Two processes may report parts of one call at the same moment: the second waits here for the first.
  perform lock_call_ids(t.ids);
  -- Admitted before.
  select s.contact_id, s.contact_started_at into call, call_started from segment s
  where s.id = t.segment_id and s.contact_started_at between since - interval '1 hour' and t.started_at + interval '49 hours' limit 1;
  if call is null then
    -- A further part of a call that its capture knows, or a part pending at another node that its node submits again.
    select c.id, c.started_at into call, call_started from contact c
    where c.id = t.contact_id and c.started_at between since and t.started_at + interval '24 hours';
  end if;
  if call is null then
    select m.call, m.call_started, m.is_another into call, call_started, is_another from match_by_ids(t, reported_trunk, reporting_node is null) m;
    if call is not null and reporting_node is not null then
      perform settle_caller(t, call, call_started);
    end if;
  end if;
  if call is null and reporting_node is not null and t.ended_at is not null then
    select m.call, m.call_started, m.told_official, m.is_doubtful into matched from match_by_facts(t) m;
    call := matched.call;
    call_started := matched.call_started;
    if t.official_name is null and (matched.told_official).phone is not null then
      t.official_person_id := (matched.told_official).person_id;
      t.official_unit_id := (matched.told_official).unit_id;
      t.official_name := (matched.told_official).name;
      t.official_phone := (matched.told_official).phone;
    end if;
    if matched.is_doubtful and 'needs-review' <> all (t.marks) then
      t.marks := t.marks || 'needs-review'::text;
    end if;
  end if;
  if call is null then
    opens := true;
    call := t.contact_id;
    call_started := t.started_at;
    -- An id belongs to one contact at one instant.
    while exists (select from call_identity i where i.external_id_hash = any (hashes) and i.contact_started_at = call_started) loop
      call_started := call_started + interval '1 microsecond';
    end loop;
    insert into contact (id, started_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, trunk)
    values (call, call_started, t.caller_kind, t.caller_key, t.caller_raw, t.number_called, t.number_kind, t.number_name, reported_trunk);
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('call.admitted', 'contact', call, 'ok', '{}');
  elsif reported_trunk is not null then
    -- A call that a feed reported first gets the trunk that reports it next.
    update contact set trunk = reported_trunk where id = call and started_at = call_started and trunk is null;
  end if;
  -- One of its ids belongs to another call as well: a person reviews whether they are one.
  if 'needs-review' <> all (t.marks)
    and exists (
      select from call_identity i join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at
      where i.external_id_hash = any (hashes) and i.contact_id <> call and i.contact_started_at > since
        and (opens or i.contact_started_at < call_started) and (c.trunk = reported_trunk or c.trunk is null or reported_trunk is null))
    and not exists (
      select from segment s where s.contact_id = call and s.contact_started_at = call_started and s.seq = 1 and s.id <> t.segment_id)
  then
    t.marks := t.marks || 'needs-review'::text;
  end if;
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select h, call, call_started from unnest(hashes) h
  where not exists (select from call_identity i where i.external_id_hash = h and i.contact_id = call and i.contact_started_at > since)
  on conflict (external_id_hash, contact_started_at) do update set contact_id = call
  -- An id of another trunk's call stays with that call.
  where exists (select from contact c where c.id = call_identity.contact_id and c.started_at = call_identity.contact_started_at
    and (c.trunk = reported_trunk or c.trunk is null or reported_trunk is null));

  -- Two callers are two conversations, also when one of them has transferred the call.
  if reporting_node is not null and is_another is not true then
    select j.verdict, j.other, j.stops, j.stays_for_review into resolved from resolve_duplicate_segment(reporting_node, call, call_started, t.talk) j;
    perform record_conference(reporting_node, call, call_started, t);
    if resolved.verdict <> 'own' then
      perform settle_caller(t, call, call_started);
      return query select call, resolved.verdict, resolved.stops;
      return;
    end if;
    other := resolved.other;
    is_another := resolved.stays_for_review;
  end if;
  if is_another and 'needs-review' <> all (t.marks) then
    t.marks := t.marks || 'needs-review'::text;
  end if;

  insert into segment (id, contact_id, contact_started_at, seq, number_reached, number_reached_name, official_person_id, official_unit_id,
    official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks, node, beside)
  values (t.segment_id, call, call_started,
    (select coalesce(max(s.seq), 0) + 1 from segment s where s.contact_id = call and s.contact_started_at = call_started), t.number_reached,
    t.number_reached_name, t.official_person_id, t.official_unit_id, t.official_name, t.official_phone, t.answered_at, t.ended_at,
    t.decision_record, t.decision_reason, t.rule_id, t.rule_version, t.rule_share, t.draw, t.description_version, decode(t.drawn_on, 'hex'),
    t.quota_used, t.capture_state, t.capture_failure, t.marks, reporting_node, other)
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
    -- This part has not ended, so the call has no end, whatever its other parts had.
    update contact set ended_at = null, end_inferred = false, history_ends_at = null
    where id = call and started_at = call_started and ended_at is not null;
  end if;
  -- Counts one more recording of its hour. Last, because others may wait for the same row.
  if is_stored_now and r.reception is not null then
    perform count_reception(coalesce(r.ended_at, t.ended_at, r.started_at), r.reception, r.is_lossy, r.packets_received = 0);
  end if;
  if r.is_stored or r.is_gone then
    -- If it is to be destroyed, the custodian waits for this.
    perform record_capture_stopped(r.id);
  end if;
  perform pg_notify('seloste_calls', call::text);
  if r.is_stored then
    perform pg_notify('seloste_stored', r.id::text);
  end if;
  return query select call, 'entered', false;
end $$;
grant execute on function admit_part to seloste_capture;
