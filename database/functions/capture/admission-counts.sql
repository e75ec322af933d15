-- Returns the digest of what decides whose a part of a call is: the first 16 bytes of SHA-256. Numbers and ids contain no separator.
create or replace function segment_content(number text, person uuid, unit uuid, phone text, name text) returns uuid
language sql stable as $$
  select encode(substring(sha256(convert_to(concat_ws('|', number, coalesce(person::text, ''), coalesce(unit::text, ''),
    coalesce(phone, ''), coalesce(name, '')), 'UTF8')) for 16), 'hex')::uuid
$$;

create or replace function record_admission() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  case tg_table_name
    when 'contact' then
      insert into admission_told (source, kind, id, started_at) select 'register', 'contact', t.id, t.started_at from inserted t;
    when 'segment' then
      insert into admission_told (source, kind, id, started_at, belongs_to, content)
      select 'register', 'segment', t.id, t.contact_started_at, t.contact_id,
        segment_content(t.number_reached, t.official_person_id, t.official_unit_id, t.official_phone, t.official_name)
      from inserted t;
    else
      insert into admission_told (source, kind, id, started_at, belongs_to)
      select 'register', 'recording', t.id, t.contact_started_at, t.segment_id from inserted t;
  end case;
  return null;
end $$;

-- Records a part's new official, unit or number, if one of the program's own sessions writes it, or if the log or an approved correction
-- names its new official. What somebody else writes is not recorded, so that history.admitted finds it.
create or replace function record_segment_change() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user in ('seloste_capture', 'seloste_desk', 'seloste_custodian')
    or new.number_reached = old.number_reached and (
      exists (select from correction c where c.segment_id = new.id and c.outcome = 'APPROVED'
        and c.becomes_person_id = new.official_person_id and c.becomes_unit_id is not distinct from new.official_unit_id)
      or exists (select from audit_entry e where e.object_id = new.contact_id and e.action = 'call.attributed'
        and e.detail ->> 'segment' = new.id::text and e.detail ->> 'person' = new.official_person_id::text))
  then
    insert into admission_told (source, kind, id, started_at, belongs_to, content)
    values ('register', 'change', new.id, new.contact_started_at, new.contact_id,
      segment_content(new.number_reached, new.official_person_id, new.official_unit_id, new.official_phone, new.official_name));
  end if;
  return null;
end $$;

-- Records a segment that a trigger replaced before its term. Segments that a statement deletes leave no row here, so they are found
-- missing.
create or replace function record_segment_replaced() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if pg_trigger_depth() > 1 then
    insert into segment_replaced (segment_id, contact_id, contact_started_at) values (old.id, old.contact_id, old.contact_started_at)
    on conflict do nothing;
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('segment.replaced', 'contact', old.contact_id, 'ok', jsonb_build_object('segment', old.id));
  end if;
  return null;
end $$;

-- A part of the count is deleted once its calls are past their term, and not before.
create or replace function admission_part_guard() returns trigger language plpgsql as $$
begin
  if old.hour > destruction_now() - interval '15 months' then
    raise exception 'admissions of % are still within their term', old.hour;
  end if;
  return old;
end $$;

create or replace function end_admission_parts() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from admission_part p where p.hour < destruction_now() - interval '15 months'
    and not exists (select from unnest(p.starts) s where s > destruction_now() - interval '14 months 1 day');
  -- No count is compared 14 months after its entry, and nothing of an official stays longer than the history (R22).
  update admission_part p set contents = null
  where p.hour < destruction_now() - interval '14 months 1 day' and p.contents is not null
    and not exists (select from audit_entry e where e.object_id = p.id and e.at > destruction_now() - interval '14 months 1 day');
  delete from segment_change c where not exists (select from admission_part p where p.id = c.part_id and p.contents is not null);
  delete from segment_replaced r where r.contact_started_at < destruction_now() - interval '15 months';
$$;
grant execute on function end_admission_parts to seloste_custodian;

-- Stores a capture node's own list of what it admitted.
create or replace function report_admissions(node uuid, reported jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into admission_told (at, source, kind, id, started_at, belongs_to)
  select least(t.at, now()), report_admissions.node::text, t.kind, t.id, t.started_at, t.belongs_to
  from jsonb_to_recordset(reported) t (at timestamptz, kind text, id uuid, started_at timestamptz, belongs_to uuid)
  where t.kind <> 'change'
$$;
grant execute on function report_admissions to seloste_capture;

-- Returns true if the log has a change of a segment's official, unit or number later than the fact at position `place` of a part of the
-- count; null: before every change. A change that is not counted yet has to be the one that the row has.
create or replace function is_changed_since(segment uuid, part uuid, place bigint, content uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from segment_change c join admission_part q on q.id = c.part_id
    cross join lateral (select min(e.seq) as seq from audit_entry e where e.object_id = q.id and e.action = 'admissions.counted') counted
    where c.segment_id = is_changed_since.segment and q.source = 'register' and counted.seq is not null
      and q.kinds[c.place] = 'change' and q.ids[c.place] = c.segment_id and q.contents[c.place] is not null
      and (is_changed_since.place is null or q.id = is_changed_since.part and c.place > is_changed_since.place or counted.seq > (
        select min(e.seq) from audit_entry e where e.object_id = is_changed_since.part and e.action = 'admissions.counted'))
  ) or exists (select from admission_told t where t.kind = 'change' and t.id = is_changed_since.segment and t.content = is_changed_since.content)
$$;

-- Returns for each part of the count and kind: the number of facts, how many of them should be held, how many of these are missing, and an
-- example. A call cannot be past its term within 14 months of its start, whatever a row or entry contains. A node knows the start of its
-- own part; the call's may differ by a day (admit_part). A node's own facts cannot be replaced, whatever rows and entries contain; only a
-- feed's can. A recording counts as held only with the segment, contact and number with which it was admitted, and a segment
-- only with the official, unit and number that the log counted last: otherwise another call's term or official could apply to it.
create or replace function admissions_held(parts uuid[])
returns table (part uuid, kind text, facts bigint, due bigint, missing bigint, example uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select f.part, f.kind, count(*), count(*) filter (where f.is_due and f.kind <> 'change'), count(*) filter (where f.is_due and not f.is_held),
    (array_agg(f.id) filter (where f.is_due and not f.is_held))[1]
  from (
    select p.id as part, u.kind, u.id, u.started_at > now() - interval '14 months' as is_due,
      case u.kind
        when 'contact' then exists (select from contact c
          where c.id = u.id and c.started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours')
        when 'segment' then exists (select from segment s
            where s.id = u.id and s.contact_started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours'
              and s.contact_id = coalesce(u.belongs_to, s.contact_id) and (u.content is null
                or u.content = segment_content(s.number_reached, s.official_person_id, s.official_unit_id, s.official_phone, s.official_name)
                or is_changed_since(s.id, p.id, null, segment_content(s.number_reached, s.official_person_id, s.official_unit_id, s.official_phone, s.official_name))))
          or p.source = 'register' and exists (select from segment_replaced r join segment s on s.contact_id = r.contact_id and s.contact_started_at = r.contact_started_at
            where r.segment_id = u.id and exists (select from audit_entry e
              where e.object_id = r.contact_id and e.action = 'segment.replaced' and e.detail ->> 'segment' = u.id::text))
        when 'change' then not exists (select from segment s
          where s.id = u.id and s.contact_started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours'
            and u.content <> segment_content(s.number_reached, s.official_person_id, s.official_unit_id, s.official_phone, s.official_name)
            and not is_changed_since(s.id, p.id, u.place, segment_content(s.number_reached, s.official_person_id, s.official_unit_id, s.official_phone, s.official_name)))
        else exists (select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
          where r.id = u.id and r.contact_started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours'
            and r.segment_id = coalesce(u.belongs_to, r.segment_id) and r.contact_id = s.contact_id
            and s.number_reached in (r.number_reached, 'unknown'))
      end as is_held
    from unnest(admissions_held.parts) w (id)
    join admission_part p on p.id = w.id
    cross join lateral unnest(p.kinds, p.ids, p.starts, p.belongs_to, p.contents) with ordinality
      u (kind, id, started_at, belongs_to, content, place)
  ) f
  group by f.part, f.kind;
end $$;
grant execute on function admissions_held to seloste_custodian;
