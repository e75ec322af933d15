-- What a recording client tells of a call only after its first request completes the contact (RFC 7865 section 6.1; R9, R10).

-- Completes a call and a part of it with what was not known when they were admitted: the caller, the number, and the decision that could
-- not be taken for want of a number, an official or an answer (R14). What was known stays, but for the caller whom the session that
-- opened the contact tells otherwise while the call goes on. With the owner's rights: capture changes nothing else of what it has told.
create function complete_part(call uuid, call_started timestamptz, t told_part) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  c contact;
  s segment;
begin
  select * into s from segment x where x.id = t.segment_id and x.contact_started_at = call_started;
  select * into c from contact x where x.id = call and x.started_at = call_started;
  if (t.caller_key is not null or t.caller_kind = 'withheld') and (c.caller_kind, c.caller_key) is distinct from (t.caller_kind, t.caller_key)
     and (c.caller_key is null and c.caller_kind <> 'withheld' or s.seq = 1 and t.contact_id = call and c.ended_at is null) then
    update contact x set caller_kind = t.caller_kind, caller_key = t.caller_key, caller_raw = t.caller_raw
    where x.id = call and x.started_at = call_started;
  end if;
  if c.number_called = 'unknown' and t.number_called <> 'unknown' then
    update contact x set number_called = t.number_called, number_kind = t.number_kind, number_name = t.number_name
    where x.id = call and x.started_at = call_started;
  end if;
  if not s.decision_record and s.decision_reason in ('unknown-number', 'no-official', 'not-answered')
     and (s.number_reached, s.decision_reason) is distinct from (t.number_reached, t.decision_reason)
     and (t.number_reached <> 'unknown' or s.number_reached = 'unknown') then
    update segment x set number_reached = t.number_reached, number_reached_name = t.number_reached_name, decision_record = t.decision_record,
      decision_reason = t.decision_reason, rule_id = t.rule_id, rule_version = t.rule_version, rule_share = t.rule_share, draw = t.draw,
      description_version = t.description_version, drawn_on = decode(t.drawn_on, 'hex'), quota_used = t.quota_used
    where x.id = t.segment_id and x.contact_started_at = call_started;
  end if;
end $$;
revoke execute on function complete_part(uuid, timestamptz, told_part) from public;
grant execute on function complete_part(uuid, timestamptz, told_part) to seloste_capture;

-- As 0060-trunks.sql has it, and completes what was admitted before. `me`: the capture node that tells it; nothing for what a feed tells.
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
