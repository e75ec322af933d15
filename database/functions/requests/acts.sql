create or replace function subject_copy_state(c subject_copy) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when c.end_why is not null then c.end_why
    when c.expires_at <= now() then 'expired'
    when c.ready_at is null then 'making'
    else 'ready' end
$$;

-- Locks and returns an open request of an identified requester that asks for a kind. Refuses request.not-asked.
create or replace function lock_request_for(wanted uuid, kind text) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(wanted);
begin
  perform refuse_if(not q.kinds @> array[kind], 'request.not-asked');
  return q;
end $$;

-- Returns true if a call is the requester's, as the clerk found; for an official, only their own parts.
create or replace function is_matched(q subject_request, contact uuid, call_started timestamptz, segment uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select is_requesters_call(q, contact, call_started) and (q.party = 'CALLER' or q.party = 'OFFICIAL' and exists (
      select from segment s where s.id = is_matched.segment and s.contact_id = contact and s.contact_started_at = call_started
        and s.official_person_id = q.official_id))
$$;

-- Returns true if another request restricts a recording: it may be played for an open inspection, and no copy of it leaves. A prohibition
-- takes the place of the restriction.
create or replace function is_restricted_for_others(r recording, q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select is_restricted(r, q.id) and not exists (select from prohibition p where p.recording_id = r.id)
$$;

-- Begins a copy of a recording that the requester may hear now. The custodian calls it in the clerk's session, as it encrypts. `offered`:
-- the description in force offers copies. Refuses request.not-offered, not-found, recording.destroyed, recording.not-yet-kept,
-- recording.restricted, request.own, copy.under-way.
create or replace function begin_subject_copy(request uuid, recording uuid, method text, token_hash bytea, offered boolean)
returns table (id uuid, expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  q subject_request := lock_request_for(request, 'COPY');
  r recording;
  until timestamptz;
  opened uuid;
begin
  -- Copies that are no longer offered are not made, whenever they were requested.
  perform refuse_if(not offered, 'request.not-offered');
  -- The lock orders this against a destruction: an earlier one is seen here, and a later one ends the copy.
  select * into r from recording k where k.id = begin_subject_copy.recording for share;
  perform refuse_if(r.id is null or not is_matched(q, r.contact_id, r.contact_started_at, r.segment_id) or (contact_in_term(r.contact_id)).id is null,
    'not-found');
  -- Whoever makes a copy gets its link and passphrase. An official may hear their own calls and have no file of them (R41).
  perform refuse_if(q.party <> 'OFFICIAL' and answered_call(r.contact_id), 'request.own');
  perform refuse_if(r.state in ('DESTROYING', 'DESTROYED'), 'recording.destroyed');
  until := listened_until(r.id, 'INSPECTION', q.number);
  perform refuse_if(until is null and r.kept_at is null and r.state in ('CAPTURING', 'STORED'), 'recording.not-yet-kept');
  -- Past its day first: what only a preservation order keeps is refused as destroyed (L37).
  perform refuse_if(coalesce(until, r.destroy_at) <= register_now(), 'recording.destroyed');
  perform refuse_if(until is null or is_restricted_for_others(r, q), 'recording.restricted');
  perform end_subject_copy(c, 'expired', null) from subject_copy c
  where c.request_id = q.id and c.recording_id = r.id and c.ended_at is null and c.expires_at <= now();
  perform refuse_if(exists (select from subject_copy c where c.request_id = q.id and c.recording_id = r.id and c.ended_at is null),
    'copy.under-way');
  insert into subject_copy (request_id, recording_id, method, token_hash, made_by, expires_at)
  values (q.id, r.id, begin_subject_copy.method, begin_subject_copy.token_hash, viewer(), least(now() + interval '7 days', until))
  -- If two are begun at once, the later one waits for the first and then conflicts with it.
  on conflict do nothing returning subject_copy.id, subject_copy.expires_at into id, expires_at;
  perform refuse_if(id is null, 'copy.under-way');
  -- One more copy, after the first was fetched or expired: a prohibition by the other party waits for it too, from now on.
  if not exists (select from inspection i where i.request_id = q.id and i.contact_id = r.contact_id and i.kind = 'COPY' and i.closed_at is null) then
    select open_inspection_for(c, 'COPY') into opened from request_call c where c.request_id = q.id and c.contact_id = r.contact_id;
    update inspection set received_at = clock_timestamp() where inspection.id = opened;
  end if;
  perform record_request_act('subject-copy.made', q, jsonb_build_object('recording', r.id, 'method', begin_subject_copy.method,
    'othersRights', 'weighed'), 'copy', id);
  return next;
end $$;
grant execute on function begin_subject_copy to seloste_custodian;

-- Returns the copies made of an inspection's recordings; none unless it is for a copy.
create or replace function copies_of_inspection(i inspection) returns setof subject_copy
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.* from inspection_recording ir join subject_copy c on c.request_id = i.request_id and c.recording_id = ir.recording_id
  where ir.inspection_id = i.id and i.kind = 'COPY'
$$;

-- Returns true if an inspection for a copy has ended: no copy is ready or in the making, and a copy of each recording was fetched or expired,
-- or the request is closed.
create or replace function inspection_is_copied(i inspection) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return i.kind = 'COPY' and not exists (select from copies_of_inspection(i) c where c.ended_at is null)
    and (exists (select from subject_request q where q.id = i.request_id and q.closed_at is not null) or not exists (
      select from inspection_recording ir join recording r on r.id = ir.recording_id
      where ir.inspection_id = i.id and r.state not in ('DESTROYING', 'DESTROYED')
        -- A copy that a restore ended early is made again.
        and not exists (select from copies_of_inspection(i) c where c.recording_id = r.id and (c.end_why = 'taken'
          or c.end_why = 'expired' and (c.ended_at >= c.expires_at or c.first_fetch_at is not null)))));
end $$;

-- Returns true if a recording is an inspection's, and no copy of it was fetched.
create or replace function is_unserved(i inspection, r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from inspection_recording ir where ir.inspection_id = i.id and ir.recording_id = r.id)
    and not exists (select from copies_of_inspection(i) c where c.recording_id = r.id and c.end_why = 'taken')
$$;

-- Ends a copy: nobody can fetch it any more, and the custodian removes its object.
create or replace function end_subject_copy(c subject_copy, why text, by uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update subject_copy k set ended_at = clock_timestamp(), end_why = why, ended_by = by where k.id = c.id and k.ended_at is null;
  if found then
    insert into audit_entry (person_id, action, reference, object_kind, object_id, result, detail)
    select by, case why when 'taken' then 'subject-copy.taken' else 'subject-copy.ended' end, q.number, 'copy', c.id, 'ok',
      jsonb_build_object('recording', c.recording_id, 'why', why)
    from subject_request q where q.id = c.request_id;
  end if;
end $$;

-- Stores the encrypted object. Returns false if the copy or its recording ended meanwhile; the custodian then deletes the object.
create or replace function complete_subject_copy(wanted uuid, size bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
begin
  select k.* into r from recording k where k.id = (select recording_id from subject_copy where id = wanted) for share;
  if r.id is null or r.state in ('DESTROYING', 'DESTROYED') then
    return false;
  end if;
  update subject_copy c set ready_at = clock_timestamp(), size_bytes = size where c.id = wanted and c.ended_at is null and c.ready_at is null;
  return found;
end $$;
grant execute on function complete_subject_copy to seloste_custodian;

create or replace function fail_subject_copy(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_subject_copy(c, 'failed', null) from subject_copy c where c.id = wanted and c.ended_at is null
$$;
grant execute on function fail_subject_copy to seloste_custodian;

create or replace function withdraw_subject_copy(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c subject_copy;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into c from subject_copy k where k.id = wanted for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(exists (
    select from subject_request q join recording r on r.id = c.recording_id
    where q.id = c.request_id and q.party <> 'OFFICIAL' and answered_call(r.contact_id)), 'request.own');
  perform refuse_if(subject_copy_state(c) not in ('making', 'ready'), 'copy.over');
  perform end_subject_copy(c, 'withdrawn', viewer());
  -- The inspection of an open request stays open: another copy may be made.
  perform end_inspection(i, viewer(), 'withdrawn') from inspection i join subject_request q on q.id = i.request_id
  where q.id = c.request_id and q.closed_at is not null and i.closed_at is null and inspection_is_copied(i);
end $$;
grant execute on function withdraw_subject_copy to seloste_desk;

-- Returns true if a copy is still its requester's: the request was answered, or asks for copies and its requester is identified.
create or replace function copy_is_still_requested(c subject_copy) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from subject_request q where q.id = c.request_id
      and case when q.closed_at is null then q.identified_at is not null and q.kinds @> '{COPY}' else q.outcome = 'ANSWERED' end)
$$;

-- Ends copies in the transaction that ends their ground: the request is refused or withdrawn, no longer asks for a copy, or has another
-- requester.
create or replace function end_copies_of_request() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform end_subject_copy(c, 'withdrawn', viewer()) from subject_copy c
  where c.request_id = new.id and c.ended_at is null and not copy_is_still_requested(c);
  return null;
end $$;

-- Returns true if a copy may be sent now: it is ready, and its recording may be played for its request. The copy of a forbidden or
-- restricted recording may be sent only if an inspection that was opened before keeps the recording for this request; that of a part that a
-- correction gave to another official may not.
create or replace function copy_is_releasable(c subject_copy) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select subject_copy_state(c) = 'ready' and copy_is_still_requested(c) and exists (
    select from recording r join subject_request q on q.id = c.request_id
    where r.id = c.recording_id and r.state not in ('DESTROYING', 'DESTROYED') and is_matched(q, r.contact_id, r.contact_started_at, r.segment_id)
      and (r.destroy_at > register_now() or listened_until(r.id, 'INSPECTION', q.number) > register_now())
      and (r.state = 'STORED' and not exists (select from prohibition p where p.recording_id = r.id)
        or listened_until(r.id, 'INSPECTION', q.number) is not null and not is_restricted_for_others(r, q)))
$$;

-- Returns the language of a link's page (the request's), or no row if there is nothing to fetch.
create or replace function copy_link_language(token_hash bytea) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.language from subject_copy c join subject_request q on q.id = c.request_id
  where c.token_hash = copy_link_language.token_hash and copy_is_releasable(c)
    and c.fetches < 3 and coalesce(c.first_fetch_at > now() - interval '1 hour', true)
$$;
grant execute on function copy_link_language to seloste_custodian;

-- Ends copies that expired after their week, whose first fetch was an hour ago, or whose making stopped.
create or replace function settle_copies() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_subject_copy(c, case when c.ready_at is null and c.expires_at > now() then 'failed' else 'expired' end, null)
  from subject_copy c
  where c.ended_at is null and (
    c.expires_at <= now() or c.first_fetch_at <= now() - interval '1 hour' or c.ready_at is null and c.made_at < now() - interval '15 minutes')
$$;
grant execute on function settle_copies to seloste_custodian;

-- Returns a person's name at an instant; null if they had none then.
create or replace function name_at(person uuid, at timestamptz) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.name from person_name n join person p on p.id = n.person_id
  where n.person_id = person and n.valid_from <= at and (n.valid_to is null or n.valid_to > at)
    and p.employed_from <= at and (p.employed_to is null or p.employed_to > at)
$$;

-- Returns a number that a person had at an instant: `preferred` if it was one of theirs, otherwise the lowest. Null if they had none.
create or replace function phone_at(person uuid, at timestamptz, preferred text) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.phone_key from person_phone f
  where f.person_id = person and f.valid_from <= at and (f.valid_to is null or f.valid_to > at)
  order by f.phone_key is not distinct from preferred desc, f.phone_key limit 1
$$;

-- Returns the unit in which the directory has a person at an instant.
create or replace function unit_at(person uuid, at timestamptz) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.unit_id from person_placement l
  where l.person_id = unit_at.person and l.valid_from <= unit_at.at and (l.valid_to is null or l.valid_to > unit_at.at)
$$;

create or replace function propose_correction(request uuid, segment uuid, official text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request_for(request, 'RECTIFY');
  s segment;
  at timestamptz;
  other person;
  made uuid;
begin
  select k.* into s from segment k
  where k.id = propose_correction.segment and (k.contact_id, k.contact_started_at) in (
    select contact_id, contact_started_at from request_call where request_id = q.id and state = 'MATCHED');
  -- An official who says that a call was not theirs is its official until the decision.
  perform refuse_if(s.id is null or s.answered_at is null or not is_matched(q, s.contact_id, s.contact_started_at, s.id) or (contact_in_term(s.contact_id)).id is null,
    'not-found');
  -- Until the end of the call, capture determines its official.
  perform refuse_if(s.ended_at is null, 'correction.call-goes-on');
  at := s.answered_at;
  select * into other from person p where lower(p.user_id) = lower(btrim(official));
  perform refuse_if(other.id is null or name_at(other.id, at) is null, 'correction.nobody');
  perform refuse_if(other.id = s.official_person_id, 'correction.same');
  perform refuse_if(exists (select from correction c where c.segment_id = s.id and c.decided_at is null), 'correction.waits');
  insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
    becomes_unit_id, proposed_by)
  values (q.id, s.id, s.contact_id, s.contact_started_at, s.official_person_id, s.official_unit_id, other.id,
    unit_at(other.id, at),
    viewer())
  on conflict do nothing returning id into made;
  perform refuse_if(made is null, 'correction.waits');
  perform record_request_act('correction.proposed', q,
    jsonb_build_object('segment', s.id, 'was', s.official_person_id, 'becomes', other.id), 'correction', made);
  return made;
end $$;
grant execute on function propose_correction to seloste_desk;

-- Withdraws what the former official forbade of a part that a correction gave to another, unless its destruction has begun. The
-- correction's row keeps the prohibitions, for a later correction that gives the part back.
create or replace function withdraw_prohibitions(c correction) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  withdrawn prohibition;
begin
  for withdrawn in
    delete from prohibition p using recording r
    where r.id = p.recording_id and r.contact_id = c.contact_id and r.segment_id = c.segment_id and r.state not in ('DESTROYING', 'DESTROYED')
      and p.party = 'OFFICIAL' and p.executed_at is null
    returning p.*
  loop
    perform append_to_ledger('prohibition', withdrawn.id, 'withdrawn', '{}');
    update correction k set withdrew = k.withdrew || to_jsonb(withdrawn) where k.id = c.id;
    perform log_prohibition_of_correction('recording.prohibition-withdrawn', c, withdrawn);
  end loop;
end $$;

-- Forbids again what this official had forbidden before another correction took the part from them.
create or replace function reinstate_prohibitions(c correction) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before prohibition;
  made prohibition;
begin
  for before in
    select p.* from (
      select k.withdrew from correction k
      where k.segment_id = c.segment_id and k.outcome = 'APPROVED' and k.was_person_id = c.becomes_person_id
      order by k.decided_at desc limit 1
    ) k cross join jsonb_populate_recordset(null::prohibition, k.withdrew) p
    join recording r on r.id = p.recording_id
    where r.state not in ('DESTROYING', 'DESTROYED')
    order by p.recording_id
  loop
    insert into prohibition (recording_id, party, channel, received_at, entered_by, reference)
    select r.id, before.party, before.channel, prohibition_instant(r, before.party), before.entered_by, before.reference
    from recording r where r.id = before.recording_id
    on conflict do nothing returning * into made;
    if made.id is not null then
      perform log_prohibition_of_correction('recording.forbidden', c, made);
      perform recall_copies(made.recording_id);
    end if;
  end loop;
end $$;

-- Logs what a decision on a correction did to a prohibition.
create or replace function log_prohibition_of_correction(act text, c correction, p prohibition) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  select viewer(), viewer_right('DECISION_MAKER'), 'DECISION_MAKER', act, q.number, 'prohibition', p.id, 'ok',
    jsonb_build_object('recording', p.recording_id, 'party', p.party, 'channel', p.channel, 'correction', c.id)
  from subject_request q where q.id = c.request_id
$$;

-- Ends the former official's claims to a part that a correction gave to another: closes their inspections and ends their copies.
-- What the new official had forbidden is forbidden again. Restrictions stay until the former official is notified (was_answered_by).
-- Packages to authorities that name the former official end; they are made again with the corrected name.
create or replace function end_former_official_claims(c correction) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  i inspection;
begin
  perform reinstate_prohibitions(c);
  for i in
    select n.* from inspection n join subject_request q on q.id = n.request_id
    where n.contact_id = c.contact_id and n.closed_at is null and q.party = 'OFFICIAL' and q.official_id = c.was_person_id
    order by n.id for update of n
  loop
    if exists (select from inspection_recording ir join recording r on r.id = ir.recording_id
      where ir.inspection_id = i.id and r.segment_id <> c.segment_id) then
      delete from inspection_recording ir using recording r
      where ir.inspection_id = i.id and r.id = ir.recording_id and r.segment_id = c.segment_id;
    else
      perform end_inspection(i, null, 'answered');
    end if;
  end loop;
  perform settle_recording(r.id) from recording r where r.contact_id = c.contact_id and r.segment_id = c.segment_id;
  perform end_subject_copy(k, 'withdrawn', null)
  from subject_copy k join recording r on r.id = k.recording_id join subject_request q on q.id = k.request_id
  where r.contact_id = c.contact_id and r.segment_id = c.segment_id and k.ended_at is null and q.party = 'OFFICIAL'
    and q.official_id = c.was_person_id;
  perform end_package(p, 'withdrawn', null) from disclosure_package p
  where p.ended_at is null and exists (select from authority_item o
    where o.disclosure_id = p.authority_id and o.granted and o.what <> 'RECORDING' and o.contact_id = c.contact_id);
end $$;

-- Returns the marks of a part that a correction gives to an official: it is for review if the former official consented to recording and
-- the new one did not (L16), as in attribute_segment.
create or replace function marks_of_corrected(s segment, becomes uuid) returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when s.decision_record and consents_at(s.official_person_id, s.answered_at) and not consents_at(becomes, s.answered_at)
    and 'needs-review' <> all (s.marks) then s.marks || 'needs-review'::text else s.marks end
$$;

-- Changes the official of a part. Keeps the reported official, with whom later reports of the part are compared.
create or replace function correct_official(part uuid, began timestamptz, official uuid, unit uuid, name text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update segment s set official_person_id = correct_official.official, official_unit_id = correct_official.unit,
    official_name = correct_official.name, official_phone = phone_at(correct_official.official, s.answered_at, s.official_phone),
    marks = marks_of_corrected(s, correct_official.official),
    reported_person_id = case when s.reported_phone is null then s.official_person_id else s.reported_person_id end,
    reported_phone = coalesce(s.reported_phone, s.official_phone, 'unknown')
  where s.id = correct_official.part and s.contact_started_at = correct_official.began
    and s.official_person_id is distinct from correct_official.official;
  return found;
end $$;

-- Approves a correction for the other parts of its conversation too, which several recording clients may have reported. Those parts have
-- the same official. A proposal of the same correction for such a part is approved, and otherwise one is made. Returns their ids.
create or replace function correct_whole_conversation(c correction, s segment) returns uuid[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  part uuid;
  made uuid;
  approved uuid[] := '{}';
begin
  for part in
    select o.id from segment o
    where o.contact_id = s.contact_id and o.contact_started_at = s.contact_started_at and o.id <> s.id
      and official_key(o.official_person_id, o.official_phone) is not distinct from official_key(s.official_person_id, s.official_phone)
      and (o.id = s.beside or o.beside = s.id or is_simultaneous_talk(s, o))
    order by o.id for no key update
  loop
    update correction k set decided_at = c.decided_at, decided_by = c.decided_by, outcome = c.outcome, becomes_unit_id = c.becomes_unit_id
    where k.segment_id = part and k.decided_at is null and k.becomes_person_id = c.becomes_person_id and k.proposed_by <> c.decided_by
      and k.was_person_id is not distinct from c.was_person_id
    returning k.id into made;
    if made is null then
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
        becomes_unit_id, proposed_at, proposed_by, decided_at, decided_by, outcome)
      select c.request_id, o.id, o.contact_id, o.contact_started_at, o.official_person_id, o.official_unit_id, c.becomes_person_id,
        c.becomes_unit_id, c.proposed_at, c.proposed_by, c.decided_at, c.decided_by, c.outcome
      from segment o where o.id = part and o.contact_started_at = s.contact_started_at
      returning id into made;
    end if;
    approved := approved || made;
  end loop;
  return approved;
end $$;

-- Decides on a correction; never by its proposer or the officials concerned. The log keeps by id what the history had before.
create or replace function decide_correction(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DECISION_MAKER}');
  c correction;
  s segment;
  decided uuid[];
begin
  -- Locks the call first, so that no other part of the conversation is admitted meanwhile, then its recordings, as a prohibition does.
  perform from contact x where (x.id, x.started_at) = (select k.contact_id, k.contact_started_at from correction k where k.id = wanted)
  for no key update;
  perform from recording r where r.contact_id = (select k.contact_id from correction k where k.id = wanted) order by r.id for update;
  select * into c from correction k where k.id = wanted for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(c.decided_at is not null, 'correction.decided');
  perform refuse_if(viewer() in (c.proposed_by, c.was_person_id, c.becomes_person_id), 'correction.own');
  perform require_fresh();
  select k.* into s from segment k where k.id = c.segment_id and k.contact_started_at = c.contact_started_at for update;
  if how = 'APPROVED' and (s.id is null or s.official_person_id is distinct from c.was_person_id) then
    -- Its history has ended, or another correction came first.
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  -- The directory may have changed since the proposal.
  update correction k set decided_at = clock_timestamp(), decided_by = viewer(), outcome = how,
    becomes_unit_id = case how when 'APPROVED' then unit_at(k.becomes_person_id, s.answered_at) else k.becomes_unit_id end
  where k.id = c.id returning * into c;
  decided := array[c.id];
  if how = 'APPROVED' then
    decided := decided || correct_whole_conversation(c, s);
    perform correct_official(k.segment_id, k.contact_started_at, k.becomes_person_id, k.becomes_unit_id,
      name_at(k.becomes_person_id, s.answered_at)) from correction k where k.id = any (decided);
    perform append_correction(k) from correction k where k.id = any (decided);
    -- Withdraws the prohibitions of all parts first, because the next step forbids again what the new official had forbidden, and that is
    -- copied to the other parts.
    perform withdraw_prohibitions(k) from correction k where k.id = any (decided);
    perform end_former_official_claims(k) from correction k where k.id = any (decided);
  end if;
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  select viewer(), viewer_right(as_role), as_role, 'correction.decided', q.number, 'correction', k.id, 'ok', jsonb_build_object(
    'outcome', how, 'segment', k.segment_id, 'was', k.was_person_id, 'wasUnit', k.was_unit_id,
    'becomes', k.becomes_person_id, 'becomesUnit', k.becomes_unit_id)
  from correction k join subject_request q on q.id = k.request_id where k.id = any (decided);
end $$;
grant execute on function decide_correction to seloste_desk;

-- Returns corrections for those who propose or decide, and logs the decision maker's read. The new official has the directory's name.
create or replace function list_corrections(request uuid) returns table (id uuid, request_id uuid, number text, due_at timestamptz, segment_id uuid,
  was_name text, was_phone text, becomes_id uuid, becomes_name text, becomes_phone text, proposed_at timestamptz, proposed_by uuid,
  decided_at timestamptz, decided_by uuid, outcome text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  if list_corrections.request is null then
    perform require_one_role('{DECISION_MAKER}');
    perform record_right_act('requests.read', 'DECISION_MAKER', 'request', null, '{"decisions": true}');
  else
    perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  end if;
  return query
    select c.id, c.request_id, q.number, q.due_at, c.segment_id,
      case when c.outcome is distinct from 'APPROVED' then s.official_name else name_at(c.was_person_id, s.answered_at) end,
      case when c.outcome is distinct from 'APPROVED' then s.official_phone end,
      c.becomes_person_id,
      -- Once the history has ended, with their present name.
      coalesce(name_at(c.becomes_person_id, coalesce(s.answered_at, c.contact_started_at)), p.user_id),
      phone_at(c.becomes_person_id, s.answered_at, s.official_phone),
      c.proposed_at, c.proposed_by, c.decided_at, c.decided_by, c.outcome
    from correction c
    join subject_request q on q.id = c.request_id
    join person p on p.id = c.becomes_person_id
    left join segment s on s.id = c.segment_id and s.contact_started_at = c.contact_started_at
    where case when list_corrections.request is null then c.decided_at is null or c.decided_at > now() - interval '30 days'
      else c.request_id = list_corrections.request and q.erased_at is null end
    order by c.decided_at desc nulls first, c.proposed_at limit 500;
end $$;
grant execute on function list_corrections to seloste_desk;

-- Refuses calls in requests of people who are no party of one (C11, C12): outsiders, and people who were mentioned, whom staff serve by
-- hand.
create or replace function refuse_call_of_third_party() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(exists (select from subject_request q where q.id = new.request_id and q.party in ('MENTIONED', 'OUTSIDER')),
    'request.not-offered');
  return new;
end $$;

create or replace function decide_openness(wanted uuid, how text, provision text, leads_to text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DECISION_MAKER}');
  q subject_request;
begin
  select * into q from subject_request k where k.id = wanted for update;
  perform refuse_if(q.id is null or not q.kinds @> '{OPENNESS}', 'not-found');
  perform refuse_if(q.closed_at is not null, 'request.closed');
  perform refuse_if(exists (select from openness_decision d where d.request_id = q.id), 'openness.decided');
  perform refuse_if(q.entered_by = viewer(), 'openness.own');
  perform require_fresh();
  perform refuse_if((how = 'REFERRED') <> (decide_openness.leads_to is not null), 'openness.leads-nowhere');
  perform refuse_identity_code('provision', decide_openness.provision);
  insert into openness_decision (request_id, outcome, provision, leads_to, decided_by)
  values (q.id, how, btrim(decide_openness.provision), decide_openness.leads_to, viewer());
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  values (viewer(), viewer_right(as_role), as_role, 'openness.decided', q.number, 'request', q.id, 'ok',
    jsonb_strip_nulls(jsonb_build_object('outcome', how, 'leadsTo', decide_openness.leads_to)));
end $$;
grant execute on function decide_openness to seloste_desk;

-- Returns openness requests that wait for the decision maker, and recent decisions, without the requester, who does not matter to the
-- decision.
create or replace function list_openness() returns table (request_id uuid, number text, received_at timestamptz, due_at timestamptz, outcome text,
  provision text, decided_at timestamptz, decided_by uuid, leads_to text, disclosure text, taken_up_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_one_role('{DECISION_MAKER}');
  return query
    select q.id, q.number, q.received_at, coalesce(q.extended_until, q.due_at), d.outcome, d.provision, d.decided_at, d.decided_by,
      d.leads_to, coalesce(r.number, a.number), l.taken_up_at
    from subject_request q left join openness_decision d on d.request_id = q.id left join openness_lead l on l.request_id = q.id
    left join research_disclosure r on r.id = l.research_id left join authority_disclosure a on a.id = l.authority_id
    where q.kinds @> '{OPENNESS}' and (d.request_id is null and q.closed_at is null or d.decided_at > now() - interval '30 days'
      or d.outcome = 'REFERRED' and l.request_id is null)
    order by d.decided_at desc nulls first, q.due_at limit 500;
end $$;
grant execute on function list_openness to seloste_desk;

-- Begins to fetch a copy: at most three times, within an hour of the first, because connections break.
create or replace function begin_copy_fetch(token_hash bytea, address text)
returns table (id uuid, recording_id uuid, size_bytes bigint, attempt integer, is_busy boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  c subject_copy;
  is_busy boolean;
begin
  select * into c from subject_copy k where k.token_hash = begin_copy_fetch.token_hash for update;
  if c.id is null or not copy_is_releasable(c) then
    return;
  end if;
  is_busy := coalesce(c.fetching_until > clock_timestamp(), false);
  if not is_busy and (c.fetches >= 3 or c.first_fetch_at <= now() - interval '1 hour') then
    return;
  end if;
  perform record_download(null, c, case when is_busy then 'refused' else 'begun' end, begin_copy_fetch.address);
  if not is_busy then
    update subject_copy k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()),
      fetching_until = clock_timestamp() + fetch_lease() where k.id = c.id;
  end if;
  return query select c.id, c.recording_id, c.size_bytes, c.fetches + 1, is_busy;
end $$;
grant execute on function begin_copy_fetch to seloste_custodian;

