-- Erasure, objection and restriction (GDPR Articles 17, 21 and 18; L9): requests with the clock, letters and log entries of every other.
-- An erasure or objection that is granted is carried out by a prohibition (C2). A recording is restricted while an objection to it is
-- decided, and while a request for restriction is open: its closing lifts the restriction, after a letter (Article 18(3)).

-- Kinds ------------------------------------------------------------------------------------------------------------------

do $$
declare
  old record;
begin
  for old in
    select conname from pg_constraint
    where conrelid = 'subject_request'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%RECTIFY%'
  loop
    execute format('alter table subject_request drop constraint %I', old.conname);
  end loop;
end $$;
alter table subject_request
  add constraint subject_request_kinds_check check (cardinality(kinds) > 0 and kinds <@ array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT',
    'ERASURE', 'OBJECTION', 'RESTRICTION', 'COPY', 'RECTIFY', 'LOG_EXTRACT', 'MENTIONED', 'OPENNESS']),
  -- A right of one's own is never mixed with another's (L13).
  add constraint subject_request_own_kinds check (kinds <@ case party when 'MENTIONED' then array['MENTIONED']
    when 'OUTSIDER' then array['OPENNESS']
    else array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT', 'ERASURE', 'OBJECTION', 'RESTRICTION', 'COPY', 'RECTIFY', 'LOG_EXTRACT'] end);

alter table letter drop constraint letter_kind_check;
alter table letter add constraint letter_kind_check check (kind in ('received', 'extension', 'answer', 'appointment', 'destroyed-before',
  'prohibition', 'erasure', 'objection', 'restriction', 'restriction-end', 'not-identifiable', 'refusal', 'copy', 'log-extract',
  'correction', 'mentioned', 'openness'));

-- Whether a request is carried out by a prohibition.
create function asks_to_forbid(q subject_request) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select q.kinds && array['PROHIBIT', 'ERASURE', 'OBJECTION']
$$;

-- Restriction ------------------------------------------------------------------------------------------------------------

-- Whether a requester was told that recordings are restricted.
create function restriction_was_told(q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from letter l where l.request_id = q.id and l.kind = 'restriction' and l.delivered_at is not null)
$$;

-- Whether a request restricts the recordings of its calls. One whose requester was told of a restriction does so until it is closed,
-- whatever else it asks by then.
create function restricts(q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.closed_at is null and q.party in ('CALLER', 'OFFICIAL') and (q.kinds && array['OBJECTION', 'RESTRICTION']
    or restriction_was_told(q))
$$;

-- Recordings of a request's calls that it restricts and that are there: one past its day looks as gone.
create function restricted_by(q subject_request) returns setof recording
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
    select r.* from request_call c join recording r on r.contact_id = c.contact_id
    where c.request_id = q.id and c.state = 'MATCHED' and restricts(q)
      and r.state not in ('DESTROYING', 'DESTROYED') and (r.destroy_at is null or r.destroy_at > register_now())
      and not exists (select from prohibition p where p.recording_id = r.id)
      and (q.party <> 'OFFICIAL' or exists (select from segment s
        where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = q.official_id));
end $$;

create function is_restricted(r recording) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from request_call c join subject_request q on q.id = c.request_id
    where c.contact_id = r.contact_id and c.state = 'MATCHED' and restricts(q)
      and (q.party <> 'OFFICIAL' or exists (select from segment s
        where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = q.official_id)));
end $$;

-- Over 0027-forbidden-while-captured.sql: a recording that somebody restricted waits for whom that is, and is there for open cases
-- alone (GDPR 18(2)); never past its day. The twin of src/register/precedence.ts.
create or replace function what_ends(facts jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamptz := (facts ->> 'now')::timestamptz;
  destroy_at timestamptz := (facts ->> 'destroyAt')::timestamptz;
  is_past boolean := coalesce(destroy_at <= at, false);
  party text;
  waits text[];
begin
  if (facts ->> 'isHeld')::boolean then
    return '{"act": "wait", "for": "order", "cases": []}';
  end if;
  if jsonb_array_length(facts -> 'prohibitions') > 0 then
    with forbidden as (
      select p ->> 'party' as party, (p ->> 'receivedAt')::timestamptz as received_at from jsonb_array_elements(facts -> 'prohibitions') p
    ),
    blocking as (
      select f.party, c ->> 'id' as id
      from forbidden f, jsonb_array_elements(facts -> 'cases') c
      where (c ->> 'receivedAt')::timestamptz <= f.received_at and (c ->> 'kind' = 'authority' or c ->> 'party' <> f.party)
    )
    select
      (select f.party from forbidden f where is_past or f.party not in (select b.party from blocking b)
        order by f.received_at, f.party limit 1),
      (select array_agg(distinct b.id order by b.id) from blocking b)
    into party, waits;
    if party is not null then
      return jsonb_build_object('act', 'destroy', 'cause', lower(party));
    end if;
    return jsonb_build_object('act', 'wait', 'for', 'case', 'cases', to_jsonb(waits));
  end if;
  if not is_past and (facts ->> 'isRestricted')::boolean then
    return jsonb_build_object('act', 'wait', 'for', 'right', 'cases', coalesce((
      select jsonb_agg(c ->> 'id' order by c ->> 'id') from jsonb_array_elements(facts -> 'cases') c), '[]'));
  end if;
  if not is_past then
    return '{"act": "keep"}';
  end if;
  if (facts ->> 'inspectionsHold')::boolean and at < (facts ->> 'casesKeepUntil')::timestamptz then
    select array_agg(c ->> 'id' order by c ->> 'id') into waits
    from jsonb_array_elements(facts -> 'cases') c
    where c ->> 'kind' = 'inspection' and (c ->> 'receivedAt')::timestamptz < destroy_at;
    if waits is not null then
      return jsonb_build_object('act', 'wait', 'for', 'case', 'cases', to_jsonb(waits));
    end if;
  end if;
  return jsonb_build_object('act', 'destroy', 'cause',
    case when (facts ->> 'lastOrderEndedAt')::timestamptz > destroy_at then 'hold-end' else 'retention' end);
end $$;

-- Over 0017-ends.sql: with whether it is restricted.
create or replace function end_of_recording(r recording) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select what_ends(jsonb_build_object(
    'now', destruction_now(),
    'destroyAt', r.destroy_at,
    'isHeld', recordings_are_held(r.contact_id),
    'isCapturing', r.state = 'CAPTURING',
    'isRestricted', is_restricted(r),
    'lastOrderEndedAt', (select max(order_ended_at(o)) from preservation_order o
      where o.contact_id = r.contact_id and o.covers in ('recordings', 'both')),
    'inspectionsHold', (select held from inspections_hold),
    'casesKeepUntil', months_after(r.destroy_at, 3),
    'prohibitions', coalesce((select jsonb_agg(jsonb_build_object('party', p.party, 'receivedAt', p.received_at))
      from prohibition p where p.recording_id = r.id), '[]'),
    'cases', coalesce((
      select jsonb_agg(c) from (
        select i.id, 'inspection' as kind, i.party, i.received_at as "receivedAt"
        from inspection_recording ir join inspection i on i.id = ir.inspection_id
        where ir.recording_id = r.id and i.closed_at is null
        union all
        select a.id, 'authority', null, a.received_at from authority_request a
        where a.recording_id = r.id and a.closed_at is null
      ) c), '[]')))
$$;

-- Over 0017-ends.sql: a recording that is stored meets a restriction, too.
create or replace function recording_settles() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state = 'DESTROYED' and old.state <> 'DESTROYED' then
    update prohibition set executed_at = new.destroyed_at where recording_id = new.id and executed_at is null;
  elsif new.state = 'STORED' and (old.state <> 'STORED' or (old.kept_at is null and new.kept_at is not null))
     and old.state <> 'RESTRICTED' and (
       exists (select from prohibition p where p.recording_id = new.id and p.executed_at is null)
       or recordings_are_held(new.contact_id) or is_restricted(new)
     ) then
    perform settle_recording(new.id);
  end if;
  return null;
end $$;

-- Puts the recordings of a call into the state that they are to have, and notes each whose restriction begins or ends.
create function settle_restrictions(contact uuid, request subject_request) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
  becomes text;
begin
  for r in select * from recording n where n.contact_id = contact and n.state in ('STORED', 'RESTRICTED') order by n.id loop
    perform settle_recording(r.id);
    select n.state into becomes from recording n where n.id = r.id;
    if becomes <> r.state and becomes in ('STORED', 'RESTRICTED') then
      insert into audit_entry (person_id, action, purpose, reference, object_kind, object_id, result, detail)
      values (viewer(), case becomes when 'RESTRICTED' then 'restriction.began' else 'restriction.ended' end, 'INSPECTION', request.number,
        'recording', r.id, 'ok', jsonb_build_object('request', request.id));
    end if;
  end loop;
end $$;

create function calls_restrict() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  select * into q from subject_request s where s.id = coalesce(new.request_id, old.request_id);
  if restricts(q) then
    perform settle_restrictions(contact, q) from unnest(array[
      case when old.state = 'MATCHED' then old.contact_id end, case when new.state = 'MATCHED' then new.contact_id end]) contact
    where contact is not null group by contact order by contact;
  end if;
  return null;
end $$;
create trigger restricts after insert or update of state, contact_id or delete on request_call for each row execute function calls_restrict();

create function requests_restrict() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if restricts(old) <> restricts(new) then
    perform settle_restrictions(c.contact_id, new) from request_call c
    where c.request_id = new.id and c.state = 'MATCHED' and c.contact_id is not null order by c.contact_id;
  end if;
  return null;
end $$;
create trigger restricts after update of kinds, closed_at on subject_request for each row execute function requests_restrict();

-- Letters ----------------------------------------------------------------------------------------------------------------

-- The letter that tells what became of a recording whose use a request has forbidden: of the widest of what was asked.
create function letter_of_forbidding(q subject_request) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when q.kinds @> array['ERASURE'] then 'erasure' when q.kinds @> array['OBJECTION'] then 'objection' else 'prohibition' end
$$;

create function restrictions_for_letter(q subject_request) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('startedAt', ledger_instant(r.contact_started_at), 'until', ledger_instant(planned_end(r)))
    order by r.contact_started_at, r.started_at), '[]')
  from restricted_by(q) r where q.kinds @> array['RESTRICTION'] or restriction_was_told(q)
$$;

-- Over 0029-requests-as-a-whole.sql.
create or replace function letter_answers(letter_kind text, asked text, only_by_its_own boolean) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select letter_kind in ('not-identifiable', 'refusal') or letter_kind = 'answer' and not only_by_its_own
    or (letter_kind, asked) in (('prohibition', 'PROHIBIT'), ('erasure', 'PROHIBIT'), ('erasure', 'ERASURE'), ('erasure', 'OBJECTION'),
      ('objection', 'PROHIBIT'), ('objection', 'OBJECTION'), ('restriction', 'RESTRICTION'), ('copy', 'COPY'),
      ('log-extract', 'LOG_EXTRACT'), ('correction', 'RECTIFY'), ('mentioned', 'MENTIONED'), ('openness', 'OPENNESS'))
$$;

-- Over 0025-letters.sql.
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
    'handler', name_for_letter(coalesce(q.assigned_to, viewer()), now()))
  into facts from subject_requester w where w.request_id = q.id;
  return facts || case
    when kind = 'extension' then jsonb_build_object('extensionReason', q.extension_reason)
    when kind = 'refusal' then jsonb_build_object('ground', ground, 'calls', calls_for_letter(q, false))
    when kind = 'not-identifiable' then jsonb_build_object('calls', calls_for_letter(q, false))
    when kind = 'answer' then jsonb_build_object('calls', calls_for_letter(q, true), 'appointment', appointment_for_letter(q))
    when kind = 'destroyed-before' then jsonb_build_object('unheard', unheard_for_letter(q))
    when kind in ('prohibition', 'erasure', 'objection') then jsonb_build_object('prohibitions', prohibitions_for_letter(q))
    when kind in ('restriction', 'restriction-end') then jsonb_build_object('restrictions', restrictions_for_letter(q))
    when kind = 'log-extract' then jsonb_build_object('looks', looks_for_letter(q))
    when kind = 'appointment' then jsonb_build_object('appointment', appointment_for_letter(q))
    when kind = 'copy' then jsonb_build_object('copies', copies_for_letter(q))
    when kind = 'correction' then jsonb_build_object('corrections', corrections_for_letter(q))
    when kind = 'openness' then jsonb_build_object('openness', openness_for_letter(q))
    else '{}' end;
end $$;

-- Over 0068-pending-rights.sql.
create or replace function begin_letter(wanted uuid, kind text, ground text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_letter(wanted, begin_letter.kind);
  is_matched boolean := exists (select from request_call rc where rc.request_id = q.id and rc.state = 'MATCHED');
  why text := case when begin_letter.kind = 'refusal' then coalesce(begin_letter.ground,
    -- Drafted again, it has the ground that it had.
    (select l.ground from letter l where l.request_id = wanted and l.kind = 'refusal' and l.delivered_at is null),
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

create or replace function put_letter(q subject_request, kind text, version integer, content jsonb, facts jsonb) returns letter
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
  where put_letter.kind in ('prohibition', 'erasure', 'objection') and p.reference = q.number and p.party = q.party and p.executed_at is not null
  on conflict do nothing;
  return made;
end $$;

create or replace function letters_due() returns table (request uuid, kind text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct q.id, 'destroyed-before'
  from subject_request q join subject_requester w on w.request_id = q.id join inspection i on i.request_id = q.id
    join inspection_recording ir on ir.inspection_id = i.id join recording r on r.id = ir.recording_id
  where i.outcome = 'destroyed' and r.cause is distinct from lower(q.party)
    and not exists (select from letter_told t where t.request_id = q.id and t.kind = 'destroyed-before' and t.object_id = i.id)
  union all
  select q.id, letter_of_forbidding(q)
  from subject_request q join subject_requester w on w.request_id = q.id
    join prohibition p on p.reference = q.number and p.party = q.party
  group by q.id
  having bool_and(p.executed_at is not null)
    and bool_or(not exists (select from letter_told t where t.request_id = q.id and t.kind = 'prohibition' and t.object_id = p.id))
  union
  select l.request_id, l.kind
  from letter l join subject_requester w on w.request_id = l.request_id
  where l.made_by is null and l.kind in ('destroyed-before', 'prohibition', 'erasure', 'objection') and l.delivered_at is null and l.erased_at is null
    and letter_has_changed(l)
$$;

-- Requests as a whole ---------------------------------------------------------------------------------------------------

-- Over 0029-requests-as-a-whole.sql.
create or replace function request_facts(wanted uuid[]) returns table (request_id uuid, calls jsonb, letters jsonb, appointments jsonb,
  copies jsonb, corrections jsonb, is_decided boolean, first_end timestamptz, unfinished text[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select q.id, coalesce(c.calls, '[]'), letters_so_far(q.id), appointments_so_far(q.id), copies_so_far(q.id),
      corrections_so_far(q.id), openness_is_decided(q.id), c.first_end,
      case when q.closed_at is null then unfinished_of(q, 'ANSWERED') else '{}' end
    from subject_request q
    left join lateral (
      select min(h.until) as first_end, jsonb_agg(jsonb_build_object('state', rc.state, 'canBeHeard', h.until is not null,
        'canBeForbidden', rc.state = 'MATCHED' and q.closed_at is null and asks_to_forbid(q)
          and can_be_forbidden(q, rc.contact_id),
        'isForbidden', rc.state = 'MATCHED' and exists (
          select from prohibition p join recording r on r.id = p.recording_id
          where p.reference = q.number and p.party = q.party and r.contact_id = rc.contact_id),
        'isRestricted', rc.state = 'MATCHED' and exists (select from restricted_by(q) r where r.contact_id = rc.contact_id)
        ) order by rc.ordinal) as calls
      -- Asked once: without the offset it would be wherever it is named.
      from request_call rc cross join lateral (
        select case when q.kinds && array['LISTEN', 'COPY'] then call_heard_until(q, rc) end as until offset 0
      ) h
      where rc.request_id = q.id
    ) c on true
    where q.id = any (wanted);
end $$;

create or replace function unfinished_of(q subject_request, outcome text) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select array_remove(array[
      case when outcome = 'ANSWERED' and (
        exists (select from request_call c where c.request_id = q.id and c.state in ('SEVERAL', 'FOUND'))
        or not q.kinds && array['OPENNESS', 'MENTIONED'] and not exists (select from request_call c where c.request_id = q.id)
      ) then 'call' end,
      case when outcome = 'ANSWERED' and asks_to_forbid(q) and exists (
        select from request_call c where c.request_id = q.id and c.state = 'MATCHED' and can_be_forbidden(q, c.contact_id)
      ) then 'prohibition' end,
      case when appointments_so_far(q.id) @> '[{"state": "BOOKED"}]' then 'appointment' end,
      case when outcome <> 'WITHDRAWN' and copies_so_far(q.id) @> '[{"state": "making"}]' then 'copy' end,
      case when corrections_so_far(q.id) @> '[{"isDecided": false}]' then 'correction' end,
      case when outcome <> 'WITHDRAWN' and q.kinds @> array['OPENNESS'] and not openness_is_decided(q.id) then 'decision' end,
      case when outcome <> 'WITHDRAWN' and (
        letters_so_far(q.id) @> '[{"isDelivered": false}]'
        or outcome = 'REFUSED' and not exists (
          select from letter l where l.request_id = q.id and l.kind in ('refusal', 'not-identifiable', 'openness'))
        or outcome = 'ANSWERED' and exists (
          select from unnest(q.kinds) asked
          where not exists (select from letter l where l.request_id = q.id and letter_answers(l.kind, asked,
            asked = 'LOG_EXTRACT' and exists (select from request_call c where c.request_id = q.id and c.state = 'MATCHED')
            or asked = 'RESTRICTION' and exists (select from restricted_by(q))
            or asked = 'RECTIFY' and exists (select from correction c where c.request_id = q.id))))
      -- Who was told of a restriction is told before it is lifted, whatever the outcome (GDPR 18(3)).
      ) or restriction_was_told(q) and exists (select from restricted_by(q)) and not exists (
        select from letter l where l.request_id = q.id and l.kind = 'restriction-end' and l.delivered_at is not null)
      then 'letter' end
    ], null)
  );
end $$;

-- When a request was answered: when it was closed, or, where it restricts, when the letters that answer it were delivered. It stays open
-- until the restriction is lifted.
create function answered_at(q subject_request) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return case when q.kinds @> array['RESTRICTION'] then least(q.closed_at, (
    select max(first) from (
      select (select min(l.delivered_at) from letter l where l.request_id = q.id and letter_answers(l.kind, asked, false)) as first
      from unnest(q.kinds) asked) a
    having bool_and(first is not null))) else q.closed_at end;
end $$;

-- Over 0022-requests.sql: a request is late that was answered late.
create or replace function request_statistics(from_day date, to_day date) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held text := demand_one_role(array['SERVICE_UNIT', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER']);
  counted jsonb;
begin
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), held, 'requests.read', 'request', 'ok', jsonb_build_object('statistics', true));
  with wanted as (
    select s.*, answered_at(s) as answered_at, to_char(s.received_at at time zone 'Europe/Helsinki', 'YYYY-MM') as month
    from subject_request s
    where s.received_at >= from_day::timestamp at time zone 'Europe/Helsinki'
      and s.received_at < (to_day + 1)::timestamp at time zone 'Europe/Helsinki'
  ),
  months as (
    select month, count(*) as received,
      count(*) filter (where outcome = 'ANSWERED') as answered,
      count(*) filter (where outcome = 'REFUSED') as refused,
      count(*) filter (where outcome = 'WITHDRAWN') as withdrawn,
      count(*) filter (where closed_at is null) as open,
      count(*) filter (where coalesce(answered_at, register_now()) > due_at and outcome is distinct from 'WITHDRAWN') as late,
      round((percentile_cont(0.5) within group (order by extract(epoch from closed_at - received_at)) / 86400)::numeric, 1) as "medianDays"
    from wanted group by month
  )
  select jsonb_build_object(
    'months', coalesce((select jsonb_agg(jsonb_strip_nulls(to_jsonb(m)) order by m.month) from months m), '[]'),
    'kinds', coalesce((select jsonb_agg(jsonb_build_object('kind', k.kind, 'count', k.count) order by k.count desc, k.kind)
      from (select kind, count(*) from wanted, unnest(kinds) kind group by kind) k), '[]'),
    'channels', coalesce((select jsonb_agg(jsonb_build_object('channel', c.channel, 'count', c.count) order by c.count desc, c.channel)
      from (select channel, count(*) from wanted group by channel) c), '[]'),
    'outcomes', coalesce((select jsonb_agg(jsonb_build_object('outcome', o.state, 'count', o.count) order by o.count desc, o.state)
      from (select c.state, count(*) from wanted w join request_call c on c.request_id = w.id
        where c.state not in ('SEVERAL', 'FOUND') group by c.state) o), '[]')
  ) into counted;
  return counted;
end $$;

-- Rights -----------------------------------------------------------------------------------------------------------------

revoke execute on function asks_to_forbid(subject_request), restricts(subject_request), restriction_was_told(subject_request),
  restricted_by(subject_request), is_restricted(recording), settle_restrictions(uuid, subject_request), calls_restrict(),
  requests_restrict(), letter_of_forbidding(subject_request), restrictions_for_letter(subject_request), answered_at(subject_request)
  from public;
grant execute on function answered_at(subject_request) to seloste_custodian;
