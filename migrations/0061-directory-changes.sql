-- Changes that need a second person (R20, R21, R36, R39).
--
-- One administrator could become anybody: by a one-time link, by another official's telephone number, by a unit whose
-- supervisor listens. Such a change is asked for by one person and confirmed by another, here and not in a program. An identity
-- system that holds a SCIM token is the directory of record: it needs no second person, nor does whoever runs the database.

-- Recent proof ---------------------------------------------------------------------------------------------------------

-- When the holder of the session last proved who they are: password, second factor, passkey or identity provider.
alter table session add column proved_at timestamptz not null default now();
update session set proved_at = created_at;

-- Marks a session as proved now; only what has seen the proof calls it. No entry where the proof has one of its own.
create function mark_proved(token_hash bytea, method text) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update session s set proved_at = now() where s.token_hash = mark_proved.token_hash;
  insert into audit_entry (person_id, action, object_kind, result, detail)
  select s.person_id, 'session.proved', 'session', 'ok', jsonb_build_object('method', mark_proved.method)
  from session s where s.token_hash = mark_proved.token_hash and mark_proved.method is not null
$$;

-- Raises confirm.fresh where the viewer's last proof is older than a quarter of an hour.
create function require_fresh() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (
    select from session s
    where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
      and s.proved_at > clock_timestamp() - interval '15 minutes'
  ) then
    raise exception 'confirm.fresh' using errcode = 'SE001';
  end if;
end $$;

-- Over 0012-passkeys-and-identity-provider.sql: whoever has no passkey to confirm a decision with has proved who they are lately.
create or replace function confirmed_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act text := tg_argv[0] || case when new.state in ('APPROVED', 'CONFIRMED') then '.approve' else '.reject' end;
  -- What cannot be changed once it is asked for has no revision.
  revision integer := coalesce((to_jsonb(old) ->> 'revision')::integer, 0);
begin
  if viewer() is null then
    return new;
  end if;
  if not exists (select from passkey k where k.person_id = viewer()) then
    perform require_fresh();
  elsif not spend_confirmation(viewer(),
      sha256(convert_to(current_setting('seloste.session', true), 'UTF8')), act, new.id, revision) then
    raise exception 'confirm.passkey' using errcode = 'SE001';
  end if;
  return new;
end $$;

-- Proves the viewer's presence by the password: right, wrong, wait; factor where the person has a second factor, which the
-- custodian judges.
create function prove_again(proof bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  this bytea := sha256(convert_to(current_setting('seloste.session', true), 'UTF8'));
  proved text;
begin
  if viewer() is null then
    return 'none';
  end if;
  if second_factors(viewer()) <> '{}' then
    return 'factor';
  end if;
  proved := prove_password(this, prove_again.proof);
  if proved = 'right' then
    perform mark_proved(this, 'password');
  end if;
  return proved;
end $$;

create or replace function complete_session(old_token_hash bytea, new_token_hash bytea, method text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with completed as (
    update session s
    set awaits_second_factor = false, method = complete_session.method, token_hash = complete_session.new_token_hash,
      expires_at = now() + interval '60 minutes', used_at = now(), proved_at = now()
    where s.token_hash = complete_session.old_token_hash and s.awaits_second_factor
      and s.ended_at is null and s.expires_at > now() and complete_session.method in ('password+totp', 'password+passkey')
    returning 1
  )
  select exists (select from completed)
$$;

-- Forbidding destroys: at the desk of somebody who has left it, anybody could. In a call that goes on nothing is asked: the
-- official is at the telephone, and all that is lost is what is being said.
create function prohibition_is_fresh() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null and exists (
    select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    where r.id = new.recording_id and s.ended_at is not null
  ) then
    perform require_fresh();
  end if;
  return new;
end $$;
create trigger fresh before insert on prohibition for each row execute function prohibition_is_fresh();

-- Who has held what ----------------------------------------------------------------------------------------------------

-- Succession of a telephone number (its holder is a person), and of a person's unit and supervisor: from when on whose. Rows of
-- the directory may not contradict it. Nothing is ever taken out of it by a row that ends.
create table directory_succession (
  kind text not null check (kind in ('phone', 'unit', 'supervisor')),
  -- A phone number key, or a person's id.
  subject text not null,
  since timestamptz not null,
  holder uuid not null,
  primary key (kind, subject, since)
);
create index directory_succession_holder on directory_succession (holder) where kind = 'phone';

insert into directory_succession (kind, subject, since, holder)
select kind, subject, case when n = 1 then '-infinity' else valid_from end, holder
from (
  select r.*, row_number() over w as n, lag(holder) over w as before
  from (
    select 'phone' as kind, phone_key as subject, valid_from, person_id as holder from person_phone
    union all select 'unit', person_id::text, valid_from, unit_id from person_placement where unit_id is not null
    union all select 'supervisor', person_id::text, valid_from, supervisor_id from person_placement where supervisor_id is not null
  ) r
  window w as (partition by kind, subject order by valid_from)
) s
where n = 1 or before <> holder;

-- Whether a row agrees with the succession: throughout its time nobody else is the holder. False where there is none yet.
create function follows_succession(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select coalesce(bool_and(s.holder = follows_succession.holder), false)
    from directory_succession s
    where s.kind = follows_succession.kind and s.subject = follows_succession.subject
      and s.since < coalesce(to_at, 'infinity')
      and from_at < coalesce((select min(t.since) from directory_succession t
        where t.kind = s.kind and t.subject = s.subject and t.since > s.since), 'infinity')
  );
end $$;

-- Makes somebody the holder for a time; who comes after it stays.
create function settle_succession(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  next_holder uuid := (select s.holder from directory_succession s
    where s.kind = settle_succession.kind and s.subject = settle_succession.subject and s.since <= to_at
    order by s.since desc limit 1);
begin
  if not exists (select from directory_succession s where s.kind = settle_succession.kind and s.subject = settle_succession.subject) then
    insert into directory_succession values (settle_succession.kind, settle_succession.subject, '-infinity', settle_succession.holder);
    return;
  end if;
  delete from directory_succession s
  where s.kind = settle_succession.kind and s.subject = settle_succession.subject
    and s.since >= from_at and s.since <= coalesce(to_at, 'infinity');
  insert into directory_succession values (settle_succession.kind, settle_succession.subject, from_at, settle_succession.holder);
  if next_holder is not null then
    insert into directory_succession values (settle_succession.kind, settle_succession.subject, to_at, next_holder);
  end if;
end $$;

-- Whether a person has ever had a number at which calls are answered: their place says whose supervisor hears them.
create function has_answered(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from directory_succession s where s.kind = 'phone' and s.holder = has_answered.person);
end $$;

-- Whether a row needs a second person: it contradicts the succession of a number, or moves whoever answers calls.
create function needs_confirmation(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if holder is null or follows_succession(kind, subject, holder, from_at, to_at) then
    return false;
  end if;
  if kind = 'phone' then
    return exists (select from directory_succession s where s.kind = 'phone' and s.subject = needs_confirmation.subject);
  end if;
  return has_answered(needs_confirmation.subject::uuid);
end $$;

-- Judges rows of the directory as they are written, and keeps the succession.
create function judge_succession() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_trusted boolean := session_user <> 'seloste_desk' or scim_client() is not null;
  r record;
begin
  if tg_table_name = 'person_phone' then
    -- A number that nobody has had is its first holder's.
    insert into directory_succession (kind, subject, since, holder)
    select distinct on (n.phone_key) 'phone', n.phone_key, '-infinity'::timestamptz, n.person_id from new_rows n
    where not exists (select from directory_succession s where s.kind = 'phone' and s.subject = n.phone_key)
    order by n.phone_key, n.valid_from
    on conflict do nothing;
    for r in select 'phone' as kind, n.phone_key as subject, n.person_id as holder, n.valid_from, n.valid_to from new_rows n
      where not follows_succession('phone', n.phone_key, n.person_id, n.valid_from, n.valid_to) order by n.valid_from
    loop
      if not is_trusted then
        raise exception 'person.needs-confirmation' using errcode = 'SE001';
      end if;
      perform settle_succession(r.kind, r.subject, r.holder, r.valid_from, r.valid_to);
      -- Moved without a second person, by the directory of record or whoever runs the database: it is watched all the same.
      insert into audit_entry (action, object_kind, object_id, result, detail)
      values ('directory.number-moved', 'person', r.holder, 'ok', jsonb_strip_nulls(jsonb_build_object('person', r.holder, 'scimClient', scim_client())));
    end loop;
    return null;
  end if;
  for r in
    select p.* from (
      select 'unit' as kind, n.person_id::text as subject, n.unit_id as holder, n.valid_from, n.valid_to from new_rows n
      union all select 'supervisor', n.person_id::text, n.supervisor_id, n.valid_from, n.valid_to from new_rows n
    ) p
    where p.holder is not null and not follows_succession(p.kind, p.subject, p.holder, p.valid_from, p.valid_to)
    order by p.valid_from
  loop
    if not is_trusted and has_answered(r.subject::uuid) then
      raise exception 'person.needs-confirmation' using errcode = 'SE001';
    end if;
    perform settle_succession(r.kind, r.subject, r.holder, r.valid_from, r.valid_to);
  end loop;
  return null;
end $$;
do $$
declare
  t text;
  event text;
begin
  foreach t in array array['person_phone', 'person_placement'] loop
    foreach event in array array['insert', 'update'] loop
      execute format('create trigger succession_%2$s after %2$s on %1$I referencing new table as new_rows for each statement execute function judge_succession()',
        t, event);
    end loop;
  end loop;
end $$;

-- Changes that wait ----------------------------------------------------------------------------------------------------

create table directory_change (
  id uuid primary key default gen_random_uuid(),
  -- link: a one-time link is released; directory: numbers or places of a person change.
  kind text not null check (kind in ('link', 'directory')),
  person_id uuid not null references person on delete cascade,
  link_id uuid references one_time_link on delete cascade,
  -- Of a directory change: from (instant), add and end (phone number keys), unit and supervisor (ids or null).
  wanted jsonb not null default '{}',
  asked_by uuid not null references person,
  asked_at timestamptz not null default clock_timestamp(),
  state text not null default 'ASKED' check (state in ('ASKED', 'CONFIRMED', 'REFUSED', 'WITHDRAWN')),
  decided_by uuid references person,
  decided_at timestamptz,
  decided_in xid8,
  check ((kind = 'link') = (link_id is not null)),
  check ((state = 'ASKED') = (decided_by is null) and (state = 'ASKED') = (decided_at is null)),
  check (state not in ('CONFIRMED', 'REFUSED') or (decided_by <> asked_by and decided_by <> person_id))
);
create index directory_change_open on directory_change (asked_at) where state = 'ASKED';
create index directory_change_person on directory_change (person_id);

create function directory_change_guard() returns trigger language plpgsql as $$
begin
  if old.state <> 'ASKED' or (new.id, new.kind, new.person_id, new.link_id, new.wanted, new.asked_by, new.asked_at)
     is distinct from (old.id, old.kind, old.person_id, old.link_id, old.wanted, old.asked_by, old.asked_at) then
    raise exception 'directory change % is decided once, as it was asked for', old.id;
  end if;
  return new;
end $$;
create trigger directory_change_guard before update on directory_change for each row execute function directory_change_guard();
create trigger confirmed_decision before update on directory_change for each row
  when (old.state = 'ASKED' and new.state in ('CONFIRMED', 'REFUSED')) execute function confirmed_decision('change');

alter table act_confirmation drop constraint act_confirmation_act_check, add constraint act_confirmation_act_check check (act in (
  'draft.approve', 'draft.reject', 'right.approve', 'right.reject', 'removal.approve', 'removal.reject', 'passkey.add',
  'passkey.remove', 'clock.confirm', 'change.approve', 'change.reject', 'session.prove'));

-- Whether somebody holds a right now or later, or one is requested for them.
create function holds_or_awaits_rights(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from access_right r where r.person_id = person and r.revoked_at is null and (r.valid_to is null or r.valid_to > now()))
    or exists (select from right_request q where q.person_id = person and q.state = 'REQUESTED')
$$;

-- Asks for a change of somebody's numbers or place, as an administrator.
create function ask_directory_change(person uuid, wanted jsonb) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked uuid;
begin
  if not viewer_is('ADMINISTRATOR') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select c.id into asked from directory_change c
  where c.person_id = ask_directory_change.person and c.state = 'ASKED' and c.wanted = ask_directory_change.wanted and c.asked_by = viewer();
  if asked is not null then
    return asked;
  end if;
  insert into directory_change (kind, person_id, wanted, asked_by)
  values ('directory', ask_directory_change.person, ask_directory_change.wanted, viewer()) returning id into asked;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'directory.change-asked', 'directory-change', asked, 'ok', jsonb_build_object(
    'person', ask_directory_change.person,
    'fields', (select coalesce(jsonb_agg(k order by k), '[]') from jsonb_object_keys(ask_directory_change.wanted) k where k <> 'from')));
  return asked;
end $$;

-- True in the transaction that confirms a change, for the people whose rows it writes: the person, and whose number it takes.
create function applies_change(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from directory_change c
    where c.decided_in = pg_current_xact_id_if_assigned() and c.state = 'CONFIRMED' and c.decided_by = viewer()
      and (c.person_id = applies_change.person or exists (
        select from directory_succession s where s.kind = 'phone' and s.holder = applies_change.person
          and s.subject in (select jsonb_array_elements_text(c.wanted -> 'add'))))
  );
end $$;

-- Confirms or refuses: an administrator or an approver of access rights, neither the asker nor the person, who has just proved
-- who they are (confirmed_decision). A link gets the code without which it opens nothing.
create function decide_directory_change(change uuid, confirm boolean, code_hash bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c directory_change;
  as_role text := case when viewer_is('ACCESS_APPROVER') then 'ACCESS_APPROVER' when viewer_is('ADMINISTRATOR') then 'ADMINISTRATOR' end;
  number text;
  starts timestamptz;
begin
  if as_role is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  perform lock_directory();
  select * into c from directory_change d where d.id = change and d.state = 'ASKED' for update;
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if viewer() in (c.person_id, c.asked_by) then
    raise exception 'change.own' using errcode = 'SE001';
  end if;
  update directory_change d set state = case when confirm then 'CONFIRMED' else 'REFUSED' end, decided_by = viewer(),
    decided_at = clock_timestamp(), decided_in = pg_current_xact_id()
  where d.id = c.id;
  if c.kind = 'link' then
    if not confirm then
      delete from one_time_link l where l.id = c.link_id and l.used_at is null;
    else
      update one_time_link l set code_hash = decide_directory_change.code_hash, released_by = viewer(), released_at = now(),
        expires_at = now() + interval '24 hours'
      where l.id = c.link_id and l.used_at is null and l.expires_at > now() and l.released_at is null;
      if not found or code_hash is null then
        raise exception 'link.none' using errcode = 'SE001';
      end if;
    end if;
  elsif confirm then
    starts := (c.wanted ->> 'from')::timestamptz;
    for number in select jsonb_array_elements_text(coalesce(c.wanted -> 'add', '[]')) loop
      perform settle_succession('phone', number, c.person_id, starts, null);
    end loop;
    if c.wanted ->> 'unit' is not null then
      perform settle_succession('unit', c.person_id::text, (c.wanted ->> 'unit')::uuid, starts, null);
    end if;
    if c.wanted ->> 'supervisor' is not null then
      perform settle_succession('supervisor', c.person_id::text, (c.wanted ->> 'supervisor')::uuid, starts, null);
    end if;
    update person p set changed_at = now() where p.id = c.person_id;
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), as_role,
    case when c.kind = 'link' then case when confirm then 'link.released' else 'link.refused' end
      else case when confirm then 'directory.change-confirmed' else 'directory.change-refused' end end,
    case when c.kind = 'link' then 'link' else 'directory-change' end, coalesce(c.link_id, c.id), 'ok',
    jsonb_build_object('person', c.person_id, 'askedBy', c.asked_by, 'change', c.id));
end $$;

-- Takes back what one has asked for.
create function withdraw_directory_change(change uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c directory_change;
begin
  update directory_change d set state = 'WITHDRAWN', decided_by = viewer(), decided_at = clock_timestamp()
  where d.id = change and d.state = 'ASKED' and d.asked_by = viewer()
  returning * into c;
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if c.kind = 'link' then
    delete from one_time_link l where l.id = c.link_id and l.used_at is null;
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'directory.change-withdrawn', 'directory-change', c.id, 'ok', jsonb_build_object('person', c.person_id));
end $$;

alter table directory_change enable row level security;
create policy desk_reads on directory_change for select to seloste_desk
  using ((select viewer_is('ADMINISTRATOR')) or (select viewer_is('ACCESS_APPROVER')));
grant select on directory_change to seloste_desk;

do $$
declare
  t text;
begin
  foreach t in array array['person_phone', 'person_placement'] loop
    execute format('drop policy keeper_enters on %I', t);
    execute format('drop policy keeper_takes_back on %I', t);
    execute format('create policy keeper_enters on %I for insert to seloste_desk with check ((select keeps_directory()) or applies_change(person_id))', t);
    execute format('create policy keeper_takes_back on %I for delete to seloste_desk using ((select keeps_directory()) or applies_change(person_id))', t);
  end loop;
end $$;

-- Links ----------------------------------------------------------------------------------------------------------------

-- The link is shown to whoever asks for it, the code to whoever releases it: neither can use it alone.
alter table one_time_link
  add column code_hash bytea check (length(code_hash) = 32),
  add column released_by uuid,
  add column released_at timestamptz,
  add column wrong_codes integer not null default 0,
  drop constraint one_time_link_check1,
  add constraint one_time_link_day check (expires_at <= coalesce(released_at, made_at) + interval '24 hours'),
  add constraint one_time_link_released check ((released_at is null) = (released_by is null) and (released_at is null) = (code_hash is null));
-- Links of one administrator alone end here.
delete from one_time_link where made_by is not null and used_at is null;

create or replace function make_link(person uuid, hash bytea) returns table (id uuid, until timestamptz, had_password boolean)
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
  perform require_fresh();
  -- What waited for its release goes with the link.
  delete from one_time_link l where l.person_id = make_link.person and l.used_at is null;
  insert into one_time_link (hash, person_id, made_by, expires_at)
  values (make_link.hash, make_link.person, viewer(), now() + interval '24 hours') returning * into made;
  insert into directory_change (kind, person_id, link_id, asked_by) values ('link', make_link.person, made.id, viewer());
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'link.made', 'link', made.id, 'ok',
    jsonb_build_object('person', make_link.person, 'rights', holds_or_awaits_rights(make_link.person)));
  return query select made.id, made.expires_at, p.password_check is not null from person p where p.id = make_link.person;
end $$;

drop function look_at_link(text);
-- awaits: release, code, or nothing beside the link (the operator's, and the first links of an installation).
create function look_at_link(token text)
returns table (person uuid, role text, until timestamptz, had_password boolean, factors text[], awaits text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query
  select l.person_id, l.role, l.expires_at, p.password_check is not null, second_factors(l.person_id),
    case when l.made_by is null then 'nothing' when l.released_at is null then 'release' else 'code' end
  from one_time_link l left join person p on p.id = l.person_id
  where l.hash = sha256(convert_to(token, 'UTF8')) and l.used_at is null and l.expires_at > clock_timestamp()
    and (l.person_id is null or p.employed_to is null or p.employed_to > now())
    and (l.role is null or not role_is_held(l.role))
    and (l.made_by is null or not link_needs_operator(l.person_id));
end $$;

drop function use_link(text, text, bytea, boolean);
-- Sets the password of the person whose link it is: used, none, unreleased, code (the wrong one; with the fifth the link ends).
-- Second factors stay and are asked for at the sign-in.
create function use_link(token text, code text, salt text, check_hash bytea, alone boolean) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  l one_time_link;
begin
  select o.* into l from one_time_link o
  where o.hash = sha256(convert_to(token, 'UTF8')) and o.used_at is null and o.expires_at > clock_timestamp()
    and o.person_id in (select p.id from person p where p.employed_to is null or p.employed_to > now())
    -- Asked again: the person may have come to decide on others, or have lost their second factor, since it was made.
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
  if not alone and (select second_factor from sign_in_demand) <> 'required' and second_factors(l.person_id) = '{}' then
    raise exception 'password.unfit' using errcode = 'SE001';
  end if;
  update one_time_link o set used_at = clock_timestamp() where o.id = l.id;
  perform keep_password(l.person_id, salt, check_hash, alone);
  perform end_sessions_of(l.person_id);
  delete from sign_in_failure f using person p where p.id = l.person_id and f.account = account_key(p.user_id);
  insert into audit_entry (person_id, action, object_kind, object_id, result)
  values (l.person_id, 'link.used', 'link', l.id, 'ok'), (l.person_id, 'password.set', 'person', l.person_id, 'ok');
  return 'used';
end $$;

-- Alarms ---------------------------------------------------------------------------------------------------------------

alter table alarm drop constraint alarm_kind_check, add constraint alarm_kind_check check (kind in
  ('refusals', 'night', 'official', 'caller', 'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold',
   'one-way', 'loss', 'links', 'directory'));

create index audit_entry_accounts on audit_entry (at) where result = 'ok' and action in (
  'link.made', 'directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'credential.removed',
  'scim-token.added');

-- Links and removed factors of people who hold rights or are to hold them; asked for by whom, for whom.
create function find_links(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.person_id, (e.detail ->> 'person')::uuid, count(*)::integer, min(e.at), max(e.at), jsonb_build_object(
    'links', count(*) filter (where e.action = 'link.made'),
    'factors', count(*) filter (where e.action = 'credential.removed'),
    'byOperator', count(*) filter (where e.person_id is null))
  from audit_entry e
  left join closed_until k on k.kind = 'links' and k.person_id is not distinct from e.person_id
    and k.object_id is not distinct from (e.detail ->> 'person')::uuid
  where e.result = 'ok' and e.at >= since and e.at > coalesce(k.at, '-infinity')
    and (e.action = 'link.made' and e.detail ->> 'rights' = 'true'
      -- Taken from somebody by others; who removes their own is nobody's alarm.
      or e.action = 'credential.removed' and e.detail ? 'person' and e.person_id is distinct from (e.detail ->> 'person')::uuid)
  group by 1, 2
  having count(*) >= (find_links.threshold ->> 'links')::integer
$$;

-- Numbers and places of officials that are moved: asked for, confirmed, or by the directory of record; its new tokens.
create function find_directory(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.person_id, (e.detail ->> 'person')::uuid, count(*)::integer, min(e.at), max(e.at), jsonb_build_object(
    'asked', count(*) filter (where e.action = 'directory.change-asked'),
    'confirmed', count(*) filter (where e.action = 'directory.change-confirmed'),
    'moved', count(*) filter (where e.action = 'directory.number-moved'),
    'tokens', count(*) filter (where e.action = 'scim-token.added'))
  from audit_entry e
  left join closed_until k on k.kind = 'directory' and k.person_id is not distinct from e.person_id
    and k.object_id is not distinct from (e.detail ->> 'person')::uuid
  where e.result = 'ok' and e.at >= since and e.at > coalesce(k.at, '-infinity')
    and e.action in ('directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'scim-token.added')
  group by 1, 2
  having count(*) >= (find_directory.threshold ->> 'changes')::integer
$$;

create or replace function forget_sign_ins() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from sign_in_failure f where f.last_at < now() - interval '1 day'
    and (f.source <> '*' or not exists (select from person p where account_key(p.user_id) = f.account));
  delete from known_device where used_at < now() - interval '6 months';
  delete from totp where confirmed_at is null and begun_at < now() - interval '1 hour';
  delete from one_time_link where expires_at < now() - interval '30 days';
  delete from factor_removal where state = 'ASKED' and asked_at < now() - interval '14 days';
  -- A link that was not released in a day waits for nobody.
  delete from directory_change c where c.state = 'ASKED' and (c.asked_at < now() - interval '14 days'
    or c.link_id in (select l.id from one_time_link l where l.expires_at < now()));
  delete from directory_change c where c.state <> 'ASKED' and c.decided_at < now() - interval '24 months';
$$;

grant update (proved_at) on session to seloste_custodian;

revoke execute on function mark_proved(bytea, text), require_fresh(), prove_again(bytea), prohibition_is_fresh(),
  follows_succession(text, text, uuid, timestamptz, timestamptz), settle_succession(text, text, uuid, timestamptz, timestamptz),
  has_answered(uuid), needs_confirmation(text, text, uuid, timestamptz, timestamptz), judge_succession(), directory_change_guard(),
  holds_or_awaits_rights(uuid), ask_directory_change(uuid, jsonb), applies_change(uuid),
  decide_directory_change(uuid, boolean, bytea), withdraw_directory_change(uuid), look_at_link(text),
  use_link(text, text, text, bytea, boolean), find_links(jsonb, timestamptz),
  find_directory(jsonb, timestamptz) from public;
grant execute on function prove_again(bytea), needs_confirmation(text, text, uuid, timestamptz, timestamptz),
  ask_directory_change(uuid, jsonb), applies_change(uuid), decide_directory_change(uuid, boolean, bytea),
  withdraw_directory_change(uuid), look_at_link(text), use_link(text, text, text, bytea, boolean)
  to seloste_desk;
grant execute on function mark_proved(bytea, text), find_links(jsonb, timestamptz), find_directory(jsonb, timestamptz) to seloste_custodian;
