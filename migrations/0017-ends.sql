-- How a recording ends before or after its day: prohibitions, preservation orders, inspections; and a clock that cannot be trusted (R23, R49-R51, L37).

-- The clock ----------------------------------------------------------------------------------------------------------

-- The highest time that the database has seen. A clock far ahead of it destroys nothing by its term until two people have
-- said that it is right; one behind it serves nothing that has expired.
create table clock_mark (
  only_one boolean primary key default true check (only_one),
  at timestamptz not null
);
insert into clock_mark (at) values (now());

-- What time it is for whoever looks: never earlier than it has been.
create function register_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(now(), (select at from clock_mark))
$$;

-- What time it is for whoever destroys by a term: where the clock has jumped, the highest time seen before.
create function destruction_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when now() > at + interval '26 hours' then at else now() end from clock_mark
$$;
revoke execute on function register_now(), destruction_now() from public;
grant execute on function register_now(), destruction_now() to seloste_capture, seloste_desk, seloste_custodian;
