-- Returns the appointment that this transaction's session is confined to in listening mode; null otherwise.
create or replace function confined_to() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select s.confined_to from session s
    where s.token_hash = session_token_hash()
  );
end $$;
grant execute on function confined_to to seloste_desk;

-- Returns when the listening mode of this transaction's session ends; null outside listening mode.
create or replace function confined_until() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select s.confined_until from session s
    where s.token_hash = session_token_hash()
  );
end $$;
grant execute on function confined_until to seloste_desk;

-- Returns the request of the appointment in whose room this session is, while it is booked, within its time, open, and its requester
-- identified: under another name it is another person's.
create or replace function request_in_room() returns setof subject_request
language plpgsql stable security definer rows 1 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
    select q.* from appointment a join office_slot s on s.id = a.slot_id join subject_request q on q.id = a.request_id
    where a.id = confined_to() and a.state = 'BOOKED' and q.closed_at is null and q.identified_at is not null
      and s.host_id = viewer() and s.starts_at <= register_now() and s.ends_at > register_now();
end $$;

-- Returns what is played in the room: recordings that this person waits to hear; an official's own parts only.
create or replace function room_contents(out recordings uuid[], out segments uuid[], out contacts uuid[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select coalesce(array_agg(distinct r.id), '{}'), coalesce(array_agg(distinct r.segment_id), '{}'), coalesce(array_agg(distinct r.contact_id), '{}')
  into recordings, segments, contacts
  from request_in_room() q
  join inspection i on i.request_id = q.id and i.kind = 'LISTEN' and i.closed_at is null
  join inspection_recording ir on ir.inspection_id = i.id
  join recording r on r.id = ir.recording_id
  join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  where is_requesters_call(q, i.contact_id, i.contact_started_at) and (q.party <> 'OFFICIAL' or s.official_person_id = q.official_id);
end $$;
grant execute on function room_contents to seloste_desk;

-- Returns the host and appointment of a session in listening mode, and whether the HTTP request comes from the workstation where it began.
create or replace function confinement_of(session_hash bytea, workstation_hash bytea)
returns table (person uuid, appointment uuid, is_here boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id, s.confined_to, exists (
    select from workstation w where w.id = s.confined_at and w.ended_at is null and w.token_hash = confinement_of.workstation_hash
  )
  from session s
  where s.token_hash = confinement_of.session_hash and s.confined_to is not null and session_holds(s)
$$;
grant execute on function confinement_of to seloste_desk;

-- Returns true if a person may host a listener until an instant: employed, with the Service Unit's right to every request.
create or replace function may_host(person uuid, until timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from rights_of(may_host.person, 'INSPECTION', 'any') r join person p on p.id = r.person_id
    where r.role = 'SERVICE_UNIT' and r.scope_kind = 'all' and (r.valid_to is null or r.valid_to >= may_host.until)
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to >= may_host.until and p.employed_to > now())
  )
$$;

-- Logs an act on an office by ids and counts. The Service Unit and administrators set up offices.
create or replace function record_office_act(action text, office uuid, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), require_one_role('{SERVICE_UNIT,ADMINISTRATOR}'), action, 'office', record_office_act.office, 'ok', detail)
$$;

create or replace function record_appointment_act(action text, a appointment, actor uuid, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  select actor, case when actor is not null then 'SERVICE_UNIT' end, action, 'INSPECTION', q.number, 'appointment', a.id, 'ok', detail
  from subject_request q where q.id = a.request_id
$$;

-- Returns the appointments booked at an office that have not ended.
create or replace function appointments_ahead(office uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*) from appointment a join office_slot s on s.id = a.slot_id
  where s.office_id = appointments_ahead.office and a.state = 'BOOKED' and s.ends_at > register_now()
$$;

create or replace function list_offices()
returns table (id uuid, names jsonb, address jsonb, is_closed boolean, workstations jsonb, free_slots bigint, booked_slots bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  return query
    select o.id, o.names, o.address, o.is_closed,
      coalesce((select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'enrolledAt', w.enrolled_at, 'lastSeenAt', w.last_seen_at) order by w.name, w.enrolled_at)
        from workstation w where w.office_id = o.id and w.ended_at is null), '[]'),
      (select count(*) from office_slot s where s.office_id = o.id and s.removed_at is null and s.starts_at > register_now()
        and not exists (select from appointment a where a.slot_id = s.id and a.state = 'BOOKED')),
      appointments_ahead(o.id)
    from office o order by o.is_closed, o.names ->> 'fi', o.id;
end $$;
grant execute on function list_offices to seloste_desk;

create or replace function list_hosts() returns table (id uuid, name text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  return query
    select r.person_id, latest_name_at(r.person_id, now()) from access_right r
    where r.role = 'SERVICE_UNIT' and may_host(r.person_id, now()) group by r.person_id order by 2, 1;
end $$;
grant execute on function list_hosts to seloste_desk;

-- Enters or changes an office. While appointments are booked there, this requires a fresh proof: people would go to an address that somebody
-- wrote at an unattended desk.
create or replace function save_office(wanted uuid, names jsonb, address jsonb, is_closed boolean) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  saved uuid := coalesce(wanted, gen_random_uuid());
  booked bigint := appointments_ahead(wanted);
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  perform refuse_identity_code('names', save_office.names::text), refuse_identity_code('address', save_office.address::text);
  if wanted is null then
    insert into office (id, names, address, entered_by) values (saved, save_office.names, save_office.address, viewer());
  else
    update office o set names = save_office.names, address = save_office.address, is_closed = save_office.is_closed where o.id = wanted;
    perform refuse_if(not found, 'not-found');
    if booked > 0 then
      perform require_fresh();
    end if;
  end if;
  perform record_office_act('office.changed', saved, case when wanted is null then '{"what": "entered"}'
    else jsonb_build_object('what', 'changed', 'closed', save_office.is_closed, 'booked', booked) end);
  return saved;
end $$;
grant execute on function save_office to seloste_desk;

-- Adds the times of an office between two instants, one after another; all or none.
create or replace function add_slots(office uuid, from_at timestamptz, to_at timestamptz, minutes integer, host uuid) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o office;
  step interval := make_interval(mins => minutes);
  added integer;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into o from office k where k.id = add_slots.office for share;
  perform refuse_if(o.id is null, 'not-found');
  perform refuse_if(o.is_closed, 'office.closed');
  perform refuse_if(from_at is null or to_at is null or from_at <= register_now() or to_at > register_now() + interval '1 year' or from_at + step > to_at
     or to_at > from_at + interval '1 day' or minutes not between 15 and 240, 'slot.times');
  perform refuse_if(not may_host(host, to_at), 'slot.host');
  -- A concurrent addition waits, so that it is seen below.
  lock table office_slot in share row exclusive mode;
  perform refuse_if(exists (
    select from generate_series(from_at, to_at - step, step) t join office_slot s
      on s.removed_at is null and s.starts_at < t + step and s.ends_at > t and (s.office_id = o.id or s.host_id = host)
  ), 'slot.overlap');
  insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
  select o.id, t, t + step, host, viewer() from generate_series(from_at, to_at - step, step) t;
  get diagnostics added = row_count;
  perform record_office_act('office.changed', o.id, jsonb_build_object('what', 'times-added', 'times', added, 'from', ledger_instant(from_at), 'host', host));
  return added;
end $$;
grant execute on function add_slots to seloste_desk;

create or replace function remove_slot(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s office_slot;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into s from office_slot k where k.id = wanted and k.removed_at is null for update;
  perform refuse_if(s.id is null, 'not-found');
  perform refuse_if(exists (select from appointment a where a.slot_id = s.id and a.state = 'BOOKED'), 'slot.booked');
  update office_slot k set removed_at = clock_timestamp(), removed_by = viewer() where k.id = s.id;
  perform record_office_act('office.changed', s.office_id, jsonb_build_object('what', 'time-removed', 'time', s.id));
end $$;
grant execute on function remove_slot to seloste_desk;

create or replace function slot_to_json(wanted office_slot) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'id', wanted.id, 'startsAt', wanted.starts_at, 'endsAt', wanted.ends_at,
    'office', jsonb_build_object('id', o.id, 'names', o.names, 'address', o.address),
    'host', jsonb_build_object('id', wanted.host_id, 'name', coalesce(latest_name_at(wanted.host_id, now()), '')),
    'isBooked', exists (select from appointment a where a.slot_id = wanted.id and a.state = 'BOOKED'))
  from office o where o.id = wanted.office_id
$$;

-- Returns the times that begin between two instants, of all offices or one.
create or replace function list_slots(from_at timestamptz, to_at timestamptz, office uuid) returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select slot_to_json(s) from office_slot s
    where s.removed_at is null and s.starts_at >= from_at and s.starts_at < to_at
      and (list_slots.office is null or s.office_id = list_slots.office)
    order by s.starts_at, s.id limit 2000;
end $$;
grant execute on function list_slots to seloste_desk;

create or replace function recordings_to_inspect(request uuid) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct ir.recording_id), '{}')
  from inspection i join inspection_recording ir on ir.inspection_id = i.id join subject_request q on q.id = i.request_id
  where q.id = recordings_to_inspect.request and i.kind = 'LISTEN' and i.closed_at is null and is_requesters_call(q, i.contact_id, i.contact_started_at)
$$;

-- Returns the times that a requester can be offered: free, ahead, at an open office, ended before the first end of what is to be heard.
-- None if there is nothing to hear.
create or replace function free_slots(request uuid) returns table (slot jsonb, latest timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request k where k.id = free_slots.request;
  perform refuse_if(q.id is null, 'not-found');
  free_slots.latest := case when q.closed_at is null and q.identified_at is not null then latest_appointment(recordings_to_inspect(q.id)) end;
  for free_slots.slot in
    select slot_to_json(s) from office_slot s join office o on o.id = s.office_id
    where s.removed_at is null and not o.is_closed and s.starts_at > register_now() and s.ends_at <= free_slots.latest
      and not exists (select from appointment a where a.slot_id = s.id and a.state = 'BOOKED') and may_host(s.host_id, s.ends_at)
    order by s.starts_at, s.id limit 500
  loop
    return next;
  end loop;
  -- The last row has no slot: it gives `latest` also if no time is free.
  free_slots.slot := null;
  return next;
end $$;
grant execute on function free_slots to seloste_desk;

-- Books a time for an identified requester, or moves a booking. The caller has locked the inspections, because the custodian may close one
-- whose recordings ended: before the booking, which is then refused, or after it, which ends the appointment.
create or replace function assign_slot(q subject_request, s office_slot, needs text[], interpreter_language text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  latest timestamptz := latest_appointment(recordings_to_inspect(q.id));
  before appointment;
  made appointment;
begin
  perform refuse_if(latest is null, 'appointment.nothing');
  perform refuse_if(s.ends_at > latest, 'appointment.late', ledger_instant(latest));
  perform refuse_if((select o.is_closed from office o where o.id = s.office_id), 'office.closed');
  perform refuse_if(not may_host(s.host_id, s.ends_at), 'slot.host');
  select * into before from appointment a where a.request_id = q.id and a.state = 'BOOKED' for update;
  perform refuse_if(exists (select from appointment a where a.slot_id = s.id and a.state = 'BOOKED'), 'slot.booked');
  if before.id is not null then
    update appointment a set state = 'MOVED', ended_at = clock_timestamp(), ended_by = viewer() where a.id = before.id;
    perform end_rooms(before, viewer(), 'moved');
  end if;
  insert into appointment (request_id, slot_id, needs, interpreter_language, booked_by)
  values (q.id, s.id, assign_slot.needs, btrim(assign_slot.interpreter_language), viewer()) returning * into made;
  perform record_appointment_act('appointment.booked', made, viewer(), jsonb_build_object('request', q.id, 'time', s.id, 'office', s.office_id,
    'at', ledger_instant(s.starts_at), 'moved', before.id));
  return made.id;
end $$;

create or replace function book_appointment(request uuid, slot uuid, needs text[], interpreter_language text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  s office_slot;
begin
  perform refuse_identity_code('interpreterLanguage', book_appointment.interpreter_language);
  perform from inspection i where i.request_id = q.id and i.closed_at is null order by i.id for update;
  perform refuse_if(latest_appointment(recordings_to_inspect(q.id)) is null, 'appointment.nothing');
  select * into s from office_slot k where k.id = book_appointment.slot and k.removed_at is null for update;
  perform refuse_if(s.id is null, 'not-found');
  perform refuse_if(s.starts_at <= register_now(), 'appointment.past');
  return assign_slot(q, s, needs, interpreter_language);
end $$;
grant execute on function book_appointment to seloste_desk;

-- Books a time that begins now, hosted by the viewer. Removes free times that it overlaps; refuses slot.overlap if one is booked.
create or replace function book_walk_in(request uuid, office uuid, minutes integer, needs text[], interpreter_language text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_identified_request(request);
  o office;
  s office_slot;
  free office_slot;
  made uuid;
begin
  perform refuse_identity_code('interpreterLanguage', book_walk_in.interpreter_language);
  perform from inspection i where i.request_id = q.id and i.closed_at is null order by i.id for update;
  select * into o from office k where k.id = book_walk_in.office for share;
  perform refuse_if(o.id is null, 'not-found');
  perform refuse_if(minutes is null or minutes not between 15 and 240, 'slot.times');
  lock table office_slot in share row exclusive mode;
  insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
  values (o.id, register_now(), register_now() + make_interval(mins => minutes), viewer(), viewer()) returning * into s;
  perform record_office_act('office.changed', o.id, jsonb_build_object('what', 'times-added', 'times', 1, 'from', ledger_instant(s.starts_at), 'host', s.host_id));
  made := assign_slot(q, s, needs, interpreter_language);
  for free in
    select * from office_slot k
    where k.id <> s.id and k.removed_at is null and k.starts_at < s.ends_at and k.ends_at > s.starts_at
      and (k.office_id = s.office_id or k.host_id = s.host_id) order by k.id
  loop
    perform refuse_if(exists (select from appointment a where a.slot_id = free.id and a.state = 'BOOKED'), 'slot.overlap');
    update office_slot k set removed_at = clock_timestamp(), removed_by = viewer() where k.id = free.id;
    perform record_office_act('office.changed', free.office_id, jsonb_build_object('what', 'time-removed', 'time', free.id));
  end loop;
  return made;
end $$;
grant execute on function book_walk_in to seloste_desk;

-- Ends the sessions in an appointment's room; playback stops within seconds.
create or replace function end_rooms(a appointment, actor uuid, why text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  host uuid;
begin
  for host in update session s set ended_at = now() where s.confined_to = a.id and session_holds(s) returning s.person_id loop
    perform record_appointment_act('room.closed', a, actor, jsonb_build_object('host', host, 'why', why));
  end loop;
end $$;

-- Ends an appointment with its outcome. HEARD or WITHDRAWN closes all its inspections; NO_SHOW closes only those of recordings that were
-- forbidden meanwhile, and the rest can be booked again.
create or replace function end_appointment(a appointment, actor uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  i inspection;
begin
  update appointment k set state = how, ended_at = clock_timestamp(), ended_by = actor where k.id = a.id;
  perform record_appointment_act('appointment.ended', a, actor, jsonb_build_object('outcome', how));
  for i in
    select * from inspection n where n.request_id = a.request_id and n.kind = 'LISTEN' and n.closed_at is null order by n.id for update
  loop
    if how <> 'NO_SHOW' or exists (
      select from inspection_recording ir join prohibition p on p.recording_id = ir.recording_id
      where ir.inspection_id = i.id and p.executed_at is null
    ) then
      perform end_inspection(i, actor, lower(replace(how, '_', '-')));
    end if;
  end loop;
end $$;

create or replace function record_appointment_outcome(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  a appointment;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into a from appointment k where k.id = wanted;
  perform refuse_if(a.id is null, 'not-found');
  -- Locks in the same order as the custodian.
  perform from inspection i where i.request_id = a.request_id and i.closed_at is null order by i.id for update;
  select * into a from appointment k where k.id = wanted for update;
  perform refuse_if(a.state <> 'BOOKED', 'appointment.over');
  perform refuse_if(how <> 'WITHDRAWN' and (select s.starts_at from office_slot s where s.id = a.slot_id) > register_now(),
    'appointment.not-yet');
  perform end_appointment(a, viewer(), how);
  perform end_rooms(a, viewer(), 'outcome');
end $$;
grant execute on function record_appointment_outcome to seloste_desk;

-- Ends an appointment when the request's last inspection has closed: its recording was destroyed, a correction gave the call to another
-- official, or listening is no longer requested.
create or replace function end_idle_appointment() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  a appointment;
  how text := case when new.outcome in ('destroyed', 'answered') then 'OVER' else 'WITHDRAWN' end;
begin
  if new.request_id is null or new.kind <> 'LISTEN' or new.closed_at is null or old.closed_at is not null
     or exists (select from inspection i where i.request_id = new.request_id and i.kind = 'LISTEN' and i.closed_at is null) then
    return null;
  end if;
  update appointment k set state = how, ended_at = clock_timestamp(), ended_by = new.closed_by
  where k.request_id = new.request_id and k.state = 'BOOKED' returning * into a;
  if a.id is not null then
    perform record_appointment_act('appointment.ended', a, new.closed_by, jsonb_build_object('outcome', how));
    perform end_rooms(a, new.closed_by, 'over');
  end if;
  return null;
end $$;

-- Returns appointments of a request; or those whose time begins between two instants, and past ones without an outcome. `workstation`: the
-- token's hash of the browser that makes the HTTP request.
create or replace function list_appointments(request uuid, from_at timestamptz, to_at timestamptz, only_mine boolean, workstation bytea)
returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select jsonb_build_object(
      'id', a.id, 'requestId', q.id, 'requestNumber', q.number, 'language', q.language, 'slot', slot_to_json(s), 'needs', a.needs,
      'interpreterLanguage', a.interpreter_language, 'state', a.state, 'bookedAt', a.booked_at,
      'isUrgent', a.state = 'BOOKED' and exists (
        select from inspection i where i.request_id = q.id and i.closed_at is null and inspection_is_urgent(i)),
      'latest', case when a.state = 'BOOKED' then latest_appointment(recordings_to_inspect(q.id)) end,
      'canBeOpened', a.state = 'BOOKED' and q.closed_at is null and q.identified_at is not null and s.host_id = viewer()
        and s.starts_at <= register_now() and s.ends_at > register_now()
        and exists (select from workstation w where w.office_id = s.office_id and w.ended_at is null
          and w.token_hash = list_appointments.workstation))
    from appointment a join office_slot s on s.id = a.slot_id join subject_request q on q.id = a.request_id
    where case when list_appointments.request is not null then a.request_id = list_appointments.request
      else (not only_mine or s.host_id = viewer())
        and (s.starts_at >= from_at and s.starts_at < to_at or a.state = 'BOOKED' and s.ends_at <= register_now()) end
    order by s.starts_at, a.booked_at, a.id limit 2000;
end $$;
grant execute on function list_appointments to seloste_desk;

create or replace function make_workstation_code(office uuid, name text, code_hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ends timestamptz := now() + interval '15 minutes';
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  perform refuse_identity_code('name', make_workstation_code.name);
  perform from office o where o.id = make_workstation_code.office;
  perform refuse_if(not found, 'not-found');
  delete from workstation_code c where c.until <= now();
  insert into workstation_code (code_hash, office_id, name, made_by, until)
  values (make_workstation_code.code_hash, make_workstation_code.office, btrim(make_workstation_code.name), viewer(), ends);
  perform record_office_act('office.changed', make_workstation_code.office, '{"what": "workstation-code"}');
  return ends;
end $$;
grant execute on function make_workstation_code to seloste_desk;

-- Makes the browser with the code a workstation. Ends the workstation that the browser was before.
create or replace function enrol_workstation(code_hash bytea, token_hash bytea, before_hash bytea) returns table (office jsonb, name text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c workstation_code;
  made uuid;
  old uuid;
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  update workstation_code k set used_at = clock_timestamp()
  where k.code_hash = enrol_workstation.code_hash and k.used_at is null and k.until > now() returning * into c;
  perform refuse_if(c.code_hash is null, 'workstation.code');
  select w.id into old from workstation w where w.token_hash = before_hash and w.ended_at is null;
  if old is not null then
    perform end_workstation(old);
  end if;
  insert into workstation (office_id, name, token_hash, enrolled_by, last_seen_at)
  values (c.office_id, c.name, enrol_workstation.token_hash, viewer(), clock_timestamp()) returning id into made;
  perform record_office_act('workstation.enrolled', c.office_id, jsonb_build_object('workstation', made));
  return query select o.names, c.name from office o where o.id = c.office_id;
end $$;
grant execute on function enrol_workstation to seloste_desk;

create or replace function end_workstation(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  w workstation;
  a appointment;
begin
  perform require_one_role('{SERVICE_UNIT,ADMINISTRATOR}');
  update workstation k set ended_at = clock_timestamp(), ended_by = viewer() where k.id = wanted and k.ended_at is null returning * into w;
  perform refuse_if(w.id is null, 'not-found');
  perform record_office_act('workstation.ended', w.office_id, jsonb_build_object('workstation', w.id));
  for a in
    select * from appointment k where k.id in (select s.confined_to from session s where s.confined_at = w.id and s.ended_at is null) order by k.id
  loop
    perform end_rooms(a, viewer(), 'workstation');
  end loop;
end $$;
grant execute on function end_workstation to seloste_desk;

-- Returns the workstation that a browser is, and records when it was seen.
create or replace function workstation_here(token_hash bytea) returns table (office_id uuid, office jsonb, name text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update workstation w set last_seen_at = clock_timestamp() from office o
  where w.token_hash = workstation_here.token_hash and w.ended_at is null and o.id = w.office_id and viewer() is not null
  returning o.id, o.names, w.name
$$;
grant execute on function workstation_here to seloste_desk;

-- Puts this session into listening mode: its holder is the host, the time has come, and the browser is a workstation of the office.
-- Listenings of the session end.
create or replace function open_room(wanted uuid, workstation_hash bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  own bytea := session_token_hash();
  a appointment;
  s office_slot;
  w workstation;
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into a from appointment k where k.id = wanted for update;
  perform refuse_if(a.id is null, 'not-found');
  select * into s from office_slot k where k.id = a.slot_id;
  perform refuse_if(s.host_id <> viewer(), 'room.host');
  select * into w from workstation k where k.token_hash = workstation_hash and k.ended_at is null;
  perform refuse_if(w.id is null or w.office_id <> s.office_id, 'room.workstation');
  perform refuse_if(a.state <> 'BOOKED', 'appointment.over');
  perform refuse_if(s.starts_at > register_now() or s.ends_at <= register_now(), 'room.not-now');
  select * into q from subject_request k where k.id = a.request_id;
  perform refuse_if(q.closed_at is not null, 'request.closed');
  perform refuse_if(q.identified_at is null, 'request.not-identified');
  perform end_listening_for(l, 'left') from listening l where l.session_hash = own and l.ended_at is null;
  -- One room at a time: one left open elsewhere ends.
  perform end_rooms(a, viewer(), 'opened-again');
  update appointment k set opened_at = clock_timestamp() where k.id = a.id;
  perform record_appointment_act('room.opened', a, viewer(), jsonb_build_object('workstation', w.id, 'office', w.office_id, 'until', ledger_instant(s.ends_at)));
  update workstation k set last_seen_at = clock_timestamp() where k.id = w.id;
  update session k set confined_to = a.id, confined_until = s.ends_at, confined_at = w.id where k.token_hash = own;
end $$;
grant execute on function open_room to seloste_desk;

-- Returns the room of this session: the person's calls to hear and their parts, and logs an access to each call. `confirms`: the host has a
-- password to confirm the hearing here. No row once the host's right has ended.
create or replace function room_now() returns table (appointment_id uuid, number text, language text, until timestamptz, confirms boolean, calls jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  q subject_request;
  heard uuid[] := (select recordings from room_contents());
begin
  select * into q from request_in_room();
  perform refuse_if(q.id is null or not exists (select from rights_of(viewer(), 'INSPECTION', q.number)), 'room.none');
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  select viewer(), 'SERVICE_UNIT', 'contact.read', 'INSPECTION', q.number, 'contact', c, 'ok', jsonb_build_object('appointment', confined_to())
  from room_contents() h, unnest(h.contacts) c;
  return query
    select confined_to(), q.number, q.language, confined_until(), exists (select from person p where p.id = viewer() and p.password_check is not null), coalesce((
      select jsonb_agg(jsonb_build_object(
        'ordinal', k.ordinal, 'startedAt', c.started_at, 'endedAt', c.ended_at, 'number', c.number_called, 'numberName', c.number_name,
        'parts', (
          select jsonb_agg(jsonb_build_object('recordingId', r.id, 'official', s.official_name, 'answeredAt', s.answered_at,
            'endedAt', s.ended_at, 'canBeHeard', coalesce(listened_until(r.id, 'INSPECTION', q.number) > register_now(), false)) order by s.answered_at)
          from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
          where r.id = any (heard) and r.contact_id = c.id
        )) order by k.ordinal)
      from request_call k join contact c on c.id = k.contact_id and c.started_at = k.contact_started_at
      where k.request_id = q.id and call_state(k) = 'MATCHED'
        and exists (select from recording r where r.id = any (heard) and r.contact_id = c.id)), '[]');
end $$;
grant execute on function room_now to seloste_desk;

-- Ends listening mode and its session. The host confirms the hearing by password, because the listener is alone at the screen and it
-- destroys what the other party has forbidden. Without confirmation anybody there may end it, and it can be opened again within its time.
-- Returns closed, or wrong or wait for the password.
create or replace function close_room(is_heard boolean, proof bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  a appointment;
  proved text;
begin
  select * into a from appointment k where k.id = confined_to();
  perform refuse_if(a.id is null or viewer() is null, 'room.none');
  if is_heard then
    proved := prove_password(session_token_hash(), close_room.proof);
    if proved <> 'right' then
      return proved;
    end if;
  end if;
  perform from inspection i where i.request_id = a.request_id and i.closed_at is null order by i.id for update;
  select * into a from appointment k where k.id = a.id for update;
  if is_heard and a.state = 'BOOKED' then
    perform end_appointment(a, viewer(), 'HEARD');
  end if;
  perform end_rooms(a, viewer(), 'closed');
  return 'closed';
end $$;
grant execute on function close_room to seloste_desk;
