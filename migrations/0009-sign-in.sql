-- Signing in (R20, L21): how a person proves who they are, and that a process which takes over the desk proves nothing.
--
-- The desk holds no secret of anybody. A password is proved to the database (open_session); a second factor, a passkey and
-- the agency's identity provider are proved to the custodian, who alone may call the functions that believe it. What is
-- counted, awaited or refused here is so whatever the desk says.

alter table session
  -- What its person knows it by.
  add column id uuid not null default gen_random_uuid() unique,
  add column method text not null default 'password'
    check (method in ('password', 'password+totp', 'password+passkey', 'passkey', 'oidc')),
  -- The password was right and a second factor is still awaited: nobody is signed in yet.
  add column awaits_second_factor boolean not null default false,
  add column used_at timestamptz not null default now(),
  -- Browser and system, for the person's own list: "Firefox, Windows".
  add column device text check (length(device) <= 80),
  -- Second factors that were wrong in this sign-in.
  add column wrong_factors integer not null default 0;
create index session_person on session (person_id) where ended_at is null;

alter table person
  add column password_set_at timestamptz,
  -- Long enough to be the only factor (NIST SP 800-63B-4 section 3.1.1.2). What was kept before stays good.
  add column password_alone boolean not null default true;

-- A sign-in that awaits a second factor waits ten minutes; nothing but the factor moves its end.
create or replace function session_guard() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null or old.expires_at <= now() then
    return null;
  end if;
  new.expires_at := least(new.expires_at, old.created_at + interval '12 hours');
  if new.awaits_second_factor then
    new.expires_at := least(new.expires_at, old.created_at + interval '10 minutes');
  end if;
  return new;
end $$;

create or replace function viewer() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id
  from session s join person p on p.id = s.person_id
  where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
    and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
$$;

-- What is demanded -------------------------------------------------------------------------------------------------------

-- The description's switch as it is in force; the custodian writes it when a version comes into force.
create table sign_in_demand (
  one boolean primary key default true check (one),
  second_factor text not null check (second_factor in ('off', 'optional', 'required'))
);
insert into sign_in_demand (second_factor) values ('off');

-- An authenticator app (RFC 6238). The secret is sealed with a key of the custodian's.
create table totp (
  id uuid primary key,
  person_id uuid not null references person on delete cascade,
  sealed bytea not null,
  begun_at timestamptz not null default clock_timestamp(),
  -- None while its enrolment is under way.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: no code is taken twice.
  last_step bigint not null default 0,
  used_at timestamptz,
  -- Wrong codes in a row.
  failures integer not null default 0,
  failed_at timestamptz
);
create unique index totp_person on totp (person_id) where confirmed_at is not null;
create unique index totp_begun on totp (person_id) where confirmed_at is null;

-- Codes for the day on which the authenticator is lost; their HMAC under a key of the custodian's.
create table recovery_code (
  person_id uuid not null references person on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (person_id, hash)
);

-- What a person may give as a second factor: totp, recovery-code, passkey.
create function second_factors(person uuid) returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select array(
    select 'totp' where exists (select from totp t where t.person_id = person and t.confirmed_at is not null)
    union all
    select 'recovery-code' where exists (select from recovery_code r where r.person_id = person and r.used_at is null)
  )
$$;

-- Failures, and those who keep out nobody but themselves --------------------------------------------------------------------

-- Browsers in which a person has signed in (OWASP device cookies): what strangers get wrong does not reach them.
create table known_device (
  hash bytea primary key check (length(hash) = 32),
  person_id uuid not null references person on delete cascade,
  used_at timestamptz not null default clock_timestamp()
);
create index known_device_person on known_device (person_id);

-- Failed attempts in a row: at an account, whether anybody has it or not, from one network, from one known device, or
-- from all strangers together ('*').
create table sign_in_failure (
  account bytea not null check (length(account) = 32),
  source text not null check (length(source) <= 80),
  failures integer not null default 0,
  last_at timestamptz not null default clock_timestamp(),
  primary key (account, source)
);

-- How long to wait after so many failures in a row: five are free, then it doubles from a second to a quarter of an hour.
create function failure_wait(failures integer) returns interval language sql immutable as $$
  select case when failures < 5 then interval '0' else least(interval '1 second' * (2 ^ least(failures - 5, 10)), interval '15 minutes') end
$$;

create function account_key(user_id text) returns bytea language sql immutable as $$
  select sha256(convert_to(user_id, 'UTF8'))
$$;

-- Whose failures an attempt counts among. A device is known where its account is tried, and nowhere else.
create function sign_in_source(user_id text, network text, device bytea) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(
    (select 'device:' || encode(d.hash, 'hex') from known_device d join person p on p.id = d.person_id
     where d.hash = device and p.user_id = sign_in_source.user_id),
    'network:' || left(network, 60))
$$;

-- Seconds until an attempt from here is looked at; 0: now. Strangers together fail a hundred times in a row at one account
-- (NIST SP 800-63B-4 section 3.2.2); then its person comes in at a browser of their own, or by a new one-time link.
create function sign_in_wait(user_id text, network text, device bytea) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with source as (select sign_in_source(sign_in_wait.user_id, network, device) as source)
  select coalesce(max(ceil(extract(epoch from case
      when f.source <> '*' then f.last_at + failure_wait(f.failures) - clock_timestamp()
      when f.failures >= 100 then interval '1 day'
      else interval '0' end))), 0)::integer
  from sign_in_failure f, source
  where f.account = account_key(sign_in_wait.user_id)
    and (f.source = source.source or (f.source = '*' and source.source like 'network:%'))
    and (f.source = '*' or f.last_at + failure_wait(f.failures) > clock_timestamp())
$$;

-- Begins an attempt, one at a time for each account and source; true where it has to wait.
create function begin_attempt(user_id text, network text, device bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  from_here text := sign_in_source(begin_attempt.user_id, network, device);
begin
  insert into sign_in_failure (account, source)
  select account_key(begin_attempt.user_id), s
  from unnest(case when from_here like 'network:%' then array[from_here, '*'] else array[from_here] end) s
  on conflict do nothing;
  perform from sign_in_failure f
  where f.account = account_key(begin_attempt.user_id) and (f.source = from_here or (f.source = '*' and from_here like 'network:%'))
  order by f.source for update;
  return sign_in_wait(begin_attempt.user_id, network, device) > 0;
end $$;

-- Ends an attempt: a failure is counted, a success wipes out what went before from here and from strangers in a row.
create function end_attempt(user_id text, network text, device bytea, succeeded boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  from_here text := sign_in_source(end_attempt.user_id, network, device);
begin
  if succeeded then
    delete from sign_in_failure f
    where f.account = account_key(end_attempt.user_id) and f.source in (from_here, '*');
    return;
  end if;
  update sign_in_failure f set failures = f.failures + 1, last_at = clock_timestamp()
  where f.account = account_key(end_attempt.user_id) and (f.source = from_here or (f.source = '*' and from_here like 'network:%'));
  -- A device at which ten guesses failed is a stranger's.
  delete from known_device d
  using sign_in_failure f
  where f.account = account_key(end_attempt.user_id) and f.source = from_here and f.failures >= 10
    and from_here = 'device:' || encode(d.hash, 'hex');
end $$;

-- Sessions ---------------------------------------------------------------------------------------------------------------

drop function open_session(uuid, bytea, bytea, timestamptz);

-- Opens a session for whoever has the password: its argon2id output, of which only the hash is kept here, is the proof.
-- A process that may call this cannot open a session for somebody who is not there, nor guess without being counted.
-- outcome: opened, second-factor (give one of `factors`), enrolment (none yet, and one is required), refused, wait.
create function open_session(
  user_id text, proof bytea, network text, known bytea, token_hash bytea, device text, expires_at timestamptz,
  out outcome text, out person uuid, out factors text[]
) language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  demand text := (select second_factor from sign_in_demand);
  found_person person;
begin
  if begin_attempt(open_session.user_id, network, known) then
    outcome := 'wait';
    return;
  end if;
  select * into found_person from person p where p.user_id = open_session.user_id;
  person := found_person.id;
  if found_person.password_check is distinct from sha256(open_session.proof)
     or found_person.password_check is null or found_person.employed_from > now() or found_person.employed_to <= now() then
    perform end_attempt(open_session.user_id, network, known, false);
    outcome := 'refused';
    return;
  end if;
  perform end_attempt(open_session.user_id, network, known, true);
  factors := second_factors(person);
  outcome := case when cardinality(factors) > 0 then 'second-factor' when demand = 'required' then 'enrolment' else 'opened' end;
  insert into session (token_hash, person_id, created_at, expires_at, awaits_second_factor, device)
  values (open_session.token_hash, person, now(),
    least(open_session.expires_at, now() + case outcome when 'opened' then interval '12 hours' else interval '10 minutes' end),
    outcome <> 'opened', left(open_session.device, 80));
end $$;

-- A session for whom the custodian has seen proof of: a passkey with user verification, the identity provider's word.
create function open_proven_session(person uuid, token_hash bytea, method text, expires_at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into session (token_hash, person_id, method, created_at, expires_at)
  select open_proven_session.token_hash, p.id, open_proven_session.method, now(),
    least(open_proven_session.expires_at, now() + interval '12 hours')
  from person p
  where p.id = open_proven_session.person
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
    and open_proven_session.method in ('passkey', 'oidc');
  if not found then
    return false;
  end if;
  -- Strangers in a row end with the person's own success, whatever it was proved by.
  delete from sign_in_failure f using person p
  where p.id = open_proven_session.person and f.account = account_key(p.user_id) and f.source = '*';
  return true;
end $$;

-- The second factor of a session that awaits one was right; the session is under a new token from here on.
create function complete_session(old_token_hash bytea, new_token_hash bytea, method text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with completed as (
    update session s
    set awaits_second_factor = false, method = complete_session.method, token_hash = complete_session.new_token_hash,
      expires_at = now() + interval '60 minutes', used_at = now()
    where s.token_hash = complete_session.old_token_hash and s.awaits_second_factor
      and s.ended_at is null and s.expires_at > now() and complete_session.method in ('password+totp', 'password+passkey')
    returning 1
  )
  select exists (select from completed)
$$;

-- The same session under a fresh token.
create function rotate_session(old_token_hash bytea, new_token_hash bytea) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with rotated as (
    update session s set token_hash = rotate_session.new_token_hash
    where s.token_hash = rotate_session.old_token_hash and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
    returning 1
  )
  select exists (select from rotated)
$$;

-- Whose sign-in this is and what it awaits; nothing where it is unknown, over, or the person is not employed.
create function sign_in_under_way(token_hash bytea)
returns table (person uuid, awaits boolean, factors text[], demand text, method text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id, s.awaits_second_factor, second_factors(s.person_id), d.second_factor, s.method
  from session s join person p on p.id = s.person_id, sign_in_demand d
  where s.token_hash = sign_in_under_way.token_hash and s.ended_at is null and s.expires_at > now()
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
$$;

-- A wrong factor: the sign-in it was given to ends with the fifth.
create function note_wrong_factor(token_hash bytea) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update session s
  set wrong_factors = s.wrong_factors + 1, ended_at = case when s.awaits_second_factor and s.wrong_factors >= 4 then now() end
  where s.token_hash = note_wrong_factor.token_hash
$$;

create function end_sessions_of(person uuid, except_hash bytea default null) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    update session s set ended_at = now()
    where s.person_id = person and s.ended_at is null and s.token_hash is distinct from except_hash
    returning 1
  )
  select count(*)::integer from ended
$$;

-- The viewer's browser is known from now on; the twenty last used are. False where the token is another person's.
create function remember_device(device bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  holder uuid := viewer();
begin
  insert into known_device (hash, person_id) select device, holder where holder is not null
  on conflict (hash) do update set used_at = clock_timestamp() where known_device.person_id = excluded.person_id;
  delete from known_device d where d.person_id = holder and d.hash not in (
    select k.hash from known_device k where k.person_id = holder order by k.used_at desc limit 20);
  return exists (select from known_device d where d.hash = device and d.person_id = holder);
end $$;

create function forget_devices() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from known_device where person_id = viewer()
$$;

-- Passwords --------------------------------------------------------------------------------------------------------------

create function keep_password(person uuid, salt text, check_hash bytea, alone boolean) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update person p set password_salt = salt, password_check = check_hash, password_alone = alone, password_set_at = now()
  where p.id = keep_password.person
$$;

-- Whether the person behind a session has the password, counted as an attempt of their own: right, wrong, wait.
create function prove_password(token_hash bytea, proof bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p person;
begin
  select q.* into p from session s join person q on q.id = s.person_id
  where s.token_hash = prove_password.token_hash and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor;
  -- A session that was stolen counts like a network of its own.
  if p.id is null or begin_attempt(p.user_id, 'session', null) then
    return 'wait';
  end if;
  perform end_attempt(p.user_id, 'session', null, coalesce(p.password_check = sha256(prove_password.proof), false));
  return case when p.password_check = sha256(prove_password.proof) then 'right' else 'wrong' end;
end $$;

-- The viewer's own password, with the old one as proof; this session goes on under a new token, the others end.
create function change_own_password(proof bytea, salt text, check_hash bytea, alone boolean, new_token_hash bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  holder uuid := viewer();
  this bytea := sha256(convert_to(current_setting('seloste.session', true), 'UTF8'));
  proved text;
begin
  if holder is null then
    return 'none';
  end if;
  proved := prove_password(this, change_own_password.proof);
  if proved <> 'right' then
    return proved;
  end if;
  if not alone and (select second_factor from sign_in_demand) <> 'required' and second_factors(holder) = '{}' then
    return 'too-short';
  end if;
  perform keep_password(holder, salt, check_hash, alone);
  perform end_sessions_of(holder, this);
  update session set token_hash = new_token_hash where token_hash = this;
  insert into audit_entry (person_id, action, object_kind, object_id, result)
  values (holder, 'password.set', 'person', holder, 'ok');
  return 'right';
end $$;

-- One-time links ---------------------------------------------------------------------------------------------------------

-- For a first or a forgotten password, or for the first person of a role. The token itself is shown once and kept nowhere.
create table one_time_link (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null unique check (length(hash) = 32),
  person_id uuid references person on delete cascade,
  role text check (role in ('ADMINISTRATOR', 'ACCESS_APPROVER')),
  -- None: whoever runs the installation.
  made_by uuid,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((person_id is null) <> (role is null)),
  check (expires_at <= made_at + interval '24 hours')
);
create index one_time_link_person on one_time_link (person_id);

-- The viewer, an administrator, makes a link for somebody else; an unused earlier one ends. Whoever decides on or watches
-- others, or sees everybody's calls, could be impersonated by it where no second factor stands behind the password: theirs
-- comes from the operator.
-- Raises what is missing.
create function make_link(person uuid, hash bytea) returns table (id uuid, until timestamptz, had_password boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made one_time_link;
begin
  if not viewer_is('ADMINISTRATOR') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  if not exists (select from person p where p.id = make_link.person and (p.employed_to is null or p.employed_to > now())) then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if viewer() = make_link.person then
    raise exception 'link.own' using errcode = 'SE001';
  end if;
  if link_needs_operator(make_link.person) then
    raise exception 'link.needs-operator' using errcode = 'SE001';
  end if;
  delete from one_time_link l where l.person_id = make_link.person and l.used_at is null;
  insert into one_time_link (hash, person_id, made_by, expires_at)
  values (make_link.hash, make_link.person, viewer(), now() + interval '24 hours') returning * into made;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'link.made', 'link', made.id, 'ok', jsonb_build_object('person', make_link.person));
  return query select made.id, made.expires_at, p.password_check is not null from person p where p.id = make_link.person;
end $$;

create function link_needs_operator(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select second_factors(person) = '{}' and exists (
    select from access_right r
    where r.person_id = person and r.revoked_at is null and (r.valid_to is null or r.valid_to > now())
      and (r.role in ('ACCESS_APPROVER', 'ADMINISTRATOR', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER') or r.scope_kind = 'all'))
$$;

-- What a link is for; nothing where it is none, was used, or is over.
create function look_at_link(token text) returns table (person uuid, role text, until timestamptz, had_password boolean, factors text[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select l.person_id, l.role, l.expires_at, p.password_check is not null, second_factors(l.person_id)
  from one_time_link l left join person p on p.id = l.person_id
  where l.hash = sha256(convert_to(token, 'UTF8')) and l.used_at is null and l.expires_at > clock_timestamp()
    and (l.person_id is null or p.employed_to is null or p.employed_to > now())
    and (l.role is null or not role_is_held(l.role))
    and (l.made_by is null or not link_needs_operator(l.person_id));
end $$;

-- Sets the password of the person whose link it is. True once.
create function use_link(token text, salt text, check_hash bytea, alone boolean) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  used one_time_link;
begin
  update one_time_link l set used_at = clock_timestamp()
  where l.hash = sha256(convert_to(token, 'UTF8')) and l.used_at is null and l.expires_at > clock_timestamp()
    and l.person_id in (select p.id from person p where p.employed_to is null or p.employed_to > now())
    -- Asked again: the person may have come to decide on others, or have lost their second factor, since it was made.
    and (l.made_by is null or not link_needs_operator(l.person_id))
  returning * into used;
  if used.id is null then
    return false;
  end if;
  if not alone and (select second_factor from sign_in_demand) <> 'required' and second_factors(used.person_id) = '{}' then
    raise exception 'password.unfit' using errcode = 'SE001';
  end if;
  perform keep_password(used.person_id, salt, check_hash, alone);
  perform end_sessions_of(used.person_id);
  delete from sign_in_failure f using person p where p.id = used.person_id and f.account = account_key(p.user_id);
  insert into audit_entry (person_id, action, object_kind, object_id, result)
  values (used.person_id, 'link.used', 'link', used.id, 'ok'), (used.person_id, 'password.set', 'person', used.person_id, 'ok');
  return true;
end $$;

-- Uses the link for the first person of a role: enters them with their password, or finds them in the directory by the
-- password they have. Raises what is wrong; the two first are two natural persons. Rights: 0010-access-procedure.sql.
create function use_first_link(token text, person uuid, user_id text, name text, salt text, check_hash bytea, alone boolean, proof bytea)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  used one_time_link;
  holder uuid;
begin
  perform lock_directory();
  update one_time_link l set used_at = clock_timestamp()
  where l.hash = sha256(convert_to(token, 'UTF8')) and l.used_at is null and l.expires_at > clock_timestamp()
    and l.role is not null and not role_is_held(l.role)
  returning * into used;
  if used.id is null then
    raise exception 'link.none' using errcode = 'SE001';
  end if;
  select p.id into holder from person p where p.user_id = use_first_link.user_id;
  if holder is not null and not exists (
    select from person p where p.id = holder and p.password_check = sha256(use_first_link.proof)
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())) then
    raise exception 'person.user-id-taken' using errcode = 'SE001';
  end if;
  if exists (
    select from access_right r join person p on p.id = r.person_id
      join person_name n on n.person_id = p.id and n.valid_from <= now() and (n.valid_to is null or n.valid_to > now())
    where r.role in ('ADMINISTRATOR', 'ACCESS_APPROVER') and r.role <> used.role
      and r.revoked_at is null and (r.valid_to is null or r.valid_to > now())
      and (r.person_id = holder or lower(n.name) = lower(use_first_link.name))) then
    raise exception 'link.same-person' using errcode = 'SE001';
  end if;
  if holder is null then
    if not alone and (select second_factor from sign_in_demand) <> 'required' then
      raise exception 'password.unfit' using errcode = 'SE001';
    end if;
    holder := use_first_link.person;
    insert into person (id, user_id, employed_from) values (holder, use_first_link.user_id, now());
    insert into person_name (person_id, name, valid_from) values (holder, use_first_link.name, now());
    perform keep_password(holder, salt, check_hash, alone);
  end if;
  perform install_right(holder, used.role);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (holder, 'link.used', 'link', used.id, 'ok', jsonb_build_object('role', used.role));
end $$;

-- Removing a second factor -------------------------------------------------------------------------------------------------

-- Takes every second factor from a person. Their sessions end; a password that is too short to stand alone goes with them,
-- and that of whoever needs the operator for a new one: an administrator may have set it, counting on the removal.
create function drop_factors(person uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from totp t where t.person_id = drop_factors.person;
  delete from recovery_code r where r.person_id = drop_factors.person;
  update person p set password_salt = null, password_check = null
  where p.id = drop_factors.person and (not p.password_alone or link_needs_operator(p.id));
  select end_sessions_of(drop_factors.person);
$$;

-- An administrator asks, an access-rights approver confirms: neither is the person whose factors go.
create table factor_removal (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person on delete cascade,
  asked_by uuid not null references person,
  asked_at timestamptz not null default clock_timestamp(),
  reason text not null check (length(reason) between 1 and 500),
  state text not null default 'ASKED' check (state in ('ASKED', 'CONFIRMED', 'REFUSED')),
  decided_by uuid references person,
  decided_at timestamptz,
  check (asked_by <> person_id and decided_by <> person_id and decided_by <> asked_by),
  check ((state = 'ASKED') = (decided_by is null))
);
create unique index factor_removal_open on factor_removal (person_id) where state = 'ASKED';

-- Asked again, it is the same question with the newer reason.
create function ask_factor_removal(person uuid, reason text) returns uuid
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
  if second_factors(ask_factor_removal.person) = '{}' then
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

create function decide_factor_removal(removal uuid, confirm boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r factor_removal;
begin
  if not viewer_is('ACCESS_APPROVER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into r from factor_removal f where f.id = removal and f.state = 'ASKED' for update;
  if r.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if viewer() in (r.person_id, r.asked_by) then
    raise exception 'removal.own' using errcode = 'SE001';
  end if;
  update factor_removal f set state = case when confirm then 'CONFIRMED' else 'REFUSED' end, decided_by = viewer(), decided_at = clock_timestamp()
  where f.id = removal;
  if confirm then
    perform drop_factors(r.person_id);
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ACCESS_APPROVER', case when confirm then 'credential.removed' else 'credential.removal-refused' end,
    'credential', removal, 'ok', jsonb_build_object('person', r.person_id, 'askedBy', r.asked_by));
end $$;

-- How somebody signs in, for themselves and for administrators; nothing for others.
create function sign_in_of(person uuid)
returns table (has_password boolean, password_set_at timestamptz, password_alone boolean, totp_added_at timestamptz,
  totp_used_at timestamptz, recovery_codes integer, passkeys integer, factors text[], demand text, link_made_at timestamptz, link_until timestamptz,
  needs_operator boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select p.password_check is not null, p.password_set_at, p.password_alone, t.confirmed_at, t.used_at,
    (select count(*)::integer from recovery_code r where r.person_id = p.id and r.used_at is null),
    -- 0012-passkeys-and-identity-provider.sql
    (select count(*)::integer from passkey k where k.person_id = p.id),
    second_factors(p.id), d.second_factor, l.made_at, l.expires_at, link_needs_operator(p.id)
  from person p
  cross join sign_in_demand d
  left join totp t on t.person_id = p.id and t.confirmed_at is not null
  left join one_time_link l on l.person_id = p.id and l.used_at is null and l.expires_at > clock_timestamp()
  where p.id = sign_in_of.person and (p.id = viewer() or viewer_is('ADMINISTRATOR'));
end $$;

-- Leavers ----------------------------------------------------------------------------------------------------------------

-- Whoever has left opens nothing from that instant on (viewer()); here what they had goes: sessions, rights, the password,
-- factors, devices, links. Returns how many people it was.
create function end_leavers() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  leaver uuid;
  sessions integer;
  people integer := 0;
begin
  for leaver in
    select p.id from person p where p.employed_to <= now() and (
      p.password_check is not null
      or exists (select from session s where s.person_id = p.id and s.ended_at is null and s.expires_at > now())
      or exists (select from access_right r where r.person_id = p.id and r.revoked_at is null and (r.valid_to is null or r.valid_to > now()))
      or exists (select from known_device k where k.person_id = p.id)
      or second_factors(p.id) <> '{}')
  loop
    people := people + 1;
    sessions := end_sessions_of(leaver);
    perform drop_factors(leaver);
    update person p set password_salt = null, password_check = null where p.id = leaver;
    delete from known_device k where k.person_id = leaver;
    delete from one_time_link l where l.person_id = leaver and l.used_at is null;
    with revoked as (
      update access_right r set revoked_at = now()
      where r.person_id = leaver and r.revoked_at is null and (r.valid_to is null or r.valid_to > now())
      returning r.id, r.role
    )
    insert into audit_entry (right_id, role, action, object_kind, object_id, result, detail)
    select r.id, r.role, 'right.revoked', 'right', r.id, 'ok', jsonb_build_object('person', leaver, 'cause', 'employment-ended')
    from revoked r;
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('sessions.ended', 'person', leaver, 'ok', jsonb_build_object('cause', 'employment-ended', 'sessions', sessions));
  end loop;
  return people;
end $$;

-- What signing in leaves behind and nobody needs: failures of the day before from networks and of accounts that nobody has,
-- links long over, devices unused for half a year, enrolments that were not finished.
create function forget_sign_ins() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from sign_in_failure f where f.last_at < now() - interval '1 day'
    and (f.source <> '*' or not exists (select from person p where account_key(p.user_id) = f.account));
  delete from known_device where used_at < now() - interval '6 months';
  delete from totp where confirmed_at is null and begun_at < now() - interval '1 hour';
  delete from one_time_link where expires_at < now() - interval '30 days';
  delete from factor_removal where state = 'ASKED' and asked_at < now() - interval '14 days';
$$;

alter table factor_removal enable row level security;
create policy desk_reads on factor_removal for select to seloste_desk
  using ((select viewer_is('ADMINISTRATOR')) or (select viewer_is('ACCESS_APPROVER')));
grant select on factor_removal to seloste_desk;
grant select on sign_in_demand to seloste_desk, seloste_custodian;
grant select (password_set_at) on person to seloste_desk;
grant update (used_at) on session to seloste_desk;
grant update (second_factor) on sign_in_demand to seloste_custodian;
grant select, insert, update (confirmed_at, last_step, used_at, failures, failed_at), delete on totp to seloste_custodian;
grant select, insert, update (used_at), delete on recovery_code to seloste_custodian;
grant select (id, user_id, password_alone) on person to seloste_custodian;

revoke execute on function second_factors(uuid), failure_wait(integer), account_key(text), sign_in_source(text, text, bytea),
  sign_in_wait(text, text, bytea), begin_attempt(text, text, bytea), end_attempt(text, text, bytea, boolean),
  open_session(text, bytea, text, bytea, bytea, text, timestamptz), open_proven_session(uuid, bytea, text, timestamptz),
  complete_session(bytea, bytea, text), rotate_session(bytea, bytea), sign_in_under_way(bytea), note_wrong_factor(bytea),
  end_sessions_of(uuid, bytea), remember_device(bytea), forget_devices(), keep_password(uuid, text, bytea, boolean), prove_password(bytea, bytea),
  change_own_password(bytea, text, bytea, boolean, bytea), make_link(uuid, bytea), link_needs_operator(uuid),
  look_at_link(text), use_link(text, text, bytea, boolean),
  use_first_link(text, uuid, text, text, text, bytea, boolean, bytea), drop_factors(uuid), ask_factor_removal(uuid, text),
  decide_factor_removal(uuid, boolean), sign_in_of(uuid), end_leavers(), forget_sign_ins() from public;
grant execute on function sign_in_wait(text, text, bytea), open_session(text, bytea, text, bytea, bytea, text, timestamptz),
  sign_in_under_way(bytea), remember_device(bytea), forget_devices(),
  change_own_password(bytea, text, bytea, boolean, bytea), make_link(uuid, bytea), look_at_link(text),
  use_link(text, text, bytea, boolean), use_first_link(text, uuid, text, text, text, bytea, boolean, bytea),
  ask_factor_removal(uuid, text), decide_factor_removal(uuid, boolean), sign_in_of(uuid) to seloste_desk;
grant execute on function open_proven_session(uuid, bytea, text, timestamptz), complete_session(bytea, bytea, text),
  rotate_session(bytea, bytea), sign_in_under_way(bytea), note_wrong_factor(bytea), prove_password(bytea, bytea), second_factors(uuid), end_sessions_of(uuid, bytea),
  failure_wait(integer), drop_factors(uuid), end_leavers(), forget_sign_ins() to seloste_custodian;
