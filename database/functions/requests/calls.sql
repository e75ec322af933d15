-- Returns the state of a call of a request. A call verified for another name is FOUND and waits to be verified again (R46). Restrictions and
-- inspections depend on the column `state`, and do not end with a change of name.
create or replace function call_state(c request_call) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when c.verify_again_since is null then c.state else 'FOUND' end
$$;

-- Returns true if a call is shown to be of the person whose name the request has now.
create or replace function is_requesters_call(q subject_request, contact uuid, call_started timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from request_call c
    where c.request_id = q.id and c.contact_id = is_requesters_call.contact and c.contact_started_at = call_started and call_state(c) = 'MATCHED')
$$;

-- Returns false if the requester is an official without a part of the call, as corrected by now. True once its history has ended.
create or replace function has_part(q subject_request, contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.party <> 'OFFICIAL' or (contact_in_term(has_part.contact)).id is null
    or exists (select from segment s where s.contact_id = has_part.contact and s.official_person_id = q.official_id)
$$;

-- Returns the open request of a reference whose requester is identified: under another name it is another person's.
create or replace function request_by_reference(reference text) returns setof subject_request
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select q.* from subject_request q where q.number = btrim(request_by_reference.reference) and q.closed_at is null
    and q.identified_at is not null;
end $$;

create or replace function serves_requests() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return current_setting('seloste.purpose', true) = 'INSPECTION'
    and exists (select from active_rights() where scope_kind = 'all' and role = 'SERVICE_UNIT');
end $$;

-- Returns true if the request for a search is in the log: it was committed in an earlier transaction, so that it cannot be rolled back.
-- `now()` is the start of this transaction.
create or replace function is_search_logged(c request_call) returns boolean
language sql stable set search_path = pg_catalog as $$ select c.looked_at < now() $$;

-- Returns the calls found for the request under whose number the viewer reads. Same rule as `servedUnder` in
-- src/safeguards/access/decide.ts.
create or replace function sees_contacts() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if serves_requests() is not true then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(c.contact_id), '{}')
    from request_by_reference(current_setting('seloste.reference', true)) q join request_call c on c.request_id = q.id
    where c.contact_id is not null and is_search_logged(c)
  );
end $$;
grant execute on function sees_contacts to seloste_desk;

-- Returns the parts of these calls with the requester as a party: an official's are those that they answered (R48).
create or replace function sees_segments() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if serves_requests() is not true then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(s.id), '{}')
    from request_by_reference(current_setting('seloste.reference', true)) q
    join request_call c on c.request_id = q.id
    join segment s on s.contact_id = c.contact_id and s.contact_started_at = c.contact_started_at
    where is_search_logged(c) and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)
  );
end $$;
grant execute on function sees_segments to seloste_desk;

-- Returns true if a recording is of a part found for the request of a reference.
create or replace function serves_recording(r recording, reference text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from request_by_reference(serves_recording.reference) q join request_call c on c.request_id = q.id
    where c.contact_id = r.contact_id and c.contact_started_at = r.contact_started_at and is_search_logged(c) and (q.party <> 'OFFICIAL' or exists (
      select from segment s
      where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = q.official_id
    ))
  );
end $$;

-- Returns the call that is shown to be the requester's, of the open request of a reference.
create or replace function matched_call(contact uuid, reference text) returns setof request_call
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select c.* from request_by_reference(matched_call.reference) q join request_call c on c.request_id = q.id
    where c.contact_id = matched_call.contact and call_state(c) = 'MATCHED' and has_part(q, c.contact_id);
end $$;

-- Returns true if the viewer makes extracts of a call that they see.
create or replace function may_extract(contact uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return sees_all()
    or exists (select from segment s where s.contact_id = may_extract.contact and s.official_person_id = sees_own())
    or serves_requests() and exists (select from matched_call(may_extract.contact, current_setting('seloste.reference', true)));
end $$;
grant execute on function may_extract to seloste_desk;

-- Opens the inspection of a matched call, to listen or for a copy, if something is left of it: a later prohibition by the other party waits
-- for it. Repeated, it returns the same one.
create or replace function open_inspection_for(wanted request_call, kind text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  heard uuid[];
  made uuid;
begin
  select * into q from subject_request r where r.id = wanted.request_id;
  if call_state(wanted) <> 'MATCHED' or not (open_inspection_for.kind = any (q.kinds)) or q.party not in ('CALLER', 'OFFICIAL') then
    return null;
  end if;
  select i.id into made from inspection i
  where i.request_id = q.id and i.contact_id = wanted.contact_id and i.kind = open_inspection_for.kind and i.closed_at is null;
  if made is not null then
    return made;
  end if;
  perform from recording r where r.contact_id = wanted.contact_id order by r.id for update;
  select array_agg(r.id order by r.started_at) into heard from recording r
  where r.contact_id = wanted.contact_id and r.state not in ('DESTROYING', 'DESTROYED')
    and (r.destroy_at is null or r.destroy_at > register_now()) and serves_recording(r, q.number);
  if heard is null then
    return null;
  end if;
  insert into inspection (kind, reference, party, contact_id, contact_started_at, received_at, opened_by, request_id)
  values (open_inspection_for.kind, q.number, q.party, wanted.contact_id, wanted.contact_started_at, q.received_at, coalesce(viewer(), wanted.verified_by), q.id)
  returning id into made;
  insert into inspection_recording select made, h from unnest(heard) h;
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (coalesce(viewer(), wanted.verified_by), 'SERVICE_UNIT', 'inspection.opened', 'INSPECTION', q.number, 'inspection', made, 'ok',
    jsonb_build_object('contact', wanted.contact_id, 'party', q.party, 'kind', open_inspection_for.kind, 'recordings', to_jsonb(heard),
      'received', ledger_instant(q.received_at)));
  return made;
end $$;

-- Adds a recording that reaches the register after a request to listen to its call, or for a copy of it, to the request's inspection:
-- another system had reported the call, or it is a later part. A later prohibition by the other party waits for it.
create or replace function add_to_inspections() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c request_call;
  q subject_request;
  wanted_kind text;
  made uuid;
begin
  for c in select * from request_call k where k.contact_id = new.contact_id and k.state = 'MATCHED' loop
    select * into q from subject_request r where r.id = c.request_id and r.closed_at is null;
    continue when q.id is null or not serves_recording(new, q.number);
    foreach wanted_kind in array array['LISTEN', 'COPY'] loop
      made := open_inspection_for(c, wanted_kind);
      continue when made is null or exists (
        select from inspection_recording n where n.inspection_id = made and n.recording_id = new.id);
      insert into inspection_recording values (made, new.id);
      insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
      values (c.verified_by, 'SERVICE_UNIT', 'inspection.opened', 'INSPECTION', q.number, 'inspection', made, 'ok', jsonb_build_object(
        'contact', c.contact_id, 'party', q.party, 'kind', wanted_kind, 'recordings', jsonb_build_array(new.id),
        'received', ledger_instant(q.received_at)));
    end loop;
  end loop;
  return null;
end $$;

-- Returns the prohibitions of a part's call that its caller or this part's official has had entered under a request, at most one for each
-- party. An answered request to forbid applies also if the call had no recording yet, and to the same conversation under another number of
-- the caller; its calls are erased with the requester, thirty days after closing. A prohibition entered during the call, or by the official,
-- is of one conversation. An official's is of the requester's own parts, also if a correction gave the forbidden one to another.
create or replace function requested_prohibitions(part segment)
returns table (party text, channel text, received_at timestamptz, entered_by uuid, reference text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
  select distinct on (f.party) f.party, f.channel, f.received_at, f.entered_by, f.reference
  from (
    select p.party, p.channel, p.received_at, p.entered_by, p.reference,
      -- The official of an erased request is unknown once the part was corrected.
      coalesce(q.official_id, case when s.reported_phone is null then s.official_person_id end) as official_id
    from recording r join prohibition p on p.recording_id = r.id
    join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    left join subject_request q on q.number = p.reference
    where r.contact_id = (part).contact_id and r.contact_started_at = (part).contact_started_at and p.channel not in ('CALL', 'OWN_CALLS')
    union all
    select q.party, q.channel, q.closed_at, coalesce(q.closed_by, c.verified_by), q.number, q.official_id
    from (
      select (part).contact_id as id, (part).contact_started_at as started_at
      union select o.contact_id, o.contact_started_at from same_talk_elsewhere(part) o
    ) k join request_call c on c.contact_id = k.id and c.contact_started_at = k.started_at and call_state(c) = 'MATCHED'
    join subject_request q on q.id = c.request_id and q.outcome = 'ANSWERED' and requests_prohibition(q)
  ) f
  where f.party = 'CALLER' or f.party = 'OFFICIAL' and f.official_id = (part).official_person_id
  order by f.party, f.received_at
$$;
revoke execute on function requested_prohibitions from public;

create or replace function forbid_by_requests(r recording) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  earlier record;
  made prohibition;
begin
  for earlier in
    select f.* from segment s cross join lateral requested_prohibitions(s) f
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  loop
    insert into prohibition (recording_id, party, channel, received_at, entered_by, reference)
    values (r.id, earlier.party, earlier.channel, earlier.received_at, earlier.entered_by, earlier.reference)
    on conflict do nothing returning * into made;
    continue when made.id is null;
    insert into audit_entry (person_id, action, object_kind, object_id, result, reference, detail)
    values (made.entered_by, 'recording.forbidden', 'prohibition', made.id, 'ok', made.reference,
      jsonb_build_object('recording', r.id, 'party', made.party, 'channel', made.channel, 'later', true));
    perform recall_copies(r.id);
    perform settle_recording(r.id);
  end loop;
end $$;
revoke execute on function forbid_by_requests from public;

-- Forbids a recording that reaches the register after its caller or official had the use of the call's recordings forbidden by a request:
-- another system had reported the call, or it is a later part.
create or replace function forbid_as_requested() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform forbid_by_requests(new);
  return null;
end $$;

-- Forbids, when a request to forbid is answered, the recordings of its conversations that another call has: its own call may have none, from
-- which the prohibition would be copied.
create or replace function forbid_elsewhere() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
begin
  for r in
    select x.* from recording x
    where x.state not in ('DESTROYING', 'DESTROYED') and (x.segment_id, x.contact_started_at) in (
      select o.id, o.contact_started_at from request_call c
      join segment s on s.contact_id = c.contact_id and s.contact_started_at = c.contact_started_at
      cross join lateral same_talk_elsewhere(s) o
      where c.request_id = new.id and call_state(c) = 'MATCHED')
    order by x.id for update
  loop
    perform forbid_by_requests(r);
  end loop;
  return null;
end $$;

-- Checks that a requester's claim is enough to search by, and returns what is stored of it. Needed: day and time, with the caller's number,
-- or with the number called and either the duration or who answered. For an official it is known who answered. `caller` and `service`: keys
-- of the stated numbers (src/description/phone-numbers). Refuses call.told-too-little and identity codes.
create or replace function normalise_claim(q subject_request, claim jsonb, caller text, service text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_identity_code(f, claim ->> f) from unnest(array['callerNumber', 'serviceNumber', 'official']) f;
  perform refuse_if(coalesce(claim ->> 'accuracy', '') not in ('MINUTES', 'HALF_HOUR', 'HOURS') or claim ->> 'day' is null or claim ->> 'time' is null
     or (claim ->> 'callerNumber' is null) <> (caller is null) or (claim ->> 'serviceNumber' is null) <> (service is null)
     or not (caller is not null or q.party = 'OFFICIAL' or coalesce(
       service is not null and (claim ->> 'minutes' is not null or length(regexp_replace(claim ->> 'official', '\s', '', 'g')) >= 2), false)),
    'call.told-too-little');
  return jsonb_strip_nulls(jsonb_build_object('day', claim ->> 'day', 'time', claim ->> 'time', 'accuracy', claim ->> 'accuracy',
    'callerNumber', claim ->> 'callerNumber', 'serviceNumber', claim ->> 'serviceNumber',
    'minutes', (claim ->> 'minutes')::integer, 'official', claim ->> 'official'));
end $$;

-- Returns true if a call's duration, from its start or its answer, and the name of somebody who answered, or a part of it, match a claim.
create or replace function matches_claim(c contact, claim jsonb) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  claimed numeric := (claim ->> 'minutes')::numeric;
  tolerance numeric := greatest(3, claimed * 0.3);
begin
  return (
    claimed is null or abs(extract(epoch from c.ended_at - c.started_at) / 60 - claimed) <= tolerance or exists (
      select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
        and abs(extract(epoch from c.ended_at - s.answered_at) / 60 - claimed) <= tolerance)
  ) and (
    claim ->> 'official' is null or exists (
      select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
        and not exists (select from regexp_split_to_table(lower(btrim(claim ->> 'official')), '\s+') word
          where strpos(lower(coalesce(s.official_name, '')), word) = 0))
  );
end $$;

-- Returns the calls that match a claim, at most five, so that nobody learns how many more there are. Times are in Helsinki time, which shows
-- an hour twice in October and skips one in March.
create or replace function calls_matching_claim(q subject_request, claim jsonb, caller text, service text)
returns table (contact_id uuid, started_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  zone constant text := 'Europe/Helsinki';
  shown timestamp := (claim ->> 'day')::date + (claim ->> 'time')::time;
  at timestamptz := shown at time zone zone;
  tolerance interval := case claim ->> 'accuracy' when 'MINUTES' then interval '10 minutes' when 'HALF_HOUR' then interval '30 minutes'
    when 'HOURS' then interval '2 hours' end;
  hour constant interval := interval '1 hour';
  is_shown boolean := at at time zone zone = shown;
  first timestamptz := at - tolerance - case when not is_shown or (at - hour) at time zone zone = shown then hour else interval '0' end;
  last timestamptz := at + tolerance + case when not is_shown or (at + hour) at time zone zone = shown then hour else interval '0' end;
begin
  if q.party = 'OFFICIAL' then
    return query
      select distinct c.id, c.started_at
      from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where s.official_person_id = q.official_id and s.contact_started_at between first and last
        and c.started_at between first and last and history_end(c.history_ends_at, c.started_at) > register_now()
        and (caller is null or c.caller_key = caller)
        and (service is null or c.number_called = service or s.number_reached = service)
        and matches_claim(c, claim)
      limit 5;
  elsif caller is not null then
    return query
      select c.id, c.started_at from contact c
      where c.caller_key = caller and c.started_at between first and last
        and history_end(c.history_ends_at, c.started_at) > register_now()
        and (service is null or c.number_called = service or exists (
          select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.number_reached = service))
        and matches_claim(c, claim)
      limit 5;
  else
    return query
      select c.id, c.started_at from contact c
      where c.caller_key is null and c.started_at between first and last
        and history_end(c.history_ends_at, c.started_at) > register_now()
        and (c.number_called = service or exists (
          select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.number_reached = service))
        and matches_claim(c, claim)
      limit 5;
  end if;
end $$;

-- Returns true if two calls are one conversation, which two recording clients, or the register and an import, reported as two: of the same
-- caller's number and the same official, with the same beginning and end but for 30 seconds. A call on hold while its official takes another
-- one from the same company's number begins or ends at another time.
create or replace function is_same_conversation(one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from contact a join contact b on b.id = other and b.caller_key = a.caller_key
    join segment s on s.contact_id = a.id and s.contact_started_at = a.started_at
    join segment o on o.contact_id = b.id and o.contact_started_at = b.started_at
    where a.id = one and is_simultaneous_talk(s, o)
      and greatest(s.answered_at - o.answered_at, o.answered_at - s.answered_at) <= interval '30 seconds'
      and greatest(s.ended_at - o.ended_at, o.ended_at - s.ended_at) <= interval '30 seconds'
      and least(s.ended_at, o.ended_at) - greatest(s.answered_at, o.answered_at)
        >= greatest(s.ended_at - s.answered_at, o.ended_at - o.answered_at) / 2
  )
$$;

-- Returns true if the viewer answered a call of a caller's request: they must not end what protects it.
create or replace function answered_callers_call(q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.party <> 'OFFICIAL' and exists (select from request_call c where c.request_id = q.id and answered_call(c.contact_id))
$$;

-- Locks and returns a call of an open request. A clerk who answered the call does not decide whose it is (request.own).
create or replace function lock_request_call(q subject_request, wanted uuid) returns request_call
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c request_call;
begin
  select * into c from request_call o where o.id = wanted and o.request_id = q.id for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(q.party <> 'OFFICIAL' and answered_call(c.contact_id), 'request.own');
  return c;
end $$;

-- Requests a search of a call that the requester describes; `wanted`: of one named before, with a new claim. run_call_search makes it in
-- another transaction: a compromised process that rolls the request back gets no search, so that no function, refusal or timing reveals
-- anything.
create or replace function request_call_search(request uuid, wanted uuid, claim jsonb, caller text, service text) returns table (call uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  c request_call;
  kept jsonb;
  search jsonb;
begin
  if wanted is not null then
    c := lock_request_call(q, wanted);
    perform refuse_if(call_state(c) = 'MATCHED', 'call.matched');
  end if;
  kept := normalise_claim(q, request_call_search.claim, caller, service);
  search := jsonb_build_object('told', kept, 'caller', caller, 'service', service,
    'isNew', c.id is null or coalesce((c.asked ->> 'isNew')::boolean, false));
  perform refuse_if(q.party = 'OUTSIDER', 'request.not-offered');
  -- Requesters do not describe a call in dozens of ways: more is guessing. Counted in the log, so that withdrawn calls count.
  perform pg_advisory_xact_lock(hashtextextended('seloste.call-search.' || viewer()::text, 0));
  perform refuse_if((select count(*) from audit_entry e
      where e.object_id = q.id and e.action = 'call.looked-for' and e.result = 'ok' and not e.detail ? 'result' and e.at > clock_timestamp() - interval '1 hour') >= 30
     or (select count(*) from audit_entry e
      where e.person_id = viewer() and e.action = 'call.looked-for' and e.result = 'ok' and not e.detail ? 'result' and e.at > clock_timestamp() - interval '1 hour') >= 120,
    'request.too-many-searches');
  if c.id is null then
    insert into request_call (request_id, ordinal, state, told, asked, looked_by)
    values (q.id, (select coalesce(max(o.ordinal), 0) + 1 from request_call o where o.request_id = q.id), 'SEVERAL', kept, search, viewer())
    returning * into c;
  else
    update request_call o set asked = search, looked_at = clock_timestamp(), looked_by = viewer(), looks = o.looks + 1
    where o.id = c.id;
  end if;
  perform record_request_act('call.looked-for', q, jsonb_build_object('call', c.id));
  return query select c.id, q.number;
end $$;
grant execute on function request_call_search to seloste_desk;

-- Makes a search that was requested within the last minute and is in the log, and stores the result: none, one or several. If one call
-- matches, its id is stored, also in the log, so that accesses under the request's number can be checked after the call is withdrawn; if
-- several match, no id is stored. Calls that are one conversation count as one, and each becomes a call of the request. Returns
-- call.named-already, and stores nothing, if the requester named that call before. A call that waits to be verified again keeps its
-- contact; call.fits-another if the claim does not match that one alone.
create or replace function run_call_search(request uuid, wanted uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  c request_call := lock_request_call(q, wanted);
  fits record;
  duplicate record;
  result text;
begin
  if c.asked is null or not is_search_logged(c) or c.looked_at < now() - interval '1 minute' then
    raise exception 'call % is not searched: its request is not in the log, is answered, or is too old', c.id;
  end if;
  perform refuse_if(call_state(c) = 'MATCHED', 'call.matched');
  select count(*) as how_many, array_agg(t.contact_id order by t.started_at) as matching,
    -- Prefers the contact that this call has, then the first that no other call of the request has.
    (array_agg(t.contact_id order by t.contact_id is not distinct from c.contact_id desc, t.is_named, t.started_at))[1] as one,
    (array_agg(t.started_at order by t.contact_id is not distinct from c.contact_id desc, t.is_named, t.started_at))[1] as began into fits
  from (
    select m.*, exists (select from request_call o where o.request_id = q.id and o.contact_id = m.contact_id and o.id <> c.id) as is_named
    from calls_matching_claim(q, c.asked -> 'told', c.asked ->> 'caller', c.asked ->> 'service') m
  ) t;
  result := case
    when fits.how_many = 0 then 'none'
    when fits.how_many >= 5 or exists (
      select from unnest(fits.matching) m where m <> fits.matching[1] and not is_same_conversation(fits.matching[1], m)) then 'several'
    when exists (select from request_call o where o.request_id = q.id and o.contact_id = fits.one and o.id <> c.id) then 'named-already'
    else 'one'
  end;
  if c.verify_again_since is not null then
    update request_call o set asked = null, told = case when result = 'one' and fits.one = c.contact_id then c.asked -> 'told' else o.told end
    where o.id = c.id;
  elsif result = 'named-already' and (c.asked ->> 'isNew')::boolean then
    delete from request_call o where o.id = c.id;
  elsif result = 'named-already' then
    update request_call o set asked = null where o.id = c.id;
  else
    update request_call o set state = case result when 'none' then 'NOT_FOUND' when 'one' then 'FOUND' else 'SEVERAL' end,
      told = c.asked -> 'told', asked = null, contact_id = case when result = 'one' then fits.one end,
      contact_started_at = case when result = 'one' then fits.began end, verified_how = null, verified_at = null, verified_by = null
    where o.id = c.id;
  end if;
  perform record_request_act('call.looked-for', q, jsonb_strip_nulls(jsonb_build_object('call', c.id, 'result', result,
    'contact', case when result = 'one' then fits.one end)));
  if result = 'one' and c.verify_again_since is null then
    for duplicate in
      insert into request_call (request_id, ordinal, state, told, looked_at, looked_by, contact_id, contact_started_at)
      select q.id, (select max(o.ordinal) from request_call o where o.request_id = q.id) + row_number() over (order by k.started_at, k.id),
        'FOUND', c.asked -> 'told', c.looked_at, c.looked_by, k.id, k.started_at
      from contact k where k.id = any (fits.matching)
        and not exists (select from request_call o where o.request_id = q.id and o.contact_id = k.id)
      returning id, contact_id
    loop
      perform record_request_act('call.looked-for', q, jsonb_build_object('call', duplicate.id, 'result', result, 'contact', duplicate.contact_id));
    end loop;
  end if;
  return case
    when c.verify_again_since is not null and (result <> 'one' or fits.one <> c.contact_id) then 'call.fits-another'
    when result = 'named-already' then 'call.named-already' end;
end $$;
grant execute on function run_call_search to seloste_desk;

-- Returns how the requester is shown to be a party of a found call, and its recordings that can be heard now.
create or replace function verification_of(q subject_request, c request_call) returns table (how text, recordings uuid[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select coalesce(array_agg(r.id order by r.started_at), '{}') into recordings from recording r
  where r.contact_id = c.contact_id and listened_until(r.id, 'INSPECTION', q.number) > register_now() and serves_recording(r, q.number);
  how := case when q.party = 'OFFICIAL' then 'PERSONNEL' when cardinality(recordings) > 0 then 'RECORDING' else 'DETAILS' end;
  return next;
end $$;

-- Returns true if a recording is restricted by one request alone whose call waits to be verified again: it is played for that.
create or replace function is_playable_to_verify(r recording, reference text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from request_by_reference(is_playable_to_verify.reference) q
    join request_call c on c.request_id = q.id and c.contact_id = r.contact_id and c.contact_started_at = r.contact_started_at
    where c.verify_again_since is not null and restricts(q) and not is_restricted(r, q.id)
  ) and not exists (select from prohibition p where p.recording_id = r.id);
end $$;

-- Returns true if the viewer has played any of a recording under a number, for the person whose name the request has now.
create or replace function has_listened(recording uuid, reference text, since timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from listening l join listening_range g on g.listening_id = l.id
    where l.recording_id = has_listened.recording and l.person_id = viewer() and l.reference = has_listened.reference and g.from_ms < g.to_ms
      and coalesce(l.started_at >= has_listened.since, true)
  )
$$;

-- Ends the inspections and restrictions of a call that was verified for another name. Refuses call.restriction-told if its requester was
-- notified that recordings are restricted: they are notified before that ends (GDPR 18(3)), and nobody of another name can be.
create or replace function lift_call_holds(q subject_request, c request_call) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(restriction_was_notified(q) and exists (select from restricted_by(q) r where r.contact_id = c.contact_id),
    'call.restriction-told');
  perform require_fresh_to_lift(q, c.contact_id);
  perform end_inspection(i, viewer(), 'withdrawn') from inspection i
  where i.request_id = q.id and i.contact_id = c.contact_id and i.closed_at is null;
end $$;

create or replace function verify_call(request uuid, wanted uuid, is_party boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  c request_call := lock_request_call(q, wanted);
  is_again boolean := c.verify_again_since is not null;
  wanted_kind text;
  opened uuid;
  shown record;
begin
  perform refuse_if(call_state(c) <> 'FOUND' or not is_search_logged(c), 'call.not-verifiable');
  select * into shown from verification_of(q, c);
  if not verify_call.is_party then
    perform lift_call_holds(q, c) where is_again;
    update request_call o set state = 'NOT_PARTY', contact_id = null, contact_started_at = null, verified_how = shown.how,
      verified_at = clock_timestamp(), verified_by = viewer(), verify_again_since = null
    where o.id = c.id;
    perform record_request_act('call.verified', q, jsonb_build_object('call', c.id, 'isParty', false, 'by', shown.how));
    return;
  end if;
  perform refuse_if(shown.how = 'RECORDING' and not exists (select from unnest(shown.recordings) r where has_listened(r, q.number, c.verify_again_since)),
    'call.not-heard');
  perform refuse_if(shown.how = 'DETAILS' and not coalesce(
    c.told ->> 'callerNumber' is not null or (c.told ->> 'official' is not null and c.told ->> 'minutes' is not null), false),
    'call.details-missing');
  update request_call o set state = 'MATCHED', verified_how = shown.how, verified_at = clock_timestamp(), verified_by = viewer(),
    verify_again_since = null
  where o.id = c.id returning * into c;
  perform record_request_act('call.verified', q, jsonb_build_object('call', c.id, 'isParty', true, 'by', shown.how, 'contact', c.contact_id));
  foreach wanted_kind in array array['LISTEN', 'COPY'] loop
    continue when is_again and exists (select from inspection i where i.request_id = q.id and i.contact_id = c.contact_id
      and i.kind = wanted_kind and i.outcome is distinct from 'withdrawn');
    opened := open_inspection_for(c, wanted_kind);
    -- An inspection that was requested while the requester was not identified delays a destruction from now on.
    update inspection set received_at = clock_timestamp() where is_again and id = opened;
  end loop;
end $$;
grant execute on function verify_call to seloste_desk;

-- Abandons a search: several calls still match, or nothing shows whose call it is. Their ids are erased.
create or replace function abandon_call(request uuid, wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  c request_call := lock_request_call(q, wanted);
begin
  perform refuse_if(call_state(c) not in ('SEVERAL', 'FOUND'), 'call.not-verifiable');
  perform lift_call_holds(q, c) where c.verify_again_since is not null;
  update request_call o set state = 'NOT_IDENTIFIABLE', contact_id = null, contact_started_at = null, verify_again_since = null
  where o.id = c.id;
  perform record_request_act('call.given-up', q, jsonb_build_object('call', c.id));
end $$;
grant execute on function abandon_call to seloste_desk;

create or replace function withdraw_call(request uuid, wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(request);
  c request_call := lock_request_call(q, wanted);
begin
  perform refuse_if(c.state = 'MATCHED', 'call.matched');
  delete from request_call o where o.id = c.id;
  perform record_request_act('call.given-up', q, jsonb_build_object('call', c.id, 'withdrawn', true));
end $$;
grant execute on function withdraw_call to seloste_desk;

-- Returns the calls of a request: how to verify found ones, what their party has forbidden of matched ones, and which other open requests
-- concern them. Contacts and parts are read under row-level security. Logs the read, at most once in ten minutes for each clerk.
create or replace function calls_of_request(wanted uuid)
returns table (id uuid, ordinal integer, told jsonb, state text, verify_again boolean, number_unverified boolean, contact_id uuid, verified_by uuid,
  party text, how text, recordings jsonb, prohibitions jsonb, other_requests text[])
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right := require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  q subject_request;
begin
  select * into q from subject_request r where r.id = wanted;
  perform refuse_if(q.id is null, 'not-found');
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result)
  select viewer(), held.id, held.role, 'contact.read', 'INSPECTION', q.number, 'contact', c.contact_id, 'ok'
  from request_call c
  where c.request_id = q.id and call_state(c) = 'MATCHED' and q.closed_at is null and not exists (
    select from audit_entry e
    where e.object_id = c.contact_id and e.person_id = viewer() and e.action = 'contact.read' and e.result = 'ok'
      and e.reference = q.number and e.at > clock_timestamp() - interval '10 minutes');
  return query
    select c.id, c.ordinal, c.told, s.state, case when c.verify_again_since is not null then true end,
      case when s.state = 'FOUND' and q.party <> 'OFFICIAL' and exists (
        select from segment x where x.contact_id = c.contact_id and x.contact_started_at = c.contact_started_at
          and 'caller-unverified' = any (x.marks)) then true end,
      case when q.closed_at is null then c.contact_id end, case when c.verify_again_since is null then c.verified_by end, q.party,
      case when s.state = 'FOUND' then v.how end,
      case when s.state = 'FOUND' then (
        select coalesce(jsonb_agg(jsonb_build_object('id', r, 'hasBeenHeard', has_listened(r, q.number, c.verify_again_since))), '[]')
        from unnest(v.recordings) r) end,
      case when s.state = 'MATCHED' then (
        select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'recordingId', p.recording_id, 'state', prohibition_state(p),
          'receivedAt', p.received_at, 'executedAt', p.executed_at)), '[]')
        from prohibition p join recording r on r.id = p.recording_id
        where r.contact_id = c.contact_id and p.party = q.party and serves_recording(r, q.number)) end,
      case when c.contact_id is null then '{}' else array(
        select o.number from request_call k join subject_request o on o.id = k.request_id
        where k.contact_id = c.contact_id and o.id <> q.id and o.closed_at is null and k.state = 'MATCHED' and s.state = 'MATCHED'
        order by o.number) end
    from request_call c cross join call_state(c) s(state) left join lateral verification_of(q, c) v on s.state = 'FOUND'
    where c.request_id = q.id and is_search_logged(c) order by c.ordinal;
end $$;
grant execute on function calls_of_request to seloste_desk;

-- Requires a role for the whole register; the Service Unit has none, because its counts and instants concern other people's calls (R46).
create or replace function require_whole_register() returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return require_one_role('{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE}');
end $$;
