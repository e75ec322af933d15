-- Intake keys: one X25519 pair for each recording (docs/decisions/0078). A capture node takes public keys in batches and uses each
-- once. The custodian keeps the private keys, wrapped, and deletes one when its recording is in keeping or is destroyed.
--
--   intake-vN, in the key store   wraps   intake_batch_key.wrapped   wraps   intake_private_key.wrapped
--
-- A deleted row stays on the disk for a while. So before a recording counts as destroyed, `intake-vN` gets its next version: the
-- batch keys that wrapped a deleted private key are replaced, the others are wrapped again, and the version before is destroyed.

-- Versions of the intake wrapping key in the key store.
create table intake_version (
  version integer primary key check (version > 0),
  state text not null check (state in ('making', 'current', 'retiring', 'destroyed')),
  made_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  -- What the key store answered.
  receipt jsonb,
  check (state <> 'destroyed' or (destroyed_at is not null and receipt is not null))
);
create unique index intake_version_current on intake_version (state) where state = 'current';

-- Public keys (age1...) that one capture node may use, each once.
create table intake_batch (
  id uuid primary key default gen_random_uuid(),
  made_at timestamptz not null default clock_timestamp(),
  taken_at timestamptz,
  taken_by uuid,
  public_keys text[] not null,
  check ((taken_at is null) = (taken_by is null))
);
create index intake_batch_untaken on intake_batch (made_at) where taken_at is null;

-- The key that wraps the private keys of a batch, wrapped under a version. There is none once all of them are deleted.
create table intake_batch_key (
  batch uuid primary key references intake_batch on delete cascade,
  version integer not null,
  wrapped bytea not null
);
create index intake_batch_key_version on intake_batch_key (version);

create table intake_private_key (
  public_key text primary key,
  batch uuid not null references intake_batch_key on delete cascade,
  wrapped bytea not null
);
create index intake_private_key_batch on intake_private_key (batch);

-- Private keys that were deleted, and the version that was current then: what remains of them on the disk opens until it is destroyed.
create table intake_key_end (
  public_key text primary key,
  batch uuid not null,
  version integer not null references intake_version
);
create index intake_key_end_version on intake_key_end (version);

create function intake_version_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'intake key v% is not forgotten', old.version;
  end if;
  if new.version <> old.version or (old.state, new.state) not in (('making', 'making'), ('making', 'current'), ('making', 'retiring'),
      ('current', 'retiring'), ('retiring', 'retiring'), ('retiring', 'destroyed')) then
    raise exception 'intake key v% cannot become %', old.version, new.state;
  end if;
  if new.state = 'retiring' and exists (select from intake_batch_key where version = new.version) then
    raise exception 'intake key v% still wraps batches', new.version;
  end if;
  return new;
end $$;
create trigger intake_version_guard before update or delete on intake_version for each row execute function intake_version_guard();

-- Recordings of before have none: their header is sealed to the key of `intake_day`.
alter table recording add column intake_key text;
create index recording_day_key on recording (intake_day)
  where intake_key is null and kept_at is null and state in ('CAPTURING', 'STORED');
create index recording_intake_key on recording (intake_key) where intake_key is not null and kept_at is null;

-- Returns true while something opens the header of a recording: its private key, what the disk may hold of a deleted one, or the
-- day key of a recording from before.
create function intake_key_lives(key text, of_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when key is null
    then exists (select from intake_key k where k.day = of_day and k.private_destroyed_at is null)
    else exists (select from intake_private_key p where p.public_key = key)
      or exists (
        select from intake_key_end e join intake_version v on v.version <= e.version
        where e.public_key = key and v.state in ('current', 'retiring')
      ) end
$$;

-- As 0015-keys.sql has it, with the intake key.
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

-- Gives batches to a capture node; each batch once.
create function take_intake_batches(taker uuid, most integer) returns table (id uuid, public_keys text[])
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update intake_batch b set taken_by = taker, taken_at = clock_timestamp()
  where b.id in (
    select n.id from intake_batch n where n.taken_at is null order by n.made_at limit least(most, 1024) for update skip locked
  )
  returning b.id, b.public_keys
$$;

-- Those of these batches whose private keys the custodian still has.
create function intake_batches_in_use(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select b.id from intake_batch b where b.id = any (ids)
$$;

-- How many public keys a capture node holds in stock: eight of the busiest days of the last fortnight.
create function intake_keys_wanted() returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(65536, greatest(1024, 8 * coalesce(max(day.recordings), 0)))::integer
  from (
    select count(*) as recordings from recording where started_at > now() - interval '14 days' group by (started_at at time zone 'UTC')::date
  ) day
$$;

-- As 0052-admissions.sql has it, with the intake key.
alter type told_recording add attribute intake_key text;
create or replace function admit_recording(call uuid, call_started timestamptz, t told_part) returns boolean
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
  r told_recording := t.recording;
begin
  insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, intake_key, recording_months)
  values (r.id, t.segment_id, call, call_started, t.number_reached, 'CAPTURING', r.started_at, r.intake_day, r.intake_key, r.months)
  on conflict (id) do nothing;
  if not r.is_stored then
    return false;
  end if;
  -- Only what is still being captured becomes stored: a late retry must not bring back what has ended since.
  update recording set state = 'STORED', ended_at = r.ended_at, size_bytes = r.size_bytes, sha256 = decode(r.sha256, 'hex'),
    incomplete = r.incomplete, packets_received = r.packets_received, packets_lost = r.packets_lost, reception = r.reception
  where id = r.id and state = 'CAPTURING';
  return found;
end $$;

-- Returns true once every capture node of the last week runs this version and has admitted all it had on its disk: then no header
-- to a day key is on its way.
create function day_keys_are_over() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (
    select from capture_node n
    where n.alive_at > clock_timestamp() - interval '7 days'
      and (n.waiting > 0 or n.started_at <= (select m.applied_at from migration m where m.number = 58))
  )
$$;

revoke select on intake_key from seloste_capture;
grant select, insert, update on intake_version to seloste_custodian;
grant select, insert, update, delete on intake_batch, intake_batch_key, intake_private_key, intake_key_end to seloste_custodian;
revoke execute on function intake_version_guard(), intake_key_lives(text, date), take_intake_batches(uuid, integer),
  intake_batches_in_use(uuid[]), intake_keys_wanted(), day_keys_are_over() from public;
grant execute on function take_intake_batches(uuid, integer), intake_batches_in_use(uuid[]), intake_keys_wanted() to seloste_capture;
grant execute on function intake_key_lives(text, date), intake_keys_wanted(), day_keys_are_over() to seloste_custodian;
