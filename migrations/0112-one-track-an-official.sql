-- At most one track of an official below level T in a release (R33, L30): voices that were drawn for several recordings of one person are
-- put together and find the person again. Of an official whom the directory does not know anybody may be meant: such a track goes alone.

-- Tracks of officials below level T that a package of a disclosure would have.
create function research_tracks_below_t(research uuid) returns table (item integer, official uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, s.official_person_id
  from research_items_to_release(research) i
  join anonymised_copy c on c.id = i.copy_id and c.level <> 'T'
  join recording r on r.id = i.recording_id
  left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;

-- Over 0032-research-disclosures.sql: and `official`, the same for the items of one official of a disclosure, none of one not known.
create or replace function facts_of_research(d research_disclosure) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'now', register_now(),
    'isOn', (select research from disclosure_rules),
    'isPseudonymisedOn', (select pseudonymised from disclosure_rules),
    'isInstituteBlocked', institute_is_blocked(d.institute_id),
    'dueEnds', day_begins(d.due_on + 1),
    'deadline', research_deadline(d),
    'hasUndertaking', d.undertaking_at is not null,
    'outcome', d.outcome,
    'isReleased', d.released_at is not null,
    'isStudyEnded', d.study_ended_at is not null,
    'isClosed', d.closed_at is not null,
    'isWithdrawn', d.withdrawn_at is not null,
    'hands', to_jsonb(research_hands(d)),
    'items', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'item', i.item,
        'recordingId', i.recording_id,
        'contactId', i.contact_id,
        'destroyAt', r.destroy_at,
        'recording', case
          when i.recording_id is null then 'unknown'
          when r.id is null or r.state in ('DESTROYING', 'DESTROYED') or r.destroy_at <= register_now() then 'destroyed'
          when r.state <> 'STORED' or r.kept_at is null then 'restricted'
          else 'available' end,
        'copyId', a.id,
        'copyState', case when c.state = 'CONFIRMED' then 'APPROVED' else coalesce(a.state, 'NONE') end,
        'level', case when a.state in ('RENDERED', 'APPROVED') then a.level end,
        'official', left(encode(sha256(convert_to(d.id::text || s.official_person_id::text, 'UTF8')), 'hex'), 16),
        'copyBy', a.prepared_by,
        'outcome', case c.state when 'RELEASED' then 'out' when 'RECALLED' then 'recalled' when 'CONFIRMED' then c.outcome else 'none' end,
        'recallDueAt', case when c.state = 'RECALLED' then c.due_at end,
        'confirmedAt', c.confirmed_at)) order by i.item)
      from research_item i
      left join recording r on r.id = i.recording_id
      left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      left join anonymised_copy a on a.recording_id = i.recording_id and a.ended_at is null
      left join disclosed_copy c on c.disclosure = d.number and c.item = i.item
      where i.disclosure_id = d.id and i.dropped_at is null), '[]'))
$$;

-- Over 0032-research-disclosures.sql: and `official-twice`, the items that are too many.
create or replace function lacks_of_facts(facts jsonb) returns table (what text, items integer[], until timestamptz)
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  with item as (
    select (i ->> 'item')::integer as n, i ->> 'recording' as recording, (i ->> 'destroyAt')::timestamptz as destroy_at,
      i ->> 'copyState' in ('RENDERED', 'APPROVED') as is_rendered, i ->> 'copyState' = 'APPROVED' as is_checked, i ->> 'level' as level,
      i ->> 'official' as official
    from jsonb_array_elements(facts -> 'items') i
  ), left_over as (select * from item where recording <> 'destroyed'),
  below_t as (select n, official from left_over where is_rendered and level <> 'T'),
  earliest as (select min(destroy_at) as at from left_over),
  found (place, what, items, until) as (
    select 1, 'research-off', null::integer[], null::timestamptz where not (facts ->> 'isOn')::boolean
    union all select 2, 'items', null, null where not exists (select from item)
    union all select 3, 'item-destroyed', array_agg(n order by n), null from item where recording = 'destroyed' having count(*) > 0
    union all select 4, 'item-restricted', array_agg(n order by n), null from item where recording = 'restricted' having count(*) > 0
    union all select 5, 'anonymised-copy', array_agg(n order by n), null from left_over where not is_rendered having count(*) > 0
    union all select 6, 'level-not-allowed', array_agg(n order by n), null from left_over
      where is_rendered and level = 'D' and not (facts ->> 'isPseudonymisedOn')::boolean having count(*) > 0
    union all select 7, 'official-twice', array_agg(b.n order by b.n), null from below_t b
      where exists (select from below_t o where o.n <> b.n and (b.official is null or o.official = b.official)) having count(*) > 0
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
  order by f.place
$$;

-- Over 0032-research-disclosures.sql: after the decision also an item of a level that may not leave, or of an official who is in another.
create or replace function drop_research_item(wanted uuid, number integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d research_disclosure;
begin
  perform demand_research_part('{QUALITY}');
  d := research_locked(wanted);
  if d.released_at is not null then
    raise exception 'research.released' using errcode = 'SE001';
  end if;
  perform from research_item i where i.disclosure_id = d.id and i.item = number and i.dropped_at is null;
  if not found then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if d.decided_at is not null and not exists (
    select from research_lacks(d.id) l
    where l.what in ('item-destroyed', 'item-restricted', 'level-not-allowed', 'official-twice', 'due-date-late') and number = any (l.items)
  ) then
    raise exception 'research.decided' using errcode = 'SE001';
  end if;
  update research_item i set dropped_at = clock_timestamp(), dropped_by = viewer(), recording_id = null, contact_id = null
  where i.disclosure_id = d.id and i.item = number;
  perform note_research('research.item-dropped', 'EXPERT', 'disclosure', d.id, jsonb_build_object('item', number));
end $$;

-- Over 0038-decided-as-seen.sql: nor does a package leave in which an official's tracks are found to be several meanwhile.
create or replace function package_may_leave(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ended_at is null and p.expires_at > now() and case
    when p.research_id is not null then
      (select r.research from disclosure_rules r)
      and exists (select from research_disclosure d where d.id = p.research_id and d.outcome = 'GRANTED' and d.study_ended_on is null
        and d.closed_at is null and d.withdrawn_at is null and not institute_is_blocked(d.institute_id))
      and (select count(*) from research_disclosure d, research_items_to_release(d.id) i
        join recording r on r.id = i.recording_id join anonymised_copy c on c.id = i.copy_id
        where d.id = p.research_id and r.state = 'STORED' and r.destroy_at > register_now()
          and (c.level <> 'D' or (select pseudonymised from disclosure_rules)) and not copy_is_out(r.id, d.institute_id, d.id)) = p.files
      and not exists (select from research_tracks_below_t(p.research_id) one join research_tracks_below_t(p.research_id) other
        on one.item <> other.item and (one.official is null or one.official = other.official))
    else
      (select r.authority from disclosure_rules r)
      and exists (select from authority_disclosure d where d.id = p.authority_id and d.closed_at is null and provision_holds(d.provision_id))
      and not exists (select from authority_item i where i.disclosure_id = p.authority_id and i.granted and not authority_item_is_there(i))
    end
$$;

revoke execute on function research_tracks_below_t(uuid) from public;
