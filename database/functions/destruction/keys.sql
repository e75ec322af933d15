-- Lets the state of a version of a month key change in one direction only. Refuses to retire a version that still wraps shard keys.
create or replace function month_key_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'month key % v% cannot be deleted', old.expiry_month, old.version;
  end if;
  if (new.expiry_month, new.version) is distinct from (old.expiry_month, old.version)
     or old.state = 'destroyed'
     or (old.state, new.state) not in (('making', 'making'), ('making', 'current'), ('making', 'retiring'), ('current', 'current'),
       ('current', 'retiring'), ('retiring', 'retiring'), ('retiring', 'destroyed')) then
    raise exception 'month key % v% cannot become %', old.expiry_month, old.version, new.state;
  end if;
  if new.state = 'retiring' and old.state <> 'retiring' and exists (
    select from shard_key where expiry_month = new.expiry_month and month_key_version = new.version
  ) then
    raise exception 'month key % v% still has shards', new.expiry_month, new.version;
  end if;
  return new;
end $$;

-- Refuses to mark a recording destroyed while a key of it exists: a row, an undestroyed key version that once wrapped it, or its intake
-- key.
create or replace function destroyed_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from recording_key where recording_id = new.id)
     or exists (
       select from file_key_end e join month_key k on k.expiry_month = e.expiry_month and k.version <= e.version
       where e.recording_id = new.id and k.state in ('current', 'retiring')
     )
     or intake_key_lives(new.intake_key, new.intake_day) then
    raise exception 'recording % still has a key', new.id;
  end if;
  return new;
end $$;
