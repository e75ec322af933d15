-- Keys: month keys in versions, shards by the hour of destruction (R24, R50, R52).

-- A month's wrapping key in the key store, `month-2027-03.v1`. Destroying a recording makes a new version; the one before is
-- retired, and destroyed as soon as every copy of the keyring has the new one.
create table month_key (
  expiry_month date not null check (extract(day from expiry_month) = 1),
  version integer not null check (version > 0),
  state text not null check (state in ('making', 'current', 'retiring', 'destroyed')),
  made_at timestamptz not null default clock_timestamp(),
  retiring_since timestamptz,
  -- From then on a place that is away does not keep the version alive.
  deadline timestamptz,
  -- The shards whose keys have been other ones since: what a copy of the keyring has to be told.
  shards integer[] not null default '{}',
  destroyed_at timestamptz,
  -- What the key store answered, and which places had the keys that came after.
  receipt jsonb,
  places jsonb,
  primary key (expiry_month, version),
  check ((state in ('making', 'current')) = (retiring_since is null)),
  check (state <> 'retiring' or deadline is not null),
  check (state <> 'destroyed' or (destroyed_at is not null and receipt is not null))
);
create unique index month_key_current on month_key (expiry_month) where state = 'current';
create index month_key_unfinished on month_key (expiry_month) where state in ('making', 'retiring');

insert into month_key (expiry_month, version, state)
  select expiry_month, max(month_key_version), 'current' from shard_key group by expiry_month;

-- A version goes one way, and none from which a shard still hangs.
create function month_key_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'month key % v% is not forgotten', old.expiry_month, old.version;
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
create trigger month_key_guard before update or delete on month_key for each row execute function month_key_guard();

-- Shards are hours of destruction, four to an hour of the month; those of before, 0 to 1023 at random, stay until they end.
alter table shard_key drop constraint shard_key_shard_check, add check (shard between 0 and 2975);
create index recording_key_shard on recording_key (expiry_month, shard);

-- Up to which version of a month a file key lay under it: it is gone when they are.
create table file_key_end (
  recording_id uuid not null,
  expiry_month date not null,
  version integer not null,
  primary key (recording_id, expiry_month, version),
  foreign key (expiry_month, version) references month_key
);
create index file_key_end_version on file_key_end (expiry_month, version);

-- A copy of the keyring that is being written: what it writes may be of before, so it is written again until this is gone.
create table keyring_renewal (
  id uuid primary key default gen_random_uuid(),
  expiry_month date not null,
  shards integer[] not null,
  begun_at timestamptz not null default clock_timestamp()
);

-- A destruction that has begun: who began it, and until when a place that is away is waited for.
create table expunction (
  recording_id uuid primary key,
  done_by text not null check (octet_length(done_by) <= 100),
  deadline timestamptz not null,
  begun_at timestamptz not null default clock_timestamp()
);

-- What a place that was away at an end must still be told.
create table copy_owed (
  place text not null,
  object_kind text not null check (object_kind in ('recording', 'month-key')),
  -- The recording's id, or the name of the month key's version.
  object text not null,
  since timestamptz not null default clock_timestamp(),
  primary key (place, object_kind, object)
);

-- A recording is destroyed when its key is: not while a row has it, nor while a version lives under which it once lay.
create function destroyed_guard() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from recording_key where recording_id = new.id)
     or exists (
       select from file_key_end e join month_key k on k.expiry_month = e.expiry_month and k.version <= e.version
       where e.recording_id = new.id and k.state in ('current', 'retiring')
     ) then
    raise exception 'recording % still has a key', new.id;
  end if;
  return new;
end $$;
create trigger destroyed_guard before update on recording for each row
  when (new.state = 'DESTROYED' and old.state <> 'DESTROYED') execute function destroyed_guard();
revoke execute on function destroyed_guard(), month_key_guard() from public;

create index recording_destroying on recording (id) where state = 'DESTROYING';
-- Destroyed while it was still written, or before it was in keeping: capture may bring what it had afterwards.
create index recording_unkept_end on recording (destroyed_at) where state = 'DESTROYED' and kept_at is null;

grant select, insert, update on month_key to seloste_custodian;
grant select, insert, delete on file_key_end, keyring_renewal, copy_owed to seloste_custodian;
grant select, insert, update, delete on expunction to seloste_custodian;
grant select (expiry_month, version, state, retiring_since, deadline, destroyed_at) on month_key to seloste_desk;
grant select on copy_owed to seloste_desk;
