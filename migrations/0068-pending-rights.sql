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
      return jsonb_build_object('state', 'kept', 'at', ledger_instant(r.destroy_at));
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
