-- Returns true if a call ended and was admitted more than a day ago, and no feed or node can still report it late. A call without an end
-- counts as ended a day after its start. Planned once a connection: it runs several times for each part of a past call, and planning over
-- the monthly partitions costs as much as reading them.
create or replace function is_closed_to_late_facts(call uuid, call_started timestamptz, slack interval) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from contact c where c.id = call and c.started_at = call_started and coalesce(c.ended_at, c.started_at + interval '1 day') < now() - interval '1 day'
      and coalesce(c.admitted_at, c.started_at) < now() - interval '1 day' and coalesce(c.ended_at, c.started_at + interval '1 day') < late_facts_from(slack)
  );
end $$;
grant execute on function is_closed_to_late_facts to seloste_capture;

-- Refuses a new recording of a call that has ended.
create or replace function refuse_late_recording() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- A recording that exists may be reported again.
  if not exists (select from recording r where r.id = new.id)
    and is_closed_to_late_facts(new.contact_id, new.contact_started_at, interval '1 day')
  then
    raise exception 'contact % has ended and gets no recording', new.contact_id;
  end if;
  return new;
end $$;

-- Keeps the ids of a call that has ended.
create or replace function call_id_guard() returns trigger language plpgsql as $$
begin
  return old;
end $$;
