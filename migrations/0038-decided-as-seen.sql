-- What was seen is what is decided; what may not leave any more ends; who has had a hand in something stays known; nobody learns of
-- what an authority asks for by a prohibition that waits (R27, R33-R35).

-- Who had a hand -------------------------------------------------------------------------------------------------------

-- Whoever has changed what is decided on, also where somebody else has put their own in its place since.
alter table research_disclosure add column hands uuid[] not null default '{}';
alter table authority_disclosure add column hands uuid[] not null default '{}';
alter table anonymised_copy add column former_preparers uuid[] not null default '{}', add column former_checkers uuid[] not null default '{}';

create function note_hand() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null and viewer() <> all (new.hands) then
    new.hands := new.hands || viewer();
  end if;
  return new;
end $$;
create trigger notes_hand before update of study, due_on, format, undertaking_at on research_disclosure for each row
  when (old.decided_at is null) execute function note_hand();
create trigger notes_hand before update of origin, authority, officer, case_number, aim, provision_id, received_at, assessed_at on authority_disclosure
  for each row when (old.decided_at is null) execute function note_hand();

create function note_hand_of_copy() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.prepared_by <> old.prepared_by and old.prepared_by <> all (new.former_preparers) then
    new.former_preparers := new.former_preparers || old.prepared_by;
  end if;
  if new.checked_by is distinct from old.checked_by and old.checked_by <> all (new.former_checkers) then
    new.former_checkers := new.former_checkers || old.checked_by;
  end if;
  return new;
end $$;
create trigger notes_hand before update of prepared_by, checked_by on anonymised_copy for each row execute function note_hand_of_copy();

-- Over 0032-research-disclosures.sql.
create or replace function research_hands(d research_disclosure) returns uuid[]
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

create function authority_hands(d authority_disclosure) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select array_remove(d.hands || d.entered_by || d.assessed_by || array(select i.added_by from authority_item i where i.disclosure_id = d.id), null)
$$;

-- What is decided on ---------------------------------------------------------------------------------------------------

-- As one short text that is another whenever anything of it is: to whom, for what, until when, what.
create function research_as_seen(d research_disclosure) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(jsonb_build_array(d.study, d.due_on, d.format, d.undertaking_reference, d.undertaking_signatory,
    d.undertaking_on, n.name, n.recipient, (
      select coalesce(jsonb_agg(jsonb_build_array(i.item, i.recording_id, a.id, a.level) order by i.item), '[]')
      from research_item i left join anonymised_copy a on a.recording_id = i.recording_id
      where i.disclosure_id = d.id and i.dropped_at is null))::text, 'UTF8')), 'hex')
  from institute n where n.id = d.institute_id
$$;

create function authority_as_seen(d authority_disclosure) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(jsonb_build_array(d.origin, d.authority, d.officer, d.case_number, d.aim, d.provision_id, d.received_at,
    d.assessment, (
      select coalesce(jsonb_agg(jsonb_build_array(i.item, i.contact_id, i.recording_id, i.what) order by i.item), '[]')
      from authority_item i where i.disclosure_id = d.id and i.dropped_at is null))::text, 'UTF8')), 'hex')
$$;

-- For whoever reads one: what a decision on it says that it is of.
create function research_seen(wanted uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_research_part('{QUALITY,DECISION_MAKER}');
  return (select research_as_seen(d) from research_disclosure d where d.id = wanted);
end $$;

create function authority_seen(wanted uuid[]) returns table (disclosure_id uuid, seen text, is_own boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform see_authority_disclosures();
  return query select d.id, authority_as_seen(d), viewer() = any (authority_hands(d)) from authority_disclosure d where d.id = any (wanted);
end $$;

-- Over 0032-research-disclosures.sql: granted is what was seen.
drop function decide_research(uuid, text, text);
create function decide_research(wanted uuid, how text, reasons text, seen text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := demand_one_role('{DECISION_MAKER}');
  d research_disclosure := research_locked(wanted);
begin
  if d.decided_at is not null then
    raise exception 'research.decided' using errcode = 'SE001';
  end if;
  perform refuse_hand(d);
  perform refuse_identity_code('reasons', decide_research.reasons);
  if how = 'GRANTED' then
    -- The key stays as it was seen.
    perform from institute i where i.id = d.institute_id for share;
    perform refuse_lacks(facts_of_research(d), '{decision,release}');
    if research_as_seen(d) is distinct from decide_research.seen then
      raise exception 'research.changed-meanwhile' using errcode = 'SE001';
    end if;
  end if;
  update research_disclosure r set outcome = how, reasons = btrim(decide_research.reasons), decided_at = clock_timestamp(), decided_by = viewer(),
    recipient = case when how = 'GRANTED' then (select i.recipient from institute i where i.id = d.institute_id) end
  where r.id = d.id;
  perform note_research('research.decided', as_role, 'disclosure', d.id, jsonb_build_object('outcome', how));
  if how = 'REFUSED' then
    perform untie_research(d.id);
  end if;
end $$;

-- Over 0034-authority-disclosures.sql: the same, and whoever changed it before counts as well.
drop function decide_authority(uuid, text, integer[], text);
create function decide_authority(wanted uuid, outcome text, items integer[], reasons text, seen text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  d authority_disclosure;
  gone text;
  given integer[];
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into d from authority_disclosure k where k.id = wanted for update;
  if d.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if d.decided_at is not null then
    raise exception 'authority.decided' using errcode = 'SE001';
  end if;
  if viewer() = any (authority_hands(d)) then
    raise exception 'authority.own' using errcode = 'SE001';
  end if;
  if holds_identity_code(decide_authority.reasons) then
    raise exception 'input.identity-code' using errcode = 'SE001';
  end if;
  select coalesce(array_agg(i.item order by i.item), '{}') into given from authority_item i
  where i.disclosure_id = d.id and i.dropped_at is null and case decide_authority.outcome
    when 'GRANTED' then true when 'PART' then i.item = any (decide_authority.items) else false end;
  if decide_authority.outcome <> 'REFUSED' then
    perform refuse_no_authority();
    if d.provision_id is null then
      raise exception 'authority.provision' using errcode = 'SE001';
    end if;
    if not provision_holds(d.provision_id) then
      raise exception 'authority.provision-expired' using errcode = 'SE001';
    end if;
    if d.assessed_at is null then
      raise exception 'authority.assessment' using errcode = 'SE001';
    end if;
    if cardinality(given) = 0 or decide_authority.outcome = 'PART' and not given @> decide_authority.items then
      raise exception 'authority.items' using errcode = 'SE001';
    end if;
    select string_agg(i.item::text, ',' order by i.item) into gone from authority_item i
    where i.disclosure_id = d.id and i.item = any (given) and not authority_item_is_there(i);
    if gone is not null then
      raise exception 'authority.item-destroyed' using errcode = 'SE001', detail = gone;
    end if;
    if authority_as_seen(d) is distinct from decide_authority.seen then
      raise exception 'authority.changed-meanwhile' using errcode = 'SE001';
    end if;
  end if;
  update authority_item i set granted = i.item = any (given) where i.disclosure_id = d.id and i.dropped_at is null;
  update authority_disclosure k set outcome = decide_authority.outcome, reasons = btrim(decide_authority.reasons),
    decided_at = clock_timestamp(), decided_by = viewer()
  where k.id = d.id returning * into d;
  perform let_go_authority_items(d.id, array(
    select i.recording_id from authority_item i where i.disclosure_id = d.id and i.granted is not true and i.recording_id is not null));
  perform note_authority('authority.decided', d, 'DECISION_MAKER',
    jsonb_build_object('outcome', d.outcome, 'provision', d.provision_id, 'granted', to_jsonb(given)));
end $$;

-- Over 0034-authority-disclosures.sql: nor does whoever prepared it release it.
create or replace function demand_releasable_to_authority(wanted uuid) returns authority_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure;
  gone text;
begin
  select * into d from authority_disclosure where id = wanted for update;
  if d.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  perform refuse_no_authority();
  if viewer() = any (authority_hands(d)) then
    raise exception 'authority.own' using errcode = 'SE001';
  end if;
  if d.outcome is null or d.outcome = 'REFUSED' then
    raise exception 'authority.decision' using errcode = 'SE001';
  end if;
  if d.closed_at is not null then
    raise exception 'authority.closed' using errcode = 'SE001';
  end if;
  if not provision_holds(d.provision_id) then
    raise exception 'authority.provision-expired' using errcode = 'SE001';
  end if;
  select string_agg(i.item::text, ',' order by i.item) into gone from authority_item i
  where i.disclosure_id = d.id and i.granted and not authority_item_is_there(i);
  if gone is not null then
    raise exception 'authority.item-destroyed' using errcode = 'SE001', detail = gone;
  end if;
  return d;
end $$;

-- Who learns of it -----------------------------------------------------------------------------------------------------

-- Over 0034-authority-disclosures.sql: which calls they are is for those who prepare and decide alone.
drop function authority_items(uuid[]);
create function authority_items(wanted uuid[])
returns table (disclosure_id uuid, item integer, contact_id uuid, recording_id uuid, what text, destroy_at timestamptz, state text,
  granted boolean, is_there boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  knows boolean := see_authority_disclosures() <> 'DATA_PROTECTION_OFFICER';
begin
  return query
    select i.disclosure_id, i.item, case when knows then (contact_in_term(i.contact_id)).id end, case when knows then i.recording_id end, i.what,
      r.destroy_at,
      case
        when i.recording_id is null then 'none'
        when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
          or r.destroy_at <= register_now() and not recordings_are_held(r.contact_id) then 'destroyed'
        when r.state in ('RESTRICTED', 'QUARANTINED') then 'restricted'
        else 'available' end,
      i.granted, authority_item_is_there(i)
    from authority_item i left join recording r on r.id = i.recording_id
    where i.disclosure_id = any (wanted) and i.dropped_at is null
    order by i.disclosure_id, i.item;
end $$;
drop policy desk_looks on authority_item;
create policy desk_looks on authority_item for select to seloste_desk using ((select viewer_is('SECURITY') or viewer_is('DECISION_MAKER')));

-- Over 0035-packages.sql: to each what is of their own disclosures.
create or replace function packages_of(disclosures uuid[])
returns table (id uuid, disclosure uuid, method text, delivery text, state text, files integer, done integer, size_bytes bigint, sha256 text,
  made_at timestamptz, made_by uuid, expires_at timestamptz, taken_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, coalesce(p.research_id, p.authority_id), p.method, p.delivery, package_state(p), p.files, p.done, p.size_bytes,
    encode(p.sha256, 'hex'), p.made_at, p.made_by, p.expires_at, case when p.end_why = 'taken' then p.ended_at end
  from disclosure_package p
  where p.research_id = any (disclosures) and (viewer_sees_research() or viewer_is('DATA_PROTECTION_OFFICER'))
    or p.authority_id = any (disclosures) and (viewer_is('SECURITY') or viewer_is('DECISION_MAKER') or viewer_is('DATA_PROTECTION_OFFICER'))
  order by p.made_at desc
$$;
drop function sees_packages();

-- Over 0017-ends.sql: that a prohibition waits for somebody else's inspection is told; that it waits for an authority is not, no more
-- than that an order stands in its way.
create or replace function prohibition_state(p prohibition) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.executed_at is not null then 'executed'
    when r.state not in ('DESTROYING', 'DESTROYED') and exists (
      select from inspection_recording ir where ir.recording_id = r.id and end_of_recording(r) -> 'cases' ? ir.inspection_id::text
    ) then 'waiting'
    else 'blocked' end
  from recording r where r.id = p.recording_id
$$;

-- The second person ----------------------------------------------------------------------------------------------------

-- Over 0033-anonymised-copies.sql: and who it is that hears, as the pace is theirs and not the hearing's.
drop function hearing_now(uuid);
create function hearing_now(wanted uuid) returns table (copy_id uuid, recording_id uuid, sound_bytes bigint, person_id uuid, why text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select h.copy_id, h.recording_id, c.sound_bytes, h.person_id, hearing_over(h, viewer() is not distinct from h.person_id and confined_to() is null)
  from copy_hearing h join anonymised_copy c on c.id = h.copy_id
  where h.id = wanted and h.session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
$$;

-- Over 0033-anonymised-copies.sql: whoever prepared it once does not sign it either, though somebody has taken it over.
create or replace function check_copy(wanted uuid, revision integer, how text, note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (select recording_id from anonymised_copy a where a.id = wanted) for share;
  select * into c from anonymised_copy k where k.id = wanted for update;
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if copy_stands_still(r) is not null then
    raise exception '%', copy_stands_still(r) using errcode = 'SE001';
  end if;
  if viewer() = any (c.former_preparers || c.prepared_by) then
    raise exception 'anonymised-copy.own' using errcode = 'SE001';
  end if;
  if c.revision <> check_copy.revision then
    raise exception 'anonymised-copy.changed-meanwhile' using errcode = 'SE001';
  end if;
  if c.state = 'APPROVED' then
    raise exception 'anonymised-copy.approved' using errcode = 'SE001';
  end if;
  if c.state <> 'RENDERED' then
    raise exception 'anonymised-copy.not-rendered' using errcode = 'SE001';
  end if;
  -- A name that is heard is reason enough to hear no further.
  if how = 'APPROVED' and not isempty(not_heard(c, viewer())) then
    raise exception 'anonymised-copy.not-heard' using errcode = 'SE001';
  end if;
  perform refuse_identity_code('note', check_copy.note);
  update anonymised_copy k set state = how, checked_at = clock_timestamp(), checked_by = viewer(), check_note = nullif(btrim(check_copy.note), '')
  where k.id = c.id;
  perform note_copy('anonymised-copy.checked', held, c, jsonb_build_object('outcome', how, 'revision', c.revision));
end $$;

-- What leaves ----------------------------------------------------------------------------------------------------------

-- Over 0035-packages.sql: all that a release asks is asked of a package until its last byte has left. An institute that has a
-- recording by another disclosure, or is overdue meanwhile, gets nothing more; nor do pseudonymised copies leave that the
-- description lets go no more.
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
    else
      (select r.authority from disclosure_rules r)
      and exists (select from authority_disclosure d where d.id = p.authority_id and d.closed_at is null and provision_holds(d.provision_id))
      and not exists (select from authority_item i where i.disclosure_id = p.authority_id and i.granted and not authority_item_is_there(i))
    end
$$;

-- Over 0035-packages.sql: locked in the order of all others, so that nobody's prohibition ends in a deadlock: the disclosure, its
-- institute, the recordings, the package.
create or replace function package_stored(wanted uuid, bytes bigint, hash bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  select * into p from disclosure_package where id = wanted;
  perform from research_disclosure d where d.id = p.research_id for update;
  perform from authority_disclosure d where d.id = p.authority_id for update;
  -- Two disclosures to one institute that are ready at once come one after the other.
  perform from institute i where i.id = (select d.institute_id from research_disclosure d where d.id = p.research_id) for no key update;
  -- Whoever ends a recording meanwhile comes before this, or after it and recalls what was released.
  perform from recording r where r.id in (select recordings_in(p)) order by r.id for share;
  select * into p from disclosure_package where id = wanted for update;
  if p.id is null or p.ready_at is not null or not package_may_leave(p) then
    return false;
  end if;
  update disclosure_package k set ready_at = clock_timestamp(), size_bytes = bytes, sha256 = hash, done = k.files where k.id = wanted;
  if p.research_id is not null then
    perform note_research_released(p.research_id);
  else
    perform note_authority_released(p.authority_id);
  end if;
  return true;
end $$;

-- Over 0035-packages.sql: nothing leaves, or counts as taken, of which nobody with the link or the right to save it has begun: whoever
-- asks the custodian for pieces knows no more than an id.
create or replace function package_goes_on(wanted uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from disclosure_package p where p.id = wanted and p.ready_at is not null and p.fetches > 0 and package_may_leave(p))
$$;
create or replace function note_package_taken(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, 'taken', null) from disclosure_package p where p.id = wanted and p.ready_at is not null and p.fetches > 0
$$;

-- Over 0035-packages.sql: and what may not leave any more, as something in it was recalled, confirmed or restricted, or the
-- description has changed. Nobody has its object lie until the link is over.
create or replace function settle_packages() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, case
    when p.expires_at <= now() or p.first_fetch_at <= now() - interval '1 hour' then 'expired'
    when p.ready_at is null then 'failed'
    else 'withdrawn' end, null)
  from (
    select * from disclosure_package k
    where k.ended_at is null and (k.expires_at <= now() or k.first_fetch_at <= now() - interval '1 hour'
      or k.ready_at is null and k.made_at < now() - interval '2 hours' or k.ready_at is not null and not package_may_leave(k))
    order by k.id
  ) p
$$;

revoke execute on function note_hand(), note_hand_of_copy(), authority_hands(authority_disclosure), research_as_seen(research_disclosure),
  authority_as_seen(authority_disclosure), research_seen(uuid), authority_seen(uuid[]), decide_research(uuid, text, text, text),
  decide_authority(uuid, text, integer[], text, text), authority_items(uuid[]), hearing_now(uuid) from public;
grant execute on function research_seen(uuid), authority_seen(uuid[]), decide_research(uuid, text, text, text),
  decide_authority(uuid, text, integer[], text, text), authority_items(uuid[]) to seloste_desk;
grant execute on function hearing_now(uuid) to seloste_custodian;
