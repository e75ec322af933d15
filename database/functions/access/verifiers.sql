-- Returns the digest that identifies a sign-in credential in the log. It reveals nothing, because the parts contain a random salt, a random
-- nonce, a keyed hash or a public key.
create or replace function verifier(kind text, variadic parts text[]) returns text
language sql stable as $$
  select kind || ':' || encode(sha256(convert_to(array_to_string(parts, ':'), 'UTF8')), 'hex')
$$;
grant execute on function verifier to seloste_custodian;

create or replace function password_verifier(p person) returns text
language sql stable as $$
  select case when p.password_check is not null
    then verifier('password', p.id::text, p.password_salt, encode(p.password_check, 'hex')) end
$$;

create or replace function totp_verifier(t totp) returns text
language sql stable as $$
  select verifier('totp', t.person_id::text, encode(t.sealed, 'hex'))
$$;
grant execute on function totp_verifier to seloste_custodian;

create or replace function recovery_verifier(r recovery_code) returns text
language sql stable as $$
  select verifier('recovery-code', r.person_id::text, encode(r.hash, 'hex'))
$$;
grant execute on function recovery_verifier to seloste_custodian;

create or replace function passkey_verifier(k passkey) returns text
language sql stable as $$
  select verifier('passkey', k.person_id::text, encode(k.credential_id, 'hex'), encode(k.public_key, 'hex'))
$$;
grant execute on function passkey_verifier to seloste_custodian;

create or replace function provider_verifier(s provider_subject) returns text
language sql stable as $$
  select verifier('identity-provider', s.person_id::text, s.issuer, s.subject)
$$;
grant execute on function provider_verifier to seloste_custodian;

-- Returns the verifiers that are stored, of one person or of everybody.
create or replace function stored_verifiers(of_person uuid default null) returns table (person uuid, verifier text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, password_verifier(p) from person p where p.password_check is not null and p.id = coalesce(of_person, p.id)
  union all
  select t.person_id, totp_verifier(t) from totp t where t.confirmed_at is not null and t.person_id = coalesce(of_person, t.person_id)
  union all
  select r.person_id, recovery_verifier(r) from recovery_code r where r.person_id = coalesce(of_person, r.person_id)
  union all
  select k.person_id, passkey_verifier(k) from passkey k where k.person_id = coalesce(of_person, k.person_id)
  union all
  select s.person_id, provider_verifier(s) from provider_subject s where s.person_id = coalesce(of_person, s.person_id)
$$;
grant execute on function stored_verifiers to seloste_custodian;

-- Returns a person's verifiers of some kinds in the form of an entry's detail.
create or replace function verifiers_detail(of_person uuid, kinds text[] default null) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('verifiers', coalesce(jsonb_agg(v.verifier order by v.verifier), '[]'))
  from stored_verifiers(of_person) v where kinds is null or split_part(v.verifier, ':', 1) = any (kinds)
$$;
grant execute on function verifiers_detail to seloste_custodian;

-- Returns the verifiers that the log introduces, each with the entry that replaces or removes it. A new one replaces all of its kind, except
-- that a person may have several passkeys. `since`: number of the pruned entry that an entry repeats.
create or replace function logged_verifiers()
returns table (seq bigint, person uuid, verifier text, replaced_by bigint, replaced_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with change as (
    select coalesce((e.detail ->> 'since')::bigint, e.seq) as seq, e.at, e.action not in ('credential.removed', 'sessions.ended') as introduces,
      coalesce((e.detail ->> 'person')::uuid, case when e.object_kind = 'person' then e.object_id end, e.person_id) as person,
      v.verifier, case when v.verifier like 'passkey:%' then v.verifier else split_part(v.verifier, ':', 1) end as slot
    from audit_entry e, jsonb_array_elements_text(e.detail -> 'verifiers') v (verifier)
    where e.action in ('password.set', 'credential.added', 'credential.recorded', 'credential.removed', 'sessions.ended')
      and e.result = 'ok' and e.detail ? 'verifiers'
  ), followed as (
    select c.*, min(c.seq) over later as replaced_by, min(c.at) over later as replaced_at
    from change c
    window later as (partition by c.person, c.slot order by c.seq groups between 1 following and 1 following)
  )
  select f.seq, f.person, f.verifier, f.replaced_by, f.replaced_at from followed f where f.introduces
$$;

-- Returns the people with a stored verifier that the log does not list as current, and the entries in which such a verifier was used.
-- Also returns uses of a link if no entry says that it was made for that person, or an administrator made it and it was not released. Checks
-- the entries after `after_seq`, and those of `among` before it. A sign-in may be logged just after the password change that follows it, so
-- a former verifier is accepted for a minute.
create or replace function strange_verifiers(after_seq bigint, among bigint[])
returns table (stored uuid[], used bigint[], people uuid[], upto bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with logged as materialized (
    select * from logged_verifiers()
  ), use as materialized (
    select e.seq, e.at, e.person_id as person, v.verifier
    from (
      select * from audit_entry
      where action in ('session.started', 'session.proved', 'act.confirmed') and detail ? 'verifiers' and seq > after_seq
      union all
      select * from audit_entry where seq = any (among) and seq <= after_seq and action <> 'link.used'
    ) e, jsonb_array_elements_text(e.detail -> 'verifiers') v (verifier)
  ), strange_use as (
    select u.seq, u.person from use u where not exists (
      select from logged l where l.person = u.person and l.verifier = u.verifier and l.seq < u.seq
        and (l.replaced_by is null or l.replaced_by > u.seq or l.replaced_at > u.at - interval '1 minute'))
  ), strange_link as (
    select e.seq, e.person_id as person from audit_entry e
    where e.action = 'link.used' and e.result = 'ok' and (e.seq > after_seq or e.seq = any (among)) and not exists (
      select from audit_entry m
      where m.object_id = e.object_id and m.action = 'link.made' and m.result = 'ok' and m.seq < e.seq
        -- Entries of earlier versions have no tie.
        and coalesce(m.detail ->> 'tie' = e.detail ->> 'tie', true)
        and coalesce(m.detail ->> 'person' = e.person_id::text, m.detail ->> 'role' = e.detail ->> 'role', false)
        and (m.person_id is null or exists (
          select from audit_entry r where r.object_id = m.object_id and r.action = 'link.released' and r.result = 'ok' and r.seq < e.seq)))
      -- The log of its making may have been pruned; a link lasts two days at most.
      and not predates_log(e.at - interval '2 days')
  ), strange_stored as (
    select s.person from stored_verifiers() s where not exists (
      select from logged l where l.person = s.person and l.verifier = s.verifier and l.replaced_by is null)
  )
  select array(select distinct s.person from strange_stored s order by 1), array(select distinct u.seq from (table strange_use union all table strange_link) u order by 1),
    array(select distinct u.person from (table strange_use union all table strange_link) u order by 1),
    -- An entry may commit after a later one.
    (select greatest(after_seq, max(u.seq)) from use u where u.at < now() - interval '10 minutes')
$$;
grant execute on function strange_verifiers to seloste_custodian;
