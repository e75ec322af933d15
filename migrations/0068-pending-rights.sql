-- Facts that are told, and rights that are pending (R23, R26, R42-R47).

-- Letters ---------------------------------------------------------------------------------------------------------------

-- A letter is delivered only while its facts are as they were when it was drafted. `facts_digest` is null for letters drafted by an
-- earlier version: they are drafted anew.
alter table letter add column facts_digest bytea check (length(facts_digest) = 32), add column ground text;
grant select (ground) on letter to seloste_desk;

-- Over 0025-letters.sql: the day of a destruction is the ledger's. A recording that a preservation order kept longer is told as ended
-- on its day (L37).
create or replace function recording_for_letter(r recording, reference text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_asked_for boolean := r.cause in ('caller', 'official', 'trimming');
  heard timestamptz;
begin
  case
    when r.id is null then
      return '{"state": "none"}';
    when r.state = 'DESTROYED' then
      return jsonb_build_object('state', 'destroyed', 'cause', case when is_asked_for then r.cause else 'retention' end,
        'at', day_for_letter(case when r.cause = 'hold-end' then r.destroy_at else coalesce(
          (select min(e.at) from destruction_entry e where e.object_kind = 'recording' and e.object_id = r.id), r.destroyed_at) end));
    when r.state = 'DESTROYING' and is_asked_for then
      return jsonb_build_object('state', 'destroying', 'cause', r.cause);
    when r.state = 'DESTROYING' then
      return jsonb_build_object('state', 'destroyed', 'cause', 'retention', 'at', day_for_letter(r.destroy_at));
    when r.destroy_at <= register_now()
      or exists (select from prohibition p where p.recording_id = r.id and p.executed_at is null) then
      -- It may be there for this request alone: a later prohibition by the other party waits for it (1.6), and the description
      -- may let it put the end off (C3).
      heard := heard_until(r.id, 'INSPECTION', recording_for_letter.reference);
      if heard > register_now() then
        return jsonb_build_object('state', 'kept', 'at', ledger_instant(heard));
      end if;
      return case when r.destroy_at <= register_now()
        then jsonb_build_object('state', 'destroyed', 'cause', 'retention', 'at', day_for_letter(r.destroy_at))
        else '{"state": "destroying"}' end;
    else
      -- An approved version that is not in force yet may bring the end forward.
      return jsonb_build_object('state', 'kept', 'at', ledger_instant(planned_end(r)));
  end case;
end $$;

-- The beginning of a day in Finland: letters tell the day of a destruction and not its hour.
create function day_for_letter(at timestamptz) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select ledger_instant(date_trunc('day', at, 'Europe/Helsinki'))
$$;

-- Over 0025-letters.sql: a prohibition was carried out at the ledger's instant.
create or replace function prohibitions_for_letter(q subject_request) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'startedAt', ledger_instant(r.contact_started_at),
      'forbiddenAt', ledger_instant(p.received_at),
      'executedAt', ledger_instant(case when p.executed_at is not null then coalesce(
        (select min(e.at) from destruction_entry e where e.object_kind = 'recording' and e.object_id = r.id), p.executed_at) end))
    order by r.contact_started_at, r.started_at), '[]')
  from prohibition p join recording r on r.id = p.recording_id
  where p.reference = q.number and p.party = q.party
$$;

-- Over 0025-letters.sql: an appointment that is over is not told as one to come.
create or replace function appointment_for_letter(q subject_request) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select jsonb_build_object('startsAt', ledger_instant(s.starts_at), 'endsAt', ledger_instant(s.ends_at), 'officeName', o.names,
      'officeAddress', o.address, 'needs', to_jsonb(a.needs), 'interpreterLanguage', a.interpreter_language)
    from appointment a join office_slot s on s.id = a.slot_id join office o on o.id = s.office_id
    where a.request_id = q.id and a.state = 'BOOKED' and s.ends_at > register_now());
end $$;

-- Digest of the facts that a letter tells. Who handles the request and when the letter was made do not count; of those who looked at a
-- call, those until `until`.
create function letter_digest(facts jsonb, until timestamptz) returns bytea
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select sha256(convert_to((facts - 'madeAt' - 'handler' || case when facts ? 'looks' then jsonb_build_object('looks', (
    select coalesce(jsonb_agg(l order by n), '[]') from jsonb_array_elements(facts -> 'looks') with ordinality x (l, n)
    where until is null or (l ->> 'at')::timestamptz <= until)) else '{}' end)::text, 'UTF8'))
$$;

-- True if something that an undelivered letter tells has changed since it was drafted.
create function letter_has_changed(l letter) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  select * into q from subject_request s where s.id = l.request_id;
  return l.facts_digest is null or l.facts_digest is distinct from letter_digest(letter_facts(q, l.kind, l.ground), l.made_at);
end $$;

-- For the list of a request's letters: those that were not delivered and cannot be, as they are stale.
create function stale_letters(request uuid) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer_is('SERVICE_UNIT') then
    return query select l.id from letter l
      where l.request_id = stale_letters.request and l.delivered_at is null and l.erased_at is null and letter_has_changed(l);
  end if;
end $$;

-- The request of a letter, locked: open, or closed with an undelivered letter of this kind, which is drafted anew.
create function serving_letter(wanted uuid, kind text) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  if not exists (select from letter l where l.request_id = wanted and l.kind = serving_letter.kind and l.delivered_at is null
      and l.erased_at is null) then
    return serving(wanted);
  end if;
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request s where s.id = wanted for update;
  return q;
end $$;

-- Over 0025-letters.sql.
create or replace function begin_letter(wanted uuid, kind text, ground text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_letter(wanted, begin_letter.kind);
  is_matched boolean := exists (select from request_call rc where rc.request_id = q.id and rc.state = 'MATCHED');
  why text := case when begin_letter.kind = 'refusal' then coalesce(begin_letter.ground,
    case when q.identified_at is null then 'IDENTITY' when not is_matched then 'NO_CALL' end) end;
  facts jsonb;
begin
  if begin_letter.kind not in ('received', 'extension', 'refusal', 'openness') and q.identified_at is null
     or why = 'NO_CALL' and q.identified_at is null then
    raise exception 'request.not-identified' using errcode = 'SE001';
  end if;
  if begin_letter.kind = 'refusal' and why is null then
    raise exception 'letter.ground-missing' using errcode = 'SE001';
  end if;
  if (begin_letter.kind in ('answer', 'not-identifiable') or why = 'NO_CALL') and exists (
    select from request_call rc where rc.request_id = q.id and rc.state in ('SEVERAL', 'FOUND')
  ) then
    raise exception 'letter.call-open' using errcode = 'SE001';
  end if;
  facts := letter_facts(q, begin_letter.kind, why);
  if (case
    when begin_letter.kind = 'extension' then q.extended_at is null
    when begin_letter.kind = 'refusal' then why = 'IDENTITY' and q.identified_at is not null or why = 'NO_CALL' and is_matched
    when begin_letter.kind in ('answer', 'not-identifiable') then jsonb_array_length(facts -> 'calls') = 0
    when begin_letter.kind = 'mentioned' then q.party <> 'MENTIONED'
    when begin_letter.kind = 'destroyed-before' then jsonb_array_length(facts -> 'unheard') = 0
    when begin_letter.kind = 'prohibition' then jsonb_array_length(facts -> 'prohibitions') = 0
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

-- Over 0025-letters.sql: with the digest of its facts. `facts`: those of begin_letter in this transaction, which the letter was made
-- of. Refused if they have changed meanwhile.
drop function keep_letter(uuid, text, integer, jsonb);
drop function keep_letter_due(uuid, text, integer, jsonb);
drop function put_letter(subject_request, text, integer, jsonb);
create function put_letter(q subject_request, kind text, version integer, content jsonb, facts jsonb) returns letter
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made letter;
begin
  delete from letter l where l.request_id = q.id and l.kind = put_letter.kind and l.delivered_at is null;
  insert into letter (request_id, kind, language, template_version, made_by, content, ground, facts_digest)
  values (q.id, put_letter.kind, q.language, put_letter.version, viewer(), put_letter.content, put_letter.facts ->> 'ground',
    letter_digest(put_letter.facts, null)) returning * into made;
  if letter_has_changed(made) then
    raise exception 'letter.stale' using errcode = 'SE001';
  end if;
  insert into letter_told (request_id, kind, object_id)
  select q.id, 'destroyed-before', i.id from inspection i
  where put_letter.kind = 'destroyed-before' and i.request_id = q.id and i.outcome = 'destroyed'
  union all
  select q.id, 'prohibition', p.id from prohibition p
  where put_letter.kind = 'prohibition' and p.reference = q.number and p.party = q.party and p.executed_at is not null
  on conflict do nothing;
  return made;
end $$;

create function keep_letter(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns letter
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_letter(wanted, keep_letter.kind);
  made letter := put_letter(q, keep_letter.kind, keep_letter.version, keep_letter.content, keep_letter.facts);
begin
  perform note_end('letter.made', demand_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', q.number, 'letter', made.id,
    jsonb_build_object('kind', made.kind, 'request', q.id));
  return made;
end $$;

-- Over 0025-letters.sql: and automatic letters that are stale before they were delivered.
create or replace function letters_due() returns table (request uuid, kind text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct q.id, 'destroyed-before'
  from subject_request q join subject_requester w on w.request_id = q.id join inspection i on i.request_id = q.id
    join inspection_recording ir on ir.inspection_id = i.id join recording r on r.id = ir.recording_id
  where i.outcome = 'destroyed' and r.cause is distinct from lower(q.party)
    and not exists (select from letter_told t where t.request_id = q.id and t.kind = 'destroyed-before' and t.object_id = i.id)
  union all
  select q.id, 'prohibition'
  from subject_request q join subject_requester w on w.request_id = q.id
    join prohibition p on p.reference = q.number and p.party = q.party
  group by q.id
  having bool_and(p.executed_at is not null)
    and bool_or(not exists (select from letter_told t where t.request_id = q.id and t.kind = 'prohibition' and t.object_id = p.id))
  union
  select l.request_id, l.kind
  from letter l join subject_requester w on w.request_id = l.request_id
  where l.made_by is null and l.kind in ('destroyed-before', 'prohibition') and l.delivered_at is null and l.erased_at is null
    and letter_has_changed(l)
$$;

create function keep_letter_due(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  made letter;
begin
  select * into q from subject_request s where s.id = wanted for update;
  if not exists (select from letters_due() d where d.request = wanted and d.kind = keep_letter_due.kind) then
    raise exception 'no letter % is due for request %', keep_letter_due.kind, wanted;
  end if;
  made := put_letter(q, keep_letter_due.kind, keep_letter_due.version, keep_letter_due.content, keep_letter_due.facts);
  insert into audit_entry (action, purpose, reference, object_kind, object_id, result, detail)
  values ('letter.made', 'INSPECTION', q.number, 'letter', made.id, 'ok', jsonb_build_object('kind', made.kind, 'request', q.id));
end $$;

-- Over 0025-letters.sql: refused if something that it tells has changed since.
create or replace function deliver_letter(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l letter;
begin
  -- Whoever changes the request, or drafts a letter of it, comes before this or after it.
  perform from subject_request q where q.id = (select n.request_id from letter n where n.id = wanted) for update;
  l := letter_at_hand(wanted);
  if l.delivered_at is not null then
    raise exception 'letter.delivered' using errcode = 'SE001';
  end if;
  if letter_has_changed(l) then
    raise exception 'letter.stale' using errcode = 'SE001';
  end if;
  update letter n set delivered_at = clock_timestamp(), delivered_how = deliver_letter.how, delivered_by = viewer() where n.id = l.id;
  perform note_letter('letter.delivered', l, jsonb_build_object('how', deliver_letter.how));
end $$;

-- Over 0025-letters.sql: and the digest of its facts.
create or replace function erase_letters_of(request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from letter l where l.request_id = erase_letters_of.request and l.delivered_at is null;
  update letter l set content = null, facts_digest = null, erased_at = clock_timestamp()
  where l.request_id = erase_letters_of.request and l.erased_at is null;
end $$;

revoke execute on function day_for_letter(timestamptz), letter_digest(jsonb, timestamptz), letter_has_changed(letter), stale_letters(uuid),
  serving_letter(uuid, text), put_letter(subject_request, text, integer, jsonb, jsonb), keep_letter(uuid, text, integer, jsonb, jsonb),
  keep_letter_due(uuid, text, integer, jsonb, jsonb) from public;
grant execute on function stale_letters(uuid), keep_letter(uuid, text, integer, jsonb, jsonb) to seloste_desk;
grant execute on function keep_letter_due(uuid, text, integer, jsonb, jsonb) to seloste_custodian;

-- Changes that reach pending rights --------------------------------------------------------------------------------------

-- What a submitted or approved draft takes from what is pending, as the procedure read it from the texts:
-- {terms: [{number, months, at}], endsHolds, endsKinds: [], endsService, endsResearch, endsAuthority}.
create table description_reach (
  draft_id uuid primary key references description_draft,
  revision integer not null,
  reach jsonb not null
);
alter table description_reach enable row level security;

-- A requester was told in time that a change ends what they asked for at `ends_at`.
create table pending_right_told (
  draft_id uuid not null references description_draft,
  request_id uuid not null references subject_request on delete cascade,
  ends_at timestamptz not null,
  told_how text not null check (told_how in ('POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD')),
  told_at timestamptz not null default clock_timestamp(),
  told_by uuid not null references person,
  primary key (draft_id, request_id)
);
alter table pending_right_told enable row level security;

-- Between the approval and the effect of a change that reaches open requests (L29).
create function pending_right_notice() returns interval
language sql immutable set search_path = pg_catalog, public, pg_temp as $$ select interval '14 days' $$;

-- When a recording would end under a term that takes effect at `at`. The twin of recordingTerms and applyTerms.
create function end_under_term(r recording, months integer, at timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when r.recording_months > months then greatest(at, r.min_keep_until,
    months_after(r.call_ended_at, months) - case when months >= 6 then interval '24 hours' else interval '0' end) end
$$;

-- When a recording ends at the latest: on its day, or earlier by an approved version that is not in force yet.
create function planned_end(r recording) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(r.destroy_at, (
    select min(end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz))
    from description_reach k join description_draft d on d.id = k.draft_id, jsonb_array_elements(k.reach -> 'terms') t
    where d.state = 'APPROVED' and t ->> 'number' = r.number_reached and (t ->> 'at')::timestamptz > register_now()))
$$;

-- From when on an approved version lets open inspections put ends off no more (C3).
create function holds_end_at() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select min(d.effective_from) from description_reach k join description_draft d on d.id = k.draft_id
  where d.state = 'APPROVED' and (k.reach ->> 'endsHolds')::boolean and d.effective_from > register_now()
$$;

-- Over 0024-offices.sql: appointments lie before the end that an approved version brings.
create or replace function latest_appointment(recordings uuid[]) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select min(e.ends)
  from recording r, planned_end(r) p(planned), lateral (
    select case
      when (select held from inspections_hold) and not exists (select from prohibition p where p.recording_id = r.id)
        then least(months_after(p.planned, 3), case when holds_end_at() is not null then greatest(p.planned, holds_end_at()) end)
      else p.planned end as ends
  ) e
  where r.id = any (recordings) and r.state not in ('DESTROYING', 'DESTROYED') and e.ends > register_now()
    and (r.destroy_at > register_now() or not recordings_are_held(r.contact_id))
$$;

-- True if a request's booked appointment ends after something that is to be heard in it.
create function appointment_is_late(request uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from appointment a join office_slot s on s.id = a.slot_id
    where a.request_id = request and a.state = 'BOOKED' and s.ends_at > latest_appointment(recordings_to_hear(request)))
$$;

-- Over 0017-ends.sql: and as soon as a booked appointment lies after the end.
create or replace function inspection_is_urgent(i inspection) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.closed_at is null and (appointment_is_late(i.request_id) or exists (
    select from inspection_recording ir join recording r on r.id = ir.recording_id
    where ir.inspection_id = i.id and planned_end(r) <= register_now() + interval '72 hours' and recording_is_there(r)))
$$;

-- Over 0036-disclosure-log.sql: the end that an approved version brings.
create or replace function ends_that_wait() returns table (kind text, id uuid, until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'inspection-urgent', i.id, (
      select min(planned_end(r)) from inspection_recording ir join recording r on r.id = ir.recording_id
      where ir.inspection_id = i.id and recording_is_there(r))
    from inspection i where inspection_is_urgent(i)
  union all
  select 'recall-overdue', c.id, c.due_at from disclosed_copy c where c.state = 'RECALLED' and c.due_at <= register_now()
  union all
  select 'disclosure-overdue', d.id, research_deadline(d) from research_disclosure d
    where d.released_at is not null and d.closed_at is null and research_deadline(d) <= register_now()
$$;

-- Over 0029-requests-as-a-whole.sql: the end that an approved version brings; appointments that lie after it.
create or replace function call_heard_until(q subject_request, c request_call) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select min(case when planned_end(r) < r.destroy_at then least(u.until, planned_end(r)) else u.until end)
    from recording r join segment s on s.id = r.segment_id, heard_until(r.id, 'INSPECTION', q.number) u(until)
    where c.state = 'MATCHED' and q.closed_at is null and r.contact_id = c.contact_id and u.until > register_now()
      and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)
  );
end $$;
create or replace function appointments_so_far(request uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('state', a.state, 'isPast', s.ends_at <= register_now(),
      'isLate', a.state = 'BOOKED' and appointment_is_late(a.request_id)) order by a.booked_at), '[]')
    from appointment a join office_slot s on s.id = a.slot_id where a.request_id = request
  );
end $$;

create function appointment_is_after(request uuid, at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from appointment a join office_slot s on s.id = a.slot_id
    where a.request_id = request and a.state = 'BOOKED' and s.ends_at > at)
$$;

-- What of open requests a change reaches: which request, of which recording, and when it ends by the change. Without a recording:
-- the request itself can be served no more from then on, or (`ends_at` null) its calls are not found yet.
create function reached_rights(reach jsonb, from_at timestamptz)
returns table (request_id uuid, recording_id uuid, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with waiting as (
    select i.request_id, ir.recording_id
    from inspection i join inspection_recording ir on ir.inspection_id = i.id
    where i.closed_at is null and i.request_id is not null
    union
    select q.id, r.id
    from subject_request q join request_call rc on rc.request_id = q.id and rc.state in ('FOUND', 'MATCHED')
      join recording r on r.contact_id = rc.contact_id
    where q.closed_at is null and (q.kinds @> '{LISTEN}' and rc.state = 'FOUND' or q.kinds @> '{COPY}' and not exists (
      select from subject_copy c where c.request_id = q.id and c.recording_id = r.id and c.end_why = 'taken'))
  ), ending as (
    select w.request_id, r.id, r.destroy_at, (
        select min(end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz)) from jsonb_array_elements(reach -> 'terms') t
        where t ->> 'number' = r.number_reached) as by_term,
      -- What waits past its day for an inspection ends with the switch.
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

-- The requests that a draft reaches, each with the first end and whether it is decided: heard before, as its appointment is booked, or
-- told in time.
create function reached_requests(draft uuid, reach jsonb, from_at timestamptz)
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

-- Counts for whoever drafts or decides: of nobody in particular. For the custodian, which makes the dry run.
create function count_reached(draft uuid, reach jsonb, from_at timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'requests', count(*), 'calls', coalesce(sum(r.calls), 0), 'appointments', count(*) filter (where r.is_booked),
    'undecided', count(*) filter (where not r.is_decided),
    'unsettled', (select count(distinct w.request_id) from reached_rights(reach, from_at) w where w.ends_at is null),
    'disclosures', (
      select count(*) from (
        select i.disclosure_id as id, i.recording_id from research_item i join research_disclosure d on d.id = i.disclosure_id
        where d.closed_at is null and d.withdrawn_at is null and i.dropped_at is null
        union all
        select i.disclosure_id, i.recording_id from authority_item i join authority_disclosure d on d.id = i.disclosure_id
        where d.closed_at is null and i.dropped_at is null
      ) o join recording k on k.id = o.recording_id
      where k.state not in ('DESTROYING', 'DESTROYED') and exists (
        select from jsonb_array_elements(reach -> 'terms') t where t ->> 'number' = k.number_reached
          and end_under_term(k, (t ->> 'months')::integer, (t ->> 'at')::timestamptz) < k.destroy_at))
      + case when (reach ->> 'endsResearch')::boolean then (select count(*) from research_disclosure d where d.closed_at is null and d.withdrawn_at is null) else 0 end
      + case when (reach ->> 'endsAuthority')::boolean then (select count(*) from authority_disclosure d where d.closed_at is null) else 0 end,
    'earliest', ledger_instant(clock_timestamp() + pending_right_notice()))
  from reached_requests(draft, reach, from_at) r
$$;

-- Keeps what a draft reaches, at its submission; by its author.
create function note_reach(draft uuid, reach jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into description_reach (draft_id, revision, reach)
  select d.id, d.revision, note_reach.reach from description_draft d where d.id = draft and d.author = viewer() and d.state = 'SUBMITTED'
  on conflict (draft_id) do update set revision = excluded.revision, reach = excluded.reach;
end $$;

-- For the Service Unit: what changes that are submitted or coming reach of its requests.
create function list_pending_rights()
returns table (draft_id uuid, version integer, state text, effective_from timestamptz, request_id uuid, number text, ends_at timestamptz,
  is_booked boolean, is_heard_before boolean, told_how text, told_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select d.id, d.based_on + 1, d.state, d.effective_from, q.id, q.number, r.ends_at, r.is_booked, r.is_heard_before, r.told_how, r.told_at
    from description_draft d join description_reach k on k.draft_id = d.id,
      reached_requests(d.id, k.reach, d.effective_from) r join subject_request q on q.id = r.request_id
    where d.effective_from > register_now() and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision)
    order by d.effective_from, r.is_decided, r.ends_at, q.number;
end $$;

-- Records that the requester was told in time. The other decision, to be heard before, is a booked appointment.
create function tell_pending_right(draft uuid, request uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving(request);
  first_end timestamptz;
begin
  select r.ends_at into first_end
  from description_draft d join description_reach k on k.draft_id = d.id, reached_requests(d.id, k.reach, d.effective_from) r
  where d.id = draft and d.effective_from > register_now() and r.request_id = q.id
    and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision);
  if first_end is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  insert into pending_right_told (draft_id, request_id, ends_at, told_how, told_by)
  values (draft, q.id, first_end, how, viewer())
  on conflict (draft_id, request_id) do update set ends_at = excluded.ends_at, told_how = excluded.told_how,
    told_at = clock_timestamp(), told_by = excluded.told_by;
  perform note_end('pending-right.told', demand_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', q.number, 'request', q.id,
    jsonb_build_object('draft', draft, 'how', how, 'endsAt', ledger_instant(first_end)));
end $$;

-- Over 0002-description-versions.sql: no version comes into force over a pending right that nobody has decided on, nor before the notice.
drop function approve_draft(uuid, integer, jsonb, jsonb, text);
create function approve_draft(draft uuid, revision integer, changes jsonb, roles jsonb, reach jsonb, note text) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
  newest description_version;
  number integer;
  settled text;
begin
  lock table description_version in exclusive mode;
  if not viewer_is('DECISION_MAKER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into d from description_draft where id = draft for update;
  if d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from approve_draft.revision then
    raise exception 'draft.changed-meanwhile' using errcode = 'SE001';
  end if;
  if viewer() = d.author then
    raise exception 'draft.own' using errcode = 'SE001';
  end if;
  select * into newest from description_version order by version desc limit 1;
  if d.based_on <> newest.version then
    raise exception 'draft.outdated' using errcode = 'SE001';
  end if;
  -- Not years ahead either: no version could come into force before it, and a slip of the pen would bind for good.
  if d.effective_from <= clock_timestamp() or d.effective_from <= newest.effective_from
     or d.effective_from > clock_timestamp() + interval '1 year' then
    raise exception 'draft.not-future' using errcode = 'SE001';
  end if;
  number := newest.version + 1;
  settled := settled_text(d, number, viewer());
  -- A description that lets nobody draft or nobody decide could never be followed by another.
  if settled is null or not exists (select from jsonb_array_elements(roles) r where r ->> 'role' = 'DECISION_MAKER')
     or not exists (select from jsonb_array_elements(roles) r
       where r ->> 'role' = 'ADMINISTRATOR' or (r ->> 'role' = 'EXPERT' and r ->> 'duty' = 'QUALITY')) then
    raise exception 'draft.problems' using errcode = 'SE001';
  end if;
  if jsonb_typeof(approve_draft.reach -> 'terms') is distinct from 'array' then
    raise exception 'draft.problems' using errcode = 'SE001';
  end if;
  if exists (select from reached_rights(approve_draft.reach, d.effective_from)) then
    if d.effective_from < clock_timestamp() + pending_right_notice() then
      raise exception 'draft.notice' using errcode = 'SE001';
    end if;
    if exists (select from reached_requests(d.id, approve_draft.reach, d.effective_from) r where not r.is_decided) then
      raise exception 'draft.pending-rights' using errcode = 'SE001';
    end if;
  end if;
  insert into description_reach (draft_id, revision, reach) values (d.id, d.revision, approve_draft.reach)
  on conflict (draft_id) do update set revision = excluded.revision, reach = excluded.reach;
  insert into description_version (version, text, hash, effective_from, draft_id, author, approver, changes)
  values (number, settled, sha256(convert_to(settled, 'UTF8')), d.effective_from, d.id, d.author, viewer(), approve_draft.changes);
  insert into described_role (version, role, duty, purposes, scope)
  select number, r.role, r.duty, r.purposes, r.scope
  from jsonb_to_recordset(roles) as r(role text, duty text, purposes text[], scope text);
  update description_draft set state = 'APPROVED', decided_by = viewer(), decided_at = clock_timestamp(), decision_note = note where id = draft;
  perform pg_notify('seloste_description', number::text);
  return number;
end $$;

insert into audit_appender values ('seloste_desk', 'pending-right.told', true, true);

revoke execute on function pending_right_notice(), end_under_term(recording, integer, timestamptz), planned_end(recording), holds_end_at(),
  appointment_is_late(uuid), appointment_is_after(uuid, timestamptz), reached_rights(jsonb, timestamptz),
  reached_requests(uuid, jsonb, timestamptz), count_reached(uuid, jsonb, timestamptz), note_reach(uuid, jsonb), list_pending_rights(),
  tell_pending_right(uuid, uuid, text), approve_draft(uuid, integer, jsonb, jsonb, jsonb, text) from public;
grant execute on function count_reached(uuid, jsonb, timestamptz) to seloste_custodian;
grant execute on function note_reach(uuid, jsonb), list_pending_rights(), tell_pending_right(uuid, uuid, text),
  approve_draft(uuid, integer, jsonb, jsonb, jsonb, text) to seloste_desk;

-- The certificate of a destruction ---------------------------------------------------------------------------------------

-- Whether a recording that somebody forbade, or that was cut away, is still to be destroyed, and when its certificate is to be expected:
-- within a minute of the prohibition. Without an instant where the prohibition waits for somebody's case, or takes longer. For whoever
-- may see the call.
create function certificate_awaited(recording uuid) returns table (state text, expected_at timestamptz)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select w.state, case
    when r.state = 'DESTROYED' then clock_timestamp() + interval '5 seconds'
    when w.state = 'destroying' and coalesce(p.received_at, clock_timestamp()) > clock_timestamp() - interval '10 minutes'
      then greatest(p.received_at + interval '1 minute', clock_timestamp() + interval '5 seconds') end
  from recording r
  left join lateral (select * from prohibition n where n.recording_id = r.id order by n.received_at limit 1) p on true,
  lateral (select case when p.id is not null and r.state not in ('DESTROYING', 'DESTROYED') and prohibition_state(p) = 'waiting'
    then 'waiting' else 'destroying' end as state) w
  where r.id = certificate_awaited.recording
    and (p.id is not null and r.cause is distinct from 'retention' and r.cause is distinct from 'hold-end'
      or r.cause in ('caller', 'official', 'trimming'))
    and exists (
      select from segment s where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and (
        sees_all() or s.official_person_id = sees_own() or s.official_unit_id = any (sees_units()) or s.number_reached = any (sees_numbers())
        or s.id = any (sees_segments())))
$$;
revoke execute on function certificate_awaited(uuid) from public;
grant execute on function certificate_awaited(uuid) to seloste_desk;
