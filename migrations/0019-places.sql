-- Places of data, backups, and what of an end has reached them (R18, R19, R52).

-- Every place where data of the register lie or lay (R18). A place has no row before its site's access control has been
-- attested, except one that was refused.
create table place_of_data (
  id uuid primary key default gen_random_uuid(),
  -- As the settings call it; what the database tells of itself has the kind in front: `replica 10.0.0.2`.
  name text not null,
  kind text not null check (kind in ('data', 'database', 'objects', 'keys', 'tablespace', 'replica', 'backup', 'ledger', 'witness')),
  -- A folder or an address, without secrets.
  location text not null,
  state text not null check (state in ('in-use', 'attestation-over', 'refused', 'unreachable', 'left')),
  -- The site of the description it was last found to be on.
  site text,
  first_used_at timestamptz,
  -- Until when the attestation that was seen last holds.
  attested_until date,
  reached_at timestamptz,
  -- One line for an operator, and its stable code where the program knows what it is.
  fault text,
  fault_code text,
  fault_since timestamptz,
  -- What copies of the keyring there are sealed to, and until when they were right.
  recipient text,
  keyring_whole boolean not null default false,
  keyring_at timestamptz,
  ledger_to bigint check (ledger_to >= 0),
  -- Backups there, as whoever makes them has counted.
  backups integer not null default 0,
  backup_oldest_at timestamptz,
  backup_last_at timestamptz,
  unique (kind, name),
  check (state <> 'in-use' or first_used_at is not null)
);

-- Changes of keys that a place's copy of the keyring does not have yet: written by the change itself, so that no path and no
-- crash forgets it. Rows are taken away by id, never changed: whoever changes keys waits for nobody.
create table keyring_change (
  id bigint generated always as identity primary key,
  place uuid not null references place_of_data on delete cascade,
  expiry_month date not null,
  -- -1: only the keys of the shards are other ones.
  shard integer not null
);
create index keyring_change_place on keyring_change (place, expiry_month);

create function note_keyring_change() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_argv[0] = 'shards' then
    insert into keyring_change (place, expiry_month, shard)
    select p.id, c.expiry_month, -1 from (select distinct expiry_month from changed) c, place_of_data p
    where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left';
  else
    insert into keyring_change (place, expiry_month, shard)
    select p.id, c.expiry_month, c.shard from (select distinct expiry_month, shard from changed) c, place_of_data p
    where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left';
  end if;
  return null;
end $$;
create trigger keyring_added after insert on recording_key referencing new table as changed for each statement execute function note_keyring_change('files');
create trigger keyring_changed after update on recording_key referencing new table as changed for each statement execute function note_keyring_change('files');
create trigger keyring_removed after delete on recording_key referencing old table as changed for each statement execute function note_keyring_change('files');
create trigger keyring_added after insert on shard_key referencing new table as changed for each statement execute function note_keyring_change('shards');
create trigger keyring_changed after update on shard_key referencing new table as changed for each statement execute function note_keyring_change('shards');
create trigger keyring_removed after delete on shard_key referencing old table as changed for each statement execute function note_keyring_change('files');
revoke execute on function note_keyring_change() from public;

-- An installation of before has been using its places all along: they are known, and their attestation is looked at as it is.
insert into place_of_data (name, kind, location, state, first_used_at)
select name, name, '', 'in-use', (select min(approved_at) from description_version)
from unnest(array['data', 'database', 'objects', 'keys']) as name
where exists (select from description_version);

grant select, insert, update on place_of_data to seloste_custodian;
grant select, delete on keyring_change to seloste_custodian;

alter table place_of_data enable row level security;
create policy custodian_keeps on place_of_data for all to seloste_custodian using (true) with check (true);
-- Who sees where the data lie: the one rule of the screen, its route and the rows.
create function may_see_places() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or viewer_is('DATA_PROTECTION_OFFICER') or viewer_is('DECISION_MAKER') or viewer_is('MAINTENANCE')
$$;
revoke execute on function may_see_places() from public;
grant execute on function may_see_places() to seloste_desk;
create policy desk_reads on place_of_data for select to seloste_desk using ((select may_see_places()));
grant select on place_of_data to seloste_desk;

-- How many months' keys a place does not have yet, for whoever may see the places.
create function keyring_months_pending() returns table (place uuid, months bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, case when p.keyring_whole
      then (select count(distinct c.expiry_month) from keyring_change c where c.place = p.id)
      else (select count(distinct s.expiry_month) from shard_key s) end
  from place_of_data p
  where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left'
$$;
revoke execute on function keyring_months_pending() from public;
grant execute on function keyring_months_pending() to seloste_desk, seloste_custodian;
