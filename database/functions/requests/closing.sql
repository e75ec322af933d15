-- Returns the facts of requests; src/use/requests/request-state.ts derives state and next steps. An unmatched call has only its state; a
-- matched one also has what the request asks for. PL/pgSQL plans once a session and not for each row.
create or replace function request_facts(wanted uuid[]) returns table (request_id uuid, calls jsonb, letters jsonb, appointments jsonb,
  copies jsonb, corrections jsonb, is_decided boolean, first_end timestamptz, unfinished text[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select q.id, coalesce(c.calls, '[]'),
      coalesce((select jsonb_agg(jsonb_build_object('kind', l.kind, 'isDelivered', l.delivered_at is not null) order by l.made_at)
        from letter l where l.request_id = q.id), '[]'),
      coalesce((select jsonb_agg(jsonb_build_object('state', a.state, 'isPast', s.ends_at <= register_now(),
          'isLate', a.state = 'BOOKED' and appointment_is_late(a.request_id)) order by a.booked_at)
        from appointment a join office_slot s on s.id = a.slot_id where a.request_id = q.id), '[]'),
      coalesce((select jsonb_agg(jsonb_build_object('state', subject_copy_state(k)) order by k.made_at)
        from subject_copy k where k.request_id = q.id), '[]'),
      coalesce((select jsonb_agg(jsonb_build_object('isDecided', k.decided_at is not null) order by k.proposed_at)
        from correction k where k.request_id = q.id), '[]'),
      exists (select from openness_decision d where d.request_id = q.id), c.first_end,
      case when q.closed_at is null then closing_blockers(q, 'ANSWERED') else '{}' end
    from subject_request q
    left join lateral (
      select min(h.until) as first_end, jsonb_agg(jsonb_build_object('state', call_state(rc), 'canBeHeard', h.until is not null,
        'canBeForbidden', call_state(rc) = 'MATCHED' and q.closed_at is null and requests_prohibition(q)
          and can_be_forbidden(q, rc.contact_id),
        'isForbidden', call_state(rc) = 'MATCHED' and exists (
          select from prohibition p join recording r on r.id = p.recording_id
          where p.reference = q.number and p.party = q.party and r.contact_id = rc.contact_id),
        'isRestricted', rc.state = 'MATCHED' and exists (select from restricted_by(q) r where r.contact_id = rc.contact_id),
        'hasPart', call_state(rc) <> 'MATCHED' or has_part(q, rc.contact_id)
        ) order by rc.ordinal) as calls
      -- The instant until which a matched call can be heard: an approved version may bring its end forward.
      from request_call rc cross join lateral (
        select min(least(u.until, case when planned_end(r) < r.destroy_at then planned_end(r) end)) as until
        from recording r join segment s on s.id = r.segment_id, listened_until(r.id, 'INSPECTION', q.number) u(until)
        where q.kinds && array['LISTEN', 'COPY'] and call_state(rc) = 'MATCHED' and q.closed_at is null and r.contact_id = rc.contact_id
          and u.until > register_now() and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)
      ) h
      where rc.request_id = q.id
    ) c on true
    where q.id = any (wanted);
end $$;
grant execute on function request_facts to seloste_desk;

-- Returns true if the requester can still forbid a recording of a call.
create or replace function can_be_forbidden(q subject_request, contact uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select q.party in ('CALLER', 'OFFICIAL') and exists (
      select from recording r join segment s on s.id = r.segment_id
      where r.contact_id = contact and r.state not in ('DESTROYING', 'DESTROYED')
        and (r.destroy_at is null or r.destroy_at > register_now())
        and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)
        and not exists (select from prohibition p where p.recording_id = r.id and p.party = q.party))
  );
end $$;

-- Returns true if a letter answers one of the kinds asked for. The notice of a prohibition does not answer whether other calls were
-- recorded; accesses to a call and the result of a correction have letters of their own (`needs_own_letter`). Same rule as `isAnsweredBy` in
-- src/use/requests/request-state.ts.
create or replace function letter_answers(letter_kind text, kind text, needs_own_letter boolean) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select letter_kind in ('not-identifiable', 'refusal') or letter_kind = 'answer' and not needs_own_letter
    or (letter_kind, kind) in (('prohibition', 'PROHIBIT'), ('erasure', 'PROHIBIT'), ('erasure', 'ERASURE'), ('erasure', 'OBJECTION'),
      ('objection', 'PROHIBIT'), ('objection', 'OBJECTION'), ('restriction', 'RESTRICTION'), ('copy', 'COPY'),
      ('log-extract', 'LOG_EXTRACT'), ('correction', 'RECTIFY'), ('mentioned', 'MENTIONED'), ('openness', 'OPENNESS'))
$$;

-- Returns what blocks closing a request with an outcome. ANSWERED needs answers to all kinds, REFUSED a letter with the reason, WITHDRAWN
-- no answer.
create or replace function closing_blockers(q subject_request, outcome text) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select array_remove(array[
      case when outcome = 'ANSWERED' and (
        exists (select from request_call c where c.request_id = q.id and call_state(c) in ('SEVERAL', 'FOUND'))
        or not q.kinds && array['OPENNESS', 'MENTIONED'] and not exists (select from request_call c where c.request_id = q.id)
      ) then 'call' end,
      case when outcome = 'ANSWERED' and requests_prohibition(q) and exists (
        select from request_call c where c.request_id = q.id and call_state(c) = 'MATCHED' and can_be_forbidden(q, c.contact_id)
      ) then 'prohibition' end,
      case when exists (select from appointment a where a.request_id = q.id and a.state = 'BOOKED') then 'appointment' end,
      case when outcome <> 'WITHDRAWN' and exists (
        select from subject_copy c where c.request_id = q.id and subject_copy_state(c) = 'making') then 'copy' end,
      case when exists (select from correction c where c.request_id = q.id and c.decided_at is null) then 'correction' end,
      case when outcome <> 'WITHDRAWN' and q.kinds @> array['OPENNESS'] and not exists (
        select from openness_decision d where d.request_id = q.id) then 'decision' end,
      case when outcome <> 'WITHDRAWN' and (
        exists (select from letter l where l.request_id = q.id and l.delivered_at is null)
        or outcome = 'REFUSED' and not exists (
          select from letter l where l.request_id = q.id and l.kind in ('refusal', 'not-identifiable', 'openness'))
        or outcome = 'ANSWERED' and exists (
          select from unnest(q.kinds) asked
          where not exists (select from letter l where l.request_id = q.id and letter_answers(l.kind, asked,
            asked = 'LOG_EXTRACT' and exists (
              select from request_call c where c.request_id = q.id and call_state(c) = 'MATCHED' and has_part(q, c.contact_id))
            or asked = 'RESTRICTION' and exists (select from restricted_by(q))
            or asked = 'RECTIFY' and exists (select from correction c where c.request_id = q.id))))
      -- The lifting of a restriction is notified before it, whatever the outcome (GDPR 18(3)).
      ) or restriction_was_notified(q) and exists (select from restricted_by(q)) and not exists (
        select from letter l where l.request_id = q.id and l.kind = 'restriction-end' and l.delivered_at is not null)
      then 'letter' end
    ], null)
  );
end $$;

-- Returns closing_blockers of an open request for the outcomes REFUSED and WITHDRAWN.
create or replace function closing_blockers_by_outcome(wanted uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request s where s.id = wanted;
  return (
    select jsonb_object_agg(outcome, case when q.closed_at is null then to_jsonb(closing_blockers(q, outcome)) else '[]' end)
    from unnest(array['REFUSED', 'WITHDRAWN']) outcome
  );
end $$;
grant execute on function closing_blockers_by_outcome to seloste_desk;

-- Opens inspections for a kind that was added to a request; they delay a destruction from then on. Ends those of a kind that was removed.
create or replace function apply_request_kinds() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  wanted text;
  opened uuid;
begin
  foreach wanted in array array['LISTEN', 'COPY'] loop
    if new.kinds @> array[wanted] and not old.kinds @> array[wanted] then
      for opened in
        select open_inspection_for(c, wanted) from request_call c where c.request_id = new.id and c.state = 'MATCHED'
      loop
        update inspection set received_at = clock_timestamp() where id = opened;
      end loop;
    elsif old.kinds @> array[wanted] and not new.kinds @> array[wanted] then
      perform end_inspection(i, viewer(), 'withdrawn') from inspection i
      where i.request_id = new.id and i.kind = wanted and i.closed_at is null;
    end if;
  end loop;
  return null;
end $$;

-- Closes a request, or refuses with what is unfinished. Deletes the calls that are not shown to be the requester's, and ends the request's
-- inspections.
create or replace function close_request(wanted uuid, outcome text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
  unfinished text[] := closing_blockers(q, outcome);
begin
  perform refuse_if(answered_callers_call(q), 'request.own');
  perform refuse_if(cardinality(unfinished) > 0, 'request.unfinished', array_to_string(unfinished, ','));
  perform require_fresh_to_lift(q);
  delete from request_call c where c.request_id = q.id and call_state(c) in ('SEVERAL', 'FOUND');
  update subject_request s set closed_at = clock_timestamp(), closed_by = viewer(), outcome = close_request.outcome where s.id = q.id;
  perform record_request_act('request.closed', q, jsonb_build_object('outcome', close_request.outcome));
  perform end_inspection(i, viewer(), case close_request.outcome when 'WITHDRAWN' then 'withdrawn' else 'answered' end)
  from inspection i where i.request_id = q.id and i.closed_at is null
    -- The copy of an answered request can be fetched for a week.
    and not (close_request.outcome = 'ANSWERED' and exists (select from copies_of_inspection(i) c where c.ended_at is null));
end $$;
grant execute on function close_request to seloste_desk;

-- Erases the personal data of a request: requester, claims, calls, needs, letters' text. Its existence, kinds and outcome stay.
create or replace function erase_requester(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from subject_requester where request_id = wanted;
  delete from home_answer where request_id = wanted;
  update request_call set told = null, asked = null, contact_id = null, contact_started_at = null where request_id = wanted;
  -- A delivered letter stays as a fact; an undelivered one is deleted.
  delete from letter where request_id = wanted and delivered_at is null;
  update letter set content = null, facts_digest = null, erased_at = clock_timestamp() where request_id = wanted and erased_at is null;
  update appointment set needs = '{}', interpreter_language = null where request_id = wanted;
  -- None is open, except in a restored backup.
  update appointment set state = 'OVER', ended_at = clock_timestamp() where request_id = wanted and state = 'BOOKED';
  delete from inspection where request_id = wanted;
  update subject_copy set recording_id = null where request_id = wanted;
  -- An approved correction is the call's, and ends with its history.
  delete from correction where request_id = wanted and outcome is distinct from 'APPROVED';
  update subject_request set official_id = null where id = wanted;
end $$;

-- Erases requests thirty days after their closing and after the destruction of what they forbade, because a letter reports it, once the
-- files of their copies are removed. Appends each to the ledger, so that a restore erases it again. Returns how many it erased.
create or replace function erase_closed_requests() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  erased integer := 0;
begin
  for q in
    select * from subject_request s where s.erased_at is null and s.closed_at <= destruction_now() - interval '30 days'
      and not exists (select from prohibition p where p.reference = s.number and p.party = s.party
        and coalesce(p.executed_at > destruction_now() - interval '30 days', true))
      and not exists (select from subject_copy k where k.request_id = s.id and k.removed_at is null)
    order by s.closed_at for update skip locked
  loop
    update subject_request set erased_at = clock_timestamp() where id = q.id;
    perform erase_requester(q.id);
    perform append_to_ledger('request', q.id, 'erased', jsonb_build_object('closedAt', ledger_instant(q.closed_at), 'outcome', q.outcome));
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('request.erased', 'request', q.id, 'ok', '{}');
    erased := erased + 1;
  end loop;
  delete from discarded_home_request d where d.discarded_at < months_after(destruction_now(), -6);
  return erased;
end $$;
grant execute on function erase_closed_requests to seloste_custodian;
