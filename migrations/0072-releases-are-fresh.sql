-- A package lets recordings leave, and whoever releases it is shown its link and passphrase: at the desk of a decision maker who has left
-- it, anybody could (R30, R34).
create function release_is_fresh() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null then
    perform require_fresh();
  end if;
  return new;
end $$;
create trigger fresh before insert on disclosure_package for each row execute function release_is_fresh();

revoke execute on function release_is_fresh() from public;
