-- The directory: who answers, where they belong and under whom, what they were called and at which number, each from a day
-- to a day (R8, R11); that they know of the recording and consent to it (L16); and who may keep it up to date: an
-- administrator in a session of their own, or the identity system behind a SCIM token.

-- Where a person belongs, and under whom, for a time.
create table person_placement (
  person_id uuid not null references person,
  unit_id uuid references unit,
  supervisor_id uuid references person,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (person_id, valid_from),
  check (valid_to > valid_from),
  check (unit_id is not null or supervisor_id is not null),
  constraint person_placement_own check (supervisor_id <> person_id)
);
create index person_placement_supervisor on person_placement (supervisor_id);
create index person_placement_unit on person_placement (unit_id);

insert into person_placement (person_id, unit_id, valid_from, valid_to)
select id, unit_id, employed_from, employed_to from person
where unit_id is not null and (employed_to is null or employed_to > employed_from);

alter table person
  drop column unit_id,
  -- Who keeps the entry up to date, and what that system calls it.
  add column source text not null default 'manual' check (source in ('manual', 'csv', 'scim')),
  add column external_id text,
  -- Since when the identity system has taken the person out: to it they are not there, until it brings them back.
  add column withdrawn_at timestamptz,
  -- When the person was told that calls are recorded (L16).
  add column informed_at timestamptz,
  add column created_at timestamptz not null default now(),
  add column changed_at timestamptz not null default now(),
  add constraint person_employed check (employed_to >= employed_from);
create index person_external on person (external_id) where external_id is not null;

-- A name as one string is what the register shows (R10); its parts only where the identity system gave them.
alter table person_name
  add column given_name text,
  add column family_name text,
  add constraint person_name_interval check (valid_to > valid_from);
alter table person_phone add constraint person_phone_interval check (valid_to > valid_from);
create index person_phone_person on person_phone (person_id);

-- Consent to the recording of one's calls, from when to when (L16).
create table person_recording_consent (
  person_id uuid not null references person,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (person_id, valid_from),
  check (valid_to > valid_from)
);

-- The identity systems that may keep the directory. The token itself is shown once and kept nowhere.
create table scim_token (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null unique check (length(hash) = 32),
  name text not null unique check (name <> ''),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- One thing at a time ---------------------------------------------------------------------------------------------------

-- Changes to the directory come one after another, so that each is checked against all the others. The lock is one, however
-- many rows a file of people has.
create function lock_directory() returns void language sql volatile as $$
  select pg_advisory_xact_lock(hashtext('seloste.directory'))
$$;
create function directory_turn() returns trigger language plpgsql as $$
begin
  perform lock_directory();
  return null;
end $$;

-- No two intervals of one key overlap: a person has one name and one place at a time, a number one person. The trigger
-- names the key's column.
create function intervals_apart() returns trigger language plpgsql as $$
declare
  clash text;
begin
  execute format(
    'select n.%1$I::text from new_rows n join public.%2$I a on a.%1$I = n.%1$I and a.valid_from <> n.valid_from
       and a.valid_from < coalesce(n.valid_to, ''infinity'') and n.valid_from < coalesce(a.valid_to, ''infinity'') limit 1',
    tg_argv[0], tg_table_name) into clash;
  if clash is not null then
    raise exception 'intervals of % overlap', tg_table_name using errcode = 'SE002', constraint = tg_table_name || '_apart';
  end if;
  return null;
end $$;

-- Nobody is their own supervisor, through however many others, at any instant.
create function supervisors_apart() returns trigger language plpgsql as $$
begin
  if exists (
    with recursive above (person, current, valid_from, valid_to) as (
      select person_id, supervisor_id, valid_from, coalesce(valid_to, 'infinity') from new_rows where supervisor_id is not null
      union
      select a.person, p.supervisor_id, greatest(a.valid_from, p.valid_from), least(a.valid_to, coalesce(p.valid_to, 'infinity'))
      from above a
      join person_placement p on p.person_id = a.current and p.supervisor_id is not null
        and p.valid_from < a.valid_to and a.valid_from < coalesce(p.valid_to, 'infinity')
      where a.current <> a.person
    )
    select from above where current = person
  ) then
    raise exception 'supervisors in a circle' using errcode = 'SE002', constraint = 'person_placement_circle';
  end if;
  return null;
end $$;

-- Capture is told of every change.
create function directory_told() returns trigger language plpgsql as $$
begin
  perform pg_notify('seloste_directory', '');
  return null;
end $$;

do $$
declare
  t record;
  event text;
begin
  for t in select * from (values
    ('person_name', 'person_id'), ('person_phone', 'phone_key'), ('person_placement', 'person_id'), ('person_recording_consent', 'person_id')
  ) as v (name, key) loop
    execute format('create trigger directory_turn before insert or update or delete on %I for each statement execute function directory_turn()', t.name);
    execute format('create trigger told after insert or update or delete on %I for each statement execute function directory_told()', t.name);
    foreach event in array array['insert', 'update'] loop
      execute format('create trigger apart_%2$s after %2$s on %1$I referencing new table as new_rows for each statement execute function intervals_apart(%3$L)',
        t.name, event, t.key);
    end loop;
  end loop;
  foreach event in array array['insert', 'update'] loop
    execute format('create trigger circle_%1$s after %1$s on person_placement referencing new table as new_rows for each statement execute function supervisors_apart()', event);
  end loop;
end $$;

-- User ids (R20) --------------------------------------------------------------------------------------------------------

-- What is left of a person who was removed once no history named them: that their user id has been used.
create table spent_user_id (
  hash bytea primary key
);

create function person_guard() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if exists (select from segment where official_person_id = old.id) then
      raise exception 'person % is named by the history', old.id using errcode = 'SE002', constraint = 'person_in_history';
    end if;
    insert into spent_user_id values (sha256(convert_to(old.user_id, 'UTF8')));
    return old;
  end if;
  if tg_op = 'UPDATE' then
    if (new.id, new.user_id) is distinct from (old.id, old.user_id) then
      raise exception 'person % keeps the user id: it is never changed and never used again', old.id
        using errcode = 'SE002', constraint = 'person_user_id_kept';
    end if;
    -- Who left and comes back has no right of before, nor whose end was a mistake that is taken back after it has come: the
    -- procedure gives rights, not the directory (R36).
    if (old.employed_to <= new.employed_from and old.employed_from <> new.employed_from)
       or (old.employed_to <= clock_timestamp() and (new.employed_to is null or new.employed_to > clock_timestamp())) then
      update access_right set revoked_at = now()
      where person_id = old.id and revoked_at is null and valid_from < greatest(new.employed_from, clock_timestamp());
    end if;
    return new;
  end if;
  if exists (select from spent_user_id where hash = sha256(convert_to(new.user_id, 'UTF8'))) then
    raise exception 'this user id has been used' using errcode = 'unique_violation', constraint = 'person_user_id_key';
  end if;
  return new;
end $$;
create trigger person_guard before insert or update or delete on person for each row execute function person_guard();
create trigger directory_turn before insert or update or delete on person for each statement execute function directory_turn();
create trigger no_truncate before truncate on person for each statement execute function append_only();
create trigger append_only before update or delete or truncate on spent_user_id for each statement execute function append_only();

-- Who may change it ------------------------------------------------------------------------------------------------------

-- The identity system whose token this transaction holds; none where it holds no token, or one that was revoked.
create function scim_client() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id from scim_token
  where hash = sha256(convert_to(nullif(current_setting('seloste.scim', true), ''), 'UTF8')) and revoked_at is null
$$;

create function keeps_directory() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or scim_client() is not null
$$;

do $$
declare
  t text;
begin
  foreach t in array array['unit', 'person', 'person_name', 'person_phone', 'person_placement', 'person_recording_consent'] loop
    execute format('alter table %I enable row level security', t);
    -- Capture names the official of a call without asking anybody; the desk signs people in before they have a session.
    execute format('create policy everybody_reads on %I for select to seloste_capture, seloste_desk, seloste_custodian using (true)', t);
    execute format('create policy keeper_enters on %I for insert to seloste_desk with check ((select keeps_directory()))', t);
    execute format('create policy keeper_changes on %I for update to seloste_desk using ((select keeps_directory())) with check ((select keeps_directory()))', t);
    execute format('create policy keeper_takes_back on %I for delete to seloste_desk using ((select keeps_directory()))', t);
  end loop;
end $$;
-- Who has consented is nobody's business without a session.
drop policy everybody_reads on person_recording_consent;
create policy capture_reads on person_recording_consent for select to seloste_capture using (true);
-- Makes decisions again (R14).
create policy custodian_reads on person_recording_consent for select to seloste_custodian using (true);
create policy desk_reads on person_recording_consent for select to seloste_desk
  using ((select viewer()) is not null or (select scim_client()) is not null);

grant select on person_placement, person_recording_consent to seloste_capture, seloste_desk;
grant select on person_recording_consent to seloste_custodian;
grant select (source, external_id, withdrawn_at, informed_at, created_at, changed_at) on person to seloste_desk;
grant insert on unit, person_name, person_phone, person_placement, person_recording_consent to seloste_desk;
grant insert (id, user_id, employed_from, employed_to, source, external_id, informed_at) on person to seloste_desk;
grant update (employed_from, employed_to, source, external_id, withdrawn_at, informed_at, changed_at) on person to seloste_desk;
grant update (name, given_name, family_name, valid_to) on person_name to seloste_desk;
grant update (valid_to) on person_phone, person_recording_consent to seloste_desk;
grant update (unit_id, supervisor_id, valid_to) on person_placement to seloste_desk;
grant delete on person_name, person_phone, person_placement, person_recording_consent to seloste_desk;

revoke execute on function lock_directory(), directory_turn(), intervals_apart(), supervisors_apart(), directory_told(),
  person_guard(), scim_client(), keeps_directory() from public;
grant execute on function lock_directory(), scim_client(), keeps_directory() to seloste_desk;
