-- Returns true if a request is executed by a prohibition.
create or replace function requests_prohibition(q subject_request) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select q.kinds && array['PROHIBIT', 'ERASURE', 'OBJECTION']
$$;

-- Returns true if a requester was notified that recordings are restricted.
create or replace function restriction_was_notified(q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from letter l where l.request_id = q.id and l.kind = 'restriction' and l.delivered_at is not null)
$$;

-- Returns true if a request restricts the recordings of its calls. Also true, until the request is closed, once the requester was notified
-- of a restriction, even if the request no longer asks for one.
create or replace function restricts(q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.closed_at is null and q.party in ('CALLER', 'OFFICIAL') and (q.kinds && array['OBJECTION', 'RESTRICTION']
    or restriction_was_notified(q))
$$;

-- Returns true if a recording is of a segment that an official answered, or was recorded as having answered before a correction. The earlier
-- official counts too, because whoever was notified of a restriction must be notified before it is lifted.
create or replace function was_answered_by(r recording, official uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from segment s
      where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = official)
    or exists (select from correction c
      where c.segment_id = r.segment_id and c.was_person_id = official and c.outcome = 'APPROVED');
end $$;

-- Returns the available recordings that a request restricts. A recording past its day counts as gone.
create or replace function restricted_by(q subject_request) returns setof recording
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
    select r.* from request_call c join recording r on r.contact_id = c.contact_id
    where c.request_id = q.id and c.state = 'MATCHED' and restricts(q)
      and r.state not in ('DESTROYING', 'DESTROYED') and (r.destroy_at is null or r.destroy_at > register_now())
      and not exists (select from prohibition p where p.recording_id = r.id)
      and (q.party <> 'OFFICIAL' or was_answered_by(r, q.official_id));
end $$;

-- Requires a fresh proof (confirm.fresh) to lift the restriction of a request's recordings, or of one call's: otherwise anybody could lift
-- the restriction at an unattended desk. Required also where another restriction remains: otherwise the answer would reveal a preservation
-- order.
create or replace function require_fresh_to_lift(q subject_request, contact uuid default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from restricted_by(q) r where require_fresh_to_lift.contact is null or r.contact_id = require_fresh_to_lift.contact) then
    perform require_fresh();
  end if;
end $$;

-- Returns true if a request, other than `except_request`, restricts a recording.
create or replace function is_restricted(r recording, except_request uuid default null) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from request_call c join subject_request q on q.id = c.request_id
    where c.contact_id = r.contact_id and c.state = 'MATCHED' and restricts(q) and q.id is distinct from except_request
      and (q.party <> 'OFFICIAL' or was_answered_by(r, q.official_id)));
end $$;

-- Sets the state of a call's recordings, and logs each restriction that begins or ends.
create or replace function settle_restrictions(contact uuid, request subject_request) returns void
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

create or replace function settle_restrictions_of_call() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  old_contact uuid := case when old.state = 'MATCHED' then old.contact_id end;
  new_contact uuid := case when new.state = 'MATCHED' then new.contact_id end;
begin
  select * into q from subject_request s where s.id = coalesce(new.request_id, old.request_id);
  if restricts(q) then
    if old_contact is distinct from new_contact then
      perform ledger_restriction(q, c, how) from (values (old_contact, 'ended'), (new_contact, 'entered')) t (c, how) where c is not null;
    end if;
    perform settle_restrictions(contact, q) from unnest(array[old_contact, new_contact]) contact
    where contact is not null group by contact order by contact;
  end if;
  return null;
end $$;

create or replace function settle_restrictions_of_request() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if restricts(old) <> restricts(new) then
    perform ledger_restriction(new, c.contact_id, case when restricts(new) then 'entered' else 'ended' end) from request_call c
    where c.request_id = new.id and c.state = 'MATCHED' and c.contact_id is not null order by c.contact_id;
    perform settle_restrictions(c.contact_id, new) from request_call c
    where c.request_id = new.id and c.state = 'MATCHED' and c.contact_id is not null order by c.contact_id;
  end if;
  return null;
end $$;

-- Returns when a request was answered: at its closing, or at the delivery of its answers if it asks for a restriction, because such
-- a request stays open until the restriction is lifted.
create or replace function answered_at(q subject_request) returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return case when q.kinds @> array['RESTRICTION'] then least(q.closed_at, (
    select max(first) from (
      select (select min(l.delivered_at) from letter l where l.request_id = q.id and letter_answers(l.kind, asked, false)) as first
      from unnest(q.kinds) asked) a
    having bool_and(first is not null))) else q.closed_at end;
end $$;
grant execute on function answered_at to seloste_custodian;
