-- Passkeys and the agency's identity provider (R20, L21), and weighty acts that a passkey confirms (R14, R36).
--
-- The custodian sees the proofs and keeps what they are checked with. The desk reads the names of its viewer's own passkeys
-- and nothing else here.

create table passkey (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  credential_id bytea not null unique check (octet_length(credential_id) between 16 and 1023),
  -- COSE_Key (RFC 9052), as the authenticator gave it.
  public_key bytea not null check (octet_length(public_key) <= 8192),
  -- What the authenticator last said; 0 for ever from those that do not count.
  counter bigint not null check (counter between 0 and 4294967295),
  transports text[] not null default '{}' check (cardinality(transports) <= 10),
  -- True where a provider of passkeys keeps copies of it on a person's other devices.
  backed_up boolean not null,
  name text not null check (name = btrim(name) and length(name) between 1 and 80),
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id);

-- No person collects passkeys without end.
create function passkey_guard() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('seloste.passkeys ' || new.person_id, 0));
  if (select count(*) from passkey where person_id = new.person_id) >= 10 then
    raise exception 'passkey.too-many' using errcode = 'SE001';
  end if;
  return new;
end $$;
create trigger passkey_guard before insert on passkey for each row execute function passkey_guard();

-- A weighty act that the holder of this session has confirmed with a passkey, for this object as it stood at this revision.
-- It is spent by the act, once, within two minutes.
create table act_confirmation (
  session_hash bytea not null references session on update cascade on delete cascade,
  act text not null check (act in (
    'draft.approve', 'draft.reject', 'right.approve', 'right.reject', 'removal.approve', 'removal.reject', 'passkey.add',
    'passkey.remove')),
  object_id uuid not null,
  revision integer not null,
  passkey_id uuid not null references passkey on delete cascade,
  confirmed_at timestamptz not null default clock_timestamp(),
  primary key (session_hash, act, object_id, revision)
);

-- Spends the confirmation of a session's holder who has passkeys. True as well for whoever has none: nothing is asked of them.
create function spend_confirmation(holder uuid, session_hash bytea, act text, object uuid, revision integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from passkey p where p.person_id = holder) then
    return true;
  end if;
  delete from act_confirmation c
  where c.session_hash = spend_confirmation.session_hash and c.act = spend_confirmation.act
    and c.object_id = spend_confirmation.object and c.revision = spend_confirmation.revision
    and c.confirmed_at > clock_timestamp() - interval '2 minutes';
  return found;
end $$;

-- Whoever decides through the desk and has a passkey has confirmed this very decision with it: a desk that was taken over
-- holds sessions, but no passkeys.
create function confirmed_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act text := tg_argv[0] || case when new.state in ('APPROVED', 'CONFIRMED') then '.approve' else '.reject' end;
  -- What cannot be changed once it is asked for has no revision.
  revision integer := coalesce((to_jsonb(old) ->> 'revision')::integer, 0);
begin
  if viewer() is not null and not spend_confirmation(viewer(),
      sha256(convert_to(current_setting('seloste.session', true), 'UTF8')), act, new.id, revision) then
    raise exception 'confirm.passkey' using errcode = 'SE001';
  end if;
  return new;
end $$;
create trigger confirmed_decision before update on description_draft for each row
  when (old.state = 'SUBMITTED' and new.state in ('APPROVED', 'REJECTED')) execute function confirmed_decision('draft');
create trigger confirmed_decision before update on right_request for each row
  when (old.state = 'REQUESTED' and new.state in ('APPROVED', 'REJECTED')) execute function confirmed_decision('right');
create trigger confirmed_decision before update on factor_removal for each row
  when (old.state = 'ASKED' and new.state in ('CONFIRMED', 'REFUSED')) execute function confirmed_decision('removal');

-- What the provider said of a session's holder, for signing out there too. Only the custodian reads it.
create table provider_session (
  session_hash bytea primary key references session on update cascade on delete cascade,
  id_token text not null check (length(id_token) <= 65536)
);

-- Whom the identity system means by a name of its own is its to say: who signs in there may be found by it.
create function identity_stays() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and scim_client() is null and (
    case tg_op
      when 'INSERT' then new.source = 'scim' or new.external_id is not null
      else new.external_id is distinct from old.external_id or (new.source = 'scim' and old.source <> 'scim')
    end
  ) then
    raise exception 'what the identity system calls person % is said by the identity system', new.id;
  end if;
  return new;
end $$;
create trigger identity_stays before insert or update of source, external_id on person
  for each row execute function identity_stays();

-- A passkey is a second factor like the others: asked for after a password, and taken away with them (0009-sign-in.sql).
create or replace function second_factors(person uuid) returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select array(
    select 'totp' where exists (select from totp t where t.person_id = person and t.confirmed_at is not null)
    union all
    select 'recovery-code' where exists (select from recovery_code r where r.person_id = person and r.used_at is null)
    union all
    select 'passkey' where exists (select from passkey k where k.person_id = person)
  )
$$;

create or replace function drop_factors(person uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from totp t where t.person_id = drop_factors.person;
  delete from recovery_code r where r.person_id = drop_factors.person;
  delete from passkey k where k.person_id = drop_factors.person;
  update person p set password_salt = null, password_check = null
  where p.id = drop_factors.person and (not p.password_alone or link_needs_operator(p.id));
  select end_sessions_of(drop_factors.person);
$$;

alter table passkey enable row level security;
create policy desk_lists_own on passkey for select to seloste_desk using (person_id = (select viewer()));
create policy custodian_keeps on passkey for all to seloste_custodian using (true) with check (true);

grant select (id, person_id, name, backed_up, created_at, last_used_at) on passkey to seloste_desk;
grant select, insert, update (counter, backed_up, last_used_at), delete on passkey to seloste_custodian;
grant select, insert, update (passkey_id, confirmed_at), delete on act_confirmation to seloste_custodian;
grant select, insert, delete on provider_session to seloste_custodian;
grant select, update (device) on session to seloste_custodian;
grant select (id, user_id, source, external_id, withdrawn_at, employed_from, employed_to, password_salt, password_alone)
  on person to seloste_custodian;
grant select on sign_in_demand to seloste_custodian;
grant select on person_name to seloste_custodian;

revoke execute on function identity_stays(), passkey_guard(), confirmed_decision(), spend_confirmation(uuid, bytea, text, uuid, integer)
  from public;
grant execute on function spend_confirmation(uuid, bytea, text, uuid, integer) to seloste_custodian;
