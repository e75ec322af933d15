-- Stores the call's number called in a part; null if it is the number reached.
create or replace function set_number_called() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  new.number_called := (
    select nullif(c.number_called, new.number_reached) from contact c where c.id = new.contact_id and c.started_at = new.contact_started_at
  );
  return new;
end $$;

-- Returns the state of a recording as stored in recorded_part: `a` available, `g` destroyed (gone), `o` other.
create or replace function recorded_state(state text, kept_at timestamptz, destroy_at timestamptz) returns "char"
language sql immutable as $$
  select case when state in ('DESTROYED', 'DESTROYING') then 'g' when state = 'STORED' and kept_at is not null and destroy_at is not null then 'a'
    else 'o' end::"char"
$$;

-- Rebuilds recorded_part where triggers did not see the changes: at first use, and when the ledger is replayed into a restored backup.
create or replace function rebuild_recorded_parts() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into recorded_part
  select r.id, s.id, s.contact_id, s.contact_started_at, s.id = r.segment_id, recorded_state(r.state, r.kept_at, r.destroy_at), n.id,
    s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
  from recording r
  join segment s on s.contact_id = r.contact_id and s.contact_started_at = r.contact_started_at
  left join official_named n on n.name = s.official_name and n.phone is not distinct from s.official_phone
    and n.unit_id is not distinct from s.official_unit_id and n.person_id is not distinct from s.official_person_id
  order by r.contact_started_at, r.id
  on conflict do nothing;
  update recorded_part p set state = recorded_state(r.state, r.kept_at, r.destroy_at)
  from recording r where r.id = p.recording_id and p.state <> recorded_state(r.state, r.kept_at, r.destroy_at);
  delete from recorded_part p where not exists (select from recording r where r.id = p.recording_id);
  delete from recorded_part p
  where not exists (select from segment s where s.id = p.segment_id and s.contact_started_at = p.contact_started_at);
$$;

create or replace function official_name_id(s segment) returns integer
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select n.id from official_named n where n.name = s.official_name and n.phone is not distinct from s.official_phone
      and n.unit_id is not distinct from s.official_unit_id and n.person_id is not distinct from s.official_person_id
  );
end $$;

-- Inserts a new recording's rows: one for each part of its call.
create or replace function insert_recorded_parts() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into recorded_part
  select new.id, s.id, s.contact_id, s.contact_started_at, s.id = new.segment_id, recorded_state(new.state, new.kept_at, new.destroy_at),
    official_name_id(s), s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
  from segment s
  where s.contact_id = new.contact_id and s.contact_started_at = new.contact_started_at
  on conflict do nothing;
  return null;
end $$;

create or replace function update_recorded_parts() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  update recorded_part p set official = official_name_id(new), official_unit_id = new.official_unit_id, number_reached = new.number_reached
  where p.segment_id = new.id;
  return null;
end $$;

create or replace function delete_recorded_parts() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if tg_table_name = 'recording' then
    delete from recorded_part p where p.recording_id = old.id;
  else
    delete from recorded_part p where p.segment_id = old.id;
  end if;
  return null;
end $$;

create or replace function update_recorded_part_state() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  new_state constant "char" := recorded_state(new.state, new.kept_at, new.destroy_at);
begin
  if new_state <> recorded_state(old.state, old.kept_at, old.destroy_at) then
    update recorded_part p set state = new_state where p.recording_id = new.id;
  end if;
  return null;
end $$;

-- Applies a number that a feed reports after the admission.
create or replace function update_number_called() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  update segment s set number_called = nullif(new.number_called, s.number_reached)
  where s.contact_id = new.id and s.contact_started_at = new.started_at and s.number_called is distinct from nullif(new.number_called, s.number_reached);
  update recorded_part p set number_called = new.number_called
  from segment s where s.contact_id = new.id and s.contact_started_at = new.started_at and p.segment_id = s.id;
  return null;
end $$;
