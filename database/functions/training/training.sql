-- Returns collections, with how many moments they have, how many of these are empty, and the first day on which a moment within the viewer's
-- right becomes empty.
create or replace function list_training_collections() returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_duty('TRAINING');
  return query select jsonb_strip_nulls(jsonb_build_object('id', c.id, 'name', c.name, 'aim', c.aim, 'begunAt', c.begun_at,
      'endedAt', c.ended_at, 'moments', count(m.id),
      'empty', count(m.id) filter (where m.emptied_at is not null or copy_block_reason(r) = 'recording.destroyed'),
      'nextEndsAt', min(r.destroy_at) filter (where copy_block_reason(r) is distinct from 'recording.destroyed'
        and (duty_right_to('TRAINING', r)).id is not null)))
    from training_collection c
    left join training_moment m on m.collection_id = c.id
    left join recording r on r.id = m.recording_id
    group by c.id order by c.ended_at is not null, c.name, c.id limit 500;
end $$;
grant execute on function list_training_collections to seloste_desk;

-- Locks and returns a collection that has not ended.
create or replace function lock_training_collection(wanted uuid) returns training_collection
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c training_collection;
begin
  perform require_duty('TRAINING');
  select * into c from training_collection o where o.id = wanted for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(c.ended_at is not null, 'training.collection-ended');
  return c;
end $$;

-- Creates a collection, or saves changes to one whose revision is still the one that the viewer saw.
create or replace function save_training_collection(wanted uuid, seen integer, name text, aim text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  c training_collection;
begin
  if wanted is not null then
    c := lock_training_collection(wanted);
    perform refuse_if(c.revision <> seen, 'training.changed-meanwhile');
  end if;
  perform refuse_identity_code('name', save_training_collection.name);
  perform refuse_identity_code('aim', save_training_collection.aim);
  if wanted is null then
    insert into training_collection (name, aim, begun_by)
    values (btrim(save_training_collection.name), btrim(save_training_collection.aim), viewer()) returning * into c;
  else
    update training_collection o set revision = o.revision + 1, name = btrim(save_training_collection.name), aim = btrim(save_training_collection.aim)
    where o.id = c.id;
  end if;
  perform record_act(case when wanted is null then 'training.collection-begun' else 'training.collection-saved' end, held, 'TRAINING',
    'training-collection', c.id, '{}');
  return c.id;
end $$;
grant execute on function save_training_collection to seloste_desk;

-- Ends a collection: nothing is added or played any more.
create or replace function end_training_collection(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  c training_collection := lock_training_collection(wanted);
begin
  perform refuse_if(exists (select from training_session s where s.collection_id = c.id and s.ended_at is null), 'training.session-open');
  perform from recording r where r.id in (select m.recording_id from training_moment m where m.collection_id = c.id) order by r.id for share;
  update training_collection o set ended_at = clock_timestamp(), ended_by = viewer() where o.id = c.id;
  delete from training_moment m where m.collection_id = c.id;
  perform record_act('training.collection-ended', held, 'TRAINING', 'training-collection', c.id, '{}');
end $$;
grant execute on function end_training_collection to seloste_desk;

-- Returns a collection with its moments in order. A moment outside the viewer's right shows only that it exists. Past its recording's
-- term a moment appears empty, emptied or not. If nobody may play a moment, its text is hidden.
create or replace function read_training_collection(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  c training_collection;
begin
  select * into c from training_collection o where o.id = wanted;
  perform refuse_if(c.id is null, 'not-found');
  perform record_act('training.collection-read', held, 'TRAINING', 'training-collection', c.id, '{}');
  return jsonb_strip_nulls(jsonb_build_object('id', c.id, 'name', c.name, 'aim', c.aim, 'revision', c.revision, 'begunAt', c.begun_at,
      'endedAt', c.ended_at))
    || jsonb_build_object('moments', coalesce((
      select jsonb_agg(
        case
          when m.emptied_at is not null then jsonb_build_object('id', m.id, 'state', 'EMPTY', 'emptiedAt', m.emptied_at, 'emptyWhy', m.empty_why)
          when copy_block_reason(r) = 'recording.destroyed' then
            jsonb_build_object('id', m.id, 'state', 'EMPTY', 'emptiedAt', shown_end_day(r), 'emptyWhy', 'term')
          when (duty_right_to('TRAINING', r)).id is null then jsonb_build_object('id', m.id, 'state', 'OUT_OF_REACH')
          else jsonb_strip_nulls(jsonb_build_object('id', m.id, 'state', 'THERE', 'recordingId', m.recording_id, 'contactId', m.contact_id,
            'segmentId', r.segment_id, 'number', (segment_of(r)).number_reached, 'startedAt', r.started_at, 'durationMs', r.duration_ms,
            'destroyAt', r.destroy_at, 'standsStill', copy_block_reason(r), 'fromMs', m.from_ms, 'toMs', m.to_ms,
            'title', case when copy_block_reason(r) = 'recording.restricted' then '' else m.title end,
            'lesson', case when copy_block_reason(r) = 'recording.restricted' then '' else m.lesson end))
        end order by m.place, m.id)
      from training_moment m left join recording r on r.id = m.recording_id where m.collection_id = c.id), '[]'));
end $$;
grant execute on function read_training_collection to seloste_desk;

-- Locks and returns a moment of a collection that has not ended. Its recording is share-locked, so that no destruction runs at the same
-- time.
create or replace function lock_training_moment(wanted uuid) returns training_moment
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m training_moment;
  r recording;
begin
  perform require_duty('TRAINING');
  perform lock_training_collection((select o.collection_id from training_moment o where o.id = wanted));
  select o.* into r from recording o where o.id = (select t.recording_id from training_moment t where t.id = wanted) for share;
  select * into m from training_moment o where o.id = wanted for update;
  perform refuse_if(m.emptied_at is null and (duty_right_to('TRAINING', r)).id is null, 'not-found');
  return m;
end $$;

-- Adds a moment at the end of a collection, or changes one. Without `to_ms` the moment lasts to the recording's end.
create or replace function save_training_moment(wanted uuid, collection uuid, recording uuid, from_ms integer, to_ms integer, title text, lesson text)
returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m training_moment;
  r recording;
  held access_right;
begin
  if wanted is null then
    perform lock_training_collection(collection);
  else
    m := lock_training_moment(wanted);
    perform refuse_if(m.emptied_at is not null, 'recording.destroyed');
  end if;
  select o.* into r from recording o where o.id = coalesce(m.recording_id, save_training_moment.recording) for share;
  held := duty_right_to('TRAINING', r);
  perform refuse_if(held.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  to_ms := coalesce(to_ms, r.duration_ms);
  perform refuse_identity_code('title', save_training_moment.title);
  perform refuse_identity_code('lesson', save_training_moment.lesson);
  -- Durations are in milliseconds, marks in tenths of a second.
  perform refuse_if(
    save_training_moment.from_ms >= save_training_moment.to_ms or save_training_moment.to_ms > r.duration_ms + 100,
    'training.not-in-recording');
  if wanted is null then
    perform refuse_if((select count(*) from training_moment o where o.collection_id = collection) >= 200, 'training.too-many');
    insert into training_moment (collection_id, place, recording_id, contact_id, from_ms, to_ms, title, lesson, added_by)
    values (collection, (select coalesce(max(o.place), 0) + 1 from training_moment o where o.collection_id = collection), r.id, r.contact_id,
      save_training_moment.from_ms, save_training_moment.to_ms, btrim(save_training_moment.title), btrim(save_training_moment.lesson), viewer())
    returning * into m;
  else
    update training_moment o set from_ms = save_training_moment.from_ms, to_ms = save_training_moment.to_ms,
      title = btrim(save_training_moment.title), lesson = btrim(save_training_moment.lesson)
    where o.id = m.id;
  end if;
  perform record_act(case when wanted is null then 'training.moment-added' else 'training.moment-saved' end, held, 'TRAINING',
    'training-collection', m.collection_id, jsonb_build_object('recording', r.id));
  return m.id;
end $$;
grant execute on function save_training_moment to seloste_desk;

-- Removes a moment, also an empty one.
create or replace function remove_training_moment(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  m training_moment := lock_training_moment(wanted);
begin
  delete from training_moment o where o.id = m.id;
  perform record_act('training.moment-removed', held, 'TRAINING', 'training-collection', m.collection_id, '{}');
end $$;
grant execute on function remove_training_moment to seloste_desk;

-- Orders the moments; `moments` has each of them once.
create or replace function order_training_moments(wanted uuid, moments uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  c training_collection := lock_training_collection(wanted);
begin
  perform refuse_if((select array_agg(m.id order by m.id) from training_moment m where m.collection_id = c.id)
    is distinct from (select array_agg(o order by o) from unnest(moments) o), 'training.changed-meanwhile');
  perform from recording r where r.id in (select m.recording_id from training_moment m where m.collection_id = c.id) order by r.id for share;
  update training_moment m set place = o.place from unnest(moments) with ordinality o (id, place) where m.id = o.id;
  perform record_act('training.ordered', held, 'TRAINING', 'training-collection', c.id, '{}');
end $$;
grant execute on function order_training_moments to seloste_desk;

-- Finds people of the directory by a part of their name, at most twenty, for the list of the session that the viewer leads. Returns none
-- without such a session. Each search is logged, so that nobody pages through the directory.
create or replace function find_trainees(part text) returns table (id uuid, user_id text, name text, unit_name text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  leads uuid := (select s.id from training_session s where s.led_by = viewer() and s.ended_at is null);
begin
  if leads is null or length(btrim(part)) < 2 then
    return;
  end if;
  perform record_act('training.trainees-looked-for', held, 'TRAINING', 'training-session', leads, '{}');
  return query select p.id, p.user_id, n.name, u.name
    from person p
    join person_name n on n.person_id = p.id and n.valid_from <= now() and (n.valid_to is null or n.valid_to > now())
    left join person_placement l on l.person_id = p.id and l.valid_from <= now() and (l.valid_to is null or l.valid_to > now())
    left join unit u on u.id = l.unit_id
    where p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
      and (position(lower(btrim(part)) in lower(n.name)) > 0 or p.user_id = lower(btrim(part)))
    order by n.name, p.id limit 20;
end $$;
grant execute on function find_trainees to seloste_desk;

create or replace function begin_training_session(collection uuid, name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  c training_collection := lock_training_collection(collection);
  made uuid;
begin
  perform refuse_identity_code('name', begin_training_session.name);
  perform refuse_if(exists (select from training_session s where s.led_by = viewer() and s.ended_at is null), 'training.leads-already');
  insert into training_session (collection_id, name, led_by) values (c.id, btrim(begin_training_session.name), viewer()) returning id into made;
  perform record_act('training.session-begun', held, 'TRAINING', 'training-session', made, jsonb_build_object('collection', c.id));
  return made;
end $$;
grant execute on function begin_training_session to seloste_desk;

-- Returns sessions, one's own and others': collection, time, number of people. Leaders and attendees of others' are hidden.
create or replace function list_training_sessions() returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_duty('TRAINING');
  return query select jsonb_strip_nulls(jsonb_build_object('id', s.id, 'reference', s.reference, 'name', s.name, 'collectionId', s.collection_id,
      'collectionName', c.name, 'isMine', s.led_by = viewer(), 'begunAt', s.begun_at, 'endedAt', s.ended_at,
      'attendees', (select count(*) from training_attendee a where a.session_id = s.id)))
    from training_session s join training_collection c on c.id = s.collection_id
    order by s.ended_at is not null, s.begun_at desc, s.id limit 200;
end $$;
grant execute on function list_training_sessions to seloste_desk;

-- Returns a session of the viewer's own, with its list.
create or replace function read_training_session(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  s training_session;
begin
  select * into s from training_session o where o.id = wanted;
  perform refuse_if(s.id is null or s.led_by <> viewer(), 'not-found');
  perform record_act('training.session-read', held, 'TRAINING', 'training-session', s.id, '{}');
  return jsonb_strip_nulls(jsonb_build_object('id', s.id, 'reference', s.reference, 'name', s.name, 'collectionId', s.collection_id,
      'collectionName', (select c.name from training_collection c where c.id = s.collection_id), 'begunAt', s.begun_at, 'endedAt', s.ended_at))
    || jsonb_build_object('attendees', coalesce((
      select jsonb_agg(jsonb_build_object('id', p.id, 'name', n.name, 'enteredAt', a.entered_at) order by n.name, p.id)
      from training_attendee a join person p on p.id = a.person_id
      left join person_name n on n.person_id = p.id and n.valid_from <= now() and (n.valid_to is null or n.valid_to > now())
      where a.session_id = s.id), '[]'),
    'played', coalesce((
      select jsonb_agg(distinct l.recording_id) from listening l where l.purpose = 'TRAINING' and l.reference = s.reference), '[]'));
end $$;
grant execute on function read_training_session to seloste_desk;

-- Returns the sessions on whose list the viewer is: what is stored, and until when (R48); no other person of them.
create or replace function list_own_trainings() returns setof jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_own_calls();
begin
  perform record_act('training.own-read', held, 'TRAINING', 'person', viewer(), '{}');
  return query select jsonb_strip_nulls(jsonb_build_object('reference', s.reference, 'name', s.name, 'collectionName', c.name, 'aim', c.aim,
      'begunAt', s.begun_at, 'endedAt', s.ended_at, 'enteredAt', a.entered_at, 'keptUntil', months_after(s.ended_at, 14)))
    from training_attendee a join training_session s on s.id = a.session_id join training_collection c on c.id = s.collection_id
    where a.person_id = viewer()
    order by s.begun_at desc, s.id;
end $$;
grant execute on function list_own_trainings to seloste_desk;

-- Locks and returns the viewer's open session.
create or replace function lock_training_session(wanted uuid) returns training_session
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s training_session;
begin
  perform require_duty('TRAINING');
  select * into s from training_session o where o.id = wanted for update;
  perform refuse_if(s.id is null or s.led_by <> viewer(), 'not-found');
  perform refuse_if(s.ended_at is not null, 'training.session-ended');
  return s;
end $$;

create or replace function enter_trainee(wanted uuid, person uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  s training_session := lock_training_session(wanted);
begin
  perform refuse_if(not exists (
    select from person p where p.id = enter_trainee.person and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
  ), 'training.not-employed');
  insert into training_attendee (session_id, person_id) values (s.id, enter_trainee.person) on conflict do nothing;
  if found then
    perform record_act('training.trainee-entered', held, 'TRAINING', 'training-session', s.id, jsonb_build_object('person', enter_trainee.person));
  end if;
end $$;
grant execute on function enter_trainee to seloste_desk;

-- Removes a person entered by mistake; the log keeps the entry. Refused once something was played, because the list shows who heard it.
create or replace function remove_trainee(wanted uuid, person uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  s training_session := lock_training_session(wanted);
begin
  perform refuse_if(exists (
    select from listening l join training_attendee a on a.session_id = s.id and a.person_id = remove_trainee.person
    where l.purpose = 'TRAINING' and l.reference = s.reference and (l.started_at >= a.entered_at
      or exists (select from listening_range g where g.listening_id = l.id and g.at >= a.entered_at))
  ), 'training.has-heard');
  delete from training_attendee a where a.session_id = s.id and a.person_id = remove_trainee.person;
  perform refuse_if(not found, 'not-found');
  perform record_act('training.trainee-removed', held, 'TRAINING', 'training-session', s.id, jsonb_build_object('person', remove_trainee.person));
end $$;
grant execute on function remove_trainee to seloste_desk;

-- Ends a session and its listenings.
create or replace function end_training_session(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('TRAINING');
  s training_session := lock_training_session(wanted);
  l listening;
begin
  for l in select * from listening o
    where o.purpose = 'TRAINING' and o.reference = s.reference and o.ended_at is null for update loop
    perform end_listening_for(l, 'left');
  end loop;
  update training_session o set ended_at = clock_timestamp() where o.id = s.id;
  perform record_act('training.session-ended', held, 'TRAINING', 'training-session', s.id,
    jsonb_build_object('attendees', (select count(*) from training_attendee a where a.session_id = s.id)));
end $$;
grant execute on function end_training_session to seloste_desk;

-- Returns true if a recording may be played under a reference. Under TRAINING a reference is an open session of the viewer's own, with an
-- attendee and a collection with a moment of the recording. Other purposes have rules of their own.
create or replace function training_allows(recording uuid, purpose text, reference text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- Compared exactly, because a session finds its listenings by the reference.
  select training_allows.purpose <> 'TRAINING' or training_allows.reference is null or exists (
    select from training_session s
    where s.reference = training_allows.reference and s.led_by = viewer() and s.ended_at is null
      and exists (select from training_attendee a where a.session_id = s.id)
      and exists (select from training_moment m where m.collection_id = s.collection_id and m.recording_id = training_allows.recording)
  )
$$;
grant execute on function training_allows to seloste_desk;

create or replace function check_training_listening() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- The lock orders this against the end of the session and a removal from its list: an earlier one is seen here, and a later one sees this
  -- listening.
  perform from training_session s where s.reference = new.reference for share;
  perform refuse_if(not training_allows(new.recording_id, new.purpose, new.reference), 'training.not-in-session');
  return new;
end $$;

create or replace function empty_training_moment(m training_moment, why text, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update training_moment o set recording_id = null, contact_id = null, title = '', lesson = '', added_by = null,
    emptied_at = at, empty_why = why
  where o.id = m.id;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('training.moment-emptied', 'training-collection', m.collection_id, 'ok', jsonb_build_object('why', why));
end $$;

-- Ends what has expired: moments of lost recordings (a restored backup may contain such), sessions left open overnight, and after fourteen
-- months sessions with their lists, as the history of their calls.
create or replace function expire_training_data() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  removed integer;
begin
  perform empty_training_moment(m, case when r.cause in ('retention', 'hold-end') then 'term' else 'forbidden' end, end_of_uses(r))
  from training_moment m left join recording r on r.id = m.recording_id
  where m.recording_id is not null and (r.id is null or r.state in ('DESTROYING', 'DESTROYED'));
  update training_session s set ended_at = clock_timestamp() where s.ended_at is null and s.begun_at < clock_timestamp() - interval '16 hours';
  delete from training_session s where s.ended_at is not null and months_after(s.ended_at, 14) <= register_now();
  get diagnostics removed = row_count;
  delete from training_collection c where c.ended_at is not null and months_after(c.ended_at, 14) <= register_now()
    and not exists (select from training_session s where s.collection_id = c.id);
  return removed;
end $$;
grant execute on function expire_training_data to seloste_custodian;
