-- Returns the digest of a letter's facts, except its handler and the time at which it was made. Accesses to a call count only up to
-- `until`.
create or replace function letter_digest(facts jsonb, until timestamptz) returns bytea
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select sha256(convert_to((facts - 'madeAt' - 'handler' || case when facts ? 'looks' then jsonb_build_object('looks', (
    select coalesce(jsonb_agg(l order by n), '[]') from jsonb_array_elements(facts -> 'looks') with ordinality x (l, n)
    where until is null or (l ->> 'at')::timestamptz <= until)) else '{}' end)::text, 'UTF8'))
$$;

-- Returns true if an undelivered letter is stale: a fact has changed since the draft, or the letter is about calls and the requester is no
-- longer identified.
create or replace function letter_has_changed(l letter) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  select * into q from subject_request s where s.id = l.request_id;
  return l.facts_digest is null or q.identified_at is null and l.kind not in ('received', 'extension', 'refusal', 'openness')
    or l.facts_digest is distinct from letter_digest(letter_facts(q, l.kind, l.ground), l.made_at);
end $$;

-- Returns the undelivered letters of a request that are stale and cannot be delivered, for the request's list of letters.
create or replace function stale_letters(request uuid) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer_is('SERVICE_UNIT') then
    return query select l.id from letter l
      where l.request_id = stale_letters.request and l.delivered_at is null and l.erased_at is null and letter_has_changed(l);
  end if;
end $$;
grant execute on function stale_letters to seloste_desk;

-- Locks and returns the request for which a letter is made. The request is open, or has an undelivered letter of this kind that is to be
-- drafted again.
create or replace function lock_request_of_letter(wanted uuid, kind text) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  if not exists (select from letter l where l.request_id = wanted and l.kind = lock_request_of_letter.kind and l.delivered_at is null
      and l.erased_at is null) then
    return lock_request(wanted);
  end if;
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request s where s.id = wanted for update;
  return q;
end $$;

-- Shortest time between approval and effect of a change that affects open requests (L29).
create or replace function pending_right_notice_period() returns interval
language sql immutable set search_path = pg_catalog, public, pg_temp as $$ select interval '14 days' $$;

-- Returns the end of a recording under a term that takes effect at `at`. Same rule as recordingTerms and applyTerms in TypeScript.
create or replace function end_under_term(r recording, months integer, at timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when r.recording_months > months then greatest(at, r.min_keep_until,
    months_after(r.call_ended_at, months) - case when months >= 6 then interval '24 hours' else interval '0' end) end
$$;

-- Returns when a recording is destroyed at the latest: on its day, or earlier if an approved version, or a rule of it that begins later,
-- will shorten its term. A shortening does not count if a later version is in force by then. Versions approved before `planned` was stored
-- have `terms` instead, and do not cancel earlier shortenings.
create or replace function planned_end(r recording) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(r.destroy_at, (
    select min(end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz))
    from description_version v join description_reach k on k.draft_id = v.draft_id,
      jsonb_array_elements(coalesce(k.reach -> 'planned', k.reach -> 'terms')) t
    where t ->> 'number' = r.number_reached and (t ->> 'at')::timestamptz > register_now() and not exists (
      select from description_version w join description_reach n on n.draft_id = w.draft_id
      where w.version > v.version and w.effective_from <= (t ->> 'at')::timestamptz and n.reach ? 'planned')))
$$;

-- Returns when an approved version stops letting open inspections delay an end (C3).
create or replace function holds_end_at() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select min(d.effective_from) from description_reach k join description_draft d on d.id = k.draft_id
  where d.state = 'APPROVED' and (k.reach ->> 'endsHolds')::boolean and d.effective_from > register_now()
$$;

-- Returns true if a request's booked appointment ends after the end of a recording that is to be played in it.
create or replace function appointment_is_late(request uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from appointment a join office_slot s on s.id = a.slot_id
    where a.request_id = request and a.state = 'BOOKED' and s.ends_at > latest_appointment(recordings_to_inspect(request)))
$$;

create or replace function appointment_is_after(request uuid, at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from appointment a join office_slot s on s.id = a.slot_id
    where a.request_id = request and a.state = 'BOOKED' and s.ends_at > at)
$$;

-- Returns the open requests that a change affects: request, recording, and its end under the change. A row without a recording is a request
-- that can no longer be served from `ends_at` on, or, if `ends_at` is null, whose calls are not found yet.
create or replace function reached_rights(reach jsonb, from_at timestamptz)
returns table (request_id uuid, recording_id uuid, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with waiting as (
    select i.request_id, ir.recording_id
    from inspection i join inspection_recording ir on ir.inspection_id = i.id
    where i.closed_at is null and i.request_id is not null and i.kind = 'LISTEN'
    union
    select q.id, r.id
    from subject_request q join request_call rc on rc.request_id = q.id and rc.state in ('FOUND', 'MATCHED')
      join recording r on r.contact_id = rc.contact_id
    where q.closed_at is null and (q.kinds @> '{LISTEN}' and call_state(rc) = 'FOUND' or q.kinds @> '{COPY}' and not exists (
      select from subject_copy c where c.request_id = q.id and c.recording_id = r.id and c.end_why = 'taken'))
  ), ending as (
    select w.request_id, r.id, r.destroy_at, (
        select min(end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz)) from jsonb_array_elements(reach -> 'terms') t
        where t ->> 'number' = r.number_reached) as by_term,
      -- A recording kept past its day for an inspection ends when the switch is turned off.
      case when (reach ->> 'endsHolds')::boolean and (r.destroy_at <= from_at or appointment_is_after(w.request_id, r.destroy_at))
        then greatest(r.destroy_at, from_at) end as by_hold
    from waiting w join recording r on r.id = w.recording_id
    where r.state not in ('DESTROYING', 'DESTROYED')
      and not exists (select from prohibition p where p.recording_id = r.id and p.executed_at is not null)
  )
  select e.request_id, e.id, least(case when e.by_term < e.destroy_at then e.by_term end, e.by_hold)
  from ending e where e.by_term < e.destroy_at or e.by_hold is not null
  union all
  select q.id, null, from_at from subject_request q
  where q.closed_at is null and ((reach ->> 'endsService')::boolean
    or q.kinds && array(select jsonb_array_elements_text(reach -> 'endsKinds')))
  union all
  select q.id, null, null from subject_request q
  where q.closed_at is null and q.kinds && '{LISTEN,COPY}' and exists (
      select from jsonb_array_elements(reach -> 'terms') t join recording r on r.number_reached = t ->> 'number'
        and r.recording_months > (t ->> 'months')::integer and r.state not in ('DESTROYING', 'DESTROYED')
      where end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz) < r.destroy_at)
    and not exists (select from request_call rc where rc.request_id = q.id and rc.state in ('FOUND', 'MATCHED', 'NOT_FOUND', 'NOT_PARTY',
      'NOT_IDENTIFIABLE'))
$$;

-- Returns the requests that a draft affects, each with its first end and whether it is settled: a booked appointment plays its calls before
-- that end, or the requester was notified in time.
create or replace function reached_requests(draft uuid, reach jsonb, from_at timestamptz)
returns table (request_id uuid, ends_at timestamptz, calls bigint, is_booked boolean, is_heard_before boolean, told_how text,
  told_at timestamptz, is_decided boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with of_request as (
    select w.request_id, min(w.ends_at) as ends_at, count(distinct r.contact_id) as calls, bool_or(w.recording_id is null) as is_whole
    from reached_rights(reach, from_at) w left join recording r on r.id = w.recording_id
    where w.ends_at is not null group by w.request_id
  ), booked as (
    select o.*, exists (select from appointment a where a.request_id = o.request_id and a.state = 'BOOKED') as is_booked,
      not o.is_whole and exists (select from appointment a where a.request_id = o.request_id and a.state = 'BOOKED')
        and not appointment_is_after(o.request_id, o.ends_at)
        and not exists (select from subject_request q where q.id = o.request_id and q.kinds @> '{COPY}') as is_heard_before
    from of_request o
  )
  select b.request_id, b.ends_at, b.calls, b.is_booked, b.is_heard_before, t.told_how, t.told_at,
    b.is_heard_before or t.draft_id is not null
  from booked b left join pending_right_told t on t.draft_id = reached_requests.draft and t.request_id = b.request_id and t.ends_at <= b.ends_at
$$;

-- Returns counts without any person, for those who draft or decide; the custodian calls it for the dry run. Includes undecided disclosures
-- for research and the items of them that the change affects. What an authority asked for is secret to those who draft: who decides sees it
-- in list_pending_disclosures, and the approval waits for it.
create or replace function count_reached(draft uuid, reach jsonb, from_at timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'requests', count(*), 'calls', coalesce(sum(r.calls), 0), 'appointments', count(*) filter (where r.is_booked),
    'undecided', count(*) filter (where not r.is_decided),
    'unsettled', (select count(distinct w.request_id) from reached_rights(reach, from_at) w where w.ends_at is null),
    'disclosures', (select count(*) from reached_disclosures(reach, from_at) o where o.kind = 'RESEARCH'),
    'items', (select coalesce(sum(o.items), 0) from reached_disclosures(reach, from_at) o where o.kind = 'RESEARCH'),
    'earliest', ledger_instant(clock_timestamp() + pending_right_notice_period()))
  from reached_requests(draft, reach, from_at) r
$$;
grant execute on function count_reached to seloste_custodian;

-- Stores the effects of a draft when its author submits it, once for each revision. The Service Unit sees these effects, and the approval
-- uses them.
create or replace function record_reach(draft uuid, reach jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into description_reach (draft_id, revision, reach)
  select d.id, d.revision, record_reach.reach from description_draft d where d.id = draft and d.author = viewer() and d.state = 'SUBMITTED'
  on conflict (draft_id) do update set revision = excluded.revision, reach = excluded.reach
  where description_reach.revision <> excluded.revision;
end $$;
grant execute on function record_reach to seloste_desk;

-- Returns the stored effects that an approval uses, now or later, each with the text of its draft: of submitted drafts, and of approved ones
-- that are not in force yet or plan a shorter term. The custodian compares them with the texts.
create or replace function stored_effects() returns table (based_on integer, text text, reach jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.based_on, coalesce(v.text, d.text), k.reach
  from description_draft d
  left join description_version v on v.draft_id = d.id
  left join description_reach k on k.draft_id = d.id and k.revision = d.revision
  where d.state = 'SUBMITTED' or d.state = 'APPROVED' and k.reach ? 'planned' and (d.effective_from > now()
    or exists (select from jsonb_array_elements(k.reach -> 'planned') t where (t ->> 'at')::timestamptz > now()))
$$;
grant execute on function stored_effects to seloste_custodian;

-- Returns the requests that submitted and approved changes affect, for the Service Unit.
create or replace function list_pending_rights()
returns table (draft_id uuid, version integer, state text, effective_from timestamptz, request_id uuid, number text, ends_at timestamptz,
  is_booked boolean, is_heard_before boolean, told_how text, told_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select d.id, d.based_on + 1, d.state, d.effective_from, q.id, q.number, r.ends_at, r.is_booked, r.is_heard_before, r.told_how, r.told_at
    from description_draft d join description_reach k on k.draft_id = d.id,
      reached_requests(d.id, k.reach, d.effective_from) r join subject_request q on q.id = r.request_id
    where d.effective_from > register_now() and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision)
    order by d.effective_from, r.is_decided, r.ends_at, q.number;
end $$;
grant execute on function list_pending_rights to seloste_desk;

-- Records that the requester was notified in time. The alternative, playing the calls before their end, needs no record here: it is a
-- booked appointment.
create or replace function record_pending_right_notice(draft uuid, request uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(request);
  first_end timestamptz;
begin
  select r.ends_at into first_end
  from description_draft d join description_reach k on k.draft_id = d.id, reached_requests(d.id, k.reach, d.effective_from) r
  where d.id = draft and d.effective_from > register_now() and r.request_id = q.id
    and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision);
  perform refuse_if(first_end is null, 'not-found');
  insert into pending_right_told (draft_id, request_id, ends_at, told_how, told_by)
  values (draft, q.id, first_end, how, viewer())
  on conflict (draft_id, request_id) do update set ends_at = excluded.ends_at, told_how = excluded.told_how,
    told_at = clock_timestamp(), told_by = excluded.told_by;
  perform record_request_act('pending-right.told', q, jsonb_build_object('draft', draft, 'how', how, 'endsAt', ledger_instant(first_end)));
end $$;
grant execute on function record_pending_right_notice to seloste_desk;

-- Returns whether a forbidden or cut-away recording still awaits destruction, and when its certificate is expected: within a minute of the
-- prohibition. `expected_at` is null while the prohibition waits for a case, or takes longer. For those who may see the call.
create or replace function expected_certificate(recording uuid) returns table (state text, expected_at timestamptz)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select w.state, case
    when r.state = 'DESTROYED' then clock_timestamp() + interval '5 seconds'
    when w.state = 'destroying' and coalesce(p.received_at, clock_timestamp()) > clock_timestamp() - interval '10 minutes'
      then greatest(p.received_at + interval '1 minute', clock_timestamp() + interval '5 seconds') end
  from recording r
  left join lateral (select * from prohibition n where n.recording_id = r.id order by n.received_at limit 1) p on true,
  lateral (select case when p.id is not null and r.state not in ('DESTROYING', 'DESTROYED') and prohibition_state(p) = 'waiting'
    then 'waiting' else 'destroying' end as state) w
  where r.id = expected_certificate.recording
    and (p.id is not null and r.cause is distinct from 'retention' and r.cause is distinct from 'hold-end'
      or r.cause in ('caller', 'official', 'trimming'))
    and exists (
      select from segment s where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and (
        sees_all() or s.official_person_id = sees_own() or s.official_unit_id = any (sees_units()) or s.number_reached = any (sees_numbers())
        or s.id = any (sees_segments()))
        -- While a case or an order keeps the recording, the prohibition shows only to whoever forbade, the official and the clerk.
        and (r.state in ('DESTROYING', 'DESTROYED') or p.entered_by = viewer() or s.official_person_id = sees_own()
          or s.id = any (sees_segments())))
$$;
grant execute on function expected_certificate to seloste_desk;
