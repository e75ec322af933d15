-- What people are told of their own accounts (R20), and whom the identity provider means (R20, L21).
--
-- The database writes the notices with what they tell of: no process can do the one without the other.

-- Notices ----------------------------------------------------------------------------------------------------------------

create table account_notice (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('sign-in', 'link-made', 'link-used', 'password', 'factor-added', 'factor-removed',
    'sessions-ended', 'directory', 'second-factor-offer')),
  -- The session in which it was done: whoever sits there knows.
  session_id uuid,
  detail jsonb not null default '{}',
  seen_at timestamptz
);
create index account_notice_person on account_notice (person_id, at desc);

create function notify_person(person uuid, kind text, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into account_notice (person_id, kind, session_id, detail)
  select notify_person.person, notify_person.kind, (
    select s.id from session s
    where s.person_id = notify_person.person
      and s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))), notify_person.detail
$$;

create function link_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  by_whom text := case when new.made_by is null then 'operator' else 'administrator' end;
begin
  if new.person_id is not null then
    perform notify_person(new.person_id, case when tg_op = 'INSERT' then 'link-made' else 'link-used' end, jsonb_build_object('by', by_whom));
  end if;
  return null;
end $$;
create trigger told_to_person after insert on one_time_link for each row execute function link_is_told();
create trigger told_to_person_used after update on one_time_link for each row
  when (old.used_at is null and new.used_at is not null) execute function link_is_told();

create function password_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform notify_person(new.id, 'password', jsonb_build_object('set', new.password_check is not null));
  return null;
end $$;
create trigger told_to_person after update on person for each row
  when (old.password_check is not null and new.password_check is distinct from old.password_check)
  execute function password_is_told();

create function factor_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    -- Who is removed with everything is told nothing.
    if exists (select from person p where p.id = old.person_id) then
      perform notify_person(old.person_id, 'factor-removed', jsonb_build_object('factor', tg_argv[0]));
    end if;
  else
    perform notify_person(new.person_id, 'factor-added', jsonb_build_object('factor', tg_argv[0]));
  end if;
  return null;
end $$;
create trigger told_to_person_added after update on totp for each row
  when (old.confirmed_at is null and new.confirmed_at is not null) execute function factor_is_told('totp');
create trigger told_to_person_removed after delete on totp for each row
  when (old.confirmed_at is not null) execute function factor_is_told('totp');
create trigger told_to_person after insert or delete on passkey for each row execute function factor_is_told('passkey');

-- A change of numbers or place, to whom it is about and to whoever loses a number by it.
create function directory_change_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  loser uuid;
begin
  perform notify_person(new.person_id, 'directory', '{}');
  for loser in
    select distinct (select s.holder from directory_succession s where s.kind = 'phone' and s.subject = n order by s.since desc limit 1)
    from jsonb_array_elements_text(coalesce(new.wanted -> 'add', '[]')) n
  loop
    if loser is distinct from new.person_id and exists (select from person p where p.id = loser) then
      perform notify_person(loser, 'directory', jsonb_build_object('lost', true));
    end if;
  end loop;
  return null;
end $$;
-- Before the succession is settled: who had the number until now is still its last holder.
create trigger told_to_person after update on directory_change for each row
  when (new.kind = 'directory' and old.state = 'ASKED' and new.state = 'CONFIRMED') execute function directory_change_is_told();

-- Over 0009-sign-in.sql: a browser in which the person has not signed in before is told of, and who has no second factor is
-- offered one, once.
create or replace function remember_device(device bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  holder uuid := viewer();
  here session;
begin
  if holder is null then
    return false;
  end if;
  select * into here from session s where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'));
  if not exists (select from known_device d where d.hash = device) then
    perform notify_person(holder, 'sign-in', jsonb_strip_nulls(jsonb_build_object('device', here.device, 'method', here.method)));
  end if;
  if here.method <> 'oidc' and second_factors(holder) = '{}' and not exists (
      select from account_notice n where n.person_id = holder and n.kind = 'second-factor-offer') then
    perform notify_person(holder, 'second-factor-offer', '{}');
  end if;
  insert into known_device (hash, person_id) values (device, holder)
  on conflict (hash) do update set used_at = clock_timestamp() where known_device.person_id = excluded.person_id;
  delete from known_device d where d.person_id = holder and d.hash not in (
    select k.hash from known_device k where k.person_id = holder order by k.used_at desc limit 20);
  return exists (select from known_device d where d.hash = device and d.person_id = holder);
end $$;

create function see_notices(ids uuid[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update account_notice n set seen_at = clock_timestamp()
  where n.person_id = viewer() and n.id = any (see_notices.ids) and n.seen_at is null
$$;

-- Notices of a year ago are told to nobody any more; the log keeps what they told of.
create function forget_notices() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from account_notice n where n.at < now() - interval '12 months' and n.kind <> 'second-factor-offer'
$$;

alter table account_notice enable row level security;
create policy desk_reads_own on account_notice for select to seloste_desk using (person_id = (select viewer()));
grant select on account_notice to seloste_desk;

-- Somebody else's sessions ---------------------------------------------------------------------------------------------

-- Ends every session of somebody, as an administrator: a browser was lost, a password was seen. Browsers are forgotten.
create function end_sessions_of_person(person uuid) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ended integer;
begin
  if not viewer_is('ADMINISTRATOR') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  if not exists (select from person p where p.id = end_sessions_of_person.person) then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  perform require_fresh();
  ended := end_sessions_of(end_sessions_of_person.person);
  delete from known_device d where d.person_id = end_sessions_of_person.person;
  perform notify_person(end_sessions_of_person.person, 'sessions-ended', jsonb_build_object('sessions', ended));
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'sessions.ended', 'person', end_sessions_of_person.person, 'ok',
    jsonb_build_object('cause', 'administrator', 'sessions', ended));
  return ended;
end $$;

-- The identity provider ------------------------------------------------------------------------------------------------

-- Whom a subject of an issuer means (OpenID Connect Core 1.0, section 2: sub is never reassigned; names and addresses are).
create table provider_subject (
  issuer text not null check (length(issuer) <= 2048),
  subject text not null check (length(subject) between 1 and 255),
  person_id uuid not null references person on delete cascade,
  bound_at timestamptz not null default clock_timestamp(),
  primary key (issuer, subject),
  -- One person, one subject: a second one is somebody else until the first is removed with the person's factors.
  unique (issuer, person_id)
);
create trigger told_to_person after insert or delete on provider_subject for each row execute function factor_is_told('identity-provider');

create or replace function drop_factors(person uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from totp t where t.person_id = drop_factors.person;
  delete from recovery_code r where r.person_id = drop_factors.person;
  delete from passkey k where k.person_id = drop_factors.person;
  delete from provider_subject s where s.person_id = drop_factors.person;
  update person p set password_salt = null, password_check = null
  where p.id = drop_factors.person and (not p.password_alone or link_needs_operator(p.id));
  select end_sessions_of(drop_factors.person);
$$;

create or replace function ask_factor_removal(person uuid, reason text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked uuid;
begin
  if not viewer_is('ADMINISTRATOR') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  if viewer() = ask_factor_removal.person then
    raise exception 'removal.own' using errcode = 'SE001';
  end if;
  if second_factors(ask_factor_removal.person) = '{}'
     and not exists (select from provider_subject s where s.person_id = ask_factor_removal.person) then
    raise exception 'removal.nothing' using errcode = 'SE001';
  end if;
  insert into factor_removal (person_id, asked_by, reason)
  values (ask_factor_removal.person, viewer(), ask_factor_removal.reason)
  on conflict (person_id) where state = 'ASKED'
    do update set asked_by = excluded.asked_by, asked_at = excluded.asked_at, reason = excluded.reason
  returning id into asked;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'credential.removal-asked', 'credential', asked, 'ok',
    jsonb_build_object('person', ask_factor_removal.person));
  return asked;
end $$;

grant select, insert, delete on provider_subject to seloste_custodian;

revoke execute on function notify_person(uuid, text, jsonb), link_is_told(), password_is_told(), factor_is_told(),
  directory_change_is_told(), see_notices(uuid[]), forget_notices(), end_sessions_of_person(uuid) from public;
grant execute on function see_notices(uuid[]), end_sessions_of_person(uuid) to seloste_desk;
grant execute on function forget_notices() to seloste_custodian;
