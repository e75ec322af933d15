-- Returns open disclosures that a draft affects, with the affected items and the first end.
create or replace function reached_disclosures(reach jsonb, from_at timestamptz)
returns table (kind text, disclosure_id uuid, number text, items bigint, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with open_disclosures as (
    select 'RESEARCH' as kind, d.id, d.number, (reach ->> 'endsResearch')::boolean as is_over
    from research_disclosure d
    where d.released_at is null and d.closed_at is null and d.withdrawn_at is null and d.outcome is distinct from 'REFUSED'
    union all
    select 'AUTHORITY', d.id, d.number, (reach ->> 'endsAuthority')::boolean
    from authority_disclosure d where d.released_at is null and d.closed_at is null and d.outcome is distinct from 'REFUSED'
  ), items as (
    select i.disclosure_id, i.recording_id, true as may_be_held from authority_item i where i.dropped_at is null and i.granted is distinct from false
    union all
    select i.disclosure_id, i.recording_id, false from research_item i where i.dropped_at is null
  ), ending as (
    select i.disclosure_id, min(end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz)) as ends_at
    from items i join recording r on r.id = i.recording_id
      join jsonb_array_elements(reach -> 'terms') t on t ->> 'number' = r.number_reached
    where r.state not in ('DESTROYING', 'DESTROYED') and not (i.may_be_held and recordings_are_held(r.contact_id))
      and end_under_term(r, (t ->> 'months')::integer, (t ->> 'at')::timestamptz) < r.destroy_at
    group by i.disclosure_id, r.id
  )
  select u.kind, u.id, u.number,
    case when u.is_over then (select count(*) from items i where i.disclosure_id = u.id) else count(e.disclosure_id) end,
    least(min(e.ends_at), case when u.is_over then from_at end)
  from open_disclosures u left join ending e on e.disclosure_id = u.id
  group by u.kind, u.id, u.number, u.is_over
  having u.is_over or count(e.disclosure_id) > 0
$$;

-- Returns the disclosures that submitted and approved changes affect, for those who prepare or decide on them.
create or replace function list_pending_disclosures()
returns table (draft_id uuid, version integer, state text, effective_from timestamptz, kind text, disclosure_id uuid, number text,
  items bigint, ends_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  of_research boolean := viewer_is('EXPERT', 'QUALITY') or viewer_is('DECISION_MAKER');
  of_authorities boolean := viewer_is('SECURITY') or viewer_is('DECISION_MAKER');
begin
  perform refuse_if(not of_research and not of_authorities, 'deny.role');
  return query
    select d.id, d.based_on + 1, d.state, d.effective_from, r.kind, r.disclosure_id, r.number, r.items, r.ends_at
    from description_draft d join description_reach k on k.draft_id = d.id, reached_disclosures(k.reach, d.effective_from) r
    where d.effective_from > register_now() and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision)
      and case r.kind when 'RESEARCH' then of_research else of_authorities end
    order by d.effective_from, r.ends_at, r.number;
end $$;
grant execute on function list_pending_disclosures to seloste_desk;
