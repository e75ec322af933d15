-- Returns the official whom the directory has at a number at an instant. No row if there is none.
create or replace function official_at(phone text, instant timestamptz) returns setof told_official
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select p.person_id, (
    select l.unit_id from person_placement l
    where l.person_id = p.person_id and l.valid_from <= instant and instant < coalesce(l.valid_to, 'infinity')
  ), coalesce(
    (select n.name from person_name n where n.person_id = p.person_id and n.valid_from <= instant order by n.valid_from desc limit 1),
    (select n.name from person_name n where n.person_id = p.person_id order by n.valid_from limit 1)), phone
  from person_phone p
  where p.phone_key = phone and p.valid_from <= instant and instant < coalesce(p.valid_to, 'infinity')
    and exists (select from person_name n where n.person_id = p.person_id);
end $$;

create or replace function consents_at(person uuid, instant timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from person_recording_consent c
    where c.person_id = person and c.valid_from <= instant and instant < coalesce(c.valid_to, 'infinity'))
$$;

create or replace function record_attribution(contact uuid, segment uuid, person uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('call.attributed', 'contact', contact, 'ok', jsonb_build_object('segment', segment, 'person', person))
$$;

-- Returns answered calls at a number without an official, as far back as they may still get one.
create or replace function calls_without_official(phone text, from_at timestamptz, to_at timestamptz) returns setof segment
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.* from segment s
  where s.official_phone = phone and s.official_person_id is null and s.answered_at >= from_at and s.answered_at < coalesce(to_at, 'infinity')
    and s.contact_started_at > greatest(from_at, now() - interval '3 days') - interval '1 day'
    and coalesce(s.ended_at >= register_now() - interval '23 hours', not is_over(null, s.contact_id, s.contact_started_at))
$$;

-- Sets the official of the calls that calls_without_official returns to the holder of the number when the call was answered. One
-- administrator alone cannot attribute past calls.
create or replace function attribute_calls(phone text, from_at timestamptz, to_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  is_trusted boolean := session_user <> 'seloste_desk' or scim_client() is not null;
  one record;
begin
  for one in
    select u.id, u.contact_id, u.contact_started_at, o.person_id, o.unit_id, o.name
    from calls_without_official(attribute_calls.phone, from_at, to_at) u, official_at(u.official_phone, u.answered_at) o
    order by u.contact_started_at, u.id
  loop
    perform refuse_if(not is_trusted and not is_applying_change(one.person_id), 'person.needs-confirmation');
    perform from segment s where s.id = one.id and s.contact_started_at = one.contact_started_at and s.official_person_id is null for update;
    continue when not found;
    -- First, because record_segment_change reads it.
    perform record_attribution(one.contact_id, one.id, one.person_id);
    update segment s set official_person_id = one.person_id, official_unit_id = one.unit_id, official_name = one.name
    where s.id = one.id and s.contact_started_at = one.contact_started_at;
  end loop;
end $$;

-- Sets the unit of calls that have the person and no unit, when the unit is entered after the number.
create or replace function set_unit_of_calls(person uuid, unit uuid, from_at timestamptz, to_at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update segment s set official_unit_id = unit
  where s.official_person_id = person and s.official_unit_id is null and s.answered_at >= from_at and s.answered_at < coalesce(to_at, 'infinity')
    and s.contact_started_at > greatest(from_at, now() - interval '3 days') - interval '1 day'
    and coalesce(s.ended_at >= register_now() - interval '23 hours', not is_over(null, s.contact_id, s.contact_started_at))
    and exists (select from audit_entry a where a.object_id = s.contact_id and a.action = 'call.attributed' and a.detail ->> 'segment' = s.id::text)
$$;

create or replace function attribute_calls_by_directory() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  one record;
begin
  -- Only for the past part of the entry.
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
      perform set_unit_of_calls(one.person_id, one.unit_id, one.valid_from, one.valid_to);
    end loop;
  end if;
  return null;
end $$;

-- Keeps a segment's official when capture reports the part again with the official it knew at first.
create or replace function keep_segment_official() returns trigger language plpgsql as $$
begin
  new.official_person_id := old.official_person_id;
  new.official_unit_id := old.official_unit_id;
  new.official_name := old.official_name;
  return new;
end $$;

-- Corrects the official if capture's copy of the directory is older than the answer: the number belongs to its holder at that time. If the
-- former holder consented to recording and the present one did not, the part is marked for review.
create or replace function attribute_segment() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  o told_official;
  reported_person uuid := new.official_person_id;
begin
  if tg_op = 'UPDATE' and (new.official_person_id, new.official_phone, new.answered_at)
      is not distinct from (old.official_person_id, old.official_phone, old.answered_at) then
    return new;
  end if;
  select * into o from official_at(new.official_phone, new.answered_at);
  if o.person_id is null or o.person_id = reported_person
    -- The segment exists: this insert becomes an update.
    or tg_op = 'INSERT' and exists (select from segment s where s.id = new.id and s.contact_started_at = new.contact_started_at)
  then
    return new;
  end if;
  -- A day after its end the official does not change any more.
  if tg_op = 'UPDATE' and is_over(old.ended_at, old.contact_id, old.contact_started_at) then
    if old.official_person_id = o.person_id then
      new.official_person_id := old.official_person_id;
      new.official_unit_id := old.official_unit_id;
    end if;
    return new;
  end if;
  new.official_person_id := o.person_id;
  new.official_unit_id := o.unit_id;
  new.official_name := o.name;
  if new.decision_record and consents_at(reported_person, new.answered_at) and not consents_at(o.person_id, new.answered_at)
    and 'needs-review' <> all (new.marks)
  then
    new.marks := array_append(new.marks, 'needs-review');
  end if;
  if tg_op = 'INSERT' or old.official_person_id is distinct from o.person_id then
    perform record_attribution(new.contact_id, new.id, o.person_id);
  end if;
  return new;
end $$;
