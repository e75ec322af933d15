-- A call that a requester names: looked for so that nothing is told of anybody else's, shown to be theirs, and seen by the
-- Service Unit only then and only for that request (R42-R46, R48, R49, L8, L33).

-- A caller's calls of a time, and the calls of a time whose number nobody knows, without a look at the others.
create index contact_caller_started on contact (caller_key, started_at);
drop index contact_caller;
create index contact_numberless on contact (started_at) where caller_key is null;

-- What the Service Unit reaches ------------------------------------------------------------------------------------------

-- Every call, for those whose right is to all of them. The Service Unit's is to those of the request that it serves.
-- Over 0013-looks.sql.
create or replace function sees_all() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from active_rights() where scope_kind = 'all' and role <> 'SERVICE_UNIT');
end $$;

-- The open request that a reference names, of somebody who is identified: under another name it is another person's.
create function request_served(reference text) returns setof subject_request
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select q.* from subject_request q where q.number = btrim(request_served.reference) and q.closed_at is null
    and q.identified_at is not null;
end $$;

create function serves_requests() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return current_setting('seloste.purpose', true) = 'INSPECTION'
    and exists (select from active_rights() where scope_kind = 'all' and role = 'SERVICE_UNIT');
end $$;

-- A search counts once that it was asked is in the log: in a transaction that is taken back nothing is shown to anybody, the
-- process that asked included. `now()` is when the transaction began.
create function is_in_the_log(c request_call) returns boolean
language sql stable set search_path = pg_catalog as $$ select c.looked_at < now() $$;
drop policy desk_serves on request_call;
create policy desk_serves on request_call for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')) and looked_at < now());

-- The calls that were found for the request under whose number the viewer looks. The twin of `servedUnder` in
-- src/safeguards/access/decide.ts.
create function sees_contacts() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if serves_requests() is not true then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(c.contact_id), '{}')
    from request_served(current_setting('seloste.reference', true)) q join request_call c on c.request_id = q.id
    where c.contact_id is not null and is_in_the_log(c)
  );
end $$;

-- The parts of these calls that the requester is a party of: an official's are those that they answered (R48).
create function sees_segments() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if serves_requests() is not true then
    return '{}';
  end if;
  return (
    select coalesce(array_agg(s.id), '{}')
    from request_served(current_setting('seloste.reference', true)) q
    join request_call c on c.request_id = q.id
    join segment s on s.contact_id = c.contact_id and s.contact_started_at = c.contact_started_at
    where is_in_the_log(c) and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id)
  );
end $$;

-- Over 0018-history-terms.sql.
drop policy desk_looks on contact;
create policy desk_looks on contact for select to seloste_desk using (
  history_end(history_ends_at, started_at) > (select register_now())
  and (
    (select sees_all())
    or number_called = any ((select sees_numbers())::text[])
    or id = any ((select sees_contacts())::uuid[])
    or exists (select from segment s where s.contact_id = contact.id and s.contact_started_at = contact.started_at)
  )
);
drop policy desk_looks on segment;
create policy desk_looks on segment for select to seloste_desk using (
  (
    (select sees_all())
    or official_person_id = (select sees_own())
    or official_unit_id = any ((select sees_units())::uuid[])
    or number_reached = any ((select sees_numbers())::text[])
    or id = any ((select sees_segments())::uuid[])
  )
  and (contact_started_at > (select register_now() - interval '13 months') or history_runs(contact_id, contact_started_at))
);

-- Whether a recording is of a part of a call that was found for the request which a reference names.
create function serves_recording(r recording, reference text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from request_served(serves_recording.reference) q join request_call c on c.request_id = q.id
    where c.contact_id = r.contact_id and is_in_the_log(c) and (q.party <> 'OFFICIAL' or exists (
      select from segment s
      where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = q.official_id
    ))
  );
end $$;

-- Over 0017-ends.sql: the Service Unit hears what it may see.
create or replace function heard_until(wanted uuid, purpose text, reference text) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when r.kept_at is null then null
    when session_user = 'seloste_desk'
      and not exists (
        select from rights_of(viewer(), heard_until.purpose, coalesce(heard_until.reference, '')) o
        where o.role <> 'SERVICE_UNIT' or o.scope_kind <> 'all' or serves_recording(r, heard_until.reference)
      ) then null
    when r.state = 'STORED' then r.destroy_at
    when r.state <> 'RESTRICTED' then null
    when recordings_are_held(r.contact_id) then case when heard_until.purpose = 'CRIME_OR_MISUSE' then r.destroy_at end
    when heard_until.purpose = 'INSPECTION' and exists (
      select from inspection_recording ir join inspection i on i.id = ir.inspection_id
      where ir.recording_id = r.id and i.closed_at is null and i.reference = btrim(heard_until.reference)
        and end_of_recording(r) -> 'cases' ? i.id::text
    ) then case
      when (select held from inspections_hold)
        and not exists (select from prohibition p where p.recording_id = r.id) then months_after(r.destroy_at, 3)
      else r.destroy_at end
  end
  from recording r where r.id = wanted
$$;

-- Over 0017-ends.sql: a listening of the Service Unit's ends when its call is none of the request's any more.
create or replace function why_over(l listening, signed_in boolean) returns table (why text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case
      when l.ended_at is not null then coalesce(l.end_why, 'left')
      when not signed_in then 'session'
      when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
        or r.destroy_at <= register_now() and coalesce(heard_until(r.id, l.purpose, l.reference), '-infinity') <= register_now() then 'destroyed'
      when r.destroy_at is null or not log_is_whole()
        or (r.state <> 'STORED' or r.kept_at is null) and heard_until(r.id, l.purpose, l.reference) is null then 'restricted'
      when not exists (
        select from rights_of(l.person_id, l.purpose, coalesce(l.reference, '')) o
        where o.id = l.right_id and o.role = l.role
          and (o.role <> 'SERVICE_UNIT' or o.scope_kind <> 'all' or serves_recording(r, l.reference))
      ) then 'right'
      when l.until <= now() then 'time'
    end,
    case
      when coalesce(l.end_why, 'right') = 'right' then (
        select least(a.revoked_at, a.valid_to) from access_right a
        where a.id = l.right_id and least(a.revoked_at, a.valid_to) <= now()
      )
    end
  from (select) nothing left join recording r on r.id = l.recording_id
$$;

-- Over 0016-ledger.sql, as `desk_looks` above.
create or replace function ledger_entry_of(recording uuid)
returns table (number bigint, at timestamptz, cause text, done_by text, targets jsonb, hash bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.index + 1, e.at, e.cause, e.done_by, e.targets, l.hash
  from destruction_entry e join ledger_leaf l on l.seq = e.seq
  where e.object_kind = 'recording' and e.object_id = recording
    and (e.cause in ('caller', 'official', 'trimming') or may_know_of_holds())
    and exists (
      select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where r.id = e.object_id and (
        sees_all() or s.official_person_id = sees_own() or s.official_unit_id = any (sees_units()) or s.number_reached = any (sees_numbers())
        or s.id = any (sees_segments())
      )
    )
$$;

-- The call, shown to be the requester's, of the open request that a reference names.
create function matched_call(contact uuid, reference text) returns setof request_call
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select c.* from request_served(matched_call.reference) q join request_call c on c.request_id = q.id
    where c.contact_id = matched_call.contact and c.state = 'MATCHED';
end $$;

-- Over 0018-history-terms.sql: the Service Unit makes an extract of a call once it is shown to be the requester's.
create or replace function looks_at_contact(contact uuid)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right;
  parts uuid[];
  heard uuid[];
  began timestamptz;
  is_served boolean;
begin
  if current_setting('seloste.purpose', true) is distinct from 'INSPECTION' then
    raise exception 'deny.purpose' using errcode = 'SE001';
  end if;
  select c.started_at into began from contact c
  where c.id = looks_at_contact.contact and history_end(c.history_ends_at, c.started_at) > register_now();
  is_served := coalesce(serves_requests(), false)
    and exists (select from matched_call(looks_at_contact.contact, current_setting('seloste.reference', true)));
  select array_agg(s.id) into parts from segment s
  where s.contact_id = looks_at_contact.contact and s.contact_started_at = began
    and (sees_all() or s.official_person_id = sees_own() or is_served and s.id = any (sees_segments()));
  -- A call that nobody answered has no official; only whoever reaches it otherwise sees it.
  if began is null or (parts is null and not sees_all() and not is_served) then
    return;
  end if;
  select a.* into held from active_rights() a
  where a.scope_kind in ('all', 'own') and (is_served or a.role <> 'SERVICE_UNIT') order by a.scope_kind limit 1;
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result)
  values (viewer(), held.id, held.role, 'extract.read', 'INSPECTION', nullif(current_setting('seloste.reference', true), ''),
    'contact', looks_at_contact.contact, 'ok');
  select array_agg(r.id) into heard from recording r where r.segment_id = any (parts);
  return query select * from looks_at(array[looks_at_contact.contact], coalesce(heard, '{}'), coalesce(parts, '{}'), null,
    began - interval '1 day', 'infinity');
end $$;

-- Whether the viewer makes extracts of a call that they see.
create function may_extract(contact uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return sees_all()
    or exists (select from segment s where s.contact_id = may_extract.contact and s.official_person_id = sees_own())
    or serves_requests() and exists (select from matched_call(may_extract.contact, current_setting('seloste.reference', true)));
end $$;

-- Over 0017-ends.sql: the Service Unit forbids for whoever asks, the call being shown to be theirs. To it, another's call is as
-- one that is not there.
create or replace function forbid_use(wanted uuid, party text, channel text, reference text) returns setof prohibition
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  r recording;
  held access_right;
  made prohibition;
  is_own boolean;
begin
  -- In the listening mode (0024) not even one's own is forbidden: whoever sits there is not the host.
  if viewer() is null or confined_to() is not null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into r from recording where id = wanted for update;
  is_own := exists (select from segment s
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = viewer());
  if not is_own then
    -- An official learns of another's call no more than that it is none of theirs.
    if viewer_is('OFFICIAL') and not viewer_is('SERVICE_UNIT') then
      raise exception 'not-found' using errcode = 'SE001';
    end if;
    held := demand_right('SERVICE_UNIT', 'INSPECTION', forbid_use.reference);
    if not exists (
      select from request_served(forbid_use.reference) q
      where q.party = forbid_use.party and exists (select from matched_call(r.contact_id, forbid_use.reference))
        and serves_recording(r, forbid_use.reference)
    ) then
      raise exception 'not-found' using errcode = 'SE001';
    end if;
  end if;
  if r.id is null or (contact_in_term(r.contact_id)).id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  select * into made from prohibition p where p.recording_id = wanted and p.party = forbid_use.party;
  if made.id is null then
    if r.state in ('DESTROYING', 'DESTROYED')
       or r.destroy_at <= register_now() and (recordings_are_held(r.contact_id) or end_of_recording(r) ->> 'act' <> 'wait') then
      raise exception 'recording.destroyed' using errcode = 'SE001';
    end if;
    insert into prohibition (recording_id, party, channel, entered_by, reference)
    values (wanted, forbid_use.party, forbid_use.channel, viewer(), case when held.id is null then null else btrim(forbid_use.reference) end)
    returning * into made;
    perform note_end('recording.forbidden', held, case when held.id is null then null else 'INSPECTION' end,
      made.reference, 'prohibition', made.id, jsonb_build_object('recording', wanted, 'party', made.party, 'channel', made.channel));
    perform recall_copies(wanted);
    perform settle_recording(wanted);
  end if;
  return next made;
end $$;

-- A listening that a request asks for ------------------------------------------------------------------------------------

-- Opens the inspection of a call that is shown to be the requester's, if something of it is left to hear: a prohibition by the
-- other party that comes later than the request waits for it (requirements 1.6). Asked again, it is the same one.
create function open_inspection_for(wanted request_call) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  heard uuid[];
  made uuid;
begin
  select * into q from subject_request r where r.id = wanted.request_id;
  if wanted.state <> 'MATCHED' or not ('LISTEN' = any (q.kinds)) or q.party not in ('CALLER', 'OFFICIAL') then
    return null;
  end if;
  select i.id into made from inspection i where i.request_id = q.id and i.contact_id = wanted.contact_id and i.closed_at is null;
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
  insert into inspection (reference, party, contact_id, contact_started_at, received_at, opened_by, request_id)
  values (q.number, q.party, wanted.contact_id, wanted.contact_started_at, q.received_at, coalesce(viewer(), wanted.verified_by), q.id)
  returning id into made;
  insert into inspection_recording select made, h from unnest(heard) h;
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (coalesce(viewer(), wanted.verified_by), 'SERVICE_UNIT', 'inspection.opened', 'INSPECTION', q.number, 'inspection', made, 'ok',
    jsonb_build_object('contact', wanted.contact_id, 'party', q.party, 'recordings', to_jsonb(heard)));
  return made;
end $$;

-- Looking for a call -----------------------------------------------------------------------------------------------------

-- What a requester told that is enough to look by: a day and a time, and the caller's number, or the number that was called
-- with how long it took or who answered; of an official it is known who answered. `caller` and `service` are the keys of the
-- told numbers (src/description/phone-numbers). Returns what is kept of it.
create function told_enough(q subject_request, told jsonb, caller text, service text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_identity_code(f, told ->> f) from unnest(array['callerNumber', 'serviceNumber', 'official']) f;
  if coalesce(told ->> 'accuracy', '') not in ('MINUTES', 'HALF_HOUR', 'HOURS') or told ->> 'day' is null or told ->> 'time' is null
     or (told ->> 'callerNumber' is null) <> (caller is null) or (told ->> 'serviceNumber' is null) <> (service is null)
     or not (caller is not null or q.party = 'OFFICIAL' or coalesce(
       service is not null and (told ->> 'minutes' is not null or length(regexp_replace(told ->> 'official', '\s', '', 'g')) >= 2), false)) then
    raise exception 'call.told-too-little' using errcode = 'SE001';
  end if;
  return jsonb_strip_nulls(jsonb_build_object('day', told ->> 'day', 'time', told ->> 'time', 'accuracy', told ->> 'accuracy',
    'callerNumber', told ->> 'callerNumber', 'serviceNumber', told ->> 'serviceNumber',
    'minutes', (told ->> 'minutes')::integer, 'official', told ->> 'official'));
end $$;

-- Whether a call took about so many minutes, from its beginning or from when it was answered, and somebody who answered it is
-- called what is told, or as a part of it.
create function fits_told(c contact, told jsonb) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  about numeric := (told ->> 'minutes')::numeric;
  near numeric := greatest(3, about * 0.3);
begin
  return (
    about is null or abs(extract(epoch from c.ended_at - c.started_at) / 60 - about) <= near or exists (
      select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
        and abs(extract(epoch from c.ended_at - s.answered_at) / 60 - about) <= near)
  ) and (
    told ->> 'official' is null or exists (
      select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at
        and not exists (select from regexp_split_to_table(lower(btrim(told ->> 'official')), '\s+') word
          where strpos(lower(coalesce(s.official_name, '')), word) = 0))
  );
end $$;

-- The calls that fit what was told, two at the most: whether there are more of them nobody learns. Of a time, by the clock of
-- Helsinki, which shows an hour twice in October and another not at all in March.
create function calls_told(q subject_request, told jsonb, caller text, service text)
returns table (contact_id uuid, started_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  zone constant text := 'Europe/Helsinki';
  shown timestamp := (told ->> 'day')::date + (told ->> 'time')::time;
  at timestamptz := shown at time zone zone;
  near interval := case told ->> 'accuracy' when 'MINUTES' then interval '10 minutes' when 'HALF_HOUR' then interval '30 minutes'
    when 'HOURS' then interval '2 hours' end;
  hour constant interval := interval '1 hour';
  is_shown boolean := at at time zone zone = shown;
  first timestamptz := at - near - case when not is_shown or (at - hour) at time zone zone = shown then hour else interval '0' end;
  last timestamptz := at + near + case when not is_shown or (at + hour) at time zone zone = shown then hour else interval '0' end;
begin
  if q.party = 'OFFICIAL' then
    return query
      select distinct c.id, c.started_at
      from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where s.official_person_id = q.official_id and s.contact_started_at between first and last
        and c.started_at between first and last and history_end(c.history_ends_at, c.started_at) > register_now()
        and (caller is null or c.caller_key = caller)
        and (service is null or c.number_called = service or s.number_reached = service)
        and fits_told(c, told)
      limit 2;
  elsif caller is not null then
    return query
      select c.id, c.started_at from contact c
      where c.caller_key = caller and c.started_at between first and last
        and history_end(c.history_ends_at, c.started_at) > register_now()
        and (service is null or c.number_called = service or exists (
          select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.number_reached = service))
        and fits_told(c, told)
      limit 2;
  else
    return query
      select c.id, c.started_at from contact c
      where c.caller_key is null and c.started_at between first and last
        and history_end(c.history_ends_at, c.started_at) > register_now()
        and (c.number_called = service or exists (
          select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.number_reached = service))
        and fits_told(c, told)
      limit 2;
  end if;
end $$;

-- Requesters do not remember a call in dozens of ways: whoever tries is guessing. By the log, so that a call taken back counts.
create function brake_searches(q subject_request) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('seloste.call-search.' || viewer()::text, 0));
  if (select count(*) from audit_entry e
      where e.object_id = q.id and e.action = 'call.looked-for' and e.result = 'ok' and not e.detail ? 'result' and e.at > clock_timestamp() - interval '1 hour') >= 30
     or (select count(*) from audit_entry e
      where e.person_id = viewer() and e.action = 'call.looked-for' and e.result = 'ok' and not e.detail ? 'result' and e.at > clock_timestamp() - interval '1 hour') >= 120 then
    raise exception 'request.too-many-searches' using errcode = 'SE001';
  end if;
end $$;

-- Asks for a search. It is made by settle_call, in another transaction: what a process that was taken over asks and takes back has
-- not been looked for, so that no function, refusal or time tells it anything.
create function ask_for_call(q subject_request, c request_call, told jsonb, caller text, service text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  kept jsonb := told_enough(q, told, caller, service);
  search jsonb := jsonb_build_object('told', kept, 'caller', caller, 'service', service,
    'isNew', c.id is null or coalesce((c.asked ->> 'isNew')::boolean, false));
begin
  if q.party = 'OUTSIDER' then
    raise exception 'request.not-offered' using errcode = 'SE001';
  end if;
  perform brake_searches(q);
  if c.id is null then
    insert into request_call (request_id, ordinal, state, told, asked, looked_by)
    values (q.id, (select coalesce(max(o.ordinal), 0) + 1 from request_call o where o.request_id = q.id), 'SEVERAL', kept, search, viewer())
    returning * into c;
  else
    update request_call o set asked = search, looked_at = clock_timestamp(), looked_by = viewer(), looks = o.looks + 1
    where o.id = c.id;
  end if;
  perform note_request('call.looked-for', q, jsonb_build_object('call', c.id));
  return c.id;
end $$;

create function name_call(request uuid, told jsonb, caller text, service text) returns table (call uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_identified(request);
begin
  call := ask_for_call(q, null, told, caller, service);
  number := q.number;
  return next;
end $$;

-- A call of an open request, locked with it.
create function call_served(q subject_request, wanted uuid) returns request_call
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c request_call;
begin
  select * into c from request_call o where o.id = wanted and o.request_id = q.id for update;
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  return c;
end $$;

create function narrow_call(request uuid, wanted uuid, told jsonb, caller text, service text) returns table (call uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_identified(request);
  c request_call := call_served(q, wanted);
begin
  if c.state = 'MATCHED' then
    raise exception 'call.matched' using errcode = 'SE001';
  end if;
  call := ask_for_call(q, c, told, caller, service);
  number := q.number;
  return next;
end $$;

-- Looks for what was asked lately and is in the log, and writes down how many fit: none, one, or several. Of the one its id; of
-- several nothing. Returns call.named-already where the requester has named that one before; then nothing of it is kept.
create function settle_call(request uuid, wanted uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_identified(request);
  c request_call := call_served(q, wanted);
  fits record;
  result text;
begin
  if c.asked is null or not is_in_the_log(c) or c.looked_at < now() - interval '1 minute' then
    raise exception 'call % is not looked for: that it is asked is not in the log, or was answered, or was long ago', c.id;
  end if;
  if c.state = 'MATCHED' then
    raise exception 'call.matched' using errcode = 'SE001';
  end if;
  select count(*) as how_many, (array_agg(t.contact_id))[1] as one, (array_agg(t.started_at))[1] as began into fits
  from calls_told(q, c.asked -> 'told', c.asked ->> 'caller', c.asked ->> 'service') t;
  result := case
    when fits.how_many = 0 then 'none'
    when fits.how_many > 1 then 'several'
    when exists (select from request_call o where o.request_id = q.id and o.contact_id = fits.one and o.id <> c.id) then 'named-already'
    else 'one'
  end;
  if result = 'named-already' and (c.asked ->> 'isNew')::boolean then
    delete from request_call o where o.id = c.id;
  elsif result = 'named-already' then
    update request_call o set asked = null where o.id = c.id;
  else
    update request_call o set state = case result when 'none' then 'NOT_FOUND' when 'one' then 'FOUND' else 'SEVERAL' end,
      told = c.asked -> 'told', asked = null, contact_id = case when result = 'one' then fits.one end,
      contact_started_at = case when result = 'one' then fits.began end, verified_how = null, verified_at = null, verified_by = null
    where o.id = c.id;
  end if;
  perform note_request('call.looked-for', q, jsonb_build_object('call', c.id, 'result', result));
  return case result when 'named-already' then 'call.named-already' end;
end $$;

-- Whose call it is -------------------------------------------------------------------------------------------------------

-- How the requester is shown to be the party of a call that was found, and the recordings of it that can be heard now.
create function verification_of(q subject_request, c request_call) returns table (how text, recordings uuid[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select coalesce(array_agg(r.id order by r.started_at), '{}') into recordings from recording r
  where r.contact_id = c.contact_id and heard_until(r.id, 'INSPECTION', q.number) > register_now() and serves_recording(r, q.number);
  how := case when q.party = 'OFFICIAL' then 'PERSONNEL' when cardinality(recordings) > 0 then 'RECORDING' else 'DETAILS' end;
  return next;
end $$;

-- Whether the viewer has heard anything of a recording under a number.
create function has_heard(recording uuid, reference text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from listening l join listening_range g on g.listening_id = l.id
    where l.recording_id = has_heard.recording and l.person_id = viewer() and l.reference = has_heard.reference and g.from_ms < g.to_ms
  )
$$;

create function verify_call(request uuid, wanted uuid, is_party boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_identified(request);
  c request_call := call_served(q, wanted);
  shown record;
begin
  if c.state <> 'FOUND' or not is_in_the_log(c) then
    raise exception 'call.not-verifiable' using errcode = 'SE001';
  end if;
  select * into shown from verification_of(q, c);
  if not verify_call.is_party then
    update request_call o set state = 'NOT_PARTY', contact_id = null, contact_started_at = null, verified_how = shown.how,
      verified_at = clock_timestamp(), verified_by = viewer()
    where o.id = c.id;
    perform note_request('call.verified', q, jsonb_build_object('call', c.id, 'isParty', false, 'by', shown.how));
    return;
  end if;
  if shown.how = 'RECORDING' and not exists (select from unnest(shown.recordings) r where has_heard(r, q.number)) then
    raise exception 'call.not-heard' using errcode = 'SE001';
  end if;
  if shown.how = 'DETAILS' and not coalesce(
    c.told ->> 'callerNumber' is not null or (c.told ->> 'official' is not null and c.told ->> 'minutes' is not null), false) then
    raise exception 'call.details-missing' using errcode = 'SE001';
  end if;
  update request_call o set state = 'MATCHED', verified_how = shown.how, verified_at = clock_timestamp(), verified_by = viewer()
  where o.id = c.id returning * into c;
  perform note_request('call.verified', q, jsonb_build_object('call', c.id, 'isParty', true, 'by', shown.how, 'contact', c.contact_id));
  perform open_inspection_for(c);
end $$;

-- Several calls stay alike, or nothing shows whose it is: which they were is forgotten.
create function give_up_call(request uuid, wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving_identified(request);
  c request_call := call_served(q, wanted);
begin
  if c.state not in ('SEVERAL', 'FOUND') then
    raise exception 'call.not-verifiable' using errcode = 'SE001';
  end if;
  update request_call o set state = 'NOT_IDENTIFIABLE', contact_id = null, contact_started_at = null where o.id = c.id;
  perform note_request('call.given-up', q, jsonb_build_object('call', c.id));
end $$;

create function withdraw_call(request uuid, wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving(request);
  c request_call := call_served(q, wanted);
begin
  if c.state = 'MATCHED' then
    raise exception 'call.matched' using errcode = 'SE001';
  end if;
  delete from request_call o where o.id = c.id;
  perform note_request('call.given-up', q, jsonb_build_object('call', c.id, 'withdrawn', true));
end $$;

-- What the request page tells of its calls ---------------------------------------------------------------------------------

-- The calls of a request, with how to verify those that were found, what their party has forbidden of those that are matched,
-- and which other open requests are about them. Their contacts and parts are read under row-level security; that they are is
-- noted here, once in ten minutes of each clerk.
create function calls_of_request(wanted uuid)
returns table (id uuid, ordinal integer, told jsonb, state text, contact_id uuid, verified_by uuid, party text, how text,
  recordings jsonb, prohibitions jsonb, other_requests text[])
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right := demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  q subject_request;
begin
  select * into q from subject_request r where r.id = wanted;
  if q.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result)
  select viewer(), held.id, held.role, 'contact.read', 'INSPECTION', q.number, 'contact', c.contact_id, 'ok'
  from request_call c
  where c.request_id = q.id and c.state = 'MATCHED' and q.closed_at is null and not exists (
    select from audit_entry e
    where e.object_id = c.contact_id and e.person_id = viewer() and e.action = 'contact.read' and e.result = 'ok'
      and e.reference = q.number and e.at > clock_timestamp() - interval '10 minutes');
  return query
    select c.id, c.ordinal, c.told, c.state, case when q.closed_at is null then c.contact_id end, c.verified_by, q.party,
      case when c.state = 'FOUND' then v.how end,
      case when c.state = 'FOUND' then (
        select coalesce(jsonb_agg(jsonb_build_object('id', r, 'hasBeenHeard', has_heard(r, q.number))), '[]') from unnest(v.recordings) r) end,
      case when c.state = 'MATCHED' then (
        select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'recordingId', p.recording_id, 'state', prohibition_state(p),
          'receivedAt', p.received_at, 'executedAt', p.executed_at)), '[]')
        from prohibition p join recording r on r.id = p.recording_id
        where r.contact_id = c.contact_id and p.party = q.party and serves_recording(r, q.number)) end,
      case when c.contact_id is null then '{}' else array(
        select o.number from request_call k join subject_request o on o.id = k.request_id
        where k.contact_id = c.contact_id and o.id <> q.id and o.closed_at is null and k.state = 'MATCHED' and c.state = 'MATCHED'
        order by o.number) end
    from request_call c left join lateral verification_of(q, c) v on c.state = 'FOUND'
    where c.request_id = q.id and is_in_the_log(c) order by c.ordinal;
end $$;

-- What these functions do they tell the log themselves.
create policy calls_are_told on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not in ('call.looked-for', 'call.verified', 'call.given-up')
);

-- The whole register is none of the Service Unit's: its counts and instants are of other people's calls (R46). Over 0020-proofs.sql.
create function demand_whole_register() returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return demand_one_role('{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE}');
end $$;
alter function retention_obstacles() rename to obstacles_of_retention;
alter function last_runs(integer) rename to runs_of_retention;
alter function retention_counts() rename to counts_of_retention;
alter function retention_due(timestamptz, timestamptz, text, text) rename to dues_of_retention;
create function retention_obstacles()
returns table (kind text, count bigint, since timestamptz, deadline timestamptz, place text, example text, fault text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_whole_register();
  return query select * from obstacles_of_retention();
end $$;
create function last_runs(most integer)
returns table (at timestamptz, work text, result text, recordings bigint, contacts bigint, months text[], keys integer, fault text,
  ledger_first bigint, ledger_last bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_whole_register();
  return query select * from runs_of_retention(most);
end $$;
create function retention_counts(out held bigint, out restricted bigint, out due_today bigint, out overdue bigint,
  out next_recording timestamptz, out contacts bigint, out contacts_overdue bigint, out next_contact timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_whole_register();
  select c.* into held, restricted, due_today, overdue, next_recording, contacts, contacts_overdue, next_contact from counts_of_retention() c;
end $$;
create function retention_due(from_at timestamptz, to_at timestamptz, by_unit text, of_number text)
returns table (begins timestamptz, ends timestamptz, recordings bigint, contacts bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_whole_register();
  return query select * from dues_of_retention(from_at, to_at, by_unit, of_number);
end $$;

revoke execute on function is_in_the_log(request_call), request_served(text), serves_requests(), sees_contacts(), sees_segments(), serves_recording(recording, text),
  matched_call(uuid, text), may_extract(uuid), open_inspection_for(request_call), told_enough(subject_request, jsonb, text, text), fits_told(contact, jsonb),
  calls_told(subject_request, jsonb, text, text), brake_searches(subject_request),
  ask_for_call(subject_request, request_call, jsonb, text, text), settle_call(uuid, uuid), name_call(uuid, jsonb, text, text), call_served(subject_request, uuid),
  narrow_call(uuid, uuid, jsonb, text, text), verification_of(subject_request, request_call), has_heard(uuid, text),
  verify_call(uuid, uuid, boolean), give_up_call(uuid, uuid), withdraw_call(uuid, uuid), calls_of_request(uuid), demand_whole_register(),
  obstacles_of_retention(), runs_of_retention(integer), counts_of_retention(), dues_of_retention(timestamptz, timestamptz, text, text),
  retention_obstacles(), last_runs(integer), retention_counts(), retention_due(timestamptz, timestamptz, text, text)
  from public, seloste_desk;
grant execute on function sees_contacts(), sees_segments(), may_extract(uuid), name_call(uuid, jsonb, text, text), narrow_call(uuid, uuid, jsonb, text, text),
  settle_call(uuid, uuid), verify_call(uuid, uuid, boolean), give_up_call(uuid, uuid), withdraw_call(uuid, uuid), calls_of_request(uuid),
  retention_obstacles(), last_runs(integer), retention_counts(), retention_due(timestamptz, timestamptz, text, text) to seloste_desk;
