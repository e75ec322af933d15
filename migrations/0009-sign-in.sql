-- Signing in (R20): how a person proves who they are, and that a process which takes over the desk proves nothing.
--
-- The desk holds no secret of anybody. A password is proved to the database (open_session); a second factor, a passkey and
-- the agency's identity provider are proved to the custodian, who alone may call the functions that believe it.

alter table session
  add column method text not null default 'password'
    check (method in ('password', 'password+totp', 'password+passkey', 'passkey', 'oidc')),
  -- The password was right and a second factor is still awaited: nobody is signed in yet.
  add column awaits_second_factor boolean not null default false;

create or replace function viewer() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id
  from session s join person p on p.id = s.person_id
  where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
    and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
$$;

-- A session for whom the custodian has seen proof of: a passkey with user verification, the identity provider's word.
create function open_proven_session(person uuid, token_hash bytea, method text, expires_at timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with opened as (
    insert into session (token_hash, person_id, method, created_at, expires_at)
    select open_proven_session.token_hash, p.id, open_proven_session.method, now(),
      least(open_proven_session.expires_at, now() + interval '12 hours')
    from person p
    where p.id = open_proven_session.person
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
      and open_proven_session.method in ('passkey', 'oidc')
    returning 1
  )
  select exists (select from opened)
$$;

-- The second factor of a session that awaits one was right; the session is under a new token from here on.
create function complete_session(old_token_hash bytea, new_token_hash bytea, method text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with completed as (
    update session s
    set awaits_second_factor = false, method = complete_session.method, token_hash = complete_session.new_token_hash,
      expires_at = now() + interval '60 minutes'
    where s.token_hash = complete_session.old_token_hash and s.awaits_second_factor
      and s.ended_at is null and s.expires_at > now() and complete_session.method in ('password+totp', 'password+passkey')
    returning 1
  )
  select exists (select from completed)
$$;

revoke execute on function open_proven_session(uuid, bytea, text, timestamptz), complete_session(bytea, bytea, text) from public;
grant execute on function open_proven_session(uuid, bytea, text, timestamptz), complete_session(bytea, bytea, text) to seloste_custodian;
