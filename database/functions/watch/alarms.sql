-- Sets the start of a listening: a time chosen by a process would prove nothing.
create or replace function set_listening_start() returns trigger language plpgsql as $$
begin
  if session_user = 'seloste_desk' then
    new.started_at := clock_timestamp();
  end if;
  return new;
end $$;

-- Marks an alarm as seen, once.
create or replace function mark_alarm_seen(alarm uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  update alarm a set seen_at = clock_timestamp(), seen_by = viewer() where a.id = mark_alarm_seen.alarm and a.seen_at is null;
end $$;
grant execute on function mark_alarm_seen to seloste_desk;

-- Closes an alarm with its explanation. Refuses alarm.own: nobody closes one about themselves. The note of an alarm about calls or
-- recordings explains the differences that it counted. Requires a fresh proof.
create or replace function close_alarm(alarm uuid, note text, read_count integer) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  a alarm;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  perform lock_alarm_kind(o.kind) from public.alarm o where o.id = close_alarm.alarm;
  select * into a from public.alarm o where o.id = close_alarm.alarm for update;
  perform refuse_if(a.id is null, 'not-found');
  perform refuse_if(a.closed_at is not null, 'alarm.closed');
  perform refuse_if(a.person_id = viewer(), 'alarm.own');
  perform refuse_if(read_count <> a.count, 'alarm.changed-meanwhile');
  perform require_fresh();
  update public.alarm o set closed_at = clock_timestamp(), closed_by = viewer(), note = trim(close_alarm.note),
    seen_at = coalesce(o.seen_at, clock_timestamp()), seen_by = coalesce(o.seen_by, viewer())
  where o.id = a.id;
  if a.kind in ('unrecorded', 'untold') then
    insert into reconciliation_note (id, kind, note, by) values (a.id, a.kind, btrim(close_alarm.note), viewer());
    insert into reconciled_segment (kind, segment_id, contact_started_at, note_id)
    select u.kind, u.segment_id, u.contact_started_at, a.id from unreconciled u
    where u.kind = a.kind and u.note_id is null and u.at <= a.last_at and u.contact_started_at > now() - interval '28 days'
    on conflict (kind, segment_id) do nothing;
  end if;
  perform record_right_act('alarm.closed', 'DATA_PROTECTION_OFFICER', 'alarm', a.id, jsonb_build_object('kind', a.kind));
end $$;
grant execute on function close_alarm to seloste_desk;

-- Returns how many accesses the viewer made in the last minute and hour. The list of calls in progress counts when it is opened.
create or replace function recent_accesses() returns table (in_minute integer, in_hour integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*) filter (where e.at > now() - interval '1 minute')::integer, count(*)::integer
  from audit_entry e
  where e.person_id = viewer() and e.at > now() - interval '1 hour'
    and (e.action in ('contacts.listed', 'contact.read', 'caller.revealed', 'listening.started', 'extract.read')
      or e.action = 'calls.watched' and e.detail ? 'opened')
$$;
grant execute on function recent_accesses to seloste_desk;

-- Returns the months with accesses for maintenance or investigations, newest first, each with its review.
create or replace function review_months()
returns table (month date, looks bigint, listenings bigint, people bigint, reviewed_at timestamptz, reviewed_by uuid, note text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  return query
    with watched as (
      select date_trunc('month', l.at at time zone 'Europe/Helsinki')::date as month, count(*) as looks,
        count(*) filter (where l.action = 'listening.started') as listenings, count(distinct l.person_id) as people
      from data_access l where l.purpose in ('MAINTENANCE', 'CRIME_OR_MISUSE')
      group by 1
    )
    select coalesce(w.month, r.month), coalesce(w.looks, r.looks), coalesce(w.listenings, 0), coalesce(w.people, 0),
      r.reviewed_at, r.reviewed_by, r.note
    from watched w full join look_review r on r.month = w.month
    order by 1 desc;
end $$;
grant execute on function review_months to seloste_desk;

-- Returns the accesses of a month for maintenance or investigations, oldest first, after an entry, and logs the read.
create or replace function accesses_to_review(month date, after bigint, max_rows integer)
returns table (seq bigint, at timestamptz, person_id uuid, role text, action text, purpose text, reference text,
  object_kind text, object_id uuid, contacts integer, listening uuid, served_ms bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform record_right_act('log.read', require_one_role('{DATA_PROTECTION_OFFICER}'), 'log', null,
    jsonb_build_object('review', to_char(accesses_to_review.month, 'YYYY-MM'), 'after', accesses_to_review.after));
  return query
    select e.seq, e.at, e.person_id, e.role, e.action, e.purpose, e.reference, e.object_kind, e.object_id,
      jsonb_array_length(coalesce(e.detail -> 'contacts', e.detail -> 'segments')),
      (e.detail ->> 'listening')::uuid,
      (select sum(g.to_ms - g.from_ms)::bigint from listening_range g where g.listening_id = (e.detail ->> 'listening')::uuid)
    from audit_entry e
    where e.result = 'ok' and e.purpose in ('MAINTENANCE', 'CRIME_OR_MISUSE')
      and e.action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read')
      and e.at >= day_start(date_trunc('month', accesses_to_review.month)::date)
      and e.at < day_start(date_trunc('month', accesses_to_review.month + interval '1 month')::date)
      and e.seq > accesses_to_review.after
    order by e.seq
    limit least(greatest(max_rows, 1), 1000);
end $$;
grant execute on function accesses_to_review to seloste_desk;

-- Signs a month off. Refused if it has not ended, is signed off, or has an access of the officer's own. Requires a fresh proof.
create or replace function sign_off_accesses(month date, note text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  first date := date_trunc('month', sign_off_accesses.month);
  own bigint;
  seen bigint;
begin
  perform require_one_role('{DATA_PROTECTION_OFFICER}');
  perform refuse_if(day_start((first + interval '1 month')::date) > clock_timestamp(), 'review.not-over');
  select count(*), count(*) filter (where l.person_id = viewer()) into seen, own
  from data_access l
  where l.purpose in ('MAINTENANCE', 'CRIME_OR_MISUSE')
    and l.at >= day_start(first) and l.at < day_start((first + interval '1 month')::date);
  perform refuse_if(own > 0, 'review.own');
  perform refuse_if(seen = 0, 'not-found');
  perform require_fresh();
  insert into look_review (month, looks, reviewed_by, note) values (first, seen, viewer(), trim(sign_off_accesses.note))
  on conflict do nothing;
  perform refuse_if(not found, 'review.done');
  perform record_right_act('looks.reviewed', 'DATA_PROTECTION_OFFICER', 'log', null,
    jsonb_build_object('month', to_char(first, 'YYYY-MM'), 'looks', seen));
end $$;
grant execute on function sign_off_accesses to seloste_desk;

-- Returns accesses to contacts and recordings between two instants: date, role, purpose, and unit then. Never names, and never the security
-- unit's, as on the contact's page. Pages of searches appear once a day, with the number of the calls.
create or replace function accesses_to(calls uuid[], recordings uuid[], parts uuid[], except_person uuid, since timestamptz, until timestamptz)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with seen as (
    select e.at, case e.action when 'contact.read' then 'read' when 'caller.revealed' then 'revealed' else 'listened' end as kind,
      e.role, e.purpose, e.person_id, coalesce(k.recording_id, e.object_id) as object_id,
      case when e.action = 'listening.started' then (e.detail ->> 'listening')::uuid end as listening
    from audit_entry e
    left join anonymised_copy k on k.id = e.object_id and k.recording_id = any (accesses_to.recordings)
    where e.result = 'ok' and e.at >= accesses_to.since and e.at < accesses_to.until
      and (e.action in ('contact.read', 'caller.revealed') and e.object_id = any (accesses_to.calls)
        or e.action = 'listening.started' and e.object_id = any (accesses_to.recordings)
        -- The conversation as text, or as the sound of a copy that nobody had signed.
        or k.id is not null and (e.action = 'anonymised-copy.recognised'
          or e.action = 'anonymised-copy.read' and e.detail @> '{"words": true}'
          or e.action = 'anonymised-copy.heard' and not e.detail ? 'why' and (k.state <> 'APPROVED' or e.at < k.checked_at)))
  ),
  listed as (
    select e.at, case e.action when 'contacts.listed' then 'shown' else 'watched' end as kind, e.role, e.purpose, e.person_id,
      t.id as object_id
    from audit_entry e
    cross join lateral jsonb_array_elements_text(coalesce(e.detail -> 'contacts', e.detail -> 'segments')) t (id)
    where e.result = 'ok' and e.action in ('contacts.listed', 'calls.watched')
      and e.at >= accesses_to.since and e.at < accesses_to.until
      and t.id in (select unnest(accesses_to.calls || accesses_to.parts)::text)
  ),
  placed as (
    select s.*, u.name as unit
    from (
      select at, kind, role, purpose, person_id, object_id::text, listening from seen
      union all
      select at, kind, role, purpose, person_id, object_id, null from listed
    ) s
    left join lateral (
      select p.unit_id from person_placement p
      where p.person_id = s.person_id and p.valid_from <= s.at and (p.valid_to is null or p.valid_to > s.at) limit 1
    ) p on true
    left join unit u on u.id = p.unit_id
    where s.person_id is distinct from except_person and s.role is not null
      and s.purpose is distinct from 'CRIME_OR_MISUSE' and s.role <> 'SECURITY'
  )
  select p.at, p.kind, p.role, p.purpose, p.unit,
    coalesce((select r.contact_id from recording r where p.kind = 'listened' and r.id = p.object_id::uuid), p.object_id::uuid),
    1, (select sum(g.to_ms - g.from_ms)::bigint from listening_range g where g.listening_id = p.listening)
  from placed p where p.kind in ('read', 'revealed', 'listened')
  union all
  select min(p.at), p.kind, p.role, p.purpose, p.unit, null, count(distinct p.object_id)::integer, null
  from placed p where p.kind in ('shown', 'watched')
  group by p.kind, p.role, p.purpose, p.unit, (p.at at time zone 'Europe/Helsinki')::date
  order by 1 desc
  limit 5000
$$;

-- Returns the signed-in person's extract: accesses by others to the calls that they answered, while these are in the history (L11, L17). It
-- needs no purpose, as it shows no call. Empty in listening mode.
create or replace function accesses_to_my_calls(since timestamptz, until timestamptz)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint,
  contact_started_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  me uuid := viewer();
  own_calls uuid[];
  own_parts uuid[];
  own_recordings uuid[];
begin
  perform refuse_if(confined_to() is not null, 'deny.role');
  perform refuse_if(me is null, 'session.none');
  select array_agg(distinct s.contact_id), array_agg(s.id) into own_calls, own_parts
  from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
  where s.official_person_id = me and c.started_at < accesses_to_my_calls.until
    and history_end(c.history_ends_at, c.started_at) > register_now();
  select array_agg(r.id) into own_recordings from recording r where r.segment_id = any (own_parts);
  insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
  values (me, 'extract.read', 'person', me, 'ok', jsonb_build_object('from', accesses_to_my_calls.since, 'to', accesses_to_my_calls.until));
  return query
    select l.*, (select c.started_at from contact c where c.id = l.contact_id)
    from accesses_to(coalesce(own_calls, '{}'), coalesce(own_recordings, '{}'), coalesce(own_parts, '{}'), me,
      accesses_to_my_calls.since, accesses_to_my_calls.until) l;
end $$;
grant execute on function accesses_to_my_calls to seloste_desk;

-- Returns the extract of a call for an inspection, within the viewer's rights to INSPECTION (R46, L11), and logs it. The Service Unit makes
-- one once the call is shown to be the requester's.
create or replace function accesses_to_contact(contact uuid)
returns table (at timestamptz, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right;
  parts uuid[];
  heard uuid[];
  began timestamptz;
  is_served boolean;
begin
  perform refuse_if(current_setting('seloste.purpose', true) is distinct from 'INSPECTION', 'deny.purpose');
  select c.started_at into began from contact c
  where c.id = accesses_to_contact.contact and history_end(c.history_ends_at, c.started_at) > register_now();
  is_served := coalesce(serves_requests(), false)
    and exists (select from matched_call(accesses_to_contact.contact, current_setting('seloste.reference', true)));
  select array_agg(s.id) into parts from segment s
  where s.contact_id = accesses_to_contact.contact and s.contact_started_at = began
    and (sees_all() or s.official_person_id = sees_own() or is_served and s.id = any (sees_segments()));
  -- A call without an answer has no official: only a wider right sees it.
  if began is null or (parts is null and not sees_all() and not is_served) then
    return;
  end if;
  select a.* into held from active_rights() a
  where a.scope_kind in ('all', 'own') and (is_served or a.role <> 'SERVICE_UNIT') order by a.scope_kind limit 1;
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result)
  values (viewer(), held.id, held.role, 'extract.read', 'INSPECTION', nullif(current_setting('seloste.reference', true), ''),
    'contact', accesses_to_contact.contact, 'ok');
  select array_agg(r.id) into heard from recording r where r.segment_id = any (parts);
  return query select * from accesses_to(array[accesses_to_contact.contact], coalesce(heard, '{}'), coalesce(parts, '{}'), null,
    began - interval '1 day', 'infinity');
end $$;
grant execute on function accesses_to_contact to seloste_desk;

-- Ends sessions that block others: of capture, when the custodian or the desk has waited for its lock longer than `patience`; of the desk,
-- when the custodian has. If one of capture's is ended, all of capture's transactions older than `patience` are ended too. Their work is
-- rolled back and repeated by their process. Returns their numbers by role. Old transactions of capture are ended also when it holds
-- thousands of advisory locks, or notifications pile up: a listening session keeps all notifications until its transaction ends, and a full
-- queue fails every commit that notifies.
create or replace function end_blocking_sessions(patience interval) returns table (role text, sessions integer)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive waits (waiter, pid) as (
    select a.usename, b
    from pg_locks l join pg_stat_activity a on a.pid = l.pid, unnest(pg_blocking_pids(l.pid)) b
    where not l.granted and l.waitstart < clock_timestamp() - patience and a.datname = current_database()
      and a.usename in ('seloste_custodian', 'seloste_desk')
    union
    select w.waiter, b from waits w, unnest(pg_blocking_pids(w.pid)) b
  ), blocking as (
    select distinct a.pid, a.usename
    from waits w join pg_stat_activity a on a.pid = w.pid
    where pg_blocking_pids(w.pid) = '{}' and a.datname = current_database()
      and (a.usename = 'seloste_capture' or a.usename = 'seloste_desk' and w.waiter = 'seloste_custodian')
      -- `xact_start` is null to an owner without the right to end the session: then the attempt fails.
      and coalesce(a.xact_start, '-infinity') < clock_timestamp() - patience
  ), flooding (is_flooded) as (
    select pg_notification_queue_usage() > 0.01 or (
      select count(*) > 5000 from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and a.usename = 'seloste_capture' and a.datname = current_database())
  ), ended as (
    select a.usename, pg_terminate_backend(a.pid) as is_ended
    from pg_stat_activity a
    where a.pid in (select k.pid from blocking k)
      or a.usename = 'seloste_capture' and a.datname = current_database() and a.xact_start < clock_timestamp() - patience
        and a.wait_event_type is distinct from 'Lock'
        and (exists (select from blocking k where k.usename = 'seloste_capture') or (select f.is_flooded from flooding f))
  )
  select e.usename::text, count(*)::integer from ended e where e.is_ended group by e.usename
$$;
grant execute on function end_blocking_sessions to seloste_custodian;

-- Ends transactions of capture and of the desk that are older than `age`: what one wrote would be committed with times long past, and a
-- snapshot that it keeps shows what has ended since. Returns their numbers by role.
create or replace function end_old_transactions(age interval) returns table (role text, sessions integer)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with ended as (
    select a.usename, pg_terminate_backend(a.pid) as is_ended
    from pg_stat_activity a
    where a.datname = current_database() and a.usename in ('seloste_capture', 'seloste_desk')
      and a.xact_start < clock_timestamp() - end_old_transactions.age
  )
  select e.usename::text, count(*)::integer from ended e where e.is_ended group by e.usename
$$;
grant execute on function end_old_transactions to seloste_custodian;

-- Closes the open standstill alarm once no blocker is left. Returns true if there was one.
create or replace function clear_standstill_alarm() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  settled uuid;
begin
  update alarm a set closed_at = clock_timestamp(), last_at = clock_timestamp() where a.kind = 'standstill' and a.closed_at is null
  returning a.id into settled;
  if settled is null then
    return false;
  end if;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('alarm.closed', 'alarm', settled, 'ok', jsonb_build_object('kind', 'standstill'));
  return true;
end $$;
grant execute on function clear_standstill_alarm to seloste_custodian;
