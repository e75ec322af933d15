-- Marks a session as freshly proved. Only callers that verified the proof use it. Makes no log entry if `method` is null: the proof then
-- has an entry of its own.
create or replace function mark_proved(token_hash bytea, method text, verifier text default null) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update session s set proved_at = now() where s.token_hash = mark_proved.token_hash;
  insert into audit_entry (person_id, action, object_kind, result, detail)
  select s.person_id, 'session.proved', 'session', 'ok', jsonb_build_object('method', mark_proved.method)
    || case when mark_proved.verifier is null then '{}' else jsonb_build_object('verifiers', jsonb_build_array(mark_proved.verifier)) end
  from session s where s.token_hash = mark_proved.token_hash and mark_proved.method is not null
$$;
grant execute on function mark_proved to seloste_custodian;

-- Returns true if the last proof of a session's holder is not older than a quarter of an hour.
create or replace function is_fresh(token_hash bytea) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from session s
    where s.token_hash = is_fresh.token_hash
      and s.proved_at > clock_timestamp() - interval '15 minutes'
      -- A clock that was set back makes no proof recent: neither an old one nor one that is now ahead.
      and s.proved_at < clock_timestamp() + interval '5 minutes'
      and not exists (select from clock_mark m where m.at >= coalesce(s.proved_by, s.proved_at) + interval '15 minutes')
  )
$$;
grant execute on function is_fresh to seloste_custodian;

-- Refuses confirm.fresh if the viewer's last proof is older than a quarter of an hour.
create or replace function require_fresh() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(not is_fresh(session_token_hash()), 'confirm.fresh');
end $$;

-- Requires the same of an act that ends the wait of a forbidden recording, or of one past its day that is kept for an inspection (C3): the
-- recording is then destroyed. A session in listening mode has proved it with the outcome.
create or replace function require_fresh_to_lift_holds(recordings uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null and confined_to() is null
     and (exists (select from prohibition p where p.recording_id = any (recordings) and p.executed_at is null)
       or exists (select from recording r where r.id = any (recordings) and r.destroy_at <= register_now()
         and r.state not in ('DESTROYING', 'DESTROYED'))) then
    perform require_fresh();
  end if;
end $$;

-- Proves the viewer's presence by password. Returns right, wrong, wait; or factor if the person has a second factor, which the custodian
-- verifies.
create or replace function prove_again(proof bytea) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  current_token_hash bytea := session_token_hash();
  proved text;
begin
  if viewer() is null then
    return 'none';
  end if;
  if second_factors(viewer()) <> '{}' then
    return 'factor';
  end if;
  proved := prove_password(current_token_hash, prove_again.proof);
  if proved = 'right' then
    perform mark_proved(current_token_hash, 'password', (select password_verifier(p) from person p where p.id = viewer()));
  end if;
  return proved;
end $$;
grant execute on function prove_again to seloste_desk;

-- Requires a fresh proof for a prohibition, which destroys: otherwise anybody could use an unattended desk. None during a call: the
-- official is at the telephone, and only what is being said is lost.
create or replace function require_fresh_prohibition() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null and exists (
    select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
    where r.id = new.recording_id and s.ended_at is not null
  ) then
    perform require_fresh();
  end if;
  return new;
end $$;

-- Returns true if a row agrees with the succession: nobody else is the holder during its time. False without a succession.
create or replace function agrees_with_succession(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select coalesce(bool_and(s.holder = agrees_with_succession.holder), false)
    from directory_succession s
    where s.kind = agrees_with_succession.kind and s.subject = agrees_with_succession.subject
      and s.since < coalesce(to_at, 'infinity')
      and from_at < coalesce((select min(t.since) from directory_succession t
        where t.kind = s.kind and t.subject = s.subject and t.since > s.since), 'infinity')
  );
end $$;

-- Makes a person the holder for a time. Later holders stay.
create or replace function set_succession_holder(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  next_holder uuid := (select s.holder from directory_succession s
    where s.kind = set_succession_holder.kind and s.subject = set_succession_holder.subject and s.since <= to_at
    order by s.since desc limit 1);
begin
  if not exists (select from directory_succession s where s.kind = set_succession_holder.kind and s.subject = set_succession_holder.subject) then
    insert into directory_succession values (set_succession_holder.kind, set_succession_holder.subject, '-infinity', set_succession_holder.holder);
    return;
  end if;
  delete from directory_succession s
  where s.kind = set_succession_holder.kind and s.subject = set_succession_holder.subject
    and s.since >= from_at and s.since <= coalesce(to_at, 'infinity');
  insert into directory_succession values (set_succession_holder.kind, set_succession_holder.subject, from_at, set_succession_holder.holder);
  if next_holder is not null then
    insert into directory_succession values (set_succession_holder.kind, set_succession_holder.subject, to_at, next_holder);
  end if;
end $$;

-- Returns true if a person ever had a number at which calls are answered: their placement decides which supervisor may listen to these
-- calls.
create or replace function has_answered(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from directory_succession s where s.kind = 'phone' and s.holder = has_answered.person);
end $$;

-- Returns true if a row needs a second person: it contradicts the succession of a number, attributes calls that were answered before, or
-- moves a person who answers calls.
create or replace function needs_confirmation(kind text, subject text, holder uuid, from_at timestamptz, to_at timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if holder is null then
    return false;
  end if;
  if kind = 'phone' and exists (select from calls_without_official(subject, from_at, to_at)) and not exists (
    select from person_phone p where p.phone_key = subject and p.person_id = holder
      and p.valid_from <= from_at and coalesce(p.valid_to, 'infinity') >= coalesce(to_at, 'infinity')
  ) then
    return true;
  end if;
  if agrees_with_succession(kind, subject, holder, from_at, to_at) then
    return false;
  end if;
  if kind = 'phone' then
    return exists (select from directory_succession s where s.kind = 'phone' and s.subject = needs_confirmation.subject);
  end if;
  return has_answered(needs_confirmation.subject::uuid);
end $$;

-- Returns those of the given rows that need a second person. Besides those of needs_confirmation: the viewer's own placement, because an
-- approver knows people by name and unit (R36); and, if several people get the same unused number, all but the first. Only for those who
-- change the directory, because the answer reveals when calls were answered.
create or replace function find_rows_to_confirm(given jsonb) returns table (kind text, subject text, person uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  editor uuid := viewer();
begin
  perform refuse_if(not may_change_directory(), 'deny.role');
  return query
    with r as materialized (
      select *, first_value(person) over (partition by kind, subject order by from_at, person) as first_person
      from jsonb_to_recordset(find_rows_to_confirm.given)
        as r (kind text, subject text, holder uuid, person uuid, from_at timestamptz, to_at timestamptz)
    )
    select distinct r.kind, r.subject, r.person from r
    where needs_confirmation(r.kind, r.subject, r.holder, r.from_at, r.to_at)
      or r.kind <> 'phone' and r.person = editor and r.holder is not null
        and not agrees_with_succession(r.kind, r.subject, r.holder, r.from_at, r.to_at)
      or r.kind = 'phone' and r.first_person <> r.person and not needs_confirmation('phone', r.subject, gen_random_uuid(), '-infinity', null);
end $$;
grant execute on function find_rows_to_confirm to seloste_desk;

-- Checks rows of the directory as they are written, and updates the succession.
create or replace function apply_succession() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_trusted boolean := session_user <> 'seloste_desk' or scim_client() is not null;
  editor uuid := viewer();
  r record;
begin
  if tg_table_name = 'person_phone' then
    -- A number that never had a holder goes to the first person who gets it.
    insert into directory_succession (kind, subject, since, holder)
    select distinct on (n.phone_key) 'phone', n.phone_key, '-infinity'::timestamptz, n.person_id from new_rows n
    where not exists (select from directory_succession s where s.kind = 'phone' and s.subject = n.phone_key)
    order by n.phone_key, n.valid_from
    on conflict do nothing;
    for r in select 'phone' as kind, n.phone_key as subject, n.person_id as holder, n.valid_from, n.valid_to from new_rows n
      where not agrees_with_succession('phone', n.phone_key, n.person_id, n.valid_from, n.valid_to) order by n.valid_from
    loop
      perform refuse_if(not is_trusted, 'person.needs-confirmation');
      perform set_succession_holder(r.kind, r.subject, r.holder, r.valid_from, r.valid_to);
      -- Moved without a second person, by the directory of record or the database's owner. The log records it all the same.
      insert into audit_entry (action, object_kind, object_id, result, detail)
      values ('directory.number-moved', 'person', r.holder, 'ok', jsonb_strip_nulls(jsonb_build_object('person', r.holder, 'scimClient', scim_client())));
    end loop;
    return null;
  end if;
  for r in
    select p.* from (
      select 'unit' as kind, n.person_id::text as subject, n.unit_id as holder, n.valid_from, n.valid_to from new_rows n
      union all select 'supervisor', n.person_id::text, n.supervisor_id, n.valid_from, n.valid_to from new_rows n
    ) p
    where p.holder is not null and not agrees_with_succession(p.kind, p.subject, p.holder, p.valid_from, p.valid_to)
    order by p.valid_from
  loop
    perform refuse_if(not is_trusted and (has_answered(r.subject::uuid) or r.subject::uuid = editor), 'person.needs-confirmation');
    perform set_succession_holder(r.kind, r.subject, r.holder, r.valid_from, r.valid_to);
  end loop;
  return null;
end $$;

-- Refuses to let a person change their own name (change.own): under a colleague's, they could be given the colleague's rights (R36).
create or replace function refuse_own_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(session_user = 'seloste_desk' and (select viewer()) in (select person_id from new_rows), 'change.own');
  return null;
end $$;

create or replace function directory_change_guard() returns trigger language plpgsql as $$
begin
  if old.state <> 'ASKED' or (new.id, new.kind, new.person_id, new.link_id, new.wanted, new.asked_by, new.asked_at)
     is distinct from (old.id, old.kind, old.person_id, old.link_id, old.wanted, old.asked_by, old.asked_at) then
    raise exception 'directory change % cannot change after its request, and is decided once', old.id;
  end if;
  return new;
end $$;

-- Returns true if a person holds a right now or later, or one is requested for them.
create or replace function holds_or_awaits_rights(person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from access_right r where r.person_id = person and r.revoked_at is null and (r.valid_to is null or r.valid_to > now()))
    or exists (select from right_request q where q.person_id = person and q.state = 'REQUESTED')
$$;

-- Requests a change of a person's numbers or placement; by an administrator.
create or replace function request_directory_change(person uuid, wanted jsonb) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked uuid;
begin
  perform refuse_if(not viewer_is('ADMINISTRATOR'), 'deny.role');
  select c.id into asked from directory_change c
  where c.person_id = request_directory_change.person and c.state = 'ASKED' and c.wanted = request_directory_change.wanted and c.asked_by = viewer();
  if asked is not null then
    return asked;
  end if;
  insert into directory_change (kind, person_id, wanted, asked_by)
  values ('directory', request_directory_change.person, request_directory_change.wanted, viewer()) returning id into asked;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'directory.change-asked', 'directory-change', asked, 'ok', jsonb_build_object(
    'person', request_directory_change.person,
    'fields', (select coalesce(jsonb_agg(k order by k), '[]') from jsonb_object_keys(request_directory_change.wanted) k where k <> 'from')));
  return asked;
end $$;
grant execute on function request_directory_change to seloste_desk;

-- Returns true in the transaction that confirms a change, for the people whose rows it writes: the person, and the number's former holder.
create or replace function is_applying_change(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (
    select from directory_change c
    where c.decided_in = pg_current_xact_id_if_assigned() and c.state = 'CONFIRMED' and c.decided_by = viewer()
      and (c.person_id = is_applying_change.person or exists (
        select from directory_succession s where s.kind = 'phone' and s.holder = is_applying_change.person
          and s.subject in (select jsonb_array_elements_text(c.wanted -> 'add'))))
  );
end $$;
grant execute on function is_applying_change to seloste_desk;

-- Returns true if calls answered at the number since the change's start belong to another person. These calls stay that person's, and the
-- change takes effect at its confirmation. For those who decide on the change.
create or replace function holds_from_confirmation(change uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (viewer_is('ADMINISTRATOR') or viewer_is('ACCESS_APPROVER')) and exists (
    select from directory_change c cross join jsonb_array_elements_text(coalesce(c.wanted -> 'add', '[]')) n(phone)
    join official_named o on o.phone = n.phone and o.person_id <> c.person_id
    join segment s on s.official_person_id = o.person_id and s.official_phone = o.phone
    where c.id = change and c.state = 'ASKED' and s.answered_at >= (c.wanted ->> 'from')::timestamptz
      and s.contact_started_at > (c.wanted ->> 'from')::timestamptz - interval '1 day'
  )
$$;
grant execute on function holds_from_confirmation to seloste_desk;

-- Confirms or refuses a change: an administrator or an approver of access rights, neither the requester nor the person, freshly proved
-- (require_confirmed_decision). A link gets its code here, without which it cannot be used. Returns when the change takes effect.
create or replace function decide_directory_change(change uuid, confirm boolean, code_hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c directory_change;
  as_role text := case when viewer_is('ACCESS_APPROVER') then 'ACCESS_APPROVER' when viewer_is('ADMINISTRATOR') then 'ADMINISTRATOR' end;
  number text;
  starts timestamptz;
begin
  perform refuse_if(as_role is null, 'deny.role');
  perform lock_directory();
  select * into c from directory_change d where d.id = change and d.state = 'ASKED' for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(viewer() in (c.person_id, c.asked_by), 'change.own');
  starts := (c.wanted ->> 'from')::timestamptz;
  if holds_from_confirmation(c.id) then
    starts := greatest(starts, clock_timestamp());
  end if;
  update directory_change d set state = case when confirm then 'CONFIRMED' else 'REFUSED' end, decided_by = viewer(),
    decided_at = clock_timestamp(), decided_in = pg_current_xact_id()
  where d.id = c.id;
  if c.kind = 'link' then
    if not confirm then
      delete from one_time_link l where l.id = c.link_id and l.used_at is null;
    else
      update one_time_link l set code_hash = decide_directory_change.code_hash, released_by = viewer(), released_at = now(),
        expires_at = register_now() + interval '24 hours'
      where l.id = c.link_id and link_holds(l) and l.released_at is null;
      perform refuse_if(not found or code_hash is null, 'link.none');
    end if;
  elsif confirm then
    for number in select jsonb_array_elements_text(coalesce(c.wanted -> 'add', '[]')) loop
      perform set_succession_holder('phone', number, c.person_id, starts, null);
    end loop;
    if c.wanted ->> 'unit' is not null then
      perform set_succession_holder('unit', c.person_id::text, (c.wanted ->> 'unit')::uuid, starts, null);
    end if;
    if c.wanted ->> 'supervisor' is not null then
      perform set_succession_holder('supervisor', c.person_id::text, (c.wanted ->> 'supervisor')::uuid, starts, null);
    end if;
    update person p set changed_at = now() where p.id = c.person_id;
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), as_role,
    case when c.kind = 'link' then case when confirm then 'link.released' else 'link.refused' end
      else case when confirm then 'directory.change-confirmed' else 'directory.change-refused' end end,
    case when c.kind = 'link' then 'link' else 'directory-change' end, coalesce(c.link_id, c.id), 'ok',
    jsonb_build_object('person', c.person_id, 'askedBy', c.asked_by, 'change', c.id));
  return starts;
end $$;
grant execute on function decide_directory_change to seloste_desk;

-- Withdraws one's own request.
create or replace function withdraw_directory_change(change uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c directory_change;
begin
  update directory_change d set state = 'WITHDRAWN', decided_by = viewer(), decided_at = clock_timestamp()
  where d.id = change and d.state = 'ASKED' and d.asked_by = viewer()
  returning * into c;
  perform refuse_if(c.id is null, 'not-found');
  if c.kind = 'link' then
    delete from one_time_link l where l.id = c.link_id and l.used_at is null;
  end if;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'directory.change-withdrawn', 'directory-change', c.id, 'ok', jsonb_build_object('person', c.person_id));
end $$;
grant execute on function withdraw_directory_change to seloste_desk;

-- Logs an end and notifies the person. It raises an alarm if the person answers calls or has rights, except for the daily departures in the
-- directory of record. A change that a second person confirmed is reported already.
create or replace function record_directory_end(person uuid, what text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from person p where p.id = record_directory_end.person) or is_applying_change(record_directory_end.person) then
    return;
  end if;
  perform notify_person(record_directory_end.person, 'directory-ended', jsonb_build_object('ended', what));
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), case when viewer() is not null then 'ADMINISTRATOR' end, 'directory.' || what || '-ended', 'person',
    record_directory_end.person, 'ok', jsonb_strip_nulls(jsonb_build_object('person', record_directory_end.person,
      'scimClient', scim_client(),
      'alarms', scim_client() is null
        and (has_answered(record_directory_end.person) or holds_or_awaits_rights(record_directory_end.person)))));
end $$;

-- Returns true if a removed or shortened row leaves future time uncovered that the person's rows covered before. Only time within the
-- employment counts, because its end is reported separately.
create or replace function is_cut_short(person uuid, lasted tstzmultirange, lasts tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from person p
    where p.id = is_cut_short.person and not isempty(
      lasted * tstzmultirange(tstzrange(now(), null)) * tstzmultirange(tstzrange(p.employed_from, p.employed_to))
      - coalesce(lasts, '{}'::tstzmultirange)))
$$;

-- Checks removed and shortened rows when the change is complete, because a change rewrites rows.
create or replace function report_directory_end() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lasted tstzmultirange := tstzmultirange(tstzrange(old.valid_from, old.valid_to));
begin
  if tg_table_name = 'person_phone' then
    if is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_phone t
        where t.person_id = old.person_id and t.phone_key = old.phone_key)) then
      perform record_directory_end(old.person_id, 'number');
    end if;
  elsif has_answered(old.person_id) then
    -- A move to another unit or supervisor is not an end: it needs a second person.
    if old.unit_id is not null and is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_placement t
        where t.person_id = old.person_id and t.unit_id is not null))
      or old.supervisor_id is not null and is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_placement t
        where t.person_id = old.person_id and t.supervisor_id is not null)) then
      perform record_directory_end(old.person_id, 'place');
    end if;
  end if;
  return null;
end $$;

create or replace function report_employment_end() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not isempty(tstzmultirange(tstzrange(old.employed_from, old.employed_to)) * tstzmultirange(tstzrange(now(), null))
      - tstzmultirange(tstzrange(new.employed_from, new.employed_to))) then
    perform record_directory_end(new.id, 'employment');
  end if;
  return null;
end $$;
