-- Takes the directory's lock for the caller. An advisory lock can stop others' work (sequencer, sweep, watch), so the desk takes none
-- itself.
create or replace function lock_directory() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select pg_advisory_xact_lock(hashtext('seloste.directory'))
$$;
grant execute on function lock_directory to seloste_desk;

create or replace function lock_directory_first() returns trigger language plpgsql as $$
begin
  perform lock_directory();
  return null;
end $$;

-- Refuses overlapping intervals of one key: a person has one name and one placement at a time, a number one person. The trigger argument
-- names the key's column.
create or replace function refuse_overlap() returns trigger language plpgsql as $$
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

-- Refuses cycles of supervisors at any instant.
create or replace function refuse_supervisor_cycle() returns trigger language plpgsql as $$
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
    raise exception 'supervisors form a cycle' using errcode = 'SE002', constraint = 'person_placement_circle';
  end if;
  return null;
end $$;

-- Notifies capture of every change.
create or replace function notify_capture_of_directory() returns trigger language plpgsql as $$
begin
  perform pg_notify('seloste_directory', '');
  return null;
end $$;

create or replace function person_guard() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if exists (select from segment where official_person_id = old.id) then
      raise exception 'the history names person %', old.id using errcode = 'SE002', constraint = 'person_in_history';
    end if;
    insert into spent_user_id values (sha256(convert_to(old.user_id, 'UTF8')));
    return old;
  end if;
  if tg_op = 'UPDATE' then
    if (new.id, new.user_id) is distinct from (old.id, old.user_id) then
      raise exception 'person % keeps the user id: it is never changed and never used again', old.id
        using errcode = 'SE002', constraint = 'person_user_id_kept';
    end if;
    -- A person who returns after leaving, or whose end is corrected after it came, gets no earlier right back: rights come from the
    -- procedure, not from the directory (R36).
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

-- Returns the identity system of this transaction's token; null without a token or with a revoked one.
create or replace function scim_client() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id from scim_token
  where hash = sha256(convert_to(nullif(current_setting('seloste.scim', true), ''), 'UTF8')) and revoked_at is null
    -- As in viewer(): an older snapshot would still contain a token that was revoked since.
    and clock_timestamp() < now() + interval '5 minutes' and current_setting('transaction_isolation') = 'read committed'
$$;
grant execute on function scim_client to seloste_desk;

create or replace function may_change_directory() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or scim_client() is not null
$$;
grant execute on function may_change_directory to seloste_desk;
