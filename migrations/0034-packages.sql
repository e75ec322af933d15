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
revoke execute on function sees_packages(), package_state(disclosure_package), packages_of(uuid[]) from public;
grant execute on function packages_of(uuid[]) to seloste_desk;
