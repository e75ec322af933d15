-- No role holds a lock that another role's destruction waits for (docs/decisions/0078).

-- Locks of month keys and of the intake key, as rows that only the custodian can lock. A row is never replaced, so whoever waits for
-- one finds the same row afterwards.
create table key_lock (name text primary key);
grant select, insert, update on key_lock to seloste_custodian;

-- Capture takes no advisory lock itself: any of them is a bigint, and the jobs and destructions of the custodian have some.
do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
  loop
    execute format('revoke execute on function %s from seloste_capture', f);
  end loop;
end $$;

-- Holds call ids (SHA-256 in hexadecimal) until the transaction ends: of two parts of one call, the second waits for the first. The
-- first number of these locks is always this one, so that no id reaches a lock of anything else.
create function lock_call_ids(ids text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtext('seloste.call-id'), x.key)
  from (select distinct ('x' || left(id, 8))::bit(32)::integer as key from unnest(ids) id order by 1) x;
end $$;
revoke execute on function lock_call_ids(text[]) from public;
grant execute on function lock_call_ids(text[]) to seloste_capture;

-- As 0052-admissions.sql has it, but for the lock.
create or replace function admit_part(me uuid, told jsonb) returns table (contact_id uuid, verdict text, stops boolean)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  t told_part := jsonb_populate_record(null::told_part, told);
  r told_recording := t.recording;
  hashes bytea[] := array(select decode(x, 'hex') from unnest(t.ids) x);
  -- Call ids are some vendors' counters: the same one later than this is another call.
  since timestamptz := t.started_at - interval '24 hours';
  call uuid;
  call_started timestamptz;
  judged record;
  other uuid;
  is_stored_now boolean := false;
begin
  -- Two parts of one call may come at the same moment, by two processes: the second waits here for the first.
  perform lock_call_ids(t.ids);
  select i.contact_id, i.contact_started_at into call, call_started from call_identity i
  where i.external_id_hash = any (hashes) and i.contact_started_at > since order by i.contact_started_at limit 1;
  if call is null then
    call := t.contact_id;
    call_started := t.started_at;
    insert into contact (id, started_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name)
    values (call, call_started, t.caller_kind, t.caller_key, t.caller_raw, t.number_called, t.number_kind, t.number_name);
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('call.admitted', 'contact', call, 'ok', '{}');
  end if;
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select h, call, call_started from unnest(hashes) h
  where not exists (select from call_identity i where i.external_id_hash = h and i.contact_id = call and i.contact_started_at > since)
  on conflict (external_id_hash, contact_started_at) do update set contact_id = call;

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

-- As 0054-told-together.sql has it, but for the lock.
create or replace function admit_fed_calls(told_by text, told jsonb) returns integer[]
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  calls fed_call[];
  known text[];
  doubtful integer[];
begin
  select array_agg(c order by c.place) into calls from jsonb_populate_recordset(null::fed_call, told) c;
  -- Two processes may tell of one call at the same moment: the second waits here for the first. In the order of ids, as admit.
  perform lock_call_ids(array(select x from unnest(calls) c, unnest(c.ids) x));
  -- An id that is in the register; or that two of these have in common: they are one call, one part after the other.
  select array_agg(i.id) into known from (
    select x as id from unnest(calls) c, unnest(c.ids) x
    where exists (
      select from call_identity i where i.external_id_hash = decode(x, 'hex')
        and i.contact_started_at between c.started_at - interval '24 hours' and c.started_at + interval '24 hours'
    )
    union select x from unnest(calls) c, unnest(c.ids) x group by x having count(distinct c.place) > 1
  ) i;
  calls := array(select c from unnest(calls) c where known is null or not c.ids && known);
  if others_tell_of(told_by, (select min(c.started_at) - interval '2 minutes' from unnest(calls) c),
      (select max(c.ended_at) + clocks_differ() from unnest(calls) c)) then
    doubtful := doubtful_fed_calls(told_by, calls);
    calls := array(select c from unnest(calls) c where c.place <> all (doubtful));
  end if;
  if calls = '{}' then
    return '{}';
  end if;
  -- Before they are admitted: what else tells of a part of a call then sees whose row it is.
  perform note_fed_calls(told_by, calls);
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select decode(x, 'hex'), c.contact_id, c.started_at from unnest(calls) c, unnest(c.ids) x
  on conflict (external_id_hash, contact_started_at) do update set contact_id = excluded.contact_id;
  insert into contact (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, history_ends_at)
  select c.contact_id, c.started_at, c.ended_at, c.caller_kind, c.caller_key, c.caller_raw, c.number_called, c.number_kind, c.number_name,
    c.history_ends_at
  from unnest(calls) c;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  select 'call.admitted', 'contact', c.contact_id, 'ok', '{}' from unnest(calls) c;
  insert into segment (id, contact_id, contact_started_at, seq, number_called, number_reached, number_reached_name, official_person_id,
    official_unit_id, official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks)
  select p.segment_id, c.contact_id, c.started_at, p.seq, c.number_called, p.number_reached, p.number_reached_name, p.official_person_id,
    p.official_unit_id, p.official_name, p.official_phone, p.answered_at, p.ended_at, p.decision_record, p.decision_reason, p.rule_id, p.rule_version, p.rule_share,
    p.draw, p.description_version, decode(p.drawn_on, 'hex'), p.quota_used, p.capture_state, p.capture_failure, p.marks
  from unnest(calls) c, jsonb_populate_recordset(null::fed_part, c.parts) p;
  -- Whoever listens looks anew, whichever it was.
  perform pg_notify('seloste_calls', calls[1].contact_id::text);
  return array(select c.place from unnest(calls) c);
end $$;
