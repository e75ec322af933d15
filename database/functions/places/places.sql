-- Records which keys changed, for each backup place that has to get them. Shard -1 stands for the shard keys of a month.
create or replace function record_keyring_change() returns trigger
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

-- Returns true for those who may see where the data are. The screen, its route and the rows all use this rule.
create or replace function may_see_places() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or viewer_is('DATA_PROTECTION_OFFICER') or viewer_is('DECISION_MAKER') or viewer_is('MAINTENANCE')
$$;
grant execute on function may_see_places to seloste_desk;

-- Returns how many months' keys a place lacks, for those who may see the places.
create or replace function keyring_months_pending() returns table (place uuid, months bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, case when p.keyring_whole
      then (select count(distinct c.expiry_month) from keyring_change c where c.place = p.id)
      else (select count(distinct s.expiry_month) from shard_key s) end
  from place_of_data p
  where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left'
$$;
grant execute on function keyring_months_pending to seloste_custodian, seloste_desk;
