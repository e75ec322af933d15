-- Whether whoever acted had a role that may (R36-R41). The evidence compared the scope of looks with rights, and no role: an official who
-- picked a recording of their own for research was within their scope.

-- Roles that may do what an action of the audit log tells of; an expert's with the duty. None for an action that anybody may do, or that a
-- process notes later in somebody's name. Looks are judged with their scope.
create function roles_of_act(action text) returns text[] language sql immutable as $$
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
    when action = 'reconciliation.listed' then '{DATA_PROTECTION_OFFICER,ADMINISTRATOR,MAINTENANCE}'
    when action = 'call-flow.read' then '{ADMINISTRATOR,MAINTENANCE}'
    when action = 'clock.confirmed' then '{DECISION_MAKER,DATA_PROTECTION_OFFICER,ADMINISTRATOR}'
    when action = 'hold.entered' then '{SECURITY}'
    when action in ('hold.renewed', 'hold.ended', 'holds.read') then '{SECURITY,DECISION_MAKER}'
    when action in ('request.entered', 'request.changed', 'request.assigned', 'request.identified', 'request.extended', 'request.closed',
      'request.read', 'call.looked-for', 'call.verified', 'call.given-up', 'appointment.booked', 'room.opened', 'letter.made', 'letter.read',
      'letter.delivered', 'letter.removed', 'pending-right.told', 'subject-copy.made', 'correction.proposed') then '{SERVICE_UNIT}'
    when action = 'requests.read' then '{SERVICE_UNIT,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('office.changed', 'workstation.enrolled', 'workstation.ended', 'template.changed') then '{SERVICE_UNIT,ADMINISTRATOR}'
    when action = 'referral.taken-up' then '{EXPERT/QUALITY,SECURITY}'
    when action = 'disclosures.read' then '{EXPERT/QUALITY,SECURITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}'
    when action in ('research.begun', 'research.changed', 'research.item-picked', 'research.item-dropped', 'research.undertaking',
      'anonymised-copy.begun', 'anonymised-copy.saved', 'anonymised-copy.checked') then '{EXPERT/QUALITY}'
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

-- Whether somebody held one of some roles at an instant; where an entry names the role that they acted in, that one.
create function held_role(person uuid, roles text[], acted_in text, acted_at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from access_right a
    where a.person_id = held_role.person
      and (a.role = any (roles) or a.role || '/' || a.duty = any (roles))
      and (acted_in is null or a.role = acted_in)
      and a.valid_from <= acted_at + scope_grace() and coalesce(a.valid_to > acted_at - scope_grace(), true)
      and coalesce(a.revoked_at > acted_at - scope_grace(), true))
$$;

drop function looks_out_of_scope(bigint, bigint[], bigint);
-- As 0066-what-evidence-finds.sql has it; and acts of people: those that no role of theirs may do are outside as well.
create function looks_out_of_scope(after bigint, known bigint[], most bigint)
returns table (looks bigint, acts bigint, young bigint, outside bigint[], upto bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off as $$
  with seen as (
    (select * from audit_entry e where e.seq > after order by e.seq limit most)
    union
    select * from audit_entry e where e.seq = any (known)
  ), looks as (
    select * from seen
    where result = 'ok' and action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started')
  ), shown as (
    select l.seq, l.at, l.person_id, l.purpose, l.reference, s.contact_id as call, s.id as part
    from looks l join recording r on r.id = l.object_id join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    where l.action = 'listening.started'
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, c.id, null
    from looks l join contact c on c.id = l.object_id where l.action in ('contact.read', 'caller.revealed')
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, c.id, null
    from looks l cross join lateral jsonb_array_elements_text(l.detail -> 'contacts') x join contact c on c.id = x::uuid
    where l.action = 'contacts.listed'
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, s.contact_id, s.id
    from looks l cross join lateral jsonb_array_elements_text(l.detail -> 'segments') x join segment s on s.id = x::uuid
    where l.action = 'calls.watched'
  ), acts as (
    -- A look is in the role that its entry names.
    select s.*, case when l.seq is null then roles_of_act(s.action) else array[s.role] end as roles
    from seen s left join looks l on l.seq = s.seq
    where s.result = 'ok' and s.person_id is not null and (s.role is not null or l.seq is null)
  )
  select
    (select count(*) from looks l where l.seq > after and l.seq <= u.seq),
    (select count(*) from acts a where a.roles is not null and a.seq > after and a.seq <= u.seq),
    (select count(*) from looks l where l.seq > u.seq),
    coalesce((select array_agg(distinct w.seq) from (
      select o.seq from shown o where not was_in_scope(o.person_id, o.purpose, o.reference, o.at, o.call, o.part)
      union all
      select a.seq from acts a where a.roles is not null and not held_role(a.person_id, a.roles, a.role, a.at)
    ) w), '{}'),
    u.seq
  from (select coalesce(max(s.seq), after) as seq from seen s where s.seq > after and s.at < now() - interval '2 minutes') u
$$;

-- As 0066-what-evidence-finds.sql has it; and whoever added an item had the role that adds one, whoever listened the role in which they did.
create or replace function listenings_out_of_scope()
returns table (listenings bigint, outside uuid[], untold uuid[], items bigint, items_outside text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with items as (
    select d.number || '/' || i.item as name, i.picked_by as person, 'SERVICE_LEVEL_STUDY' as purpose, null as reference, i.picked_at as at,
      s.contact_id as call, s.id as part, roles_of_act('research.item-picked') as roles
    from research_item i join research_disclosure d on d.id = i.disclosure_id
    join recording r on r.id = i.recording_id
    join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    union all
    select d.number || '/' || i.item, i.added_by, 'CRIME_OR_MISUSE', d.case_number, i.added_at, i.contact_id, null,
      roles_of_act('authority.item-added')
    from authority_item i join authority_disclosure d on d.id = i.disclosure_id
    join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at
  )
  select
    (select count(*) from listening),
    (select coalesce(array_agg(l.id order by l.started_at), '{}')
      from listening l join recording r on r.id = l.recording_id
      join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where not was_in_scope(l.person_id, l.purpose, l.reference, l.started_at, s.contact_id, s.id)
        or not held_role(l.person_id, array[l.role], l.role, l.started_at)),
    (select coalesce(array_agg(l.id order by l.started_at), '{}')
      from listening l
      where not exists (select from audit_entry e
        where e.object_id = l.recording_id and e.action = 'listening.started' and e.result = 'ok' and e.person_id = l.person_id
          and coalesce(e.detail ->> 'listening' = l.id::text, true))),
    (select count(*) from items),
    (select coalesce(array_agg(i.name order by i.name), '{}') from items i
      where not was_in_scope(i.person, i.purpose, i.reference, i.at, i.call, i.part) or not held_role(i.person, i.roles, null, i.at))
$$;

revoke execute on function roles_of_act(text), held_role(uuid, text[], text, timestamptz), looks_out_of_scope(bigint, bigint[], bigint)
  from public;
grant execute on function looks_out_of_scope(bigint, bigint[], bigint) to seloste_custodian;
