-- A recording that is forbidden while its call goes on (R49, AC11): capture stops sealing it within a second and destroys what it
-- has. The recording is destroyed once capture has nothing of it any more; the call goes on.

-- What capture has still, of recordings that are being destroyed. What it has when the private half of their day's intake key is
-- gone is noise.
create table capture_stop (
  recording_id uuid primary key,
  asked_at timestamptz not null default clock_timestamp()
);
alter table capture_stop enable row level security;
create policy custodian_reads on capture_stop for select to seloste_custodian using (true);
grant select on capture_stop to seloste_custodian;

-- As 0017 has it, and what is being captured waits for nothing of its own: it is blocked and destroyed like any other. Whether
-- it is being captured is still told, and asked by nobody.
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

-- Capture is told at once of whatever is forbidden: it may have the recording, or the call may come back to it.
create function prohibition_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_notify('seloste_forbidden', new.recording_id::text);
  return null;
end $$;
create trigger told_to_capture after insert on prohibition for each row execute function prohibition_is_told();

create function capture_is_stopped() returns trigger
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
create trigger stops_capture after update of state on recording for each row
  when (old.state = 'CAPTURING' and new.state = 'DESTROYING' or old.state = 'DESTROYING' and new.state = 'DESTROYED')
  execute function capture_is_stopped();

-- Which of the recordings that a capture process has, or had, are forbidden; and whether what it has is to be destroyed. Where
-- something stands in the way of that, capture stops all the same, and stores what it has.
create function forbidden_recordings(known uuid[]) returns table (recording_id uuid, destroys boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id, r.state in ('DESTROYING', 'DESTROYED')
  from recording r
  where r.id = any (known) and exists (select from prohibition p where p.recording_id = r.id)
$$;

-- Capture has nothing of a recording any more: it has destroyed it, or has brought all of it to the object store, where the
-- custodian destroys it.
create function capture_lets_go(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from capture_stop where recording_id = wanted;
  if found then
    insert into audit_entry (action, object_kind, object_id, result, detail) values ('capture.stopped', 'recording', wanted, 'ok', '{}');
    perform pg_notify('seloste_ends', wanted::text);
  end if;
end $$;
create policy capture_stop_is_told on audit_entry as restrictive for insert to seloste_desk, seloste_capture, seloste_custodian
  with check (action <> 'capture.stopped' or result <> 'ok');

-- What an official has done about their own calls, and asked the Service Unit (R48): while the calls are in the history.
create function my_prohibitions() returns table (id uuid, recording_id uuid, contact_id uuid, started_at timestamptz, party text,
  received_at timestamptz, executed_at timestamptz, state text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  if viewer() is null or confined_to() is not null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  return query
    select p.id, p.recording_id, s.contact_id, s.contact_started_at, p.party, p.received_at, p.executed_at, prohibition_state(p)
    from segment s
    join recording r on r.segment_id = s.id
    join prohibition p on p.recording_id = r.id
    where s.official_person_id = viewer() and (p.party = 'OFFICIAL' or p.entered_by = viewer())
      and (contact_in_term(s.contact_id)).id is not null
    order by p.received_at desc, p.id limit 500;
end $$;

create function my_requests() returns table (number text, kinds text[], received_at timestamptz, due_at timestamptz,
  closed_at timestamptz, outcome text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  if viewer() is null or confined_to() is not null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  return query
    select q.number, q.kinds, q.received_at, coalesce(q.extended_until, q.due_at), q.closed_at, q.outcome
    from subject_request q where q.official_id = viewer() order by q.received_at desc, q.id limit 500;
end $$;

-- Over 0018-history-terms.sql: in the listening mode nobody is anything.
create or replace function looks_at_my_calls(since timestamptz, until timestamptz)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint,
  contact_started_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  me uuid := viewer();
  own_calls uuid[];
  own_parts uuid[];
  own_recordings uuid[];
begin
  if confined_to() is not null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  if me is null then
    raise exception 'session.none' using errcode = 'SE001';
  end if;
  select array_agg(distinct s.contact_id), array_agg(s.id) into own_calls, own_parts
  from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
  where s.official_person_id = me and c.started_at < looks_at_my_calls.until
    and history_end(c.history_ends_at, c.started_at) > register_now();
  select array_agg(r.id) into own_recordings from recording r where r.segment_id = any (own_parts);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (me, 'extract.read', 'person', me, 'ok', jsonb_build_object('from', looks_at_my_calls.since, 'to', looks_at_my_calls.until));
  return query
    select l.*, (select c.started_at from contact c where c.id = l.contact_id)
    from looks_at(coalesce(own_calls, '{}'), coalesce(own_recordings, '{}'), coalesce(own_parts, '{}'), me,
      looks_at_my_calls.since, looks_at_my_calls.until) l;
end $$;

revoke execute on function prohibition_is_told(), capture_is_stopped(), forbidden_recordings(uuid[]), capture_lets_go(uuid),
  my_prohibitions(), my_requests() from public;
grant execute on function forbidden_recordings(uuid[]), capture_lets_go(uuid) to seloste_capture;
grant execute on function my_prohibitions(), my_requests() to seloste_desk;
