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

-- Preservation orders (Act 806/2011 chapter 8 sections 24-26) ----------------------------------------------------------

-- Whoever receives an order is bound to secrecy: no process reads this table; those who may know ask the functions below.
create table preservation_order (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  covers text not null check (covers in ('recordings', 'history', 'both')),
  provision text not null check (provision ~ '\S' and length(provision) <= 200),
  authority text not null check (authority ~ '\S' and length(authority) <= 200),
  order_reference text not null check (order_reference ~ '\S' and length(order_reference) <= 64),
  -- The case under which the call was found.
  reference text not null check (reference ~ '\S' and length(reference) <= 64),
  from_at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  entered_by uuid not null references person,
  ended_at timestamptz,
  -- Nobody where it ended by itself.
  ended_by uuid references person,
  end_note text check (end_note ~ '\S' and length(end_note) <= 2000),
  check (ended_by is null or (ended_at is not null and ended_by <> entered_by and end_note is not null))
);
create index preservation_order_contact on preservation_order (contact_id);
create index preservation_order_in_force on preservation_order (until) where ended_at is null;
create table preservation_renewal (
  order_id uuid not null references preservation_order,
  at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  order_reference text not null check (order_reference ~ '\S' and length(order_reference) <= 64),
  renewed_by uuid not null references person,
  primary key (order_id, at)
);
create trigger append_only before update or delete or truncate on preservation_renewal for each statement execute function append_only();

-- Whether an order keeps what there is of a call in the history. A clock that has jumped ends no order.
create function history_is_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
-- Whether an order keeps something of the history of calls that began in a time: none of it is dropped as a whole.
create function history_held_between(from_at timestamptz, to_at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_started_at >= from_at and o.contact_started_at < to_at
      and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
create function recordings_are_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('recordings', 'both') and o.ended_at is null and o.until > destruction_now())
$$;

alter table preservation_order enable row level security;
alter table preservation_renewal enable row level security;
revoke execute on function history_is_held(uuid), history_held_between(timestamptz, timestamptz), recordings_are_held(uuid) from public;
grant execute on function history_is_held(uuid), history_held_between(timestamptz, timestamptz), recordings_are_held(uuid) to seloste_custodian;
