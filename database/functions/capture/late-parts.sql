-- Whether a call has been over and known for a day, and no feed or node can still be that late with it. Planned once in a connection:
-- it is asked several times for each part of a past call, and the months cost as much to plan as to look at.
create or replace function is_closed_to_late_facts(call uuid, call_started timestamptz, slack interval) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from contact c where c.id = call and c.started_at = call_started and c.ended_at < now() - interval '1 day'
      and coalesce(c.admitted_at, c.started_at) < now() - interval '1 day' and c.ended_at < late_facts_from(slack)
  );
end $$;
grant execute on function is_closed_to_late_facts to seloste_capture;

-- A recording begins with its call.
create or replace function refuse_late_recording() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Told again.
  if not exists (select from recording r where r.id = new.id)
    and is_closed_to_late_facts(new.contact_id, new.contact_started_at, interval '1 day')
  then
    raise exception 'contact % is over and gets no recording', new.contact_id;
  end if;
  return new;
end $$;

-- Ids of a call stay the call's.
create or replace function call_id_guard() returns trigger language plpgsql as $$
begin
  return old;
end $$;
