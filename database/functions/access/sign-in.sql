-- Returns true until a session has ended or expired, by the clock and by the register's time: a clock that is set back reopens none.
create or replace function session_holds(s session) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.ended_at is null and s.expires_at > now()
    and not exists (select from clock_mark m where m.at >= coalesce(s.ends_by, s.expires_at))
$$;
grant execute on function session_holds to seloste_custodian, seloste_desk;

-- Returns true until a one-time link was used or has expired, by the clock and by the register's time.
create or replace function link_holds(l one_time_link) returns boolean
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select l.used_at is null and l.expires_at > greatest(clock_timestamp(), register_now())
$$;

-- Returns the hash by which the audit log identifies a link; the token's hash cannot be derived from it.
create or replace function link_fingerprint(l one_time_link) returns text
language sql immutable set search_path = pg_catalog as $$ select encode(sha256(l.hash), 'hex') $$;

-- Sets `ends_by` and `proved_by`: a session's expiry and last proof in the register's time.
create or replace function time_session() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' or new.expires_at is distinct from old.expires_at then
    new.ends_by := register_now() + (new.expires_at - now());
  end if;
  if tg_op = 'INSERT' or new.proved_at is distinct from old.proved_at then
    new.proved_by := register_now() + (new.proved_at - now());
  end if;
  return new;
end $$;

-- A sign-in that awaits a second factor lasts ten minutes; only the factor extends it. A session in listening mode stays in it until it
-- ends. Of a session that has expired only its end is recorded.
create or replace function session_guard() returns trigger language plpgsql as $$
begin
  if new.ended_at > clock_timestamp() then
    new.ended_at := clock_timestamp();
  end if;
  if not session_holds(old) then
    if old.ended_at is not null or new.ended_at is null then
      return null;
    end if;
    old.ended_at := new.ended_at;
    return old;
  end if;
  if old.confined_to is not null
     and (new.confined_to, new.confined_until, new.confined_at) is distinct from (old.confined_to, old.confined_until, old.confined_at) then
    raise exception 'session % stays in the listening mode until it ends', old.id;
  end if;
  new.expires_at := least(new.expires_at, old.created_at + interval '12 hours', new.confined_until);
  if new.awaits_second_factor then
    new.expires_at := least(new.expires_at, old.created_at + interval '10 minutes');
  end if;
  return new;
end $$;

-- Logs the end of a session, in its person's name if they ended it in a session of their own.
create or replace function log_session_end() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  own boolean := exists (select from session s
    where s.token_hash = session_token_hash() and s.person_id = new.person_id);
begin
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (case when own then new.person_id end, 'session.ended', 'session', new.id, 'ok', jsonb_strip_nulls(jsonb_build_object(
    'person', case when not own then new.person_id end, 'cause', case when new.ended_at >= new.expires_at then 'expired' end)));
  return null;
end $$;

-- Lists the second factors of a person, passkeys among them (access/passkeys.sql).
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
grant execute on function second_factors to seloste_custodian;

-- Returns the wait after failures in a row: none for five, then doubling from a second to a quarter of an hour.
create or replace function failure_wait(failures integer) returns interval language sql immutable as $$
  select case when failures < 5 then interval '0' else least(interval '1 second' * (2 ^ least(failures - 5, 10)), interval '15 minutes') end
$$;
grant execute on function failure_wait to seloste_custodian;

create or replace function account_key(user_id text) returns bytea language sql immutable as $$
  select sha256(convert_to(user_id, 'UTF8'))
$$;

-- Returns the source that an attempt counts for. A device is known only for the account it belongs to.
create or replace function sign_in_source(user_id text, network text, device bytea) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(
    (select 'device:' || encode(d.hash, 'hex') from known_device d join person p on p.id = d.person_id
     where d.hash = device and p.user_id = sign_in_source.user_id),
    'network:' || left(network, 60))
$$;

-- Seconds until the next attempt from here is accepted; 0: now. Strangers together may fail a hundred times in a row at one account (NIST
-- SP 800-63B-4 section 3.2.2). After that, its holder can sign in only from a known browser or with a new one-time link.
create or replace function sign_in_wait(user_id text, network text, device bytea) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select attempt_wait(user_id, sign_in_source(user_id, network, device))
$$;
grant execute on function sign_in_wait to seloste_desk;

-- Seconds until the next attempt from a source: a network (also delayed by strangers' failures in a row, '*'), a known device, or a session.
create or replace function attempt_wait(user_id text, source text) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(max(ceil(extract(epoch from case
      when f.source <> '*' then f.last_at + failure_wait(f.failures) - clock_timestamp()
      when f.failures >= 100 then interval '1 day'
      else interval '0' end))), 0)::integer
  from sign_in_failure f
  where f.account = account_key(attempt_wait.user_id)
    and (f.source = attempt_wait.source or (f.source = '*' and attempt_wait.source like 'network:%'))
    and (f.source = '*' or f.last_at + failure_wait(f.failures) > clock_timestamp())
$$;

-- Begins an attempt, one at a time for each account and source. Returns true if it has to wait.
create or replace function begin_attempt(user_id text, source text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  from_here text := source;
begin
  insert into sign_in_failure (account, source)
  select account_key(begin_attempt.user_id), s
  from unnest(case when from_here like 'network:%' then array[from_here, '*'] else array[from_here] end) s
  on conflict do nothing;
  perform from sign_in_failure f
  where f.account = account_key(begin_attempt.user_id) and (f.source = from_here or (f.source = '*' and from_here like 'network:%'))
  order by f.source for update;
  return attempt_wait(begin_attempt.user_id, from_here) > 0;
end $$;

-- Ends an attempt: counts a failure; a success clears the failures from this source and those of strangers in a row.
create or replace function end_attempt(user_id text, source text, succeeded boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  from_here text := source;
begin
  if succeeded then
    delete from sign_in_failure f
    where f.account = account_key(end_attempt.user_id) and f.source in (from_here, '*');
    return;
  end if;
  update sign_in_failure f set failures = f.failures + 1, last_at = clock_timestamp()
  where f.account = account_key(end_attempt.user_id) and (f.source = from_here or (f.source = '*' and from_here like 'network:%'));
  -- After ten failures a known device counts as a stranger's.
  delete from known_device d
  using sign_in_failure f
  where f.account = account_key(end_attempt.user_id) and f.source = from_here and f.failures >= 10
    and from_here = 'device:' || encode(d.hash, 'hex');
end $$;

-- Opens a session by password: `proof` is its argon2id output, of which only the hash is stored here. So the calling process can neither
-- open a session without the person's password nor guess passwords uncounted. `outcome`: opened; second-factor (one of `factors` is
-- needed); enrolment (none yet, and one is required); refused; wait. `verifier`: the log's digest of the password that was right.
create or replace function open_session(
  user_id text, proof bytea, network text, known bytea, token_hash bytea, device text, expires_at timestamptz,
  out outcome text, out person uuid, out factors text[], out verifier text
) language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  demand text := (select second_factor from sign_in_demand);
  source text := sign_in_source(open_session.user_id, network, known);
  found_person person;
begin
  if begin_attempt(open_session.user_id, source) then
    outcome := 'wait';
    return;
  end if;
  select * into found_person from person p where p.user_id = open_session.user_id;
  person := found_person.id;
  if found_person.password_check is distinct from sha256(open_session.proof)
     or found_person.password_check is null or found_person.employed_from > now() or found_person.employed_to <= now() then
    perform end_attempt(open_session.user_id, source, false);
    outcome := 'refused';
    return;
  end if;
  perform end_attempt(open_session.user_id, source, true);
  factors := second_factors(person);
  verifier := password_verifier(found_person);
  outcome := case when cardinality(factors) > 0 then 'second-factor' when demand = 'required' then 'enrolment' else 'opened' end;
  insert into session (token_hash, person_id, created_at, expires_at, awaits_second_factor, device)
  values (open_session.token_hash, person, now(),
    least(open_session.expires_at, now() + case outcome when 'opened' then interval '12 hours' else interval '10 minutes' end),
    outcome <> 'opened', left(open_session.device, 80));
end $$;
grant execute on function open_session to seloste_desk;

-- Opens a session for a person whose proof the custodian has verified: a passkey with user verification, or the identity provider's
-- assertion.
create or replace function open_proven_session(person uuid, token_hash bytea, method text, expires_at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into session (token_hash, person_id, method, created_at, expires_at)
  select open_proven_session.token_hash, p.id, open_proven_session.method, now(),
    least(open_proven_session.expires_at, now() + interval '12 hours')
  from person p
  where p.id = open_proven_session.person
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
    and open_proven_session.method in ('passkey', 'oidc');
  if not found then
    return false;
  end if;
  -- The person's own success ends the failures of strangers in a row, whichever proof it had.
  delete from sign_in_failure f using person p
  where p.id = open_proven_session.person and f.account = account_key(p.user_id) and f.source = '*';
  return true;
end $$;
grant execute on function open_proven_session to seloste_custodian;

-- Returns the hash by which the audit log identifies a session: it tells sessions apart, and nobody can sign in with it.
create or replace function session_fingerprint(token_hash bytea) returns text
language sql immutable set search_path = pg_catalog as $$ select encode(sha256(token_hash), 'hex') $$;

-- Logs the token that a session continues with.
create or replace function log_new_token(new_token_hash bytea, how text) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  select s.person_id, 'session.proved', 'session', s.id, 'ok', jsonb_build_object('method', how, 'token', session_fingerprint(s.token_hash))
  from session s where s.token_hash = new_token_hash
$$;

-- Completes a sign-in whose second factor was right, and moves the session to a new token.
create or replace function complete_session(old_token_hash bytea, new_token_hash bytea, method text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with completed as (
    update session s
    set awaits_second_factor = false, method = complete_session.method, token_hash = complete_session.new_token_hash,
      expires_at = now() + interval '60 minutes', used_at = now(), proved_at = now()
    where s.token_hash = complete_session.old_token_hash and s.awaits_second_factor
      and session_holds(s) and complete_session.method in ('password+totp', 'password+passkey')
    returning 1
  )
  select exists (select from completed)
$$;
grant execute on function complete_session to seloste_custodian;

-- Moves a session to a fresh token.
create or replace function rotate_session(old_token_hash bytea, new_token_hash bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update session s set token_hash = rotate_session.new_token_hash
  where s.token_hash = rotate_session.old_token_hash and session_holds(s) and not s.awaits_second_factor;
  if not found then
    return false;
  end if;
  perform log_new_token(rotate_session.new_token_hash, 'factor-added');
  return true;
end $$;
grant execute on function rotate_session to seloste_custodian;

-- Returns whose sign-in this is and what it awaits. No row if it is unknown, has ended, or the person is not employed.
create or replace function sign_in_under_way(token_hash bytea)
returns table (person uuid, awaits boolean, factors text[], demand text, method text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id, s.awaits_second_factor, second_factors(s.person_id), d.second_factor, s.method
  from session s join person p on p.id = s.person_id, sign_in_demand d
  where s.token_hash = sign_in_under_way.token_hash and session_holds(s)
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
$$;
grant execute on function sign_in_under_way to seloste_custodian, seloste_desk;

-- Counts a wrong factor. The fifth ends the sign-in.
create or replace function record_wrong_factor(token_hash bytea) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update session s
  set wrong_factors = s.wrong_factors + 1, ended_at = case when s.awaits_second_factor and s.wrong_factors >= 4 then now() end
  where s.token_hash = record_wrong_factor.token_hash
$$;
grant execute on function record_wrong_factor to seloste_custodian;

create or replace function end_sessions_of(person uuid, except_hash bytea default null) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    update session s set ended_at = now()
    where s.person_id = person and session_holds(s) and s.token_hash is distinct from except_hash
    returning 1
  )
  select count(*)::integer from ended
$$;
grant execute on function end_sessions_of to seloste_custodian;

-- Records the end of sessions that expired, so that the log has it. Older sessions need none: none lasts longer than twelve hours.
create or replace function end_expired_sessions() returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    update session s set ended_at = s.expires_at
    where s.ended_at is null and s.created_at > now() - interval '13 hours' and not session_holds(s)
    returning 1
  )
  select count(*)::integer from ended
$$;
grant execute on function end_expired_sessions to seloste_custodian;

-- Stores the viewer's browser as known; the twenty last used stay. Returns false if the token is another person's. Notifies the person of a
-- browser in which they have not signed in before, and offers a second factor, once, if they have none.
create or replace function remember_device(device bytea) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  holder uuid := viewer();
  current_session session;
begin
  if holder is null then
    return false;
  end if;
  select * into current_session from session s where s.token_hash = session_token_hash();
  if not exists (select from known_device d where d.hash = device) then
    perform notify_person(holder, 'sign-in', jsonb_strip_nulls(jsonb_build_object('device', current_session.device, 'method', current_session.method)));
  end if;
  if current_session.method <> 'oidc' and second_factors(holder) = '{}' and not exists (
      select from account_notice n where n.person_id = holder and n.kind = 'second-factor-offer') then
    perform notify_person(holder, 'second-factor-offer', '{}');
  end if;
  insert into known_device (hash, person_id) values (device, holder)
  on conflict (hash) do update set used_at = clock_timestamp() where known_device.person_id = excluded.person_id;
  delete from known_device d where d.person_id = holder and d.hash not in (
    select k.hash from known_device k where k.person_id = holder order by k.used_at desc limit 20);
  return exists (select from known_device d where d.hash = device and d.person_id = holder);
end $$;
grant execute on function remember_device to seloste_desk;

create or replace function forget_devices() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from known_device where person_id = viewer()
$$;
grant execute on function forget_devices to seloste_desk;

-- `alone`: the password is long enough to be the only factor.
create or replace function save_password(person uuid, salt text, check_hash bytea, alone boolean) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update person p set password_salt = salt, password_check = check_hash, password_alone = alone, password_set_at = now()
  where p.id = save_password.person
$$;

-- Checks the password of a session's person, as an attempt of this session alone. Returns right, wrong or wait. Strangers' failures do not
-- delay a signed-in person, and a stolen session does not allow faster guessing.
create or replace function prove_password(token_hash bytea, proof bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p person;
  source text;
begin
  select q.* into p from session s join person q on q.id = s.person_id
  where s.token_hash = prove_password.token_hash and session_holds(s) and not s.awaits_second_factor;
  -- By the session's id, as its token changes.
  select 'session:' || s.id into source from session s where s.token_hash = prove_password.token_hash;
  if p.id is null or begin_attempt(p.user_id, source) then
    return 'wait';
  end if;
  perform end_attempt(p.user_id, source, coalesce(p.password_check = sha256(prove_password.proof), false));
  return case when p.password_check = sha256(prove_password.proof) then 'right' else 'wrong' end;
end $$;
grant execute on function prove_password to seloste_custodian;

-- Changes the viewer's password, proved by the old one. This session gets a new token; the person's others end.
create or replace function change_own_password(proof bytea, salt text, check_hash bytea, alone boolean, new_token_hash bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  holder uuid := viewer();
  current_token_hash bytea := session_token_hash();
  proved text;
begin
  if holder is null then
    return 'none';
  end if;
  proved := prove_password(current_token_hash, change_own_password.proof);
  if proved <> 'right' then
    return proved;
  end if;
  if not alone and (select second_factor from sign_in_demand) <> 'required' and second_factors(holder) = '{}' then
    return 'too-short';
  end if;
  perform save_password(holder, salt, check_hash, alone);
  perform end_sessions_of(holder, current_token_hash);
  update session set token_hash = new_token_hash where token_hash = current_token_hash;
  perform log_new_token(new_token_hash, 'password');
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (holder, 'password.set', 'person', holder, 'ok', verifiers_detail(holder, '{password}'));
  return 'right';
end $$;
grant execute on function change_own_password to seloste_desk;

-- Makes a one-time link for another person, by an administrator; an earlier unused one ends. Links of people who decide on or oversee
-- others, or see everybody's calls, come from the operator if no second factor protects their password, because an administrator could
-- impersonate them. Refuses deny.role, not-found, link.own, link.needs-operator, confirm.fresh.
create or replace function make_link(person uuid, hash bytea) returns table (id uuid, until timestamptz, had_password boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made one_time_link;
begin
  perform refuse_if(not viewer_is('ADMINISTRATOR'), 'deny.role');
  perform refuse_if(not exists (select from person p where p.id = make_link.person and (p.employed_to is null or p.employed_to > now())),
    'not-found');
  perform refuse_if(viewer() = make_link.person, 'link.own');
  perform refuse_if(link_needs_operator(make_link.person), 'link.needs-operator');
  perform require_fresh();
  -- A directory change that waits for the link's release ends with the link.
  delete from one_time_link l where l.person_id = make_link.person and l.used_at is null;
  insert into one_time_link (hash, person_id, made_by, expires_at)
  values (make_link.hash, make_link.person, viewer(), register_now() + interval '24 hours') returning * into made;
  insert into directory_change (kind, person_id, link_id, asked_by) values ('link', make_link.person, made.id, viewer());
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'link.made', 'link', made.id, 'ok',
    jsonb_build_object('person', make_link.person, 'rights', holds_or_awaits_rights(make_link.person), 'tie', link_fingerprint(made)));
  return query select made.id, made.expires_at, p.password_check is not null from person p where p.id = make_link.person;
end $$;
grant execute on function make_link to seloste_desk;

create or replace function link_needs_operator(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select second_factors(person) = '{}' and exists (
    select from access_right r
    where r.person_id = person and r.revoked_at is null and (r.valid_to is null or r.valid_to > now())
      and (r.role in ('ACCESS_APPROVER', 'ADMINISTRATOR', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER') or r.scope_kind = 'all'))
$$;

-- Uses the link of the first person of a role: enters them with their password, or finds them in the directory and checks their password.
-- The first administrator and the first approver must be two people. Gives the right by install_right (access/rights.sql). Refuses
-- link.none, person.user-id-taken, link.same-person, password.unfit.
create or replace function use_first_link(token text, person uuid, user_id text, name text, salt text, check_hash bytea, alone boolean, proof bytea)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  used one_time_link;
  holder uuid;
begin
  perform lock_directory();
  update one_time_link l set used_at = clock_timestamp()
  where l.hash = sha256(convert_to(token, 'UTF8')) and link_holds(l)
    and l.role is not null and not role_is_held(l.role)
  returning * into used;
  perform refuse_if(used.id is null, 'link.none');
  select p.id into holder from person p where p.user_id = use_first_link.user_id;
  perform refuse_if(holder is not null and not exists (
    select from person p where p.id = holder and p.password_check = sha256(use_first_link.proof)
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())), 'person.user-id-taken');
  perform refuse_if(exists (
    select from access_right r join person p on p.id = r.person_id
      join person_name n on n.person_id = p.id and n.valid_from <= now() and (n.valid_to is null or n.valid_to > now())
    where r.role in ('ADMINISTRATOR', 'ACCESS_APPROVER') and r.role <> used.role
      and r.revoked_at is null and (r.valid_to is null or r.valid_to > now())
      and (r.person_id = holder or lower(n.name) = lower(use_first_link.name))), 'link.same-person');
  if holder is null then
    perform refuse_if(not alone and (select second_factor from sign_in_demand) <> 'required', 'password.unfit');
    holder := use_first_link.person;
    insert into person (id, user_id, employed_from) values (holder, use_first_link.user_id, now());
    insert into person_name (person_id, name, valid_from) values (holder, use_first_link.name, now());
    perform save_password(holder, salt, check_hash, alone);
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (holder, 'password.set', 'person', holder, 'ok', verifiers_detail(holder, '{password}'));
  end if;
  perform install_right(holder, used.role);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (holder, 'link.used', 'link', used.id, 'ok', jsonb_build_object('role', used.role, 'tie', link_fingerprint(used)));
end $$;
grant execute on function use_first_link to seloste_desk;

-- Removes every second factor of a person and ends their sessions. Also removes a password that is too short to stand alone, and that of a
-- person whose new password needs the operator: an administrator may have set it in expectation of this.
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
grant execute on function drop_factors to seloste_custodian;

-- Requests the removal of a person's second factors. A repeated request replaces the reason.
create or replace function request_factor_removal(person uuid, reason text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  requested uuid;
begin
  perform refuse_if(not viewer_is('ADMINISTRATOR'), 'deny.role');
  perform refuse_if(viewer() = request_factor_removal.person, 'removal.own');
  perform refuse_if(second_factors(request_factor_removal.person) = '{}'
     and not exists (select from provider_subject s where s.person_id = request_factor_removal.person), 'removal.nothing');
  perform require_fresh();
  insert into factor_removal (person_id, asked_by, reason)
  values (request_factor_removal.person, viewer(), request_factor_removal.reason)
  on conflict (person_id) where state = 'ASKED'
    do update set asked_by = excluded.asked_by, asked_at = excluded.asked_at, reason = excluded.reason
  returning id into requested;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'credential.removal-asked', 'credential', requested, 'ok',
    jsonb_build_object('person', request_factor_removal.person));
  return requested;
end $$;
grant execute on function request_factor_removal to seloste_desk;

create or replace function decide_factor_removal(removal uuid, confirm boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r factor_removal;
  before jsonb;
begin
  perform refuse_if(not viewer_is('ACCESS_APPROVER'), 'deny.role');
  select * into r from factor_removal f where f.id = removal and f.state = 'ASKED' for update;
  perform refuse_if(r.id is null, 'not-found');
  perform refuse_if(viewer() in (r.person_id, r.asked_by), 'removal.own');
  update factor_removal f set state = case when confirm then 'CONFIRMED' else 'REFUSED' end, decided_by = viewer(), decided_at = clock_timestamp()
  where f.id = removal;
  if confirm then
    before := verifiers_detail(r.person_id);
    perform drop_factors(r.person_id);
    before := jsonb_set(before, '{verifiers}', (before -> 'verifiers') - array(select v.verifier from stored_verifiers(r.person_id) v));
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ACCESS_APPROVER', case when confirm then 'credential.removed' else 'credential.removal-refused' end,
    'credential', removal, 'ok', jsonb_build_object('person', r.person_id, 'askedBy', r.asked_by) || coalesce(before, '{}'));
end $$;
grant execute on function decide_factor_removal to seloste_desk;

-- Returns how a person signs in, for that person and for administrators. No row for others.
create or replace function sign_in_of(person uuid)
returns table (has_password boolean, password_set_at timestamptz, password_alone boolean, totp_added_at timestamptz,
  totp_used_at timestamptz, recovery_codes integer, passkeys integer, factors text[], demand text, link_made_at timestamptz, link_until timestamptz,
  needs_operator boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select p.password_check is not null, p.password_set_at, p.password_alone, t.confirmed_at, t.used_at,
    (select count(*)::integer from recovery_code r where r.person_id = p.id and r.used_at is null),
    -- access/passkeys.sql
    (select count(*)::integer from passkey k where k.person_id = p.id),
    second_factors(p.id), d.second_factor, l.made_at, l.expires_at, link_needs_operator(p.id)
  from person p
  cross join sign_in_demand d
  left join totp t on t.person_id = p.id and t.confirmed_at is not null
  left join one_time_link l on l.person_id = p.id and link_holds(l)
  where p.id = sign_in_of.person and (p.id = viewer() or viewer_is('ADMINISTRATOR'));
end $$;
grant execute on function sign_in_of to seloste_desk;

-- Removes what people who left still have: sessions, rights, password, factors, devices, links. viewer() already refuses them from the
-- instant on which they left. Returns the number of people.
create or replace function end_access_of_leavers() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  leaver uuid;
  sessions integer;
  verifiers jsonb;
  people integer := 0;
begin
  for leaver in
    select p.id from person p where p.employed_to <= now() and (
      p.password_check is not null
      or exists (select from session s where s.person_id = p.id and session_holds(s))
      or exists (select from access_right r where r.person_id = p.id and r.revoked_at is null and (r.valid_to is null or r.valid_to > now()))
      or exists (select from known_device k where k.person_id = p.id)
      or second_factors(p.id) <> '{}')
  loop
    people := people + 1;
    sessions := end_sessions_of(leaver);
    verifiers := verifiers_detail(leaver);
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
    values ('sessions.ended', 'person', leaver, 'ok', jsonb_build_object('cause', 'employment-ended', 'sessions', sessions) || verifiers);
  end loop;
  return people;
end $$;
grant execute on function end_access_of_leavers to seloste_custodian;

-- Deletes old sign-in data: failures older than a day, except an existing account's count of strangers' failures (`*`); expired links,
-- devices unused for half a year, unfinished enrolments, and old requests and changes.
create or replace function prune_sign_in_data() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from sign_in_failure f where f.last_at < now() - interval '1 day'
    and (f.source <> '*' or not exists (select from person p where account_key(p.user_id) = f.account));
  delete from known_device where used_at < now() - interval '6 months';
  delete from totp where confirmed_at is null and begun_at < now() - interval '1 hour';
  delete from one_time_link where expires_at < now() - interval '30 days';
  delete from factor_removal where state = 'ASKED' and asked_at < now() - interval '14 days';
  -- A link that was not released within a day is withdrawn.
  delete from directory_change c where c.state = 'ASKED' and (c.asked_at < now() - interval '14 days'
    or c.link_id in (select l.id from one_time_link l where l.expires_at < now()));
  delete from directory_change c where c.state <> 'ASKED' and c.decided_at < now() - interval '24 months';
$$;
grant execute on function prune_sign_in_data to seloste_custodian;

-- Returns a link's person and what it awaits: release, code, or nothing besides the link (links of the operator, and the first ones of an
-- installation).
create or replace function view_link(token text)
returns table (person uuid, role text, until timestamptz, had_password boolean, factors text[], awaits text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select l.person_id, l.role, l.expires_at, p.password_check is not null, second_factors(l.person_id),
    case when l.made_by is null then 'nothing' when l.released_at is null then 'release' else 'code' end
  from one_time_link l left join person p on p.id = l.person_id
  where l.hash = sha256(convert_to(token, 'UTF8')) and link_holds(l)
    and (l.person_id is null or p.employed_to is null or p.employed_to > now())
    and (l.role is null or not role_is_held(l.role))
    and (l.made_by is null or not link_needs_operator(l.person_id));
end $$;
grant execute on function view_link to seloste_desk;

-- Sets the password of the link's person. Returns used, none, unreleased, or code (wrong; the fifth wrong one ends the link). Second
-- factors stay and are required at sign-in.
create or replace function use_link(token text, code text, salt text, check_hash bytea, alone boolean) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l one_time_link;
begin
  select o.* into l from one_time_link o
  where o.hash = sha256(convert_to(token, 'UTF8')) and link_holds(o)
    and o.person_id in (select p.id from person p where p.employed_to is null or p.employed_to > now())
    -- Checked again: since the link was made, the person may have got a role that decides on others, or lost their second factor.
    and (o.made_by is null or not link_needs_operator(o.person_id))
  for update;
  if l.id is null then
    return 'none';
  end if;
  if l.made_by is not null then
    if l.released_at is null then
      return 'unreleased';
    end if;
    if l.code_hash is distinct from sha256(convert_to(use_link.code, 'UTF8')) then
      update one_time_link o set wrong_codes = o.wrong_codes + 1,
        expires_at = case when o.wrong_codes >= 4 then now() else o.expires_at end
      where o.id = l.id;
      return 'code';
    end if;
  end if;
  perform refuse_if(not alone and (select second_factor from sign_in_demand) <> 'required' and second_factors(l.person_id) = '{}',
    'password.unfit');
  update one_time_link o set used_at = clock_timestamp() where o.id = l.id;
  perform save_password(l.person_id, salt, check_hash, alone);
  perform end_sessions_of(l.person_id);
  delete from sign_in_failure f using person p where p.id = l.person_id and f.account = account_key(p.user_id);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (l.person_id, 'link.used', 'link', l.id, 'ok', jsonb_build_object('tie', link_fingerprint(l))),
    (l.person_id, 'password.set', 'person', l.person_id, 'ok', verifiers_detail(l.person_id, '{password}'));
  return 'used';
end $$;
grant execute on function use_link to seloste_desk;
