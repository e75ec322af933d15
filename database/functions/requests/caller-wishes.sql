-- Returns the time within which an official may enter a caller's wish: long enough to end the call and its notes, also after another call;
-- short enough to remember who said what. After it the Service Unit identifies the requester (R46).
create or replace function caller_wish_window() returns interval language sql immutable as $$ select interval '1 hour' $$;

-- Returns until when an official may enter the caller's wish of a call, from the end of the last part that they answered; null during the
-- call. If nobody reports the end any more, the part counts as ended at its node's last heartbeat, and at the latest a day after the call
-- began (the longest duration of a call).
create or replace function caller_wish_until(person uuid, contact uuid, contact_started timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with part as (
    select case
      when s.ended_at is not null then s.ended_at
      when n.ended_at is not null or n.alive_at < clock_timestamp() - node_timeout() then coalesce(n.ended_at, n.alive_at)
      when n.id is null or s.contact_started_at < register_now() - interval '1 day' then s.contact_started_at + interval '1 day'
    end as over_at
    from segment s left join capture_node n on n.id = s.node
    where s.contact_id = caller_wish_until.contact and s.contact_started_at = caller_wish_until.contact_started
      and s.official_person_id = caller_wish_until.person
  )
  select case when not bool_or(over_at is null) then max(over_at) + caller_wish_window() end from part
$$;

-- Returns caller_wish_until for the viewer's own ended parts of the given calls.
create or replace function own_caller_wishes(contacts uuid[], starts timestamptz[]) returns table (contact_id uuid, until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select w.id, w.until
  from (select c.id, caller_wish_until(viewer(), c.id, c.started_at) as until from unnest(contacts, starts) as c (id, started_at)) w
  where w.until is not null and confined_to() is null
$$;
grant execute on function own_caller_wishes to seloste_desk;
