-- Returns the state of a recording for a letter, as anybody but the security unit may know it. `at`: when a destroyed recording was
-- destroyed, or when a kept one ends at the latest. The day of a destruction is the ledger's; what a preservation order kept past its day
-- counts as destroyed when it was reported so (L37).
create or replace function recording_for_letter(r recording, reference text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ended_before_term boolean := r.cause in ('caller', 'official', 'trimming');
  heard timestamptz;
begin
  case
    when r.id is null then
      return '{"state": "none"}';
    when r.state = 'DESTROYED' then
      return jsonb_build_object('state', 'destroyed', 'cause', case when ended_before_term then r.cause else 'retention' end,
        'at', ledger_instant(shown_end_day(r)));
    when r.state = 'DESTROYING' and ended_before_term then
      return jsonb_build_object('state', 'destroying', 'cause', r.cause);
    when r.state = 'DESTROYING' then
      return jsonb_build_object('state', 'destroyed', 'cause', 'retention', 'at', ledger_instant(shown_end_day(r)));
    when r.destroy_at <= register_now()
      or exists (select from prohibition p where p.recording_id = r.id and p.executed_at is null) then
      -- It may be kept for this request alone: a later prohibition by the other party waits for it, and the description may let it
      -- delay the end (C3).
      heard := listened_until(r.id, 'INSPECTION', recording_for_letter.reference);
      if heard > register_now() then
        return jsonb_build_object('state', 'kept', 'at', ledger_instant(heard));
      end if;
      return case when r.destroy_at <= register_now()
        then jsonb_build_object('state', 'destroyed', 'cause', 'retention', 'at', ledger_instant(shown_end_day(r)))
        else '{"state": "destroying"}' end;
    else
      -- An approved version that is not in force yet may bring the end forward.
      return jsonb_build_object('state', 'kept', 'at', ledger_instant(planned_end(r)));
  end case;
end $$;

-- Returns the calls that a request names. For an unmatched call, only what the requester stated: no call, another person's and several look
-- the same (R46, L8). For a matched call, nothing more than that once its history has ended. An official gets their own parts only, and
-- nothing of a call that a correction gave to others.
create or replace function calls_for_letter(q subject_request, with_matched boolean) returns jsonb
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'ordinal', rc.ordinal,
      'day', rc.told ->> 'day',
      'time', rc.told ->> 'time',
      'isTheirs', t.is_requesters_call)
    || case when t.is_requesters_call then jsonb_build_object('call', case when c.id is not null then jsonb_build_object(
      'startedAt', ledger_instant(c.started_at),
      'endedAt', ledger_instant(c.ended_at),
      'callerKind', c.caller_kind,
      'callerKey', c.caller_key,
      'number', c.number_called,
      'numberName', c.number_name,
      'historyEndsAt', ledger_instant(history_end(c.history_ends_at, c.started_at)),
      'parts', coalesce((
        select jsonb_agg(jsonb_build_object(
          'official', s.official_name,
          'officialPhone', s.official_phone,
          'answeredAt', ledger_instant(s.answered_at),
          'endedAt', ledger_instant(s.ended_at),
          'recording', recording_for_letter(r, q.number)) order by s.seq)
        from segment s left join recording r on r.segment_id = s.id and r.contact_started_at = s.contact_started_at
        where s.contact_id = c.id and s.contact_started_at = c.started_at
          and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)), '[]')) end) else '{}' end
    order by rc.ordinal), '[]')
  from request_call rc cross join lateral (select call_state(rc) = 'MATCHED' and has_part(q, rc.contact_id)) t (is_requesters_call)
  left join lateral contact_in_term(rc.contact_id) c on t.is_requesters_call
  where rc.request_id = q.id and call_state(rc) in ('MATCHED', 'NOT_FOUND', 'NOT_PARTY', 'NOT_IDENTIFIABLE')
    and (with_matched or rc.state <> 'MATCHED')
$$;

-- Returns who accessed the matched calls, without names (L11, CJEU C-579/21). accesses_to leaves out the security unit's.
create or replace function accesses_for_letter(q subject_request) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  contacts uuid[];
  parts uuid[];
  heard uuid[];
  began timestamptz;
begin
  select array_agg(c.id), min(c.started_at) into contacts, began
  from request_call rc, contact_in_term(rc.contact_id) c
  where rc.request_id = q.id and call_state(rc) = 'MATCHED' and c.id is not null and has_part(q, c.id);
  if contacts is null then
    return '[]';
  end if;
  select array_agg(s.id) into parts from segment s
  where s.contact_id = any (contacts) and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id);
  select array_agg(r.id) into heard from recording r where r.segment_id = any (parts);
  return coalesce((
    select jsonb_agg(jsonb_build_object('at', ledger_instant(l.at), 'kind', l.kind, 'role', l.role, 'purpose', l.purpose, 'unit', l.unit)
      order by l.at)
    from accesses_to(contacts, coalesce(heard, '{}'), coalesce(parts, '{}'), null, began - interval '1 day', 'infinity') l), '[]');
end $$;

-- Returns the last name that a person had by an instant.
create or replace function latest_name_at(person uuid, at timestamptz) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.name from person_name n where n.person_id = latest_name_at.person and n.valid_from <= latest_name_at.at
  order by n.valid_from desc limit 1
$$;

-- Returns the time booked for listening. A past one is left out.
create or replace function appointment_for_letter(q subject_request) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select jsonb_build_object('startsAt', ledger_instant(s.starts_at), 'endsAt', ledger_instant(s.ends_at), 'officeName', o.names,
      'officeAddress', o.address, 'needs', to_jsonb(a.needs), 'interpreterLanguage', a.interpreter_language)
    from appointment a join office_slot s on s.id = a.slot_id join office o on o.id = s.office_id
    where a.request_id = q.id and a.state = 'BOOKED' and s.ends_at > register_now());
end $$;

-- Returns the facts that a letter of a kind would state now (LetterFacts in src/use/requests/letters/letter-facts.ts).
create or replace function letter_facts(q subject_request, kind text, ground text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  facts jsonb;
begin
  select jsonb_build_object(
    'number', q.number,
    'party', q.party,
    'kinds', to_jsonb(q.kinds),
    'language', q.language,
    'receivedAt', ledger_instant(q.received_at),
    'dueAt', ledger_instant(coalesce(q.extended_until, q.due_at)),
    'madeAt', ledger_instant(clock_timestamp()),
    'name', w.name,
    'address', w.address,
    'handler', latest_name_at(coalesce(q.assigned_to, viewer()), now()))
  into facts from subject_requester w where w.request_id = q.id;
  case
    when kind = 'extension' then
      return facts || jsonb_build_object('extensionReason', q.extension_reason);
    when kind = 'refusal' then
      return facts || jsonb_build_object('ground', ground, 'calls', calls_for_letter(q, false));
    when kind = 'not-identifiable' then
      return facts || jsonb_build_object('calls', calls_for_letter(q, false));
    when kind = 'answer' then
      return facts || jsonb_build_object('calls', calls_for_letter(q, true), 'appointment', appointment_for_letter(q));
    when kind = 'destroyed-before' then
      -- Recordings that the requester wanted to hear and that were destroyed before that.
      return facts || jsonb_build_object('unheard', coalesce((
        select jsonb_agg(jsonb_build_object('startedAt', ledger_instant(r.contact_started_at), 'recording', recording_for_letter(r, q.number))
          order by r.contact_started_at, r.started_at)
        from recording r
        where r.cause is distinct from lower(q.party) and is_requesters_call(q, r.contact_id, r.contact_started_at) and exists (
          select from inspection i where i.request_id = q.id and i.outcome = 'destroyed' and is_unserved(i, r))), '[]'));
    when kind in ('prohibition', 'erasure', 'objection') then
      -- Recordings forbidden under the request, and whether they are destroyed, at the ledger's instant. The reason for waiting is left out.
      return facts || jsonb_build_object('prohibitions', coalesce((
        select jsonb_agg(jsonb_build_object(
            'startedAt', ledger_instant(r.contact_started_at),
            'forbiddenAt', ledger_instant(p.received_at),
            'executedAt', ledger_instant(case when p.executed_at is not null then coalesce(
              (select min(e.at) from destruction_entry e where e.object_kind = 'recording' and e.object_id = r.id), p.executed_at) end))
          order by r.contact_started_at, r.started_at)
        from prohibition p join recording r on r.id = p.recording_id
        where p.reference = q.number and p.party = q.party and is_requesters_call(q, r.contact_id, r.contact_started_at)), '[]'));
    when kind in ('restriction', 'restriction-end') then
      return facts || jsonb_build_object('restrictions', coalesce((
        select jsonb_agg(jsonb_build_object('startedAt', ledger_instant(r.contact_started_at), 'until', ledger_instant(planned_end(r)))
          order by r.contact_started_at, r.started_at)
        from restricted_by(q) r
        where (q.kinds @> array['RESTRICTION'] or restriction_was_notified(q)) and is_requesters_call(q, r.contact_id, r.contact_started_at)), '[]'));
    when kind = 'log-extract' then
      return facts || jsonb_build_object('looks', accesses_for_letter(q));
    when kind = 'appointment' then
      return facts || jsonb_build_object('appointment', appointment_for_letter(q));
    when kind = 'copy' then
      -- Copies that can still be fetched.
      return facts || jsonb_build_object('copies', coalesce((
        select jsonb_agg(jsonb_build_object('callStartedAt', ledger_instant(r.contact_started_at), 'method', c.method,
          'expiresAt', ledger_instant(c.expires_at)) order by r.contact_started_at, c.made_at)
        from subject_copy c join recording r on r.id = c.recording_id
        where c.request_id = q.id and c.ready_at is not null and c.ended_at is null and c.expires_at > now()), '[]'));
    when kind = 'correction' then
      return facts || jsonb_build_object('corrections', coalesce((
        select jsonb_agg(jsonb_build_object('callStartedAt', ledger_instant(c.contact_started_at),
          'was', latest_name_at(c.was_person_id, c.contact_started_at), 'becomes', latest_name_at(c.becomes_person_id, c.contact_started_at),
          'outcome', c.outcome) order by c.contact_started_at, c.proposed_at)
        -- One decision may correct several parts of a conversation.
        from (select distinct on (k.contact_id, k.was_person_id, k.becomes_person_id, k.decided_at) k.* from correction k
          where k.request_id = q.id and k.decided_at is not null and is_requesters_call(q, k.contact_id, k.contact_started_at)
          order by k.contact_id, k.was_person_id, k.becomes_person_id, k.decided_at, k.proposed_at) c), '[]'));
    when kind = 'openness' then
      return facts || jsonb_build_object('openness', (
        select jsonb_build_object('outcome', d.outcome, 'provision', d.provision, 'at', ledger_instant(d.decided_at),
          'by', latest_name_at(d.decided_by, d.decided_at))
        from openness_decision d where d.request_id = q.id));
    else
      return facts;
  end case;
end $$;

-- Returns the present facts of a letter for a request of the viewer's. Refuses a letter without content.
create or replace function begin_letter(wanted uuid, kind text, ground text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request_of_letter(wanted, begin_letter.kind);
  is_matched boolean := exists (select from request_call rc where rc.request_id = q.id and call_state(rc) = 'MATCHED'
    and has_part(q, rc.contact_id));
  why text := case when begin_letter.kind = 'refusal' then coalesce(begin_letter.ground,
    -- A new draft keeps its ground.
    (select l.ground from letter l where l.request_id = wanted and l.kind = 'refusal' and l.delivered_at is null),
    case when q.identified_at is null then 'IDENTITY' when not is_matched then 'NO_CALL' end) end;
  facts jsonb;
begin
  perform refuse_if(begin_letter.kind not in ('received', 'extension', 'refusal', 'openness') and q.identified_at is null
     or why = 'NO_CALL' and q.identified_at is null, 'request.not-identified');
  perform refuse_if(begin_letter.kind = 'refusal' and why is null, 'letter.ground-missing');
  perform refuse_if((begin_letter.kind in ('answer', 'not-identifiable') or why = 'NO_CALL') and exists (
    select from request_call rc where rc.request_id = q.id and call_state(rc) in ('SEVERAL', 'FOUND')
  ), 'letter.call-open');
  facts := letter_facts(q, begin_letter.kind, why);
  if (case
    when begin_letter.kind = 'extension' then q.extended_at is null
    when begin_letter.kind = 'refusal' then why = 'IDENTITY' and q.identified_at is not null or why = 'NO_CALL' and is_matched
      or why = 'NEEDED' and not q.kinds && array['ERASURE', 'OBJECTION'] or why = 'NO_REASON' and not q.kinds @> array['RESTRICTION']
    when begin_letter.kind in ('answer', 'not-identifiable') then jsonb_array_length(facts -> 'calls') = 0
    when begin_letter.kind = 'mentioned' then q.party <> 'MENTIONED'
    when begin_letter.kind = 'destroyed-before' then jsonb_array_length(facts -> 'unheard') = 0
    when begin_letter.kind in ('prohibition', 'erasure', 'objection') then jsonb_array_length(facts -> 'prohibitions') = 0
      or begin_letter.kind in ('erasure', 'objection') and not q.kinds @> array[upper(begin_letter.kind)]
    when begin_letter.kind in ('restriction', 'restriction-end') then jsonb_array_length(facts -> 'restrictions') = 0
    when begin_letter.kind = 'log-extract' then not is_matched
    when begin_letter.kind = 'appointment' then facts ->> 'appointment' is null
    when begin_letter.kind = 'copy' then jsonb_array_length(facts -> 'copies') = 0
    when begin_letter.kind = 'correction' then jsonb_array_length(facts -> 'corrections') = 0
    when begin_letter.kind = 'openness' then facts ->> 'openness' is null
    else facts is null
  end) then
    raise exception 'letter.nothing-to-tell' using errcode = 'SE001';
  end if;
  return facts;
end $$;
grant execute on function begin_letter to seloste_desk;

-- Returns automatic letters to make: a recording was destroyed before it was heard; everything a request forbade is destroyed; an
-- undelivered one that is stale. For the custodian; for closed requests as well, as long as the requester is known. None to an unidentified
-- requester (R44): under another name the request is another person's.
create or replace function letters_due() returns table (request uuid, kind text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct q.id, 'destroyed-before'
  from subject_request q join subject_requester w on w.request_id = q.id join inspection i on i.request_id = q.id
    join inspection_recording ir on ir.inspection_id = i.id join recording r on r.id = ir.recording_id
  where i.outcome = 'destroyed' and r.cause is distinct from lower(q.party) and q.identified_at is not null and is_requesters_call(q, i.contact_id, i.contact_started_at)
    and is_unserved(i, r)
    and not exists (select from letter_told t where t.request_id = q.id and t.kind = 'destroyed-before' and t.object_id = i.id)
  union all
  select q.id, case when q.kinds @> array['ERASURE'] then 'erasure' when q.kinds @> array['OBJECTION'] then 'objection' else 'prohibition' end
  from subject_request q join subject_requester w on w.request_id = q.id
    join prohibition p on p.reference = q.number and p.party = q.party join recording r on r.id = p.recording_id
  where q.identified_at is not null and is_requesters_call(q, r.contact_id, r.contact_started_at)
  group by q.id
  having bool_and(p.executed_at is not null)
    and bool_or(not exists (select from letter_told t where t.request_id = q.id and t.kind = 'prohibition' and t.object_id = p.id))
  union
  select l.request_id, l.kind
  from letter l join subject_requester w on w.request_id = l.request_id join subject_request q on q.id = l.request_id
  where q.identified_at is not null and l.made_by is null and l.kind in ('destroyed-before', 'prohibition', 'erasure', 'objection') and l.delivered_at is null and l.erased_at is null
    and letter_has_changed(l)
$$;
grant execute on function letters_due to seloste_custodian;

-- Returns the facts of an automatic letter; null if another process has made it.
create or replace function begin_letter_due(wanted uuid, kind text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  select * into q from subject_request s where s.id = wanted for update;
  if not exists (select from letters_due() d where d.request = wanted and d.kind = begin_letter_due.kind) then
    return null;
  end if;
  return letter_facts(q, begin_letter_due.kind, null);
end $$;
grant execute on function begin_letter_due to seloste_custodian;

-- Locks and returns a letter that still has its text, for the Service Unit; its request may be closed.
create or replace function lock_letter(wanted uuid) returns letter
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l letter;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into l from letter n where n.id = wanted for update;
  perform refuse_if(l.id is null, 'not-found');
  perform refuse_if(l.erased_at is not null, 'letter.erased');
  return l;
end $$;

create or replace function record_letter_act(action text, l letter, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_request_act(action, q, jsonb_build_object('kind', l.kind, 'request', q.id) || detail, 'letter', l.id)
  from subject_request q where q.id = l.request_id
$$;

create or replace function read_letter(wanted uuid) returns table (number text, kind text, language text, made_at timestamptz, content jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l letter := lock_letter(wanted);
begin
  perform record_letter_act('letter.read', l, '{}');
  return query select q.number, l.kind, l.language, l.made_at, l.content from subject_request q where q.id = l.request_id;
end $$;
grant execute on function read_letter to seloste_desk;

-- Records the delivery of a letter. Refuses a letter if one of its facts has changed since its draft.
create or replace function deliver_letter(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l letter;
begin
  -- The lock serialises this with changes of the request and with new drafts.
  perform from subject_request q where q.id = (select n.request_id from letter n where n.id = wanted) for update;
  l := lock_letter(wanted);
  perform refuse_if(l.delivered_at is not null, 'letter.delivered');
  perform refuse_if(letter_has_changed(l), 'letter.stale');
  perform refuse_if(how = 'HOME' and not can_fetch_at_home(l.request_id), 'letter.not-from-home');
  update letter n set delivered_at = clock_timestamp(), delivered_how = deliver_letter.how, delivered_by = viewer() where n.id = l.id;
  perform record_letter_act('letter.delivered', l, jsonb_build_object('how', deliver_letter.how));
end $$;
grant execute on function deliver_letter to seloste_desk;

create or replace function remove_letter(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l letter := lock_letter(wanted);
begin
  perform refuse_if(l.delivered_at is not null, 'letter.delivered');
  perform record_letter_act('letter.removed', l, '{}');
  delete from letter n where n.id = l.id;
end $$;
grant execute on function remove_letter to seloste_desk;

create or replace function change_letter_template(kind text, language text, text text, read_version integer) returns letter_template
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  newest integer;
  made letter_template;
begin
  perform refuse_identity_code('text', change_letter_template.text);
  perform pg_advisory_xact_lock(hashtext('letter_template'), hashtext(change_letter_template.kind || change_letter_template.language));
  select coalesce(max(t.version), 0) into newest from letter_template t
  where t.kind = change_letter_template.kind and t.language = change_letter_template.language;
  perform refuse_if(newest <> change_letter_template.read_version, 'template.changed-meanwhile');
  insert into letter_template (kind, language, version, text, changed_by)
  values (change_letter_template.kind, change_letter_template.language, newest + 1, change_letter_template.text, viewer())
  returning * into made;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'template.changed', 'template', 'ok',
    jsonb_build_object('kind', made.kind, 'language', made.language, 'version', made.version));
  return made;
end $$;
grant execute on function change_letter_template to seloste_desk;

-- Stores a draft in place of an undelivered letter of its kind, and records in letter_told what it informs the requester of.
create or replace function put_letter(q subject_request, kind text, version integer, content jsonb, facts jsonb) returns letter
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made letter;
begin
  delete from letter l where l.request_id = q.id and l.kind = put_letter.kind and l.delivered_at is null;
  insert into letter (request_id, kind, language, template_version, made_by, content, ground, facts_digest)
  values (q.id, put_letter.kind, q.language, put_letter.version, viewer(), put_letter.content, put_letter.facts ->> 'ground',
    letter_digest(put_letter.facts, null)) returning * into made;
  perform refuse_if(letter_has_changed(made), 'letter.stale');
  insert into letter_told (request_id, kind, object_id)
  select q.id, 'destroyed-before', i.id from inspection i
  where put_letter.kind = 'destroyed-before' and i.request_id = q.id and i.outcome = 'destroyed'
  union all
  select q.id, 'prohibition', p.id from prohibition p
  where put_letter.kind in ('prohibition', 'erasure', 'objection') and p.reference = q.number and p.party = q.party and p.executed_at is not null
  on conflict do nothing;
  return made;
end $$;

-- Stores a letter whose facts were returned in this transaction, in place of an unsent one of its kind.
create or replace function save_letter(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns letter
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request_of_letter(wanted, save_letter.kind);
  made letter := put_letter(q, save_letter.kind, save_letter.version, save_letter.content, save_letter.facts);
begin
  perform record_letter_act('letter.made', made, '{}');
  return made;
end $$;
grant execute on function save_letter to seloste_desk;

-- Stores an automatic letter.
create or replace function save_letter_due(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  made letter;
begin
  select * into q from subject_request s where s.id = wanted for update;
  if not exists (select from letters_due() d where d.request = wanted and d.kind = save_letter_due.kind) then
    raise exception 'no letter % is due for request %', save_letter_due.kind, wanted;
  end if;
  made := put_letter(q, save_letter_due.kind, save_letter_due.version, save_letter_due.content, save_letter_due.facts);
  insert into audit_entry (action, purpose, reference, object_kind, object_id, result, detail)
  values ('letter.made', 'INSPECTION', q.number, 'letter', made.id, 'ok', jsonb_build_object('kind', made.kind, 'request', q.id));
end $$;
grant execute on function save_letter_due to seloste_custodian;
