-- Returns the tolerance for the clocks of two machines, and for accesses that were under way when a right ended.
create or replace function scope_grace() returns interval language sql immutable as $$ select interval '6 seconds' $$;

-- Returns true if a correction of a part was approved after an instant: its present official did not have it then.
create or replace function is_corrected_since(part uuid, accessed_at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from correction c
    where c.segment_id = part and c.outcome = 'APPROVED' and c.decided_at > accessed_at + scope_grace())
$$;
grant execute on function is_corrected_since to seloste_custodian;

-- Returns a part's official and unit at an instant: those before the next correction, if the log has that correction. `lost`: times of
-- restores that logged nothing of the corrections that they replayed.
create or replace function part_before_correction(part uuid, accessed_at timestamptz, lost tstzmultirange) returns table (person_id uuid, unit_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.was_person_id, c.was_unit_id from correction c
  where c.segment_id = part and c.outcome = 'APPROVED' and c.decided_at > accessed_at - scope_grace()
    and not exists (select from correction o where o.segment_id = part and o.outcome = 'APPROVED'
      and o.decided_at > accessed_at + scope_grace() and o.decided_at < c.decided_at)
    and (predates_log(c.decided_at) or exists (
      select from audit_entry e where e.object_id = c.id and e.action = 'correction.decided' and e.result = 'ok'
        and coalesce(e.detail ->> 'outcome' = 'APPROVED' and e.detail ->> 'was' = c.was_person_id::text, true)
    ) or act_was_lost('correction', c.id, c.decided_at, c.contact_started_at, lost))
$$;

-- Returns the corrected parts that the log explains, each with its official before the first correction.
create or replace function officials_before_corrections(lost tstzmultirange) returns table (part uuid, person_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.segment_id, b.person_id from (select distinct k.segment_id from correction k where k.outcome = 'APPROVED') c
  cross join lateral part_before_correction(c.segment_id, '-infinity', lost) b
$$;
grant execute on function officials_before_corrections to seloste_custodian;

-- Returns true if a person had answered a part of a call (`part`, if given), as recorded at an instant.
create or replace function took_part(person uuid, call uuid, part uuid, accessed_at timestamptz, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from segment s
    where s.contact_id = call and (part is null or s.id = part) and (
      s.official_person_id = person and not is_corrected_since(s.id, accessed_at)
      or person in (select b.person_id from part_before_correction(s.id, accessed_at, lost) b)))
$$;
grant execute on function took_part to seloste_custodian;

-- Returns true if a request, at an instant, had a call by the log: the log has the request as it is, and the search that found the call,
-- which may have been withdrawn since. A request that an earlier version restored has neither, and its own call is enough.
create or replace function request_has_call(q subject_request, call uuid, instant timestamptz, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from audit_entry e
      where e.object_id = q.id and e.action = 'request.entered' and e.result = 'ok' and e.detail ->> 'party' = q.party
        -- Requesters of earlier versions, and erased ones, are not compared.
        and coalesce(e.detail ->> 'official' = q.official_id::text, true)
        and (e.detail @> '{"restored": true}' or e.person_id = q.entered_by and e.reference = q.number))
    and exists (select from audit_entry e
      where e.object_id = q.id and e.action = 'call.looked-for' and e.result = 'ok' and e.detail ->> 'contact' = request_has_call.call::text
        and (e.at <= instant + scope_grace() or e.detail @> '{"restored": true}'))
    or (predates_log(instant) or act_was_lost('open-request', q.id, q.entered_at, '-infinity', lost))
      and (exists (select from request_call k where k.request_id = q.id and k.contact_id = request_has_call.call)
        or not exists (select from request_call k where k.request_id = q.id and k.contact_id is not null))
$$;

-- Returns true if a person had a right at an instant that covers the purpose and reaches a call, or one part of it. Rights end with the
-- employment, and a new employment does not extend an earlier right. An official's unit is checked in the directory as well: as of the
-- start of the call, and as entered before the access. Requests and their calls are erased later: the log has
-- them.
create or replace function was_in_scope(person uuid, purpose text, reference text, accessed_at timestamptz, call uuid, part uuid,
  lost tstzmultirange) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return exists (
    select from access_right a
    where a.person_id = was_in_scope.person and purposes_cover(a.purposes, array[was_in_scope.purpose])
      and a.valid_from <= accessed_at + scope_grace() and coalesce(a.valid_to > accessed_at - scope_grace(), true)
      and coalesce(a.revoked_at > accessed_at - scope_grace(), true)
      and case
        when a.scope_kind = 'none' then false
        when a.scope_kind = 'all' and a.role <> 'SERVICE_UNIT' then true
        when a.scope_kind = 'all' then exists (
          select from subject_request q where q.number = was_in_scope.reference and request_has_call(q, was_in_scope.call, accessed_at, lost))
        when a.scope_kind = 'numbers' and part is null and exists (
          select from contact c where c.id = call and c.number_called = any (a.scope_numbers)) then true
        else exists (
          select from segment s
          where s.contact_id = call and (part is null or s.id = part) and case a.scope_kind
            when 'own' then took_part(a.person_id, s.contact_id, s.id, accessed_at, lost)
            when 'numbers' then s.number_reached = any (a.scope_numbers)
            when 'unit' then s.official_unit_id = any (a.scope_units) and not is_corrected_since(s.id, accessed_at) and not exists (
              select from person_placement m
              where m.person_id = s.official_person_id and m.valid_from < s.contact_started_at - interval '5 minutes'
                and coalesce(m.valid_to > s.contact_started_at + interval '5 minutes', true)
                and coalesce(m.entered_at <= accessed_at, true) and m.unit_id is distinct from s.official_unit_id)
              or exists (select from part_before_correction(s.id, accessed_at, lost) b where b.unit_id = any (a.scope_units))
            end)
        end
  );
end $$;

-- Returns listenings and items of disclosures with defects: `outside`, listenings that no right reached when they began, or in a role that
-- the person did not have; `unlogged`, listenings that the log lacks; `items_outside`, items added without a right or role.
create or replace function listenings_out_of_scope(lost tstzmultirange)
returns table (listenings bigint, outside uuid[], unlogged uuid[], items bigint, items_outside text[])
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
      where not was_in_scope(l.person_id, l.purpose, l.reference, l.started_at, s.contact_id, s.id, lost)
        or not held_role(l.person_id, array[l.role], l.role, l.started_at)),
    (select coalesce(array_agg(l.id order by l.started_at), '{}')
      from listening l
      where not exists (select from audit_entry e
        where e.object_id = l.recording_id and e.action = 'listening.started' and e.result = 'ok' and e.person_id = l.person_id
          and coalesce(e.detail ->> 'listening' = l.id::text, true))),
    (select count(*) from items),
    (select coalesce(array_agg(i.name order by i.name), '{}') from items i
      where not was_in_scope(i.person, i.purpose, i.reference, i.at, i.call, i.part, lost) or not held_role(i.person, i.roles, null, i.at))
$$;
grant execute on function listenings_out_of_scope to seloste_custodian;

-- Returns decided disclosures to authorities, which evidence compares with the description of their day (R34, R35).
create or replace function authority_decisions(lost tstzmultirange)
returns table (number text, outcome text, provision text, decided_at timestamptz, is_own boolean, is_logged boolean, is_released boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.number, d.outcome, d.provision_id, d.decided_at, coalesce(d.decided_by = any (authority_preparers(d)), false),
    predates_log(d.decided_at) or act_was_lost('disclosure', d.id, d.decided_at, d.received_at, lost) or exists (select from audit_entry e
      where e.object_id = d.id and e.action = 'authority.decided' and e.result = 'ok'
        -- Entries that a restore replayed name no person.
        and (e.person_id = d.decided_by or e.detail @> '{"restored": true}')),
    d.released_at is not null or exists (select from disclosed_copy c where c.disclosure = d.number)
  from authority_disclosure d
  where d.decided_at is not null or d.released_at is not null or exists (select from disclosed_copy c where c.disclosure = d.number)
$$;
grant execute on function authority_decisions to seloste_custodian;

-- Returns true if a recording is blocked and is being destroyed in time. The longest deadline is that of the longest call, twelve hours.
create or replace function is_being_destroyed(r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.state = 'DESTROYING' and exists (select from expunction e where e.recording_id = r.id and e.deadline > now()
    and e.begun_at < now() + interval '1 minute' and e.deadline < e.begun_at + interval '13 hours')
$$;

-- Counts prohibitions and lists defects: `overdue`, neither destroyed nor waiting for a logged reason an hour after receipt, or in the log
-- but without a row, or with a later receipt than in the log; `standing`, executed although the recording exists; `used`, forbidden
-- recordings served to others than the security unit or, for a request, the Service Unit; `leftovers`, destroyed recordings with a key or a
-- copy left (R49, R50).
create or replace function prohibitions_obeyed(lost tstzmultirange)
returns table (prohibitions bigint, carried_out bigint, waiting bigint, overdue uuid[], standing uuid[], used uuid[], leftovers uuid[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with p as (
    select p.*, r.id as recording, r.state,
      p.executed_at is null and r.state <> 'DESTROYED' and wait_is_logged(r, recording_end_decision(r), lost) as is_waiting,
      is_being_destroyed(r) as is_ending
    from prohibition p join recording r on r.id = p.recording_id
  ), gone as (
    select r.id as recording
    from audit_entry e join recording r on r.id = (e.detail ->> 'recording')::uuid
    where e.action = 'recording.forbidden' and e.result = 'ok'
      and r.state not in ('CAPTURING', 'DESTROYED')
      and not exists (select from prohibition p where p.recording_id = r.id and p.party = e.detail ->> 'party')
      and not exists (select from audit_entry w
        where w.object_id = e.object_id and w.action = 'recording.prohibition-withdrawn' and w.result = 'ok')
      and not is_being_destroyed(r)
      -- In earlier versions, and in restores, a correction withdrew a prohibition without an entry of its own.
      and not (e.detail ->> 'party' = 'OFFICIAL' and exists (
        select from correction c where c.segment_id = r.segment_id and c.outcome = 'APPROVED' and c.decided_at > e.at - interval '1 minute'
          and (act_was_lost('correction', c.id, c.decided_at, c.contact_started_at, lost) or exists (select from audit_entry d
            where d.object_id = c.id and d.action = 'correction.decided' and d.result = 'ok' and d.detail ->> 'outcome' = 'APPROVED'))))
  )
  select
    (select count(*) from prohibition),
    (select count(*) from prohibition x where x.executed_at is not null),
    (select count(*) from p where p.is_waiting),
    (select coalesce(array_agg(distinct p.recording), '{}') from p
      where p.executed_at is null and p.received_at < now() - interval '1 hour' and p.state <> 'CAPTURING'
        and not p.is_waiting and not p.is_ending
        or p.executed_at is null and prohibition_was_moved((select x from prohibition x where x.id = p.id))) || (select coalesce(array_agg(distinct g.recording), '{}') from gone g),
    (select coalesce(array_agg(distinct p.recording), '{}') from p where p.executed_at is not null and p.state <> 'DESTROYED'),
    (select coalesce(array_agg(distinct l.recording_id), '{}') from p
      join listening l on l.recording_id = p.recording join listening_range g on g.listening_id = l.id
      where g.at > p.received_at + interval '6 seconds' and l.purpose <> 'CRIME_OR_MISUSE'
        and (l.purpose <> 'INSPECTION' or l.role <> 'SERVICE_UNIT')),
    (select coalesce(array_agg(distinct p.recording), '{}') from p
      where p.state = 'DESTROYED' and p.executed_at < now() - interval '1 minute' and (
        exists (select from recording_key k where k.recording_id = p.recording)
        or exists (select from anonymised_copy a where a.recording_id = p.recording
          and (a.work is not null or a.check_note is not null))))
$$;
grant execute on function prohibitions_obeyed to seloste_custodian;

-- Checks accesses and acts in at most `max_entries` log entries after `after`, and in those found before (`known`): each call and part
-- shown against the person's rights, and each act against the roles that may do it. Objects that the register no longer holds are not
-- checked. `upto`: where to continue. Entries of the last two minutes may have an uncommitted one before them and are checked again.
create or replace function accesses_out_of_scope(after bigint, known bigint[], max_entries bigint, lost tstzmultirange)
returns table (accesses bigint, acts bigint, recent bigint, outside bigint[], upto bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off as $$
  with seen as (
    (select * from audit_entry e where e.seq > after order by e.seq limit max_entries)
    union
    select * from audit_entry e where e.seq = any (known)
  ), accesses as (
    select * from seen
    where result = 'ok' and action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started')
  ), shown as (
    select l.seq, l.at, l.person_id, l.purpose, l.reference, s.contact_id as call, s.id as part
    from accesses l join recording r on r.id = l.object_id join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    where l.action = 'listening.started'
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, c.id, null
    from accesses l join contact c on c.id = l.object_id where l.action in ('contact.read', 'caller.revealed')
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, c.id, null
    from accesses l cross join lateral jsonb_array_elements_text(l.detail -> 'contacts') x join contact c on c.id = x::uuid
    where l.action = 'contacts.listed'
    union all
    select l.seq, l.at, l.person_id, l.purpose, l.reference, s.contact_id, s.id
    from accesses l cross join lateral jsonb_array_elements_text(l.detail -> 'segments') x join segment s on s.id = x::uuid
    where l.action = 'calls.watched'
  ), acts as (
    -- An access counts for the role in its entry.
    select s.*, case when l.seq is null then roles_of_act(s.action) else array[s.role] end as roles
    from seen s left join accesses l on l.seq = s.seq
    where s.result = 'ok' and s.person_id is not null and (s.role is not null or l.seq is null)
  )
  select
    (select count(*) from accesses l where l.seq > after and l.seq <= u.seq),
    (select count(*) from acts a where a.roles is not null and a.seq > after and a.seq <= u.seq),
    (select count(*) from accesses l where l.seq > u.seq),
    coalesce((select array_agg(distinct w.seq) from (
      select o.seq from shown o where not was_in_scope(o.person_id, o.purpose, o.reference, o.at, o.call, o.part, lost)
      union all
      select a.seq from acts a where a.roles is not null and not held_role(a.person_id, a.roles, a.role, a.at)
    ) w), '{}'),
    u.seq
  from (select coalesce(max(s.seq), after) as seq from seen s where s.seq > after and s.at < now() - interval '2 minutes') u
$$;
grant execute on function accesses_out_of_scope to seloste_custodian;
