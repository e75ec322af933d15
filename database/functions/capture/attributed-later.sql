-- Names the official of answered calls at a number by what the directory holds of the instant of the answer. `this`: of one segment.
create or replace function attribute_calls(phone text, from_at timestamptz, to_at timestamptz, this uuid default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  one record;
begin
  for one in
    select s.id, s.contact_id, s.contact_started_at, p.person_id, l.unit_id, coalesce(
      (select n.name from person_name n where n.person_id = p.person_id and n.valid_from <= s.answered_at order by n.valid_from desc limit 1),
      (select n.name from person_name n where n.person_id = p.person_id order by n.valid_from limit 1)) as name
    from segment s
    join person_phone p on p.phone_key = s.official_phone and p.valid_from <= s.answered_at and s.answered_at < coalesce(p.valid_to, 'infinity')
    left join person_placement l on l.person_id = p.person_id and l.valid_from <= s.answered_at and s.answered_at < coalesce(l.valid_to, 'infinity')
    where s.official_phone = phone and s.official_person_id is null and s.answered_at >= from_at and s.answered_at < coalesce(to_at, 'infinity')
      and s.contact_started_at > greatest(from_at, now() - interval '3 days') - interval '1 day'
      and (s.ended_at is null or s.ended_at >= now() - interval '23 hours') and (this is null or s.id = this)
    order by s.contact_started_at, s.id
    for update of s
  loop
    continue when one.name is null;
    update segment s set official_person_id = one.person_id, official_unit_id = one.unit_id, official_name = one.name
    where s.id = one.id and s.contact_started_at = one.contact_started_at;
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('call.attributed', 'contact', one.contact_id, 'ok', jsonb_build_object('segment', one.id, 'person', one.person_id));
  end loop;
end $$;

-- A unit that is entered after the person's number, for calls that were given the person and no unit yet.
create or replace function place_calls(person uuid, unit uuid, from_at timestamptz, to_at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update segment s set official_unit_id = unit
  where s.official_person_id = person and s.official_unit_id is null and s.answered_at >= from_at and s.answered_at < coalesce(to_at, 'infinity')
    and s.contact_started_at > greatest(from_at, now() - interval '3 days') - interval '1 day'
    and (s.ended_at is null or s.ended_at >= now() - interval '23 hours')
    and exists (select from audit_entry a where a.object_id = s.contact_id and a.action = 'call.attributed' and a.detail ->> 'segment' = s.id::text)
$$;

create or replace function directory_names_calls() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  one record;
begin
  -- Only what it tells of the past.
  if tg_table_name = 'person_phone' then
    for one in select distinct n.phone_key, n.valid_from, n.valid_to from new_rows n where n.valid_from < now() order by 1, 2 loop
      perform attribute_calls(one.phone_key, one.valid_from, one.valid_to);
    end loop;
  elsif tg_table_name = 'person_name' then
    for one in
      select distinct p.phone_key, p.valid_from, p.valid_to from new_rows n join person_phone p on p.person_id = n.person_id
      where p.valid_from < now() order by 1, 2
    loop
      perform attribute_calls(one.phone_key, one.valid_from, one.valid_to);
    end loop;
  else
    for one in select n.* from new_rows n where n.unit_id is not null and n.valid_from < now() order by n.person_id, n.valid_from loop
      perform place_calls(one.person_id, one.unit_id, one.valid_from, one.valid_to);
    end loop;
  end if;
  return null;
end $$;

-- Capture tells a part of a call again and again, with the official as it knew them at first.
create or replace function segment_keeps_official() returns trigger language plpgsql as $$
begin
  new.official_person_id := old.official_person_id;
  new.official_unit_id := old.official_unit_id;
  new.official_name := old.official_name;
  return new;
end $$;

-- A capture whose copy of the directory is a moment old.
create or replace function segment_is_attributed() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform attribute_calls(new.official_phone, new.answered_at, null, new.id);
  return null;
end $$;
