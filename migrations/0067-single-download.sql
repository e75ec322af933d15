-- A package, or a copy for a requester, is downloaded once and by one client at a time, whatever its size (R27, R30; C1). A download
-- holds a lease. While it is held, any other download is refused and recorded. The last bytes are handed out once, in the transaction
-- that ends the package.

alter table disclosure_package add column fetching_until timestamptz;
alter table subject_copy add column fetching_until timestamptz;

-- Downloads of packages and copies that were begun or refused. The network address is removed after 30 days.
create table download (
  id bigint generated always as identity primary key,
  package_id uuid references disclosure_package on delete cascade,
  copy_id uuid references subject_copy on delete cascade,
  at timestamptz not null default clock_timestamp(),
  outcome text not null check (outcome in ('begun', 'refused')),
  -- Of a package that is saved for a medium.
  person_id uuid references person,
  address text check (length(address) <= 64),
  check ((package_id is null) <> (copy_id is null))
);
create index download_package on download (package_id, at) where package_id is not null;
create index download_copy on download (copy_id, at) where copy_id is not null;
create index download_address on download (at) where address is not null;
alter table download enable row level security;
grant select on download to seloste_desk;
-- Whoever may see a copy sees its downloads. Downloads of packages are told by packages_of().
create policy desk_reads on download for select to seloste_desk using (
  exists (select from subject_copy c where c.id = download.copy_id));

create function fetch_lease() returns interval
language sql immutable set search_path = pg_catalog, public, pg_temp as $$ select interval '2 minutes' $$;

-- Records a download that is begun or refused. A refused one is in the audit log as well.
create function record_download(package disclosure_package, copy subject_copy, outcome text, address text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into download (package_id, copy_id, outcome, person_id, address)
  values (package.id, copy.id, record_download.outcome, case when package.delivery = 'MEDIUM' then viewer() end, record_download.address);
  if record_download.outcome = 'refused' and package.delivery = 'LINK' then
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (null, 'package.taken', 'package', package.id, 'refused:package.being-fetched',
      jsonb_build_object('disclosure', coalesce(package.research_id, package.authority_id)));
  elsif record_download.outcome = 'refused' and copy.id is not null then
    insert into audit_entry (person_id, action, reference, object_kind, object_id, result, detail)
    select null, 'subject-copy.taken', q.number, 'copy', copy.id, 'refused:copy.being-fetched', jsonb_build_object('recording', copy.recording_id)
    from subject_request q where q.id = copy.request_id;
  end if;
end $$;

-- Over 0056-one-fetch-at-a-time.sql: refused (`is_busy`) while another download holds the lease.
drop function begin_package_fetch(bytea);
create function begin_package_fetch(token_hash bytea, address text)
returns table (id uuid, size_bytes bigint, attempt integer, is_busy boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
  is_busy boolean;
begin
  select * into p from disclosure_package k where k.token_hash = begin_package_fetch.token_hash for update;
  is_busy := coalesce(p.fetching_until > clock_timestamp(), false) and p.ready_at is not null and package_may_leave(p);
  if p.id is null or not is_busy and not package_is_fetchable(p) then
    return;
  end if;
  perform record_download(p, null, case when is_busy then 'refused' else 'begun' end, begin_package_fetch.address);
  if not is_busy then
    update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()),
      fetching_until = clock_timestamp() + fetch_lease() where k.id = p.id;
  end if;
  return query select p.id, p.size_bytes, p.fetches + 1, is_busy;
end $$;

drop function begin_package_save(uuid);
create function begin_package_save(wanted uuid, address text)
returns table (id uuid, size_bytes bigint, number text, attempt integer, is_busy boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
  is_busy boolean;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into p from disclosure_package k where k.id = wanted for update;
  if p.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if p.delivery <> 'MEDIUM' or p.made_by <> viewer() then
    raise exception 'package.not-yours' using errcode = 'SE001';
  end if;
  is_busy := coalesce(p.fetching_until > clock_timestamp(), false) and p.ready_at is not null and package_may_leave(p);
  if not is_busy and not package_is_fetchable(p) then
    raise exception '%', case when package_state(p) = 'making' then 'package.not-ready' else 'package.over' end using errcode = 'SE001';
  end if;
  perform record_download(p, null, case when is_busy then 'refused' else 'begun' end, begin_package_save.address);
  if not is_busy then
    update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()),
      fetching_until = clock_timestamp() + fetch_lease() where k.id = p.id;
  end if;
  return query select p.id, p.size_bytes, coalesce(
    (select d.number from research_disclosure d where d.id = p.research_id),
    (select d.number from authority_disclosure d where d.id = p.authority_id)), p.fetches + 1, is_busy;
end $$;

-- Over 0056-one-fetch-at-a-time.sql: each piece renews the lease.
drop function package_goes_on(uuid, integer);
create function package_goes_on(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package p set fetching_until = clock_timestamp() + fetch_lease()
  where p.id = wanted and p.ready_at is not null and p.fetches > 0 and p.fetches = package_goes_on.attempt and package_may_leave(p);
  return found;
end $$;

-- Ends a package as taken, before its last bytes are handed out. True for one download at the most.
drop function note_package_taken(uuid, integer);
create function take_package(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  select * into p from disclosure_package k where k.id = wanted for update;
  if p.id is null or p.ready_at is null or take_package.attempt < 1 or p.fetches <> take_package.attempt or not package_may_leave(p) then
    return false;
  end if;
  perform end_package(p, 'taken', null);
  return true;
end $$;

-- Ends the lease of a download whose connection broke, so that it can be begun again at once.
create function package_fetch_broke(wanted uuid, attempt integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update disclosure_package p set fetching_until = null where p.id = wanted and p.fetches = package_fetch_broke.attempt and p.ended_at is null
$$;

-- Over 0056-one-fetch-at-a-time.sql: the same for a copy.
drop function begin_copy_fetch(bytea);
create function begin_copy_fetch(token_hash bytea, address text)
returns table (id uuid, recording_id uuid, size_bytes bigint, attempt integer, is_busy boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  c subject_copy;
  is_busy boolean;
begin
  select * into c from subject_copy k where k.token_hash = begin_copy_fetch.token_hash for update;
  if c.id is null or not copy_may_leave(c) then
    return;
  end if;
  is_busy := coalesce(c.fetching_until > clock_timestamp(), false);
  if not is_busy and (c.fetches >= 3 or c.first_fetch_at <= now() - interval '1 hour') then
    return;
  end if;
  perform record_download(null, c, case when is_busy then 'refused' else 'begun' end, begin_copy_fetch.address);
  if not is_busy then
    update subject_copy k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()),
      fetching_until = clock_timestamp() + fetch_lease() where k.id = c.id;
  end if;
  return query select c.id, c.recording_id, c.size_bytes, c.fetches + 1, is_busy;
end $$;

drop function copy_goes_on(uuid, integer);
create function copy_goes_on(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update subject_copy c set fetching_until = clock_timestamp() + fetch_lease()
  where c.id = wanted and c.fetches > 0 and c.fetches = copy_goes_on.attempt and copy_may_leave(c);
  return found;
end $$;

drop function note_copy_taken(uuid, integer);
create function take_copy(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c subject_copy;
begin
  select * into c from subject_copy k where k.id = wanted for update;
  if c.id is null or take_copy.attempt < 1 or c.fetches <> take_copy.attempt or not copy_may_leave(c) then
    return false;
  end if;
  perform end_subject_copy(c, 'taken', null);
  return true;
end $$;

create function copy_fetch_broke(wanted uuid, attempt integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update subject_copy c set fetching_until = null where c.id = wanted and c.fetches = copy_fetch_broke.attempt and c.ended_at is null
$$;

-- Removes network addresses of downloads after 30 days. Returns how many.
create function forget_download_addresses() returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with forgotten as (
    update download set address = null where address is not null and at < now() - interval '30 days' returning 1
  )
  select count(*) from forgotten
$$;

-- Over 0038-decided-as-seen.sql: and its downloads.
drop function packages_of(uuid[]);
create function packages_of(disclosures uuid[])
returns table (id uuid, disclosure uuid, method text, delivery text, state text, files integer, done integer, size_bytes bigint, sha256 text,
  made_at timestamptz, made_by uuid, expires_at timestamptz, taken_at timestamptz, downloads jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, coalesce(p.research_id, p.authority_id), p.method, p.delivery, package_state(p), p.files, p.done, p.size_bytes,
    encode(p.sha256, 'hex'), p.made_at, p.made_by, p.expires_at, case when p.end_why = 'taken' then p.ended_at end, (
      select coalesce(jsonb_agg(jsonb_build_object('at', d.at, 'outcome', d.outcome, 'by', d.person_id, 'address', d.address) order by d.at, d.id), '[]')
      from download d where d.package_id = p.id)
  from disclosure_package p
  where p.research_id = any (disclosures) and (viewer_sees_research() or viewer_is('DATA_PROTECTION_OFFICER'))
    or p.authority_id = any (disclosures) and (viewer_is('SECURITY') or viewer_is('DECISION_MAKER') or viewer_is('DATA_PROTECTION_OFFICER'))
  order by p.made_at desc
$$;

revoke execute on function fetch_lease(), record_download(disclosure_package, subject_copy, text, text), begin_package_fetch(bytea, text),
  begin_package_save(uuid, text), package_goes_on(uuid, integer), take_package(uuid, integer), package_fetch_broke(uuid, integer),
  begin_copy_fetch(bytea, text), copy_goes_on(uuid, integer), take_copy(uuid, integer), copy_fetch_broke(uuid, integer),
  forget_download_addresses(), packages_of(uuid[]) from public;
grant execute on function begin_package_fetch(bytea, text), begin_package_save(uuid, text), package_goes_on(uuid, integer),
  take_package(uuid, integer), package_fetch_broke(uuid, integer), begin_copy_fetch(bytea, text), copy_goes_on(uuid, integer),
  take_copy(uuid, integer), copy_fetch_broke(uuid, integer), forget_download_addresses() to seloste_custodian;
grant execute on function packages_of(uuid[]) to seloste_desk;
