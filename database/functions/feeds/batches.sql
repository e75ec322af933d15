-- Returns true if another source than this feed reported calls between two instants.
create or replace function others_report_calls(feed_name text, since timestamptz, until timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from contact c where c.started_at between since and until
      and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
  )
$$;
grant execute on function others_report_calls to seloste_capture;

-- Marks the parts of new calls as this feed's. A part that is in the register already belongs to another source.
create or replace function record_fed_calls(feed_name text, calls fed_call[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, c.contact_id, c.started_at, feed_name, p.answered_at, p.ended_at,
    not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = c.started_at)
  from unnest(calls) c, jsonb_to_recordset(c.parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz)
  on conflict (segment_id) do nothing
$$;
grant execute on function record_fed_calls to seloste_capture;

-- Admits new calls in one statement, with the rights of the calling role and the result of `admit` (src/register/admit.ts) for each.
-- Returns the indexes of those it admitted; the others are left to `admit`.
create or replace function admit_fed_calls(feed_name text, reported jsonb) returns integer[]
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  calls fed_call[];
  known text[];
  doubtful integer[];
  since timestamptz := late_facts_from(interval '7 days');
begin
  select array_agg(c order by c.place) into calls from jsonb_populate_recordset(null::fed_call, reported) c;
  -- Two processes may report one call at the same moment: the second waits here for the first. In the order of ids, as in admit.
  perform lock_call_ids(array(select x from unnest(calls) c, unnest(c.ids) x));
  -- Ids in the register, or shared by two of these calls: those are one call with several parts.
  select array_agg(i.id) into known from (
    select x as id from unnest(calls) c, unnest(c.ids) x
    where exists (
      select from call_identity i where i.external_id_hash = decode(x, 'hex')
        and i.contact_started_at between c.started_at - interval '24 hours' and c.started_at + interval '24 hours'
    )
    union select x from unnest(calls) c, unnest(c.ids) x group by x having count(distinct c.place) > 1
  ) i;
  calls := array(select c from unnest(calls) c where known is null or not c.ids && known);
  -- Older calls are not compared: each counts as new if no other source reported calls of that time, and is left to `admit` otherwise.
  calls := array(select c from unnest(calls) c where c.started_at >= since
    or not others_report_calls(feed_name, c.started_at - interval '2 minutes', matched_until(c.started_at, c.ended_at) + clock_tolerance()));
  if others_report_calls(feed_name, (select min(c.started_at) - interval '2 minutes' from unnest(calls) c),
      (select max(c.ended_at) + clock_tolerance() from unnest(calls) c)) then
    doubtful := doubtful_fed_calls(feed_name, calls);
    calls := array(select c from unnest(calls) c where c.place <> all (doubtful));
  end if;
  if calls = '{}' then
    return '{}';
  end if;
  -- Before the admission, so that triggers know whose rows they are.
  perform record_fed_calls(feed_name, calls);
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
  -- Listeners reload, whichever call it was.
  perform pg_notify('seloste_calls', calls[1].contact_id::text);
  return array(select c.place from unnest(calls) c);
end $$;
grant execute on function admit_fed_calls to seloste_capture;
