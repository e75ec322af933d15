-- Returns a package's state. Without `ready_at` it is being made.
create or replace function package_state(p disclosure_package) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.end_why = 'destroyed' then 'withdrawn'
    when p.end_why is not null then p.end_why
    when p.expires_at <= now() then 'expired'
    when p.ready_at is null or not release_is_replicated(p) then 'making'
    else 'ready' end
$$;

-- Returns the recordings of which a package contains something.
create or replace function recordings_of_package(p disclosure_package) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select recording_id from research_items_to_release(p.research_id) where p.research_id is not null
  union all
  select i.recording_id from authority_item i where i.disclosure_id = p.authority_id and i.granted and i.recording_id is not null
    and i.what <> 'IDENTIFICATION_DATA'
$$;

-- Ends a package: nobody can fetch it any more, and the custodian removes its object.
create or replace function end_package(p disclosure_package, why text, by uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package k set ended_at = clock_timestamp(), end_why = why, ended_by = by where k.id = p.id and k.ended_at is null;
  if found then
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (by, case why when 'taken' then 'package.taken' else 'package.ended' end, 'package', p.id, 'ok',
      jsonb_build_object('disclosure', coalesce(p.research_id, p.authority_id), 'why', why));
  end if;
end $$;

-- Begins a package of what was decided. The custodian calls it in the decision maker's session, because it decrypts and encrypts. `given`: the
-- authority's key; an institute's is the one on file at the decision.
create or replace function begin_package(kind text, disclosure uuid, method text, delivery text, token_hash bytea, given text)
returns table (id uuid, expires_at timestamptz, recipient text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
  until timestamptz;
  how_many integer;
  to_key text;
begin
  perform require_one_role('{DECISION_MAKER}');
  -- Everything in the package has to be releasable now, as at the decision.
  if kind = 'RESEARCH' then
    perform require_releasable(disclosure);
  else
    perform require_releasable_to_authority(disclosure);
  end if;
  to_key := case when begin_package.method = 'KEY' then
    case kind when 'RESEARCH' then (select d.recipient from research_disclosure d where d.id = disclosure) else given end end;
  perform refuse_if(begin_package.method = 'KEY' and to_key is null, 'package.no-key');
  perform end_package(k, 'expired', null) from disclosure_package k
  where coalesce(k.research_id, k.authority_id) = disclosure and k.ended_at is null and k.expires_at <= now();
  insert into disclosure_package (research_id, authority_id, method, delivery, token_hash, files, made_by, expires_at)
  values (case kind when 'RESEARCH' then disclosure end, case kind when 'AUTHORITY' then disclosure end, begin_package.method,
    begin_package.delivery, begin_package.token_hash, 0, viewer(), now() + interval '7 days')
  on conflict do nothing returning * into p;
  perform refuse_if(p.id is null, 'package.under-way');
  -- Expires no later than any recording in it, or than the study's due date.
  select least(p.expires_at, min(case when recordings_are_held(r.contact_id) and kind = 'AUTHORITY' then null else r.destroy_at end),
    (select day_start(d.due_on + 1) from research_disclosure d where d.id = p.research_id)), count(*)
  into until, how_many from recording r where r.id in (select recordings_of_package(p));
  update disclosure_package k set files = how_many, expires_at = until where k.id = p.id returning * into p;
  perform record_research_act('package.made', 'DECISION_MAKER', 'package', p.id, jsonb_build_object('disclosure', disclosure, 'kind', kind,
    'method', p.method, 'delivery', p.delivery, 'files', p.files));
  return query select p.id, p.expires_at, to_key;
end $$;
grant execute on function begin_package to seloste_custodian;

-- Returns the content of an institute's package: one sound for each item, and the exact values from which its coarse facts are made.
create or replace function research_contents(package uuid)
returns table (item integer, recording_id uuid, copy_id uuid, sound_sha256 bytea, sound_bytes bigint, sound_ms integer, level text,
  started_at timestamptz, number_reached text, unit_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, i.recording_id, c.id, c.sound_sha256, c.sound_bytes, c.sound_ms, c.level, r.started_at, s.number_reached, s.official_unit_id
  from disclosure_package p, research_items_to_release(p.research_id) i
  join recording r on r.id = i.recording_id
  join anonymised_copy c on c.id = i.copy_id
  left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  where p.id = research_contents.package and copy_block_reason(r) is null order by i.item
$$;
grant execute on function research_contents to seloste_custodian;

create or replace function authority_package(package uuid)
returns table (id uuid, number text, authority text, "caseNumber" text, provision jsonb, "decidedAt" timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, d.number, d.authority, d.case_number, (
    select v -> 'names' from disclosure_rules, jsonb_array_elements(provisions) v where v ->> 'id' = d.provision_id), d.decided_at
  from disclosure_package p join authority_disclosure d on d.id = p.authority_id where p.id = authority_package.package
$$;
grant execute on function authority_package to seloste_custodian;

-- Returns the content of an authority's package: identification data in the closed list of R10, and which recordings.
create or replace function authority_contents(package uuid)
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
grant execute on function authority_contents to seloste_custodian;

create or replace function record_package_progress(wanted uuid, how_many integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package set done = how_many where id = wanted and ended_at is null;
  return found;
end $$;
grant execute on function record_package_progress to seloste_custodian;

-- Returns true if a package may be sent now; checked until its last byte is sent. Everything in it has to be available and releasable. An
-- institute gets nothing more while it has the recording by another disclosure or is overdue, and no pseudonymised copy once the
-- description forbids it. A package for a medium is saved by the person who released it, while they hold the right to decide. Also false if
-- the institute would then have more than one track of the same official.
create or replace function package_is_releasable(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ended_at is null and p.expires_at > now() and (p.delivery <> 'MEDIUM' or exists (
    select from access_right r join described_role d on d.version = version_at(now()) and d.role = r.role join person o on o.id = r.person_id
    where r.person_id = p.made_by and r.role = 'DECISION_MAKER' and r.revoked_at is null and holds_now(r.valid_from, r.valid_to)
      and holds_now(o.employed_from, o.employed_to))) and case
    when p.research_id is not null then
      (select r.research from disclosure_rules r)
      and exists (select from research_disclosure d where d.id = p.research_id and d.outcome = 'GRANTED' and d.study_ended_on is null
        and d.closed_at is null and d.withdrawn_at is null and not institute_is_blocked(d.institute_id)
        and (d.decided_for is null or d.decided_for = institute_digest(d.institute_id)))
      and (select count(*) from research_disclosure d, research_items_to_release(d.id) i
        join recording r on r.id = i.recording_id join anonymised_copy c on c.id = i.copy_id
        where d.id = p.research_id and r.state = 'STORED' and r.destroy_at > register_now()
          and (c.level <> 'D' or (select pseudonymised from disclosure_rules)) and not institute_has_copy(r.id, d.institute_id, d.id)) = p.files
      and not exists (select from research_tracks_below_t(p.research_id) one join research_tracks_below_t(p.research_id) other
        on one.is_out or one.item <> other.item and (one.official is null or one.official = other.official))
    else
      (select r.authority from disclosure_rules r)
      and exists (select from authority_disclosure d where d.id = p.authority_id and d.closed_at is null and provision_holds(d.provision_id))
      and not exists (select from authority_item i where i.disclosure_id = p.authority_id and i.granted and not authority_item_is_available(i))
    end
$$;

-- Stores the encrypted object; its content counts as released from then on. Returns false if something ended meanwhile; the custodian then
-- deletes the object. Locks in the common order, so that no prohibition deadlocks: disclosure, institute, recordings, package.
create or replace function complete_package(wanted uuid, bytes bigint, hash bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  select * into p from disclosure_package where id = wanted;
  perform from research_disclosure d where d.id = p.research_id for update;
  perform from authority_disclosure d where d.id = p.authority_id for update;
  -- This lock serialises two disclosures to one institute.
  perform from institute i where i.id = (select d.institute_id from research_disclosure d where d.id = p.research_id) for no key update;
  -- The locks order this against a destruction: an earlier one is seen here, and a later one recalls the release.
  perform from recording r where r.id in (select recordings_of_package(p)) order by r.id for share;
  select * into p from disclosure_package where id = wanted for update;
  if p.id is null or p.ready_at is not null or not package_is_releasable(p) then
    return false;
  end if;
  update disclosure_package k set ready_at = clock_timestamp(), size_bytes = bytes, sha256 = hash, done = k.files where k.id = wanted;
  if p.research_id is not null then
    perform record_research_release(p.research_id);
  else
    update authority_disclosure set released_at = coalesce(released_at, clock_timestamp()) where id = p.authority_id;
  end if;
  return true;
end $$;
grant execute on function complete_package to seloste_custodian;

create or replace function fail_package(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, 'failed', null) from disclosure_package p where p.id = wanted and p.ended_at is null
$$;
grant execute on function fail_package to seloste_custodian;

create or replace function withdraw_package(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
begin
  perform require_one_role('{DECISION_MAKER}');
  select * into p from disclosure_package where id = wanted for update;
  perform refuse_if(p.id is null, 'not-found');
  perform refuse_if(package_state(p) not in ('making', 'ready'), 'package.over');
  perform end_package(p, 'withdrawn', viewer());
end $$;
grant execute on function withdraw_package to seloste_desk;

create or replace function package_is_fetchable(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ready_at is not null and package_is_releasable(p) and p.fetches < 3 and coalesce(p.first_fetch_at > now() - interval '1 hour', true)
    and release_is_replicated(p)
$$;

-- Returns the language of a link's page (the institute's), or no row if there is nothing to fetch.
create or replace function package_link_language(token_hash bytea) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(i.language, 'fi') from disclosure_package p
  left join research_disclosure d on d.id = p.research_id left join institute i on i.id = d.institute_id
  where p.token_hash = package_link_language.token_hash and package_is_fetchable(p)
$$;
grant execute on function package_link_language to seloste_custodian;

-- Ends packages that expired, whose first fetch was an hour ago, whose making stopped, or that may not leave any more because something in
-- them was recalled, confirmed or restricted, or the description changed. Their objects are deleted without waiting for the link's end.
create or replace function settle_packages() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select end_package(p, case
    when p.expires_at <= now() or p.first_fetch_at <= now() - interval '1 hour' then 'expired'
    when p.ready_at is null then 'failed'
    else 'withdrawn' end, null)
  from (
    select * from disclosure_package k
    where k.ended_at is null and (k.expires_at <= now() or k.first_fetch_at <= now() - interval '1 hour'
      or k.ready_at is null and k.made_at < now() - interval '2 hours' or k.ready_at is not null and not package_is_releasable(k))
    order by k.id
  ) p
$$;
grant execute on function settle_packages to seloste_custodian;

create or replace function fetch_lease() returns interval
language sql immutable set search_path = pg_catalog, public, pg_temp as $$ select interval '2 minutes' $$;

-- Records a started or refused download, also in the audit log: a download that never ends may carry all but the last bytes. The desk logs
-- its own refusals.
create or replace function record_download(package disclosure_package, copy subject_copy, outcome text, address text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_begun constant boolean := record_download.outcome = 'begun';
begin
  insert into download (package_id, copy_id, outcome, person_id, address)
  values (package.id, copy.id, record_download.outcome, case when package.delivery = 'MEDIUM' then viewer() end, record_download.address);
  if is_begun and package.id is not null or package.delivery = 'LINK' then
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (case when package.delivery = 'MEDIUM' then viewer() end, case when is_begun then 'package.fetch-begun' else 'package.taken' end,
      'package', package.id, case when is_begun then 'ok' else 'refused:package.being-fetched' end,
      jsonb_build_object('disclosure', coalesce(package.research_id, package.authority_id)));
  elsif copy.id is not null then
    insert into audit_entry (person_id, action, reference, object_kind, object_id, result, detail)
    select null, case when is_begun then 'subject-copy.fetch-begun' else 'subject-copy.taken' end, q.number, 'copy', copy.id,
      case when is_begun then 'ok' else 'refused:copy.being-fetched' end, jsonb_build_object('recording', copy.recording_id)
    from subject_request q where q.id = copy.request_id;
  end if;
end $$;

-- Begins to fetch a package: at most three times, within an hour of the first, because connections break. It is fetched by its link or, for
-- a medium, by its id in the session of the person who released it. A package that is not replicated to the backup places yet is not ready.
create or replace function begin_package_fetch(token_hash bytea, wanted uuid, address text)
returns table (id uuid, size_bytes bigint, number text, attempt integer, is_busy boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
  by_link constant boolean := begin_package_fetch.token_hash is not null;
  is_busy boolean;
begin
  if not by_link then
    perform require_one_role('{DECISION_MAKER}');
  end if;
  select * into p from disclosure_package k
  where k.token_hash = begin_package_fetch.token_hash or not by_link and k.id = wanted for update;
  perform refuse_if(not by_link and p.id is null, 'not-found');
  perform refuse_if(not by_link and (p.delivery <> 'MEDIUM' or p.made_by <> viewer()), 'package.not-yours');
  is_busy := coalesce(p.fetching_until > clock_timestamp(), false) and p.ready_at is not null and package_is_releasable(p);
  if p.id is null or not is_busy and not package_is_fetchable(p) then
    perform refuse_if(not by_link, case when package_state(p) = 'making' then 'package.not-ready' else 'package.over' end);
    return;
  end if;
  perform record_download(p, null, case when is_busy then 'refused' else 'begun' end, begin_package_fetch.address);
  if not is_busy then
    update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()),
      fetching_until = clock_timestamp() + fetch_lease() where k.id = p.id;
  end if;
  return query select p.id, p.size_bytes, coalesce(
    (select d.number from research_disclosure d where d.id = p.research_id),
    (select d.number from authority_disclosure d where d.id = p.authority_id)), p.fetches + 1, is_busy;
end $$;
grant execute on function begin_package_fetch to seloste_custodian;

-- Renews the lease of a fetch; called for each piece of a package or a requester's copy. Returns false once it, or anything in it, has
-- ended. A caller that knows only an id gets nothing: fetching has to be begun by link or by right.
create or replace function fetch_may_continue(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update disclosure_package p set fetching_until = clock_timestamp() + fetch_lease()
  where p.id = wanted and p.ready_at is not null and p.fetches > 0 and p.fetches = fetch_may_continue.attempt and package_is_releasable(p);
  if not found then
    update subject_copy c set fetching_until = clock_timestamp() + fetch_lease()
    where c.id = wanted and c.fetches > 0 and c.fetches = fetch_may_continue.attempt and copy_is_releasable(c);
  end if;
  return found;
end $$;
grant execute on function fetch_may_continue to seloste_custodian;

create or replace function complete_fetch(wanted uuid, attempt integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p disclosure_package;
  c subject_copy;
begin
  select * into p from disclosure_package k where k.id = wanted for update;
  select * into c from subject_copy k where k.id = wanted for update;
  if p.ready_at is not null and p.fetches > 0 and p.fetches = complete_fetch.attempt and package_is_releasable(p) then
    perform end_package(p, 'taken', null);
  elsif c.fetches > 0 and c.fetches = complete_fetch.attempt and copy_is_releasable(c) then
    perform end_subject_copy(c, 'taken', null);
  else
    return false;
  end if;
  return true;
end $$;
grant execute on function complete_fetch to seloste_custodian;

-- Ends the lease of a download whose connection broke, so that it can begin again at once.
create or replace function end_fetch_lease(wanted uuid, attempt integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update disclosure_package p set fetching_until = null where p.id = wanted and p.fetches = end_fetch_lease.attempt and p.ended_at is null;
  update subject_copy c set fetching_until = null where c.id = wanted and c.fetches = end_fetch_lease.attempt and c.ended_at is null
$$;
grant execute on function end_fetch_lease to seloste_custodian;

-- Deletes network addresses of downloads after 30 days. Returns how many.
create or replace function remove_download_addresses() returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with forgotten as (
    update download set address = null where address is not null and at < now() - interval '30 days' returning 1
  )
  select count(*) from forgotten
$$;
grant execute on function remove_download_addresses to seloste_custodian;

-- Returns the packages of disclosures, newest first; to each viewer those of their own disclosures.
create or replace function packages_of(disclosures uuid[])
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
grant execute on function packages_of to seloste_desk;
