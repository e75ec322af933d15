-- Notifies capture of a prohibition at once: it may have the recording, or the call may return to it.
create or replace function notify_capture_of_prohibition() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_notify('seloste_forbidden', new.recording_id::text);
  return null;
end $$;

create or replace function notify_capture_of_stop() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state = 'DESTROYED' then
    delete from capture_stop where recording_id = new.id;
  else
    insert into capture_stop (recording_id) values (new.id) on conflict do nothing;
    perform pg_notify('seloste_forbidden', new.id::text);
  end if;
  return null;
end $$;

-- Returns the forbidden recordings among those that a capture process has. `destroys`: capture destroys what it has. Otherwise something
-- blocks the destruction: capture stops recording and stores what it has.
create or replace function forbidden_recordings(known uuid[]) returns table (recording_id uuid, destroys boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id, r.state in ('DESTROYING', 'DESTROYED')
  from recording r
  where r.id = any (known) and exists (select from prohibition p where p.recording_id = r.id)
$$;
grant execute on function forbidden_recordings to seloste_capture;

-- Records that capture no longer has a recording: it destroyed it, or brought all of it to the object store, where the custodian destroys
-- it.
create or replace function record_capture_stopped(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from capture_stop where recording_id = wanted;
  if found then
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('capture.stopped', 'recording', wanted, 'ok', '{}');
    perform pg_notify('seloste_ends', wanted::text);
  end if;
end $$;
grant execute on function record_capture_stopped to seloste_capture;

-- Returns the prohibitions of the viewer's own calls that are the official's or that the viewer entered (R48), while the calls are in the
-- history.
create or replace function my_prohibitions() returns table (id uuid, recording_id uuid, contact_id uuid, started_at timestamptz, party text,
  received_at timestamptz, executed_at timestamptz, state text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform refuse_if(viewer() is null or confined_to() is not null, 'deny.role');
  return query
    select p.id, p.recording_id, s.contact_id, s.contact_started_at, p.party, p.received_at, p.executed_at, prohibition_state(p)
    from segment s
    join recording r on r.segment_id = s.id
    join prohibition p on p.recording_id = r.id
    where s.official_person_id = viewer() and (p.party = 'OFFICIAL' or p.entered_by = viewer())
      and (contact_in_term(s.contact_id)).id is not null
    order by p.received_at desc, p.id limit 500;
end $$;
grant execute on function my_prohibitions to seloste_desk;

create or replace function my_requests() returns table (number text, kinds text[], received_at timestamptz, due_at timestamptz,
  closed_at timestamptz, outcome text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform refuse_if(viewer() is null or confined_to() is not null, 'deny.role');
  return query
    select q.number, q.kinds, q.received_at, coalesce(q.extended_until, q.due_at), q.closed_at, q.outcome
    from subject_request q where q.official_id = viewer() order by q.received_at desc, q.id limit 500;
end $$;
grant execute on function my_requests to seloste_desk;
