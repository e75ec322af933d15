-- Packages: what leaves, once (R27, R30, R34).

-- Those who prepare, decide or oversee see what became of a package; its link is nowhere.
create function sees_packages() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('DECISION_MAKER') or viewer_is('DATA_PROTECTION_OFFICER') or viewer_is('SECURITY') or viewer_is('EXPERT')
$$;
create function package_state(p disclosure_package) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.end_why = 'destroyed' then 'withdrawn'
    when p.end_why is not null then p.end_why
    when p.expires_at <= now() then 'expired'
    when p.ready_at is null then 'making'
    else 'ready' end
$$;

-- The packages of some disclosures, the newest first.
create function packages_of(disclosures uuid[])
returns table (id uuid, disclosure uuid, method text, delivery text, state text, files integer, done integer, size_bytes bigint, sha256 text,
  made_at timestamptz, made_by uuid, expires_at timestamptz, taken_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, coalesce(p.research_id, p.authority_id), p.method, p.delivery, package_state(p), p.files, p.done, p.size_bytes,
    encode(p.sha256, 'hex'), p.made_at, p.made_by, p.expires_at, case when p.end_why = 'taken' then p.ended_at end
  from disclosure_package p
  where sees_packages() and (p.research_id = any (disclosures) or p.authority_id = any (disclosures)
    and (viewer_is('SECURITY') or viewer_is('DECISION_MAKER') or viewer_is('DATA_PROTECTION_OFFICER')))
  order by p.made_at desc
$$;
-- Making -------------------------------------------------------------------------------------------------------------------

-- The recordings of which something is in a package.
create function recordings_in(p disclosure_package) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select recording_id from research_items_to_release(p.research_id) where p.research_id is not null
  union all
  select i.recording_id from authority_item i where i.disclosure_id = p.authority_id and i.granted and i.recording_id is not null
    and i.what <> 'IDENTIFICATION_DATA'
$$;

create function note_package(action text, p disclosure_package, acting text, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), acting, action, 'package', p.id, 'ok', jsonb_build_object('disclosure', coalesce(p.research_id, p.authority_id)) || detail)
$$;

-- Ends a package: from then on nobody fetches it; the custodian removes its object.
create function end_package(p disclosure_package, why text, by uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package k set ended_at = clock_timestamp(), end_why = why, ended_by = by where k.id = p.id and k.ended_at is null;
  if found then
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (by, case why when 'taken' then 'package.taken' else 'package.ended' end, 'package', p.id, 'ok',
      jsonb_build_object('disclosure', coalesce(p.research_id, p.authority_id), 'why', why));
  end if;
end $$;

-- Whether everything a package was made of may leave now, as at its decision.
create function demand_package_releasable(kind text, disclosure uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform demand_one_role('{DECISION_MAKER}');
  if kind = 'RESEARCH' then
    perform demand_releasable(disclosure);
  else
    perform demand_releasable_to_authority(disclosure);
  end if;
end $$;

-- Begins a package of what was decided. The custodian asks, in the decision maker's session: it opens and seals.
-- `given`: the authority's key; an institute's is the one that was on file at the decision.
create function begin_package(kind text, disclosure uuid, method text, delivery text, token_hash bytea, given text)
returns table (id uuid, expires_at timestamptz, recipient text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
  until timestamptz;
  how_many integer;
  to_key text;
begin
  perform demand_package_releasable(kind, disclosure);
  to_key := case when begin_package.method = 'KEY' then
    case kind when 'RESEARCH' then (select d.recipient from research_disclosure d where d.id = disclosure) else given end end;
  if begin_package.method = 'KEY' and to_key is null then
    raise exception 'package.no-key' using errcode = 'SE001';
  end if;
  perform end_package(k, 'expired', null) from disclosure_package k
  where coalesce(k.research_id, k.authority_id) = disclosure and k.ended_at is null and k.expires_at <= now();
  insert into disclosure_package (research_id, authority_id, method, delivery, token_hash, files, made_by, expires_at)
  values (case kind when 'RESEARCH' then disclosure end, case kind when 'AUTHORITY' then disclosure end, begin_package.method,
    begin_package.delivery, begin_package.token_hash, 0, viewer(), now() + interval '7 days')
  on conflict do nothing returning * into p;
  if p.id is null then
    raise exception 'package.under-way' using errcode = 'SE001';
  end if;
  -- Never past the day of anything in it, nor past the study's.
  select least(p.expires_at, min(case when recordings_are_held(r.contact_id) and kind = 'AUTHORITY' then null else r.destroy_at end),
    (select day_begins(d.due_on + 1) from research_disclosure d where d.id = p.research_id)), count(*)
  into until, how_many from recording r where r.id in (select recordings_in(p));
  update disclosure_package k set files = how_many, expires_at = until where k.id = p.id returning * into p;
  perform note_package('package.made', p, 'DECISION_MAKER',
    jsonb_build_object('kind', kind, 'method', p.method, 'delivery', p.delivery, 'files', p.files));
  return query select p.id, p.expires_at, to_key;
end $$;

-- What goes into a package to a research institute: one sound an item, and what its coarse facts are made of.
create function research_contents(package uuid)
returns table (item integer, recording_id uuid, copy_id uuid, sound_sha256 bytea, sound_bytes bigint, sound_ms integer, level text,
  started_at timestamptz, number_reached text, unit_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, i.recording_id, a.copy_id, a.sha256, a.bytes, a.ms, c.level, r.started_at, s.number_reached, s.official_unit_id
  from disclosure_package p, research_items_to_release(p.research_id) i
  join recording r on r.id = i.recording_id
  join anonymised_copy c on c.recording_id = r.id
  left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at,
  approved_sound(i.recording_id) a
  where p.id = research_contents.package order by i.item
$$;

-- To whom a package goes and what for, as its letter says it.
create function research_package(package uuid)
returns table (id uuid, number text, institute text, language text, study text, "dueOn" text, format text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, d.number, i.name, i.language, d.study, d.due_on::text, d.format
  from disclosure_package p join research_disclosure d on d.id = p.research_id join institute i on i.id = d.institute_id
  where p.id = research_package.package
$$;

create function authority_package(package uuid)
returns table (id uuid, number text, authority text, "caseNumber" text, provision jsonb, "decidedAt" timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, d.number, d.authority, d.case_number, (
    select v -> 'names' from disclosure_rules, jsonb_array_elements(provisions) v where v ->> 'id' = d.provision_id), d.decided_at
  from disclosure_package p join authority_disclosure d on d.id = p.authority_id where p.id = authority_package.package
$$;

-- What goes into a package to an authority: identification data in the closed list of R10, and which recordings.
create function authority_contents(package uuid)
returns table (item integer, what text, recording_id uuid, started_at timestamptz, ended_at timestamptz, caller_kind text, caller text,
  number_called text, parts jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, i.what, i.recording_id, c.started_at, c.ended_at, c.caller_kind, c.caller_key, c.number_called, (
    select coalesce(jsonb_agg(jsonb_build_object('seq', s.seq, 'number', s.number_reached, 'answeredAt', s.answered_at, 'endedAt', s.ended_at,
      'officialName', s.official_name, 'officialPhone', s.official_phone, 'isRecorded', r.id is not null) order by s.seq), '[]')
    from segment s left join recording r on r.segment_id = s.id and r.id = i.recording_id
    where s.contact_id = c.id and s.contact_started_at = c.started_at)
  from disclosure_package p
  join authority_item i on i.disclosure_id = p.authority_id and i.granted
  left join contact c on c.id = i.contact_id and c.started_at = i.contact_started_at and (contact_in_term(c.id)).id is not null
  where p.id = authority_contents.package order by i.item
$$;

create function note_package_progress(wanted uuid, how_many integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package set done = how_many where id = wanted and ended_at is null;
  return found;
end $$;

-- Whether nothing stands against a package leaving now: everything it was made of is there and may be given still.
create function package_may_leave(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ended_at is null and p.expires_at > now() and case
    when p.research_id is not null then
      (select r.research from disclosure_rules r)
      and exists (select from research_disclosure d where d.id = p.research_id and d.outcome = 'GRANTED' and d.study_ended_on is null
        and d.closed_at is null and d.withdrawn_at is null)
      and (select count(*) from research_items_to_release(p.research_id) i join recording r on r.id = i.recording_id
        where r.state = 'STORED' and r.destroy_at > register_now()) = p.files
    else
      (select r.authority from disclosure_rules r)
      and exists (select from authority_disclosure d where d.id = p.authority_id and d.closed_at is null and provision_holds(d.provision_id))
      and not exists (select from authority_item i where i.disclosure_id = p.authority_id and i.granted and not authority_item_is_there(i))
    end
$$;

-- The encrypted object is stored: what is in it counts as released from now on. False where something ended meanwhile: then the
-- object goes.
create function package_stored(wanted uuid, bytes bigint, hash bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  select * into p from disclosure_package where id = wanted for update;
  -- Whoever ends a recording meanwhile comes before this, or after it and recalls what was released.
  perform from recording r where r.id in (select recordings_in(p)) order by r.id for share;
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

create function package_failed(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, 'failed', null) from disclosure_package p where p.id = wanted and p.ended_at is null
$$;

create function withdraw_package(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into p from disclosure_package where id = wanted for update;
  if p.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if package_state(p) not in ('making', 'ready') then
    raise exception 'package.over' using errcode = 'SE001';
  end if;
  perform end_package(p, 'withdrawn', viewer());
end $$;

-- Leaving ------------------------------------------------------------------------------------------------------------------

create function package_is_fetchable(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ready_at is not null and package_may_leave(p) and p.fetches < 3 and coalesce(p.first_fetch_at > now() - interval '1 hour', true)
$$;

-- The page of a link: the language of the institute, where there is something to fetch.
create function package_behind(token_hash bytea) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(i.language, 'fi') from disclosure_package p
  left join research_disclosure d on d.id = p.research_id left join institute i on i.id = d.institute_id
  where p.token_hash = package_behind.token_hash and package_is_fetchable(p)
$$;

-- Begins to fetch a package: three times at the most, within an hour of the first, as connections break.
create function begin_package_fetch(token_hash bytea) returns table (id uuid, size_bytes bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
begin
  select * into p from disclosure_package k where k.token_hash = begin_package_fetch.token_hash for update;
  if p.id is null or not package_is_fetchable(p) then
    return;
  end if;
  update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()) where k.id = p.id;
  return query select p.id, p.size_bytes;
end $$;

-- For a medium: by whoever released it, in their own session.
create function begin_package_save(wanted uuid) returns table (id uuid, size_bytes bigint, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into p from disclosure_package k where k.id = wanted for update;
  if p.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if p.delivery <> 'MEDIUM' or p.made_by <> viewer() then
    raise exception 'package.not-yours' using errcode = 'SE001';
  end if;
  if not package_is_fetchable(p) then
    raise exception '%', case when p.ready_at is null and p.ended_at is null then 'package.not-ready' else 'package.over' end using errcode = 'SE001';
  end if;
  update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()) where k.id = p.id;
  return query select p.id, p.size_bytes, coalesce(
    (select d.number from research_disclosure d where d.id = p.research_id), (select d.number from authority_disclosure d where d.id = p.authority_id));
end $$;

-- Asked for every piece: one that is ended, or of which something is, goes no further.
create function package_goes_on(wanted uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from disclosure_package p where p.id = wanted and p.ready_at is not null and package_may_leave(p))
$$;

create function note_package_taken(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, 'taken', null) from disclosure_package p where p.id = wanted
$$;

-- Ends what is over by itself: after its day, an hour after a fetch that did not come to its end, a making that stopped.
create function settle_packages() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, case when p.ready_at is null and p.expires_at > now() then 'failed' else 'expired' end, null)
  from disclosure_package p
  where p.ended_at is null and (
    p.expires_at <= now() or p.first_fetch_at <= now() - interval '1 hour' or p.ready_at is null and p.made_at < now() - interval '2 hours')
$$;

-- A package ends with any recording of which something is in it, in the same transaction that blocks it (R50).
create function packages_end_with_recording() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform end_package(p, 'destroyed', null) from disclosure_package p
  where p.ended_at is null and (
    exists (select from research_item i where i.disclosure_id = p.research_id and i.recording_id = new.id and i.dropped_at is null)
    or exists (select from authority_item i where i.disclosure_id = p.authority_id and i.recording_id = new.id and i.granted));
  return null;
end $$;
create trigger ends_packages after update of state on recording for each row
  when (new.state in ('DESTROYING', 'DESTROYED') and old.state not in ('DESTROYING', 'DESTROYED')) execute function packages_end_with_recording();

grant select on disclosure_package to seloste_custodian;
grant update (removed_at) on disclosure_package to seloste_custodian;
create policy custodian_removes on disclosure_package to seloste_custodian using (true) with check (ended_at is not null);

revoke execute on function sees_packages(), package_state(disclosure_package), packages_of(uuid[]), recordings_in(disclosure_package),
  note_package(text, disclosure_package, text, jsonb), end_package(disclosure_package, text, uuid), demand_package_releasable(text, uuid),
  begin_package(text, uuid, text, text, bytea, text), research_contents(uuid), authority_contents(uuid), research_package(uuid),
  authority_package(uuid), note_package_progress(uuid, integer),
  package_may_leave(disclosure_package), package_stored(uuid, bigint, bytea), package_failed(uuid), withdraw_package(uuid),
  package_is_fetchable(disclosure_package), package_behind(bytea), begin_package_fetch(bytea), begin_package_save(uuid), package_goes_on(uuid),
  note_package_taken(uuid), settle_packages(), packages_end_with_recording() from public;
grant execute on function packages_of(uuid[]), withdraw_package(uuid) to seloste_desk;
grant execute on function begin_package(text, uuid, text, text, bytea, text), research_contents(uuid), authority_contents(uuid),
  research_package(uuid), authority_package(uuid),
  note_package_progress(uuid, integer), package_stored(uuid, bigint, bytea), package_failed(uuid), package_behind(bytea),
  begin_package_fetch(bytea), begin_package_save(uuid), package_goes_on(uuid), note_package_taken(uuid), settle_packages() to seloste_custodian;
