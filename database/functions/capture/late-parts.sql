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

-- Keeps the ids of a call that has ended: discards the update.
create or replace function call_id_guard() returns trigger language plpgsql as $$
begin
  return old;
end $$;

-- Applies the correction of a conversation to another part of it that is reported later. Such a part names the official whom the reports of
-- the corrected part named. Its official may be reported later than the part itself.
create or replace function correct_late_part() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  corrected segment;
  c correction;
  made correction;
begin
  if not exists (select from segment s
      where s.contact_id = new.contact_id and s.contact_started_at = new.contact_started_at and is_simultaneous_talk(s, new))
    -- The segment exists: this insert becomes an update.
    or tg_op = 'INSERT' and exists (select from segment s where s.id = new.id and s.contact_started_at = new.contact_started_at)
  then
    return new;
  end if;
  -- decide_correction locks the call too.
  perform from contact x where x.id = new.contact_id and x.started_at = new.contact_started_at for no key update;
  select s.* into corrected from segment s
  where s.contact_id = new.contact_id and s.contact_started_at = new.contact_started_at and s.reported_phone is not null
    and is_simultaneous_talk(s, new) and reported_key(s) = official_key(new.official_person_id, new.official_phone)
  order by s.seq limit 1;
  select k.* into c from correction k
  where k.segment_id = corrected.id and k.outcome = 'APPROVED' and k.becomes_person_id is distinct from new.official_person_id
  order by k.decided_at desc limit 1;
  if c.id is null or c.becomes_person_id is distinct from corrected.official_person_id then
    return new;
  end if;
  insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
    becomes_unit_id, proposed_at, proposed_by, decided_at, decided_by, outcome)
  values (c.request_id, new.id, new.contact_id, new.contact_started_at, new.official_person_id, new.official_unit_id, c.becomes_person_id,
    c.becomes_unit_id, c.proposed_at, c.proposed_by, c.decided_at, c.decided_by, c.outcome)
  returning * into made;
  perform append_correction(made);
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('correction.decided', 'correction', made.id, 'ok', jsonb_build_object('outcome', made.outcome, 'segment', made.segment_id,
    'was', made.was_person_id, 'wasUnit', made.was_unit_id, 'becomes', made.becomes_person_id, 'becomesUnit', made.becomes_unit_id,
    'as', c.id));
  new.marks := marks_of_corrected(new, made.becomes_person_id);
  new.reported_person_id := new.official_person_id;
  new.reported_phone := coalesce(new.official_phone, 'unknown');
  new.official_person_id := corrected.official_person_id;
  new.official_unit_id := corrected.official_unit_id;
  new.official_name := corrected.official_name;
  new.official_phone := corrected.official_phone;
  return new;
end $$;

-- Applies a correction that a restore replayed before the part was reported again: the backup lacks the call.
create or replace function take_restored_correction() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  c correction;
begin
  select k.* into c from correction k where k.segment_id = new.id and k.outcome = 'APPROVED' order by k.decided_at desc limit 1;
  if c.id is not null and c.becomes_person_id is distinct from new.official_person_id then
    new.marks := marks_of_corrected(new, c.becomes_person_id);
    new.reported_person_id := new.official_person_id;
    new.reported_phone := coalesce(new.official_phone, 'unknown');
    new.official_person_id := c.becomes_person_id;
    new.official_unit_id := c.becomes_unit_id;
    new.official_name := coalesce(name_at(c.becomes_person_id, new.answered_at), 'RESTORED: see the correction');
    new.official_phone := phone_at(c.becomes_person_id, new.answered_at, new.official_phone);
  end if;
  return new;
end $$;
