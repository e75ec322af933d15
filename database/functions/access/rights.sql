-- A request is decided once and as submitted.
create or replace function right_request_guard() returns trigger language plpgsql as $$
begin
  if old.state <> 'REQUESTED' then
    raise exception 'request % is decided', old.id;
  end if;
  if (new.id, new.batch_id, new.person_id, new.role, new.duty, new.purposes, new.scope_kind, new.scope_units, new.scope_numbers,
      new.reason, new.valid_from, new.valid_to, new.requested_by, new.requested_at)
     is distinct from
     (old.id, old.batch_id, old.person_id, old.role, old.duty, old.purposes, old.scope_kind, old.scope_units, old.scope_numbers,
      old.reason, old.valid_from, old.valid_to, old.requested_by, old.requested_at) then
    raise exception 'request % cannot change before its decision', old.id;
  end if;
  return new;
end $$;

-- A right keeps its holder, its decision and its revocation. A revocation records its cause; without one, the cause is
-- `employment`.
create or replace function access_right_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.person_id, new.requested_by, new.approved_by, new.origin, new.request_id, new.granted_at)
     is distinct from (old.id, old.person_id, old.requested_by, old.approved_by, old.origin, old.request_id, old.granted_at) then
    raise exception 'right % keeps its person and its decision', old.id;
  end if;
  if old.revoked_at is not null and (new.revoked_at, new.revoked_by, new.revoke_cause, new.revoke_reason)
     is distinct from (old.revoked_at, old.revoked_by, old.revoke_cause, old.revoke_reason) then
    raise exception 'right % is revoked and stays so', old.id;
  end if;
  if new.revoked_at is not null and new.revoke_cause is null then
    new.revoke_cause := 'employment';
  end if;
  return new;
end $$;

-- A right that has ended stays ended, also when the clock is set back.
create or replace function holds_now(valid_from timestamptz, valid_to timestamptz) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select valid_from <= now() and (valid_to is null or valid_to > register_now())
$$;
grant execute on function holds_now to seloste_desk;

-- Returns true if a person is an official now: employed, with a number at which they answer or a right to their own calls.
create or replace function is_official(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from person p where p.id = person and holds_now(p.employed_from, p.employed_to))
    and (
      exists (select from person_phone f where f.person_id = person and holds_now(f.valid_from, f.valid_to))
      or exists (select from access_right r where r.person_id = person and r.role = 'OFFICIAL'
        and r.revoked_at is null and holds_now(r.valid_from, r.valid_to))
    )
$$;
grant execute on function is_official to seloste_desk;

-- Returns the units whose officials a person supervises now, with the number of officials (R37).
create or replace function units_supervised(supervisor uuid) returns table (unit_id uuid, officials integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select pl.unit_id, count(*)::integer
  from person_placement pl
  where pl.supervisor_id = supervisor and pl.unit_id is not null and holds_now(pl.valid_from, pl.valid_to) and is_official(pl.person_id)
  group by 1
$$;
grant execute on function units_supervised to seloste_desk;

-- Returns the people whose rights the viewer handles as their supervisor: those placed under the viewer, and the officials of the units
-- that the viewer's right reaches.
create or replace function supervised_by_viewer() returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct pl.person_id), '{}')
  from person_placement pl
  where viewer_is('SUPERVISOR') and holds_now(pl.valid_from, pl.valid_to) and pl.person_id <> viewer()
    and (
      pl.supervisor_id = viewer()
      or pl.unit_id in (
        select unnest(r.scope_units) from access_right r
        where r.person_id = viewer() and r.role = 'SUPERVISOR' and r.scope_kind = 'unit'
          and r.revoked_at is null and holds_now(r.valid_from, r.valid_to)
      ) and is_official(pl.person_id)
    )
$$;
grant execute on function supervised_by_viewer to seloste_desk;

-- Returns true for those who read everybody's rights: who decide on them, administer accounts or oversee both.
create or replace function viewer_sees_rights() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ACCESS_APPROVER') or viewer_is('ADMINISTRATOR') or viewer_is('DATA_PROTECTION_OFFICER')
$$;
grant execute on function viewer_sees_rights to seloste_desk;

-- Returns the viewer's right in force to a role.
create or replace function viewer_right(wanted text) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id from access_right r
  where r.person_id = viewer() and r.role = wanted and r.revoked_at is null and holds_now(r.valid_from, r.valid_to)
  order by r.valid_from limit 1
$$;

-- Logs the viewer's act on a request or a right. It is in the database so that no process can act without the entry.
create or replace function record_right_act(action text, as_role text, object_kind text, object_id uuid, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  select viewer(), viewer_right(as_role), as_role, action, object_kind, object_id, 'ok', detail
$$;

create or replace function quarter_start(instant timestamptz) returns timestamptz
language sql immutable set search_path = pg_catalog as $$
  select date_trunc('quarter', instant at time zone 'Europe/Helsinki') at time zone 'Europe/Helsinki'
$$;
grant execute on function quarter_start to seloste_desk;

-- Returns the latest end of a right that begins at an instant: the end of the same day a year later.
create or replace function latest_end(begins timestamptz) returns timestamptz
language sql immutable set search_path = pg_catalog as $$
  select (date_trunc('day', begins at time zone 'Europe/Helsinki') + interval '12 months' + interval '1 day') at time zone 'Europe/Helsinki'
$$;
grant execute on function latest_end to seloste_desk;

-- Raises SE001 with what is wrong with a requested right that would begin at `begins`; the detail has the person, unit or number concerned.
create or replace function check_request(q right_request, begins timestamptz) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p person;
  d described_role;
  wrong text;
begin
  select * into p from person where id = q.person_id;
  perform refuse_if(p.id is null, 'right.not-employed', q.person_id::text);
  perform refuse_if(begins > latest_end(now()), 'right.from-wrong');
  perform refuse_if(q.valid_to <= begins or q.valid_to <= now() or q.valid_to > latest_end(begins), 'right.until-wrong');
  -- The employment may begin with the right, and ends it.
  perform refuse_if(p.employed_from > begins or p.employed_to <= now(), 'right.not-employed', q.person_id::text);
  perform refuse_if(p.employed_to < q.valid_to, 'right.beyond-employment', q.person_id::text);

  perform refuse_if(q.role = 'EXPERT' and q.duty is null, 'right.duty-missing');
  select * into d from described_role where version = version_at(now()) and role = q.role and duty is not distinct from q.duty;
  perform refuse_if(d.version is null, 'right.role-unknown');
  -- A person who could both set passwords and approve rights would need nobody else to get a right under another's name.
  perform refuse_if(q.role in ('ADMINISTRATOR', 'ACCESS_APPROVER') and exists (
    select from access_right r
    where r.person_id = q.person_id and r.role in ('ADMINISTRATOR', 'ACCESS_APPROVER') and r.role <> q.role
      and r.revoked_at is null and (r.valid_to is null or r.valid_to > begins)
  ), 'right.incompatible', q.person_id::text);
  perform refuse_if(q.purposes = '{}' and d.purposes <> '{}', 'right.purpose-missing');
  perform refuse_if(not purposes_cover(d.purposes, q.purposes), 'right.purpose-unknown');
  perform refuse_if(q.scope_kind <> d.scope or (q.scope_units <> '{}' and d.scope <> 'unit') or (q.scope_numbers <> '{}' and d.scope <> 'numbers'),
    'right.scope-wrong');

  if q.scope_kind = 'unit' then
    perform refuse_if(q.scope_units = '{}', 'right.unit-missing');
    select u into wrong from unnest(q.scope_units) u where u is null or u not in (select unit_id from units_supervised(q.person_id)) limit 1;
    perform refuse_if(found, 'right.no-officials', wrong);
  elsif q.role = 'SUPERVISOR' and not exists (select from units_supervised(q.person_id)) then
    raise exception 'right.no-officials' using errcode = 'SE001', detail = '';
  end if;
  if q.scope_kind = 'numbers' then
    perform refuse_if(q.scope_numbers = '{}', 'right.number-missing');
    select n into wrong from unnest(q.scope_numbers) n
    where n is null or not exists (
      select from described_number k
      where k.number = n and k.version = (select max(version) from described_number where version <= version_at(now()))
    ) limit 1;
    perform refuse_if(found, 'right.number-unknown', wrong);
  end if;
end $$;

-- Requests a right for each of some people, all or none. Anyone may request for themselves, a supervisor for the officials of the unit, an
-- administrator for anyone. The right is limited to the scope that the description gives the role, within the units or numbers named.
create or replace function request_rights(people uuid[], role text, duty text, purposes text[], units uuid[], numbers text[],
  reason text, valid_from timestamptz, valid_to timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  batch uuid := gen_random_uuid();
  requested right_request;
  holder uuid;
  as_role text;
  today timestamptz := date_trunc('day', now() at time zone 'Europe/Helsinki') at time zone 'Europe/Helsinki';
begin
  perform refuse_if(viewer() is null, 'deny.role');
  perform refuse_if(coalesce(cardinality(people), 0) not between 1 and 100, 'right.person-missing');
  perform refuse_if(coalesce(request_rights.reason, '') !~ '\S', 'right.reason-missing');
  perform refuse_if(request_rights.valid_from < today, 'right.from-wrong');
  for holder in select distinct u from unnest(people) u order by u loop
    as_role := case
      when holder = viewer() then null
      when viewer_is('ADMINISTRATOR') then 'ADMINISTRATOR'
      when holder = any (supervised_by_viewer()) then 'SUPERVISOR'
      else '' end;
    perform refuse_if(as_role = '', 'right.not-yours', holder::text);
    -- One at a time for each person, so that the same right is not requested twice at once.
    perform pg_advisory_xact_lock(hashtextextended('seloste.right-request' || holder, 0));
    requested := row(
      gen_random_uuid(), batch, holder, request_rights.role, request_rights.duty,
      (select coalesce(array_agg(distinct x order by x), '{}') from unnest(request_rights.purposes) x),
      coalesce((select d.scope from described_role d where d.version = version_at(now()) and d.role = request_rights.role
        and d.duty is not distinct from request_rights.duty), ''),
      (select coalesce(array_agg(distinct x order by x), '{}') from unnest(units) x),
      (select coalesce(array_agg(distinct x order by x), '{}') from unnest(numbers) x),
      request_rights.reason, request_rights.valid_from, request_rights.valid_to, viewer(), clock_timestamp(), 'REQUESTED', null, null, null);
    perform check_request(requested, greatest(requested.valid_from, now()));
    perform refuse_if(exists (select from right_request q where q.person_id = holder and q.state = 'REQUESTED' and q.role = requested.role
        and q.duty is not distinct from requested.duty and q.scope_units = requested.scope_units and q.scope_numbers = requested.scope_numbers
        and q.purposes = requested.purposes), 'right.already-requested', holder::text);
    insert into right_request select requested.*;
    perform record_right_act('right.requested', as_role, 'right-request', requested.id, jsonb_strip_nulls(jsonb_build_object(
      'person', holder, 'role', requested.role, 'duty', requested.duty)));
    return next requested.id;
  end loop;
end $$;
grant execute on function request_rights to seloste_desk;

-- Approves or rejects a request: an approver in a session of their own who neither made it nor gets the right. Checks the right again as at
-- the request. Returns the right, or null after a rejection.
create or replace function decide_right_request(request uuid, approve boolean, note text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q right_request;
  made uuid;
  begins timestamptz;
begin
  perform refuse_if(not viewer_is('ACCESS_APPROVER'), 'deny.role');
  select * into q from right_request where id = request for update;
  perform refuse_if(q.id is null, 'not-found');
  perform refuse_if(q.state <> 'REQUESTED', 'right.decided');
  perform refuse_if(viewer() in (q.requested_by, q.person_id), 'right.own');
  if not approve then
    perform refuse_if(coalesce(note, '') !~ '\S', 'right.note-missing');
    update right_request r set state = 'REJECTED', decided_by = viewer(), decided_at = clock_timestamp(), note = decide_right_request.note where r.id = q.id;
    perform record_right_act('right.rejected', 'ACCESS_APPROVER', 'right-request', q.id, jsonb_build_object('person', q.person_id, 'role', q.role));
    return null;
  end if;
  begins := greatest(q.valid_from, now());
  -- One at a time for each person: what is checked of their other rights stays as it is.
  perform pg_advisory_xact_lock(hashtextextended('seloste.right-request' || q.person_id, 0));
  perform check_request(q, begins);
  update right_request r set state = 'APPROVED', decided_by = viewer(), decided_at = clock_timestamp(), note = decide_right_request.note where r.id = q.id;
  insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from, valid_to,
    requested_by, approved_by, origin, request_id)
  values (gen_random_uuid(), q.person_id, q.role, q.duty, q.purposes, q.scope_kind, q.scope_units, q.scope_numbers, begins, q.valid_to,
    q.requested_by, viewer(), 'procedure', q.id)
  returning id into made;
  perform record_right_act('right.granted', 'ACCESS_APPROVER', 'right', made, jsonb_strip_nulls(jsonb_build_object(
    'person', q.person_id, 'request', q.id, 'role', q.role, 'duty', q.duty, 'purposes', q.purposes, 'scope', q.scope_kind,
    'units', q.scope_units, 'numbers', q.scope_numbers, 'until', q.valid_to)));
  return made;
end $$;
grant execute on function decide_right_request to seloste_desk;

-- Withdraws an undecided request; by the person who made it or for whom it was made.
create or replace function withdraw_right_request(request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q right_request;
begin
  select * into q from right_request where id = request for update;
  perform refuse_if(q.id is null or viewer() is null or viewer() not in (q.requested_by, q.person_id), 'not-found');
  perform refuse_if(q.state <> 'REQUESTED', 'right.decided');
  update right_request r set state = 'WITHDRAWN', decided_by = viewer(), decided_at = clock_timestamp() where r.id = q.id;
  perform record_right_act('right.withdrawn', null, 'right-request', q.id, jsonb_build_object('person', q.person_id, 'role', q.role));
end $$;
grant execute on function withdraw_right_request to seloste_desk;

-- Returns the capacity in which the viewer may end a right: holder, approver, or supervisor of the holder.
create or replace function capacity_to_revoke(holder uuid) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when holder = viewer() then 'own'
    when viewer_is('ACCESS_APPROVER') then 'approver'
    when holder = any (supervised_by_viewer()) then 'supervisor'
  end
$$;

-- Ends a right at once. Anyone but its holder has to give a reason. Requires a fresh proof.
create or replace function revoke_right(wanted uuid, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r access_right;
  cause text;
begin
  select * into r from access_right where id = wanted for update;
  cause := capacity_to_revoke(r.person_id);
  perform refuse_if(r.id is null or (cause is null and not viewer_sees_rights()), 'not-found');
  perform refuse_if(cause is null, 'deny.role');
  perform refuse_if(r.revoked_at is not null or r.valid_to <= now(), 'right.over');
  perform refuse_if(cause <> 'own' and coalesce(revoke_right.reason, '') !~ '\S', 'right.note-missing');
  perform require_fresh();
  update access_right a set revoked_at = now(), revoked_by = viewer(), revoke_cause = cause, revoke_reason = nullif(btrim(revoke_right.reason), '')
  where a.id = r.id;
  perform record_right_act('right.revoked',
    case cause when 'approver' then 'ACCESS_APPROVER' when 'supervisor' then 'SUPERVISOR' end,
    'right', r.id, jsonb_build_object('person', r.person_id, 'role', r.role));
end $$;
grant execute on function revoke_right to seloste_desk;

-- Returns when a right was last confirmed as needed: at its approval, or by a review that kept it.
create or replace function confirmed_at(r access_right) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(r.granted_at, (select max(v.reviewed_at) from right_review v where v.right_id = r.id and v.kept))
$$;
grant execute on function confirmed_at to seloste_desk;

-- Returns the doubts about a right: a supervisor without officials (R37); an expert who answers calls, or whose duty the description no
-- longer has (R38); a holder whose placement has changed; a right wider than its role.
create or replace function right_doubts(r access_right) returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with d as (
    select * from described_role where version = version_at(now()) and role = r.role and duty is not distinct from r.duty
  )
  select array_remove(array[
    case when r.role = 'SUPERVISOR' and (
        not exists (select from units_supervised(r.person_id))
        or exists (select from unnest(r.scope_units) u where u not in (select unit_id from units_supervised(r.person_id)))
      ) then 'no-officials' end,
    case when r.role = 'EXPERT' and not exists (select from d) then 'duty-unknown' end,
    case when r.role = 'EXPERT' and exists (select from person_phone f where f.person_id = r.person_id and holds_now(f.valid_from, f.valid_to))
      then 'answers-calls' end,
    case when exists (select from person_placement pl where pl.person_id = r.person_id and holds_now(pl.valid_from, pl.valid_to)
        -- Also a placement that was entered after it began.
        and greatest(pl.valid_from, pl.entered_at) > confirmed_at(r)) then 'place-changed' end,
    case when exists (select from d where not purposes_cover(d.purposes, r.purposes)
        or not (r.scope_kind = d.scope or r.scope_kind in ('own', 'none') or d.scope = 'all'))
        or (r.role <> 'EXPERT' and not exists (select from d)) then 'narrowed' end
  ], null)
$$;
grant execute on function right_doubts to seloste_desk;

-- Returns true if a transfer raised a doubt about a supervisor or an expert and no review has settled it. This does not wait for the
-- quarterly review, because the right gives access to calls meanwhile.
create or replace function is_doubtful_after_move(r access_right) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.role in ('SUPERVISOR', 'EXPERT') and exists (
    select from unnest(right_doubts(r)) d
    where d = 'place-changed' or d = 'no-officials' and not coalesce((
      select d = any (v.doubts) from right_review v where v.right_id = r.id and v.kept order by v.reviewed_at desc limit 1), false))
$$;
grant execute on function is_doubtful_after_move to seloste_desk;

-- Confirms that a right is still needed, or ends it; by an approver or the holder's supervisor, never the holder. If there are doubts, a
-- note is required. Requires a fresh proof.
create or replace function review_right(wanted uuid, keep boolean, note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r access_right;
  capacity text;
  doubts text[];
  as_role text;
begin
  select * into r from access_right where id = wanted for update;
  capacity := capacity_to_revoke(r.person_id);
  perform refuse_if(r.id is null or (capacity is null and not viewer_sees_rights()), 'not-found');
  perform refuse_if(capacity is null, 'deny.role');
  perform refuse_if(capacity = 'own', 'right.own');
  perform refuse_if(r.revoked_at is not null or r.valid_to <= now(), 'right.over');
  doubts := right_doubts(r);
  perform refuse_if((not keep or doubts <> '{}') and coalesce(review_right.note, '') !~ '\S', 'right.note-missing');
  perform require_fresh();
  as_role := case capacity when 'approver' then 'ACCESS_APPROVER' else 'SUPERVISOR' end;
  insert into right_review (right_id, reviewed_by, kept, note, doubts)
  values (r.id, viewer(), keep, nullif(btrim(review_right.note), ''), doubts);
  perform record_right_act('right.reviewed', as_role, 'right', r.id, jsonb_build_object('person', r.person_id, 'role', r.role, 'kept', keep));
  if not keep then
    update access_right a set revoked_at = now(), revoked_by = viewer(), revoke_cause = 'review', revoke_reason = nullif(btrim(review_right.note), '')
    where a.id = r.id;
    perform record_right_act('right.revoked', as_role, 'right', r.id, jsonb_build_object('person', r.person_id, 'role', r.role));
  end if;
end $$;
grant execute on function review_right to seloste_desk;

-- Gives the first administrator or approver of an installation their right, while no employed person holds the role. For the database's
-- owner. Returns null if somebody holds the role.
create or replace function install_right(holder uuid, wanted text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made uuid;
begin
  if wanted not in ('ADMINISTRATOR', 'ACCESS_APPROVER') then
    raise exception 'the installation gives no right to the role %', wanted;
  end if;
  perform pg_advisory_xact_lock(hashtext('seloste.install-right'));
  if role_is_held(wanted) then
    return null;
  end if;
  insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, origin)
  values (gen_random_uuid(), holder, wanted, '{}', 'none', now(), latest_end(now()), 'installation')
  returning id into made;
  insert into audit_entry (action, role, object_kind, object_id, result, detail)
  values ('right.granted', null, 'right', made, 'ok', jsonb_build_object('person', holder, 'role', wanted, 'origin', 'installation',
    'purposes', '[]'::jsonb, 'scope', 'none', 'units', '[]'::jsonb, 'numbers', '[]'::jsonb, 'until', latest_end(now())));
  return made;
end $$;

create or replace function role_is_held(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from access_right r join person p on p.id = r.person_id
    where r.role = wanted and r.revoked_at is null and holds_now(r.valid_from, r.valid_to)
      and holds_now(p.employed_from, p.employed_to)
  )
$$;

-- Returns the roles that may do an action of the audit log; an expert's with the duty. Null for an action that anybody may do, or that a
-- process logs later in somebody's name. Accesses are checked with their scope (was_in_scope).
create or replace function roles_of_act(action text) returns text[] language sql immutable as $$
  select case
    when action in ('description.drafted', 'description.submitted', 'description.taken-back', 'description.withdrawn')
      then '{ADMINISTRATOR,EXPERT/QUALITY}'::text[]
    when action = 'description.tried' then '{ADMINISTRATOR,EXPERT/QUALITY,DECISION_MAKER}'
    when action in ('description.approved', 'description.rejected', 'recall.confirmed', 'correction.decided', 'openness.decided',
      'research.decided', 'research.released', 'package.made', 'authority.decided', 'authority.closed') then '{DECISION_MAKER}'
    when action in ('directory.changed', 'directory.imported', 'directory.change-asked', 'directory.number-ended', 'directory.place-ended',
      'directory.employment-ended', 'link.made', 'credential.removal-asked', 'feedback.answered') then '{ADMINISTRATOR}'
    when action in ('directory.change-confirmed', 'directory.change-refused', 'link.released', 'link.refused')
      then '{ADMINISTRATOR,ACCESS_APPROVER}'
    when action in ('right.rejected', 'credential.removal-refused') then '{ACCESS_APPROVER}'
    when action = 'right.reviewed' then '{ACCESS_APPROVER,SUPERVISOR}'
    when action in ('log.read', 'alarm.closed', 'looks.reviewed', 'reconciliation.explained') then '{DATA_PROTECTION_OFFICER}'
    when action in ('reconciliation.read', 'reconciliation.listed') then '{DATA_PROTECTION_OFFICER,ADMINISTRATOR,MAINTENANCE}'
    when action in ('call-flow.listed', 'call-flow.read') then '{ADMINISTRATOR,MAINTENANCE}'
    when action = 'due.read' then '{ADMINISTRATOR,DATA_PROTECTION_OFFICER,DECISION_MAKER,SECURITY,MAINTENANCE}'
    when action = 'records.read' then '{DATA_PROTECTION_OFFICER,DECISION_MAKER}'
    when action = 'clock.confirmed' then '{DECISION_MAKER,DATA_PROTECTION_OFFICER,ADMINISTRATOR}'
    when action = 'hold.entered' then '{SECURITY}'
    when action in ('hold.renewed', 'hold.ended', 'holds.read') then '{SECURITY,DECISION_MAKER}'
    when action in ('request.entered', 'request.changed', 'request.assigned', 'request.identified', 'request.extended', 'request.closed',
      'request.read', 'call.looked-for', 'call.verified', 'call.given-up', 'appointment.booked', 'room.opened', 'letter.made', 'letter.read',
      'letter.delivered', 'letter.removed', 'pending-right.told', 'subject-copy.made', 'correction.proposed', 'home-request.accepted',
      'home-request.discarded') then '{SERVICE_UNIT}'
    when action = 'requests.read' then '{SERVICE_UNIT,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('office.changed', 'workstation.enrolled', 'workstation.ended', 'template.changed') then '{SERVICE_UNIT,ADMINISTRATOR}'
    when action = 'referral.taken-up' then '{EXPERT/QUALITY,SECURITY}'
    when action = 'disclosures.read' then '{EXPERT/QUALITY,SECURITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('research.begun', 'research.changed', 'research.item-picked', 'research.item-dropped', 'research.undertaking',
      'anonymised-copy.begun', 'anonymised-copy.recognised', 'anonymised-copy.saved', 'anonymised-copy.checked') then '{EXPERT/QUALITY}'
    when action in ('research.read', 'anonymised-copy.read') then '{EXPERT/QUALITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('institute.changed', 'research.study-ended', 'research.item-confirmed', 'research.extension', 'research.withdrawn',
      'research.closed') then '{EXPERT/QUALITY,DECISION_MAKER}'
    when action in ('authority.entered', 'authority.changed', 'authority.item-added', 'authority.item-dropped', 'authority.assessed')
      then '{SECURITY}'
    when action = 'authority.read' then '{SECURITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('quality.own-read', 'quality.evaluation-acknowledged', 'quality.disagreed', 'training.own-read') then '{OFFICIAL}'
    when action in ('quality.form-begun', 'quality.form-saved', 'quality.form-published', 'quality.plan-begun', 'quality.plan-ended',
      'quality.calibration-begun', 'quality.calibration-closed') then '{EXPERT/QUALITY}'
    when action ~ '^quality[.]' then '{SUPERVISOR,EXPERT/QUALITY}'
    when action ~ '^training[.]' then '{SUPERVISOR,EXPERT/TRAINING}'
  end
$$;

-- Returns true if a person held one of some roles at an instant. If the entry names a role, only that one counts.
create or replace function held_role(person uuid, roles text[], acted_in text, acted_at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from access_right a
    where a.person_id = held_role.person
      and (a.role = any (roles) or a.role || '/' || a.duty = any (roles))
      and (acted_in is null or a.role = acted_in)
      and a.valid_from <= acted_at + scope_grace() and coalesce(a.valid_to > acted_at - scope_grace(), true)
      and coalesce(a.revoked_at > acted_at - scope_grace(), true))
$$;
