-- Whoever listens in an office sits alone at a browser in which the host may still be signed in at the identity provider. A sign-in there
-- from before the listening mode was opened lets nobody in here.

alter table appointment add column opened_at timestamptz;

-- As 0024-offices.sql has it, and notes when the listening mode was opened last.
create or replace function open_room(wanted uuid, workstation_hash bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  own bytea := sha256(convert_to(current_setting('seloste.session', true), 'UTF8'));
  a appointment;
  s office_slot;
  w workstation;
  q subject_request;
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into a from appointment k where k.id = wanted for update;
  if a.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  select * into s from office_slot k where k.id = a.slot_id;
  if s.host_id <> viewer() then
    raise exception 'room.host' using errcode = 'SE001';
  end if;
  select * into w from workstation k where k.token_hash = workstation_hash and k.ended_at is null;
  if w.id is null or w.office_id <> s.office_id then
    raise exception 'room.workstation' using errcode = 'SE001';
  end if;
  if a.state <> 'BOOKED' then
    raise exception 'appointment.over' using errcode = 'SE001';
  end if;
  if s.starts_at > register_now() or s.ends_at <= register_now() then
    raise exception 'room.not-now' using errcode = 'SE001';
  end if;
  select * into q from subject_request k where k.id = a.request_id;
  if q.closed_at is not null then
    raise exception 'request.closed' using errcode = 'SE001';
  end if;
  if q.identified_at is null then
    raise exception 'request.not-identified' using errcode = 'SE001';
  end if;
  perform end_listening_for(l, 'left') from listening l where l.session_hash = own and l.ended_at is null;
  -- In one room at a time: a window that was left behind is none any more.
  perform end_rooms(a, viewer(), 'opened-again');
  update appointment k set opened_at = clock_timestamp() where k.id = a.id;
  perform note_appointment('room.opened', a, viewer(), jsonb_build_object('workstation', w.id, 'office', w.office_id, 'until', ledger_instant(s.ends_at)));
  update workstation k set last_seen_at = clock_timestamp() where k.id = w.id;
  update session k set confined_to = a.id, confined_until = s.ends_at, confined_at = w.id where k.token_hash = own;
end $$;

-- When a person last opened the listening mode as its host; null where that is more than a day ago.
create function last_hosted(person uuid) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select max(a.opened_at) from office_slot s join appointment a on a.slot_id = s.id
  where s.host_id = last_hosted.person and a.opened_at > now() - interval '1 day'
$$;
revoke execute on function last_hosted(uuid) from public;
grant execute on function last_hosted(uuid) to seloste_custodian;
