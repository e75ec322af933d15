create or replace function next_disclosure_number(series text) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into disclosure_number as n (series, year, last)
  values (next_disclosure_number.series, extract(year from now() at time zone 'Europe/Helsinki')::integer, 1)
  on conflict on constraint disclosure_number_pkey do update set last = n.last + 1
  returning n.series || '-' || n.year || '-' || n.last
$$;

-- Returns true if a statutory ground of the description's list is in force today.
create or replace function provision_holds(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from disclosure_rules, jsonb_array_elements(provisions) p
    where p ->> 'id' = wanted and (p ->> 'validFrom')::date <= (register_now() at time zone 'Europe/Helsinki')::date
      and coalesce((p ->> 'validTo')::date >= (register_now() at time zone 'Europe/Helsinki')::date, true))
$$;
grant execute on function provision_holds to seloste_custodian, seloste_desk;
