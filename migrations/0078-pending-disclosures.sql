-- A change of the description waits for disclosures as it waits for requests (R27, R34, L29; 0068-pending-rights.sql): what one is about may
-- not be destroyed, nor the way of disclosing end, over its head. Their own procedures have every decision there is: each is released,
-- refused, withdrawn or closed, its item is dropped, or a preservation order keeps an authority's recording.

-- Open disclosures that a draft reaches and on which nothing has been decided, each with what it reaches of it and the first end.
create function reached_disclosures(reach jsonb, from_at timestamptz)
returns table (kind text, disclosure_id uuid, number text, items bigint, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with undecided as (
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
  from undecided u left join ending e on e.disclosure_id = u.id
  group by u.kind, u.id, u.number, u.is_over
  having u.is_over or count(e.disclosure_id) > 0
$$;

-- As in 0068-pending-rights.sql; disclosures that are not decided, and the items of them that the change reaches.
create or replace function count_reached(draft uuid, reach jsonb, from_at timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'requests', count(*), 'calls', coalesce(sum(r.calls), 0), 'appointments', count(*) filter (where r.is_booked),
    'undecided', count(*) filter (where not r.is_decided),
    'unsettled', (select count(distinct w.request_id) from reached_rights(reach, from_at) w where w.ends_at is null),
    'disclosures', (select count(*) from reached_disclosures(reach, from_at)),
    'items', (select coalesce(sum(o.items), 0) from reached_disclosures(reach, from_at) o),
    'earliest', ledger_instant(clock_timestamp() + pending_right_notice()))
  from reached_requests(draft, reach, from_at) r
$$;

-- What changes that are submitted or coming reach of disclosures, for whoever prepares or decides on them.
create function list_pending_disclosures()
returns table (draft_id uuid, version integer, state text, effective_from timestamptz, kind text, disclosure_id uuid, number text,
  items bigint, ends_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  of_research boolean := viewer_is('EXPERT', 'QUALITY') or viewer_is('DECISION_MAKER');
  of_authorities boolean := viewer_is('SECURITY') or viewer_is('DECISION_MAKER');
begin
  if not of_research and not of_authorities then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  return query
    select d.id, d.based_on + 1, d.state, d.effective_from, r.kind, r.disclosure_id, r.number, r.items, r.ends_at
    from description_draft d join description_reach k on k.draft_id = d.id, reached_disclosures(k.reach, d.effective_from) r
    where d.effective_from > register_now() and (d.state = 'APPROVED' or d.state = 'SUBMITTED' and k.revision = d.revision)
      and case r.kind when 'RESEARCH' then of_research else of_authorities end
    order by d.effective_from, r.ends_at, r.number;
end $$;

-- As in 0068-pending-rights.sql; and no version comes into force over a disclosure that nobody has decided on.
create or replace function approve_draft(draft uuid, revision integer, changes jsonb, roles jsonb, reach jsonb, note text) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
  newest description_version;
  number integer;
  settled text;
begin
  lock table description_version in exclusive mode;
  if not viewer_is('DECISION_MAKER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into d from description_draft where id = draft for update;
  if d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from approve_draft.revision then
    raise exception 'draft.changed-meanwhile' using errcode = 'SE001';
  end if;
  if viewer() = d.author then
    raise exception 'draft.own' using errcode = 'SE001';
  end if;
  select * into newest from description_version order by version desc limit 1;
  if d.based_on <> newest.version then
    raise exception 'draft.outdated' using errcode = 'SE001';
  end if;
  -- Not years ahead either: no version could come into force before it, and a slip of the pen would bind for good.
  if d.effective_from <= clock_timestamp() or d.effective_from <= newest.effective_from
     or d.effective_from > clock_timestamp() + interval '1 year' then
    raise exception 'draft.not-future' using errcode = 'SE001';
  end if;
  number := newest.version + 1;
  settled := settled_text(d, number, viewer());
  -- A description that lets nobody draft or nobody decide could never be followed by another.
  if settled is null or not exists (select from jsonb_array_elements(roles) r where r ->> 'role' = 'DECISION_MAKER')
     or not exists (select from jsonb_array_elements(roles) r
       where r ->> 'role' = 'ADMINISTRATOR' or (r ->> 'role' = 'EXPERT' and r ->> 'duty' = 'QUALITY')) then
    raise exception 'draft.problems' using errcode = 'SE001';
  end if;
  if jsonb_typeof(approve_draft.reach -> 'terms') is distinct from 'array' then
    raise exception 'draft.problems' using errcode = 'SE001';
  end if;
  if exists (select from reached_rights(approve_draft.reach, d.effective_from))
     or exists (select from reached_disclosures(approve_draft.reach, d.effective_from)) then
    if d.effective_from < clock_timestamp() + pending_right_notice() then
      raise exception 'draft.notice' using errcode = 'SE001';
    end if;
    if exists (select from reached_requests(d.id, approve_draft.reach, d.effective_from) r where not r.is_decided) then
      raise exception 'draft.pending-rights' using errcode = 'SE001';
    end if;
    if exists (select from reached_disclosures(approve_draft.reach, d.effective_from)) then
      raise exception 'draft.pending-disclosures' using errcode = 'SE001';
    end if;
  end if;
  insert into description_reach (draft_id, revision, reach) values (d.id, d.revision, approve_draft.reach)
  on conflict (draft_id) do update set revision = excluded.revision, reach = excluded.reach;
  insert into description_version (version, text, hash, effective_from, draft_id, author, approver, changes)
  values (number, settled, sha256(convert_to(settled, 'UTF8')), d.effective_from, d.id, d.author, viewer(), approve_draft.changes);
  insert into described_role (version, role, duty, purposes, scope)
  select number, r.role, r.duty, r.purposes, r.scope
  from jsonb_to_recordset(roles) as r(role text, duty text, purposes text[], scope text);
  update description_draft set state = 'APPROVED', decided_by = viewer(), decided_at = clock_timestamp(), decision_note = note where id = draft;
  perform pg_notify('seloste_description', number::text);
  return number;
end $$;

revoke execute on function reached_disclosures(jsonb, timestamptz), list_pending_disclosures() from public;
grant execute on function list_pending_disclosures() to seloste_desk;
