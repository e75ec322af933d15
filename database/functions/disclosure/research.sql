-- Returns the role in which the viewer acts, or refuses deny.role. QUALITY is an expert with that duty (R38).
create or replace function require_research_role(parts text[]) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if 'QUALITY' = any (parts) and viewer_is('EXPERT', 'QUALITY') then
    return 'EXPERT';
  end if;
  return require_one_role(array_remove(parts, 'QUALITY'));
end $$;

create or replace function record_research_act(action text, as_role text, kind text, object uuid, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), as_role, action, kind, object, 'ok', detail)
$$;

-- Locks and returns a disclosure. `stage` PREPARED: undecided, for its preparers; LENT: an institute has its copies.
create or replace function lock_research(wanted uuid, stage text default null) returns research_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
begin
  if stage = 'PREPARED' then
    perform require_research_role('{QUALITY}');
  end if;
  select * into d from research_disclosure where id = wanted for update;
  perform refuse_if(d.id is null, 'not-found');
  perform refuse_if(d.withdrawn_at is not null or d.closed_at is not null or d.outcome = 'REFUSED', 'research.over');
  perform refuse_if(stage = 'PREPARED' and d.decided_at is not null, 'research.decided');
  perform refuse_if(stage = 'LENT' and d.released_at is null, 'research.not-released');
  return d;
end $$;

create or replace function helsinki_today() returns date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$ select helsinki_day(register_now()) $$;

-- Returns when the copies have to be returned: at the end of the due date, or three working days after the study's end if that is earlier
-- (as for recalls, R50).
create or replace function research_deadline(d research_disclosure) returns timestamptz
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when d.study_ended_on is null then day_start(d.due_on + 1)
    else least(day_start(d.due_on + 1), working_days_after(day_start(d.study_ended_on), d.return_working_days)) end
$$;

-- Returns when a disclosure's copies are due by the log: by its decision, a granted extension or the end of its study. Null if the version
-- that logged the decision did not log the due date.
create or replace function logged_research_deadline(d research_disclosure) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when bool_or(e.action = 'research.decided' and e.detail ? 'dueOn') then least(
    day_start(max((e.detail ->> 'dueOn')::date) filter (where e.detail ->> 'outcome' = 'GRANTED') + 1),
    working_days_after(day_start(max((e.detail ->> 'endedOn')::date) filter (where e.detail ? 'workingDays')),
      max((e.detail ->> 'workingDays')::integer))) end
  from audit_entry e
  where e.object_id = d.id and e.result = 'ok' and e.action in ('research.decided', 'research.extension', 'research.study-ended')
$$;

-- Returns true if an institute has copies whose return is overdue: until confirmed, it gets no others (R32).
create or replace function institute_is_blocked(wanted uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from research_disclosure d join disclosed_copy c on c.disclosure = d.number
    where d.institute_id = wanted and d.closed_at is null and (
      c.state <> 'CONFIRMED' and research_deadline(d) <= register_now() or c.state = 'RECALLED' and c.due_at <= register_now()))
$$;

-- Returns all who took part in preparing a disclosure: none of them decides on it.
create or replace function research_preparers(d research_disclosure) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct p), '{}') from (
    select d.prepared_by as p
    union all select d.undertaking_by
    union all select unnest(d.hands)
    union all select unnest(array[i.picked_by, i.dropped_by]) from research_item i where i.disclosure_id = d.id
    union all select unnest(array[a.prepared_by, a.checked_by] || a.former_preparers || a.former_checkers)
      from research_item i join anonymised_copy a on a.recording_id = i.recording_id
      where i.disclosure_id = d.id and i.dropped_at is null
  ) h where p is not null
$$;

-- Returns true if an institute still has, from another disclosure, a copy below level T with this official. An unknown official may be
-- anybody.
create or replace function institute_has_official(official uuid, institute uuid, except_disclosure uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from disclosed_copy c
    join research_disclosure d on d.number = c.disclosure
    left join anonymised_copy a on a.recording_id = c.recording_id
    left join recording r on r.id = c.recording_id
    left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    where c.state <> 'CONFIRMED' and d.institute_id = institute_has_official.institute and d.id <> except_disclosure and a.level is distinct from 'T'
      and (official is null or s.official_person_id is null or s.official_person_id = official))
$$;

-- Returns the facts from which state and missing prerequisites follow. A confirmed item does not name its recording. `official`: a
-- pseudonym within the disclosure; null if the official is unknown. After its term a recording has no copy here, even if an order keeps
-- both (L37).
create or replace function collect_research_facts(d research_disclosure) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'now', register_now(),
    'isOn', (select research from disclosure_rules),
    'isPseudonymisedOn', (select pseudonymised from disclosure_rules),
    'isInstituteBlocked', institute_is_blocked(d.institute_id),
    'dueEnds', day_start(d.due_on + 1),
    'deadline', research_deadline(d),
    'hasUndertaking', d.undertaking_at is not null,
    'outcome', d.outcome,
    'isReleased', d.released_at is not null,
    'isStudyEnded', d.study_ended_at is not null,
    'isClosed', d.closed_at is not null,
    'isWithdrawn', d.withdrawn_at is not null,
    'hands', to_jsonb(research_preparers(d)),
    'items', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'item', i.item,
        'recordingId', i.recording_id,
        'contactId', i.contact_id,
        'destroyAt', planned_end(r),
        'recording', case
          when i.recording_id is null then 'unknown'
          when r.id is null or r.state in ('DESTROYING', 'DESTROYED') or r.destroy_at <= register_now() then 'destroyed'
          when r.state <> 'STORED' or r.kept_at is null then 'restricted'
          else 'available' end,
        'copyId', a.id,
        'copyState', case when c.state = 'CONFIRMED' then 'APPROVED' else coalesce(a.state, 'NONE') end,
        'level', case when a.state in ('RENDERED', 'APPROVED') then a.level end,
        'official', left(encode(sha256(convert_to(d.id::text || s.official_person_id::text, 'UTF8')), 'hex'), 16),
        'isOfficialOut', case when a.level <> 'T' and c.item is null and institute_has_official(s.official_person_id, d.institute_id, d.id) then true end,
        'copyBy', a.prepared_by,
        'outcome', case c.state when 'RELEASED' then 'out' when 'RECALLED' then 'recalled' when 'CONFIRMED' then c.outcome else 'none' end,
        'recallDueAt', case when c.state = 'RECALLED' then c.due_at end,
        'confirmedAt', c.confirmed_at)) order by i.item)
      from research_item i
      left join recording r on r.id = i.recording_id
      left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      left join anonymised_copy a on a.recording_id = i.recording_id and a.ended_at is null and (r.destroy_at <= register_now()) is not true
      left join disclosed_copy c on c.disclosure = d.number and c.item = i.item
      where i.disclosure_id = d.id and i.dropped_at is null), '[]'))
$$;

-- Returns what is missing before a release, in the order of the steps; nothing once it is released or ended. research-state.test.ts
-- compares it with a model. `official-twice`: items with an official who is also in another item, or in a copy that the institute has.
create or replace function missing_prerequisites(facts jsonb) returns table (what text, items integer[], until timestamptz)
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  with item as (
    select (i ->> 'item')::integer as n, i ->> 'recording' as recording, (i ->> 'destroyAt')::timestamptz as destroy_at,
      i ->> 'copyState' in ('RENDERED', 'APPROVED') as is_rendered, i ->> 'copyState' = 'APPROVED' as is_checked, i ->> 'level' as level,
      i ->> 'official' as official, coalesce((i ->> 'isOfficialOut')::boolean, false) as is_out
    from jsonb_array_elements(facts -> 'items') i
  ), left_over as (select * from item where recording <> 'destroyed'),
  below_t as (select n, official, is_out from left_over where is_rendered and level <> 'T'),
  earliest as (select min(destroy_at) as at from left_over),
  found (step, what, items, until) as (
    select 1, 'research-off', null::integer[], null::timestamptz where not (facts ->> 'isOn')::boolean
    union all select 2, 'items', null, null where not exists (select from item)
    union all select 3, 'item-destroyed', array_agg(n order by n), null from item where recording = 'destroyed' having count(*) > 0
    union all select 4, 'item-restricted', array_agg(n order by n), null from item where recording = 'restricted' having count(*) > 0
    union all select 5, 'anonymised-copy', array_agg(n order by n), null from left_over where not is_rendered having count(*) > 0
    union all select 6, 'level-not-allowed', array_agg(n order by n), null from left_over
      where is_rendered and level = 'D' and not (facts ->> 'isPseudonymisedOn')::boolean having count(*) > 0
    union all select 7, 'official-twice', array_agg(b.n order by b.n), null from below_t b
      where b.is_out or exists (select from below_t o where o.n <> b.n and (b.official is null or o.official = b.official)) having count(*) > 0
    union all select 8, 'check', array_agg(n order by n), null from left_over where is_rendered and not is_checked having count(*) > 0
    union all select 9, 'undertaking', null, null where not (facts ->> 'hasUndertaking')::boolean
    union all select 10, 'due-date-late', (select array_agg(n order by n) from left_over where destroy_at < (facts ->> 'dueEnds')::timestamptz), e.at
      from earliest e where e.at < (facts ->> 'dueEnds')::timestamptz
    union all select 11, 'due-date-past', null, null where (facts ->> 'dueEnds')::timestamptz <= (facts ->> 'now')::timestamptz
    union all select 12, 'institute-blocked', null, null where (facts ->> 'isInstituteBlocked')::boolean
    union all select 13, 'decision', null, null where facts ->> 'outcome' is null
    union all select 14, 'release', null, null
  )
  select f.what, f.items, f.until from found f
  where not (facts ->> 'isReleased')::boolean and not (facts ->> 'isWithdrawn')::boolean and facts ->> 'outcome' is distinct from 'REFUSED'
  order by f.step
$$;
grant execute on function missing_prerequisites to seloste_desk;

-- Refuses a disclosure that lacks anything outside `later`: `research.` and the first missing thing, its items in the detail.
create or replace function refuse_missing_prerequisites(facts jsonb, later text[]) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lack record;
begin
  select * into lack from missing_prerequisites(facts) l where l.what <> all (later) limit 1;
  perform refuse_if(found, 'research.' || lack.what, coalesce(ledger_instant(lack.until), array_to_string(lack.items, ','), ''));
end $$;

-- Enters or changes an institute. `given`: {name, contact, email, language, recipient?}
create or replace function save_institute(wanted uuid, given jsonb) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER}');
  was institute;
  made uuid := wanted;
begin
  select * into was from institute where id = wanted for update;
  perform refuse_if(wanted is not null and was.id is null, 'not-found');
  perform refuse_identity_code(key, value) from jsonb_each_text(given) where key in ('name', 'contact', 'email');
  perform refuse_if(
    exists (select from institute i where lower(i.name) = lower(btrim(given ->> 'name')) and i.id is distinct from wanted),
    'institute.known');
  if wanted is null then
    insert into institute (name, contact, email, language, recipient, added_by)
    values (btrim(given ->> 'name'), btrim(given ->> 'contact'), given ->> 'email', given ->> 'language', given ->> 'recipient', viewer())
    on conflict do nothing returning id into made;
    perform refuse_if(made is null, 'institute.known');
  else
    update institute set name = btrim(given ->> 'name'), contact = btrim(given ->> 'contact'), email = given ->> 'email',
      language = given ->> 'language', recipient = given ->> 'recipient'
    where id = wanted;
  end if;
  perform record_research_act('institute.changed', as_role, 'institute', made, case when wanted is null then '{}'
    else jsonb_build_object('isKeyChanged', was.recipient is distinct from given ->> 'recipient') end);
  return made;
end $$;
grant execute on function save_institute to seloste_desk;

create or replace function begin_research(institute uuid, study text, due_on date, format text) returns research_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made research_disclosure;
begin
  perform require_research_role('{QUALITY}');
  perform refuse_identity_code('study', begin_research.study);
  perform refuse_if(not exists (select from institute i where i.id = begin_research.institute), 'not-found');
  perform refuse_if(not (select research from disclosure_rules), 'research.research-off');
  perform refuse_if(begin_research.due_on < helsinki_today(), 'research.due-date-past');
  insert into research_disclosure (number, institute_id, study, due_on, format, prepared_by)
  values (next_disclosure_number('T'), begin_research.institute, btrim(begin_research.study), begin_research.due_on, begin_research.format, viewer())
  returning * into made;
  perform record_research_act('research.begun', 'EXPERT', 'disclosure', made.id, jsonb_build_object('institute', made.institute_id));
  return made;
end $$;
grant execute on function begin_research to seloste_desk;

-- Refuses a new due date after the first destruction of an item. An unchanged due date that has become too late is a missing prerequisite.
create or replace function refuse_day(d research_disclosure, day date) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  earliest timestamptz;
begin
  perform refuse_if(day < helsinki_today(), 'research.due-date-past');
  select min(planned_end(r)) into earliest from research_item i join recording r on r.id = i.recording_id
  where i.disclosure_id = d.id and i.dropped_at is null and (d.released_at is not null or r.state not in ('DESTROYING', 'DESTROYED'));
  perform refuse_if(earliest < day_start(day + 1), 'research.due-date-late', ledger_instant(earliest));
end $$;

create or replace function change_research(wanted uuid, study text, due_on date, format text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure := lock_research(wanted, 'PREPARED');
begin
  perform refuse_identity_code('study', change_research.study);
  if change_research.due_on <> d.due_on then
    perform refuse_day(d, change_research.due_on);
  end if;
  update research_disclosure r set study = btrim(change_research.study), due_on = change_research.due_on, format = change_research.format
  where r.id = d.id;
  perform record_research_act('research.changed', 'EXPERT', 'disclosure', d.id, jsonb_build_object('dueOn', change_research.due_on));
end $$;
grant execute on function change_research to seloste_desk;

create or replace function withdraw_research(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER}');
  d research_disclosure := lock_research(wanted);
begin
  perform refuse_if(d.released_at is not null, 'research.released');
  update research_disclosure set withdrawn_at = clock_timestamp(), withdrawn_by = viewer() where id = d.id;
  update research_item set recording_id = null, contact_id = null where disclosure_id = d.id;
  perform record_research_act('research.withdrawn', as_role, 'disclosure', d.id, '{}');
end $$;
grant execute on function withdraw_research to seloste_desk;

-- Returns true if an institute has a copy of a recording from another disclosure.
create or replace function institute_has_copy(recording uuid, institute uuid, except_disclosure uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from disclosed_copy c join research_disclosure d on d.number = c.disclosure
    where c.recording_id = institute_has_copy.recording and c.state <> 'CONFIRMED' and d.institute_id = institute_has_copy.institute and d.id <> except_disclosure)
$$;

-- Picks a recording. Only the item names it: the log would keep the link to its copy (R32). A repeated pick returns the same item.
create or replace function pick_research_item(wanted uuid, recording uuid) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure := lock_research(wanted, 'PREPARED');
  r recording;
  number integer;
begin
  select * into r from recording o where o.id = pick_research_item.recording for share;
  -- A recording that the viewer could play now for a service-level study: ingested, within its term and within the right (R4, R29).
  perform refuse_if(r.state is distinct from 'STORED' or not coalesce(listened_until(r.id, 'SERVICE_LEVEL_STUDY', null) > register_now(), false)
    or not exists (
      select from rights_of(viewer(), 'SERVICE_LEVEL_STUDY', '') a, segment_of(r) s
      where case a.scope_kind
        when 'all' then a.role <> 'SERVICE_UNIT' and s.id is not null
        when 'own' then s.official_person_id = a.person_id
        when 'unit' then s.official_unit_id = any (a.scope_units)
        when 'numbers' then s.number_reached = any (a.scope_numbers)
        else false end
    ), 'not-found');
  select i.item into number from research_item i where i.disclosure_id = d.id and i.recording_id = r.id and i.dropped_at is null;
  if number is not null then
    return number;
  end if;
  perform refuse_if((select count(*) from research_item i where i.disclosure_id = d.id and i.dropped_at is null) >= 200, 'research.too-many');
  perform refuse_if(institute_has_copy(r.id, d.institute_id, d.id), 'research.item-out');
  insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by)
  select d.id, coalesce(max(i.item), 0) + 1, r.id, r.contact_id, viewer() from research_item i where i.disclosure_id = d.id
  returning item into number;
  perform record_research_act('research.item-picked', 'EXPERT', 'disclosure', d.id, jsonb_build_object('item', number));
  return number;
end $$;
grant execute on function pick_research_item to seloste_desk;

-- Drops an item. After the decision, only an item that blocks the release can be dropped (also because of its level, or an official who is
-- in another item); the decision then covers less.
create or replace function drop_research_item(wanted uuid, number integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
begin
  perform require_research_role('{QUALITY}');
  d := lock_research(wanted);
  perform refuse_if(d.released_at is not null, 'research.released');
  perform from research_item i where i.disclosure_id = d.id and i.item = number and i.dropped_at is null;
  perform refuse_if(not found, 'not-found');
  perform refuse_if(d.decided_at is not null and not exists (
    select from missing_prerequisites(collect_research_facts(d)) l
    where l.what in ('item-destroyed', 'item-restricted', 'level-not-allowed', 'official-twice', 'due-date-late') and number = any (l.items)
  ), 'research.decided');
  update research_item i set dropped_at = clock_timestamp(), dropped_by = viewer(), recording_id = null, contact_id = null
  where i.disclosure_id = d.id and i.item = number;
  perform record_research_act('research.item-dropped', 'EXPERT', 'disclosure', d.id, jsonb_build_object('item', number));
end $$;
grant execute on function drop_research_item to seloste_desk;

create or replace function file_undertaking(wanted uuid, reference text, signatory text, signed_on date) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure := lock_research(wanted, 'PREPARED');
begin
  perform refuse_identity_code('reference', file_undertaking.reference);
  perform refuse_identity_code('signatory', file_undertaking.signatory);
  perform refuse_if(file_undertaking.signed_on > helsinki_today(), 'research.day-ahead');
  update research_disclosure r set undertaking_reference = btrim(file_undertaking.reference), undertaking_signatory = btrim(file_undertaking.signatory),
    undertaking_on = file_undertaking.signed_on, undertaking_at = clock_timestamp(), undertaking_by = viewer()
  where r.id = d.id;
  perform record_research_act('research.undertaking', 'EXPERT', 'disclosure', d.id, '{}');
end $$;
grant execute on function file_undertaking to seloste_desk;

-- Locks a disclosure that the viewer may release now, with the recordings of its items: an earlier prohibition is seen here, and a later
-- one recalls what was released. A released disclosure may be released again while the institute is to have it, without recalled or
-- confirmed items.
create or replace function require_releasable(research_id uuid) returns research_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
  facts jsonb;
begin
  perform require_one_role('{DECISION_MAKER}');
  d := lock_research(research_id);
  perform refuse_if(viewer() = any (research_preparers(d)), 'research.own');
  perform refuse_if(d.study_ended_at is not null, 'research.study-ended');
  -- Serialises two disclosures to one institute that are released at the same time.
  perform from institute i where i.id = d.institute_id for no key update;
  -- The decision is for the recipient as the decider saw it, not for a name or address that has changed since.
  perform refuse_if(d.decided_for <> institute_digest(d.institute_id), 'research.institute-changed');
  perform from recording r where r.id in (
    select i.recording_id from research_item i where i.disclosure_id = d.id and i.dropped_at is null
  ) order by r.id for share;
  facts := collect_research_facts(d);
  perform refuse_missing_prerequisites(facts || jsonb_build_object('isReleased', false, 'items', (
    select coalesce(jsonb_agg(i), '[]') from jsonb_array_elements(facts -> 'items') i where i ->> 'outcome' in ('none', 'out')
  )), '{release}');
  perform refuse_if(exists (
    select from research_item i
    where i.disclosure_id = d.id and i.dropped_at is null and institute_has_copy(i.recording_id, d.institute_id, d.id)
  ), 'research.item-out');
  return d;
end $$;

-- Returns a package's items: those neither recalled nor confirmed.
create or replace function research_items_to_release(research_id uuid) returns table (item integer, recording_id uuid, copy_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, i.recording_id, a.id
  from research_item i
  join research_disclosure d on d.id = i.disclosure_id
  join anonymised_copy a on a.recording_id = i.recording_id and a.state = 'APPROVED' and a.ended_at is null
  left join disclosed_copy c on c.disclosure = d.number and c.item = i.item
  where i.disclosure_id = research_items_to_release.research_id and i.dropped_at is null and coalesce(c.state, 'RELEASED') = 'RELEASED'
  order by i.item
$$;

-- Records what is released, so that a prohibition recalls it (R50). Called in the transaction of `require_releasable`.
create or replace function record_research_release(research_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
  ties jsonb;
begin
  with released as (
    insert into disclosed_copy (disclosure, recipient, item, recording_id)
    select r.number, n.name, i.item, i.recording_id
    from research_disclosure r join institute n on n.id = r.institute_id, research_items_to_release(r.id) i
    where r.id = record_research_release.research_id
    on conflict (disclosure, item) do nothing
    returning item, recording_id, tie_salt
  )
  -- Once the copy is confirmed and its salt deleted, the hash in the log links nothing any more.
  select coalesce(jsonb_object_agg(n.item, link_hash(n.recording_id, n.tie_salt)), '{}') into ties from released n;
  update research_disclosure r set released_at = coalesce(r.released_at, clock_timestamp()) where r.id = record_research_release.research_id
  returning * into d;
  perform record_research_act('research.released', 'DECISION_MAKER', 'disclosure', d.id,
    jsonb_build_object('institute', d.institute_id, 'items', (select count(*) from jsonb_object_keys(ties)), 'ties', ties));
end $$;

create or replace function end_study(wanted uuid, ended_on date) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER}');
  d research_disclosure := lock_research(wanted, 'LENT');
begin
  perform refuse_if(d.study_ended_at is not null, 'research.study-ended');
  perform refuse_if(end_study.ended_on > helsinki_today(), 'research.day-ahead');
  perform refuse_if(end_study.ended_on < helsinki_day(d.released_at), 'research.day-before');
  update research_disclosure r set study_ended_on = end_study.ended_on, study_ended_at = clock_timestamp(), study_ended_by = viewer(),
    return_working_days = (select g.return_working_days from disclosure_rules g) where r.id = d.id;
  perform end_package(p, 'withdrawn', viewer()) from disclosure_package p where p.research_id = d.id and p.ended_at is null;
  perform record_research_act('research.study-ended', as_role, 'disclosure', d.id, jsonb_build_object('endedOn', end_study.ended_on,
    'workingDays', (select r.return_working_days from research_disclosure r where r.id = d.id)));
end $$;
grant execute on function end_study to seloste_desk;

-- Records the recipient's confirmation of one copy, released or recalled, and deletes its link to the recording (R32, R50).
create or replace function confirm_copy(wanted uuid, how text, reference text, as_role text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c disclosed_copy;
  d research_disclosure;
begin
  select * into c from disclosed_copy o where o.id = wanted for update;
  perform refuse_if(c.state = 'CONFIRMED', 'recall.confirmed');
  perform require_fresh();
  update disclosed_copy o set state = 'CONFIRMED', recording_id = null, tie_salt = null, confirmed_at = clock_timestamp(),
    confirmed_by = viewer(), outcome = how
  where o.id = c.id;
  if c.recalled_at is not null then
    perform record_research_act('recall.confirmed', as_role, 'recall', c.id, jsonb_build_object('outcome', how));
  end if;
  select * into d from research_disclosure r where r.number = c.disclosure;
  if d.id is not null then
    update research_item i set recording_id = null, contact_id = null, confirmation_reference = confirm_copy.reference
    where i.disclosure_id = d.id and i.item = c.item;
    perform record_research_act('research.item-confirmed', as_role, 'disclosure', d.id, jsonb_build_object('item', c.item, 'outcome', how));
  end if;
end $$;

create or replace function confirm_research_item(wanted uuid, number integer, how text, reference text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER}');
  d research_disclosure := lock_research(wanted, 'LENT');
  copy uuid;
begin
  perform refuse_identity_code('reference', confirm_research_item.reference);
  select c.id into copy from disclosed_copy c where c.disclosure = d.number and c.item = number;
  perform refuse_if(copy is null, 'not-found');
  perform confirm_copy(copy, how, btrim(confirm_research_item.reference), as_role);
end $$;
grant execute on function confirm_research_item to seloste_desk;

create or replace function close_research(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER}');
  d research_disclosure := lock_research(wanted, 'LENT');
  waiting text;
begin
  select string_agg(c.item::text, ',' order by c.item) into waiting from disclosed_copy c where c.disclosure = d.number and c.state <> 'CONFIRMED';
  perform refuse_if(waiting is not null, 'research.unconfirmed', waiting);
  perform end_package(p, 'withdrawn', viewer()) from disclosure_package p where p.research_id = d.id and p.ended_at is null;
  update research_disclosure r set closed_at = clock_timestamp(), closed_by = viewer() where r.id = d.id;
  perform record_research_act('research.closed', as_role, 'disclosure', d.id, '{}');
end $$;
grant execute on function close_research to seloste_desk;

create or replace function refuse_extension(d research_disclosure, day date) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(d.study_ended_at is not null, 'research.study-ended');
  perform refuse_if(day <= d.due_on, 'research.day-not-later');
  perform refuse_day(d, day);
end $$;

create or replace function request_research_extension(wanted uuid, due_on date, reasons text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
  made uuid;
begin
  perform require_research_role('{QUALITY}');
  d := lock_research(wanted, 'LENT');
  perform refuse_identity_code('reasons', request_research_extension.reasons);
  perform refuse_extension(d, request_research_extension.due_on);
  perform refuse_if(exists (select from research_extension e where e.disclosure_id = d.id and e.decided_at is null), 'research.extension-waits');
  insert into research_extension (disclosure_id, due_on, reasons, asked_by)
  values (d.id, request_research_extension.due_on, btrim(request_research_extension.reasons), viewer()) returning id into made;
  perform record_research_act('research.extension', 'EXPERT', 'disclosure', d.id, jsonb_build_object('dueOn', request_research_extension.due_on));
  return made;
end $$;
grant execute on function request_research_extension to seloste_desk;

create or replace function decide_research_extension(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DECISION_MAKER}');
  d research_disclosure;
  e research_extension;
begin
  select * into e from research_extension x where x.id = wanted;
  perform refuse_if(e.id is null, 'not-found');
  d := lock_research(e.disclosure_id);
  select * into e from research_extension x where x.id = wanted for update;
  perform refuse_if(e.decided_at is not null, 'research.decided');
  perform refuse_if(e.asked_by = viewer(), 'research.own');
  perform refuse_if(viewer() = any (research_preparers(d)), 'research.own');
  perform require_fresh();
  if how = 'GRANTED' then
    perform refuse_extension(d, e.due_on);
    update research_disclosure r set due_on = e.due_on where r.id = d.id;
  end if;
  update research_extension x set outcome = how, decided_at = clock_timestamp(), decided_by = viewer() where x.id = e.id;
  perform record_research_act('research.extension', as_role, 'disclosure', d.id,
    jsonb_build_object('outcome', how, 'dueOn', e.due_on));
end $$;
grant execute on function decide_research_extension to seloste_desk;

-- Returns true for those who prepare or decide; their reads are logged.
create or replace function viewer_sees_research() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('EXPERT', 'QUALITY') or viewer_is('DECISION_MAKER')
$$;
grant execute on function viewer_sees_research to seloste_desk;

-- Logs an access to the list (`wanted` null) or to one disclosure. Returns the digest that a decision on it has to name.
create or replace function view_research(wanted uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_research_role(case when wanted is null then '{QUALITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}'::text[]
    else '{QUALITY,DECISION_MAKER}' end);
begin
  perform refuse_if(wanted is not null and not exists (select from research_disclosure d where d.id = wanted), 'not-found');
  perform record_research_act('research.read', as_role, 'disclosure', wanted, '{}');
  return (select research_digest(d) from research_disclosure d where d.id = wanted);
end $$;
grant execute on function view_research to seloste_desk;

create or replace function research_facts(ids uuid[]) returns table (id uuid, facts jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_research_role('{QUALITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}');
  return query
    select d.id, case when viewer_sees_research() then collect_research_facts(d) else collect_research_facts(d) || jsonb_build_object('items', (
      select coalesce(jsonb_agg(i - 'recordingId' - 'contactId' - 'copyId'), '[]') from jsonb_array_elements(collect_research_facts(d) -> 'items') i)) end
    from research_disclosure d where d.id = any (ids);
end $$;
grant execute on function research_facts to seloste_desk;

create or replace function institutes_blocked() returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_research_role('{QUALITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}');
  return query select i.id from institute i where institute_is_blocked(i.id);
end $$;
grant execute on function institutes_blocked to seloste_desk;

-- Decides on a disclosure: a grant only if nothing else is missing, a refusal at any time. A grant stores the institute's key as it is
-- then.
create or replace function decide_research(wanted uuid, how text, reasons text, seen text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DECISION_MAKER}');
  d research_disclosure := lock_research(wanted);
begin
  perform refuse_if(d.decided_at is not null, 'research.decided');
  perform refuse_if(viewer() = any (research_preparers(d)), 'research.own');
  perform require_fresh();
  perform refuse_identity_code('reasons', decide_research.reasons);
  if how = 'GRANTED' then
    -- The lock keeps the key from changing until it is stored.
    perform from institute i where i.id = d.institute_id for share;
    perform refuse_missing_prerequisites(collect_research_facts(d), '{decision,release}');
    perform refuse_if(research_digest(d) is distinct from decide_research.seen, 'research.changed-meanwhile');
  end if;
  update research_disclosure r set outcome = how, reasons = btrim(decide_research.reasons), decided_at = clock_timestamp(), decided_by = viewer(),
    recipient = case when how = 'GRANTED' then (select i.recipient from institute i where i.id = d.institute_id) end,
    decided_for = case when how = 'GRANTED' then institute_digest(d.institute_id) end
  where r.id = d.id;
  perform record_research_act('research.decided', as_role, 'disclosure', d.id, jsonb_build_object('outcome', how, 'dueOn', d.due_on));
  if how = 'REFUSED' then
    update research_item set recording_id = null, contact_id = null where disclosure_id = d.id;
  end if;
end $$;
grant execute on function decide_research to seloste_desk;

-- Returns the items below level T that a package would contain, each with its official, and whether the institute has another copy with
-- this official.
create or replace function research_tracks_below_t(research uuid) returns table (item integer, official uuid, is_out boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, s.official_person_id, institute_has_official(s.official_person_id, d.institute_id, d.id)
  from research_items_to_release(research) i
  join research_disclosure d on d.id = research
  join anonymised_copy c on c.id = i.copy_id and c.level <> 'T'
  join recording r on r.id = i.recording_id
  left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;
