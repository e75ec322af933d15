-- What is fetched by a link, or saved for a medium, leaves whole once: who begins again breaks off what had begun before. Two that
-- fetch at the same time would else both have all of it (R27, R30; C1).

-- Over 0035-packages.sql: and which of the three attempts it is.
drop function begin_package_fetch(bytea);
create function begin_package_fetch(token_hash bytea) returns table (id uuid, size_bytes bigint, attempt integer)
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
  return query select p.id, p.size_bytes, p.fetches + 1;
end $$;

-- Over 0037-releases-that-are-kept.sql: the same.
drop function begin_package_save(uuid);
create function begin_package_save(wanted uuid) returns table (id uuid, size_bytes bigint, number text, attempt integer)
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
    raise exception '%', case when package_state(p) = 'making' then 'package.not-ready' else 'package.over' end using errcode = 'SE001';
  end if;
  update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()) where k.id = p.id;
  return query select p.id, p.size_bytes, coalesce(
    (select d.number from research_disclosure d where d.id = p.research_id),
    (select d.number from authority_disclosure d where d.id = p.authority_id)), p.fetches + 1;
end $$;

-- Over 0038-decided-as-seen.sql: nothing leaves of which nobody has begun, nor of what somebody has begun again since.
drop function package_goes_on(uuid);
create function package_goes_on(wanted uuid, attempt integer) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from disclosure_package p
    where p.id = wanted and p.ready_at is not null and p.fetches > 0 and p.fetches = package_goes_on.attempt and package_may_leave(p))
$$;
-- Over 0038-decided-as-seen.sql: whose last byte has left has all of it, though somebody has begun again meanwhile.
drop function note_package_taken(uuid);
create function note_package_taken(wanted uuid, attempt integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, 'taken', null) from disclosure_package p
  where p.id = wanted and p.ready_at is not null and note_package_taken.attempt between 1 and p.fetches
$$;

-- Over 0026-request-acts.sql: the same of a copy for who asked.
drop function begin_copy_fetch(bytea);
create function begin_copy_fetch(token_hash bytea) returns table (id uuid, recording_id uuid, size_bytes bigint, attempt integer)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  c subject_copy;
begin
  select * into c from subject_copy k where k.token_hash = begin_copy_fetch.token_hash for update;
  if c.id is null or not copy_may_leave(c) or c.fetches >= 3 or c.first_fetch_at <= now() - interval '1 hour' then
    return;
  end if;
  update subject_copy k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()) where k.id = c.id;
  return query select c.id, c.recording_id, c.size_bytes, c.fetches + 1;
end $$;
drop function copy_goes_on(uuid);
create function copy_goes_on(wanted uuid, attempt integer) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from subject_copy c where c.id = wanted and c.fetches > 0 and c.fetches = copy_goes_on.attempt and copy_may_leave(c))
$$;
drop function note_copy_taken(uuid);
create function note_copy_taken(wanted uuid, attempt integer) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_subject_copy(c, 'taken', null) from subject_copy c where c.id = wanted and note_copy_taken.attempt between 1 and c.fetches;
  select exists (select from subject_copy c where c.id = wanted and c.ended_at is not null)
$$;

revoke execute on function begin_package_fetch(bytea), begin_package_save(uuid), package_goes_on(uuid, integer),
  note_package_taken(uuid, integer), begin_copy_fetch(bytea), copy_goes_on(uuid, integer), note_copy_taken(uuid, integer) from public;
grant execute on function begin_package_fetch(bytea), begin_package_save(uuid), package_goes_on(uuid, integer),
  note_package_taken(uuid, integer), begin_copy_fetch(bytea), copy_goes_on(uuid, integer), note_copy_taken(uuid, integer) to seloste_custodian;
