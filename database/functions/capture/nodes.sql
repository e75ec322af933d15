create or replace function node_timeout() returns interval language sql immutable as $$ select interval '10 seconds' $$;
grant execute on function node_timeout to seloste_desk;

-- Heartbeat of a capture node, with its state. Records that a node was away.
create or replace function capture_node_heartbeat(node uuid, node_name text, node_version text, started timestamptz, state jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into capture_node as n (id, name, version, started_at, alive_at, steady_since, draining, pressures, sessions, recordings, waiting,
    blockers)
  select node, node_name, node_version, started, clock_timestamp(), clock_timestamp(), (state ->> 'draining')::boolean,
    array(select jsonb_array_elements_text(state -> 'pressures')), (state ->> 'sessions')::integer,
    (state ->> 'recordings')::integer, (state ->> 'waiting')::integer, coalesce(state -> 'blockers', '[]')
  on conflict (id) do update set name = excluded.name, version = excluded.version, started_at = excluded.started_at,
    alive_at = excluded.alive_at, ended_at = null, draining = excluded.draining, pressures = excluded.pressures,
    sessions = excluded.sessions, recordings = excluded.recordings, waiting = excluded.waiting, blockers = excluded.blockers,
    steady_since = case when n.ended_at is not null or n.alive_at < excluded.alive_at - node_timeout() then excluded.alive_at
      else n.steady_since end,
    away_from = case when n.away_until > excluded.alive_at then n.away_from
      when n.alive_at < excluded.alive_at - interval '1 day' then n.alive_at end,
    away_until = case when n.away_until > excluded.alive_at then n.away_until
      when n.alive_at < excluded.alive_at - interval '1 day' then excluded.alive_at + interval '2 days' end
$$;
grant execute on function capture_node_heartbeat to seloste_capture;

-- Records that a node shuts down. It reports what it still has when it returns.
create or replace function capture_node_shutdown(node uuid, left_waiting integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update capture_node set ended_at = clock_timestamp(), sessions = 0, recordings = 0, waiting = left_waiting where id = node
$$;
grant execute on function capture_node_shutdown to seloste_capture;

-- Returns true if `node` has sent no heartbeat, provided that `reporting_node` itself has sent them throughout.
create or replace function is_node_down(reporting_node uuid, node uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((
    select other.ended_at is not null
      or other.alive_at < clock_timestamp() - node_timeout() and mine.steady_since < clock_timestamp() - node_timeout()
    from capture_node other, capture_node mine where other.id = node and mine.id = reporting_node
  ), false)
$$;

-- Returns the key by which an official is compared.
create or replace function official_key(person uuid, phone text) returns text
language sql immutable as $$ select coalesce(person::text, phone) $$;

-- Returns the key of the official whom the reports of a part named, also after a correction.
create or replace function reported_key(s segment) returns text
language sql immutable as $$
  select case when s.reported_phone is null then official_key(s.official_person_id, s.official_phone)
    else official_key(s.reported_person_id, nullif(s.reported_phone, 'unknown')) end
$$;

-- Returns the official's telephone of a part, to compare with a report that names one: for a corrected part the reported telephone, if the
-- report names it. Null if none was reported.
create or replace function phone_as_reported(s segment, named text) returns text
language sql immutable as $$
  select case when named = s.official_phone or s.reported_phone is null then s.official_phone
    when s.reported_phone = 'unknown' then null when named = s.reported_phone then named else s.official_phone end
$$;

-- Returns true if two parts have the same official, or had until a correction. Not true if one part's official is not reported.
create or replace function has_same_official(one segment, other segment) returns boolean
language sql immutable as $$
  select official_key(one.official_person_id, one.official_phone) = official_key(other.official_person_id, other.official_phone)
    or reported_key(one) = reported_key(other)
$$;

-- Returns true if two nodes' parts of a call are the same conversation, whose recordings are forbidden as one (R49): with the same
-- official, at the same time or continued at the other node. An inferred end is no end. Null if only one part's official is reported: then
-- nothing is forbidden yet, because a destruction cannot be undone and the unreported official may be a different one (R23).
create or replace function is_same_talk(one segment, other segment) returns boolean
language sql immutable as $$
  select coalesce(one.node <> other.node, false)
    and coalesce(one.answered_at < other.ended_at + interval '5 seconds' or 'end-inferred' = any (other.marks), true)
    and coalesce(other.answered_at < one.ended_at + interval '5 seconds' or 'end-inferred' = any (one.marks), true)
    and case when official_key(one.official_person_id, one.official_phone) is null
        and official_key(other.official_person_id, other.official_phone) is null then one.number_reached = other.number_reached
      else has_same_official(one, other) end
$$;

-- Returns true if two parts of a call have the same official at the same time. They are one conversation, which several recording clients
-- have reported under several numbers, because nobody speaks with one caller twice at once.
create or replace function is_simultaneous_talk(one segment, other segment) returns boolean
language sql immutable as $$
  select one.id <> other.id
    and coalesce(has_same_official(one, other), false)
    and coalesce(one.answered_at < coalesce(other.ended_at, 'infinity') and other.answered_at < coalesce(one.ended_at, 'infinity'), false)
$$;

-- Returns true if a part and a report of another client name the same official, whose conversation begins at the same moment and is the same:
-- an official answers no two calls at once.
create or replace function is_reported_together(s segment, official_person uuid, official_phone text, answered timestamptz, ended timestamptz)
returns boolean
language sql stable as $$
  select official_key(official_person, is_reported_together.official_phone) in (reported_key(s), official_key(s.official_person_id, s.official_phone))
    and s.answered_at between answered - clock_tolerance() and answered + clock_tolerance()
    and answered < coalesce(s.ended_at, 'infinity') and s.answered_at < coalesce(ended, 'infinity')
$$;

-- Returns the parts of other calls that are the same conversation: another recording client has reported it with another telephone number of
-- the caller, under a common id in the same trunk (docs/decisions/0125).
create or replace function same_talk_elsewhere(s segment) returns setof segment
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select o.* from contact c
  join call_identity i on i.contact_id = c.id and i.contact_started_at = c.started_at
  join call_identity j on j.external_id_hash = i.external_id_hash and j.contact_id <> i.contact_id
    and j.contact_started_at between i.contact_started_at - interval '1 day' and i.contact_started_at + interval '1 day'
  join contact d on d.id = j.contact_id and d.started_at = j.contact_started_at and d.trunk = c.trunk
  join segment o on o.contact_id = d.id and o.contact_started_at = d.started_at
  where c.id = s.contact_id and c.started_at = s.contact_started_at and s.node is not null and o.node is not null
    and (is_reported_together(o, s.official_person_id, s.official_phone, s.answered_at, s.ended_at)
      or is_reported_together(o, s.reported_person_id, nullif(s.reported_phone, 'unknown'), s.answered_at, s.ended_at));
end $$;
revoke execute on function same_talk_elsewhere from public;

-- Decides on a part of a call that `reporting_node` reports and another node may have as well (R9, R17). `own`: it is entered, beside
-- `other` if there is one. `beside`: another node has it and has not finished; nothing is entered, and the reporting node asks again.
-- `told`: another node has reported all of it. `stops`: recording of it has to stop, because it is forbidden or is not to be recorded. A
-- part whose number was not reported may have come to any number. It is a part of its own only if no other node has reported the
-- conversation. For calls too old to be reported late the answer is always `own`, which reveals nothing.
create or replace function resolve_duplicate_segment(reporting_node uuid, call uuid, call_started timestamptz, reported jsonb)
returns table (verdict text, other uuid, stops boolean, stays_for_review boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  existing segment;
  existing_recording recording;
  skew constant interval := interval '5 seconds';
  -- Two and a half seconds of two streams.
  packets_apart constant integer := 250;
  began timestamptz := (reported ->> 'beganAt')::timestamptz;
  ended timestamptz := (reported ->> 'endedAt')::timestamptz;
  records boolean := (reported ->> 'records')::boolean;
  is_number_unknown boolean := reported ->> 'numberReached' = 'unknown';
  existing_voices text[];
  has_other_voice boolean;
  more_marks text[];
begin
  if exists (select from segment s where s.id = (reported ->> 'segmentId')::uuid and s.contact_started_at = call_started) then
    -- A review mark on a call of several nodes stays, whatever one of them knows.
    return query select 'own', null::uuid, false, exists (
      select from segment s join segment o on o.contact_id = s.contact_id and o.contact_started_at = s.contact_started_at and o.node <> reporting_node
      where s.id = (reported ->> 'segmentId')::uuid and s.contact_started_at = call_started and s.contact_id = call
        and 'needs-review' = any (s.marks));
    return;
  end if;
  select s.* into existing from segment s
  where s.contact_id = call and s.contact_started_at = call_started and call_started >= late_facts_from(interval '7 days') and s.node <> reporting_node
    and (s.number_reached = reported ->> 'numberReached' or is_number_unknown)
    and coalesce(reported ->> 'official' in (reported_key(s), official_key(s.official_person_id, s.official_phone)), true)
    and (s.ended_at is null or s.ended_at > began)
  order by s.ended_at is not null, s.seq desc limit 1;
  if existing.id is null then
    return query select 'own', null::uuid, false, false;
    return;
  end if;
  select r.* into existing_recording from recording r where r.segment_id = existing.id and r.contact_started_at = existing.contact_started_at order by r.started_at desc limit 1;
  -- A client may send each voice of a call in a session of its own (Cisco's built-in bridge), to two nodes: the recordings are two halves,
  -- whose packet counts cannot be compared.
  existing_voices := array(select s ->> 'track' from jsonb_array_elements(existing_recording.reception -> 'streams') s where (s ->> 'firstMs')::numeric >= 0);
  has_other_voice := exists (select from jsonb_array_elements_text(reported -> 'voices') v
    where v <> all (existing_voices) and 'mixed' <> all (existing_voices) and not (v = 'mixed' and existing_voices @> '{caller,official}'));
  verdict := case
    when is_number_unknown and not records and existing.number_reached <> 'unknown' then
      case when ended is null or existing.ended_at is null then 'beside' else 'told' end
    when is_node_down(reporting_node, existing.node) and (existing.ended_at is null or existing_recording.state = 'CAPTURING') then 'own'
    when existing.ended_at is null then 'beside'
    -- Its end was only inferred.
    when 'end-inferred' = any (existing.marks) then 'own'
    when ended is null then case when clock_timestamp() < existing.ended_at + skew then 'beside' else 'own' end
    when ended > existing.ended_at + skew then 'own'
    when not records then 'told'
    when existing_recording.id is null then case when existing.decision_record and existing.capture_failure is distinct from 'forbidden' then 'own' else 'told' end
    when existing_recording.state in ('DESTROYING', 'DESTROYED') then 'told'
    when existing_recording.state = 'CAPTURING' or reported ->> 'packets' is null then 'beside'
    when existing_recording.incomplete or began < existing_recording.started_at - skew then 'own'
    when (reported ->> 'packets')::integer > existing_recording.packets_received + packets_apart then 'own'
    when has_other_voice then 'own'
    else 'told'
  end;
  -- Marks the part that is entered with what only this node knows: another voice, or that the network refutes the caller's number.
  more_marks := array_remove(array[case when verdict = 'own' and has_other_voice then 'needs-review' end,
    case when (reported ->> 'isRefuted')::boolean then 'caller-unverified' end], null);
  update segment s set marks = array(select distinct unnest(s.marks || more_marks))
  where s.id = existing.id and s.contact_started_at = existing.contact_started_at and not s.marks @> more_marks;
  return query select verdict, existing.id, verdict = 'beside' and records and (
    existing_recording.id is null and not existing.decision_record
    -- Stops only the same official's recording: as long as either official is not reported, it continues, unreadable, at the node.
    or (reported_key(existing) is not distinct from reported ->> 'official'
      or official_key(existing.official_person_id, existing.official_phone) is not distinct from reported ->> 'official') and (
      existing_recording.id is null and existing.capture_failure is not distinct from 'forbidden'
      or exists (select from prohibition p where p.recording_id = existing_recording.id))), verdict = 'own' and has_other_voice;
end $$;
grant execute on function resolve_duplicate_segment to seloste_capture;

-- Enters the parts of a call in which sessions at several nodes record different officials with the caller at the same time, and notifies the
-- nodes: that is a conference, of which nothing is recorded (docs/decisions/0084). A part that has ended is removed. A part with another caller
-- than its call is a part that the official has passed on.
create or replace function record_conference(reporting_node uuid, call uuid, call_started timestamptz, t told_part) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  is_entered boolean;
begin
  -- An official who is not in the directory may be the same one under another number, so the other recording is only marked.
  update segment s set marks = s.marks || 'needs-review'::text
  where s.contact_id = call and s.contact_started_at = call_started and s.node <> reporting_node and s.official_person_id is not null
    and t.official_person_id is null and t.official_phone is not null and 'needs-review' <> all (s.marks)
    and s.answered_at < coalesce(t.ended_at, 'infinity') and coalesce(s.ended_at, 'infinity') > t.answered_at
    and not exists (select from contact c where c.id = call and c.started_at = call_started and c.caller_key <> t.caller_key);
  if t.ended_at is not null or t.official_person_id is null then
    delete from conference_part p where p.segment_id = t.segment_id;
  else
    insert into conference_part (segment_id, contact_id, node, official_person_id)
    select s.id, call, s.node, s.official_person_id from segment s
    where s.contact_id = call and s.contact_started_at = call_started and s.ended_at is null and s.node <> reporting_node
      and s.official_person_id <> t.official_person_id
      and not exists (select from contact c where c.id = call and c.started_at = call_started and c.caller_key <> t.caller_key)
    on conflict do nothing;
    is_entered := found;
    insert into conference_part (segment_id, contact_id, node, official_person_id)
    select t.segment_id, call, reporting_node, t.official_person_id
    where exists (select from conference_part p where p.contact_id = call and p.node <> reporting_node and p.official_person_id <> t.official_person_id)
    on conflict do nothing;
  end if;
  if found or is_entered then
    perform pg_notify('seloste_conferences', call::text);
  end if;
end $$;
grant execute on function record_conference to seloste_capture;

-- Returns the parts of a node in calls that are conferences with other nodes' parts. `is_shared`: another node's part has another official who
-- speaks with the caller. `speaking`, `silent`: the node's parts whose official does so, or does not. Parts in neither wait to be resumed.
create or replace function settle_conferences(reporting_node uuid, speaking uuid[], silent uuid[]) returns table (segment_id uuid, is_shared boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update conference_part p set speaks = not p.speaks
  where p.node = reporting_node and p.segment_id = any (case when p.speaks then silent else speaking end);
  if found then
    perform pg_notify('seloste_conferences', '');
  end if;
  return query select p.segment_id, exists (
    select from conference_part o where o.contact_id = p.contact_id and o.node <> p.node and o.official_person_id <> p.official_person_id
      and o.speaks and not is_node_down(reporting_node, o.node))
  from conference_part p where p.node = reporting_node;
end $$;
grant execute on function settle_conferences to seloste_capture;

-- Ends the parts of a node that is down at its last heartbeat (R22), and returns their calls. If the node returns, it reports their real
-- ends.
create or replace function end_segments_of_node(down_node uuid) returns table (id uuid, started_at timestamptz)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from conference_part p where p.node = down_node)
  update segment s set ended_at = greatest(n.alive_at, s.answered_at, s.contact_started_at), capture_state = 'not-recorded',
    marks = array(select distinct unnest(s.marks || '{end-inferred}'))
  from capture_node n
  where n.id = down_node and s.node = n.id and s.ended_at is null
  returning s.contact_id, s.contact_started_at
$$;

-- Ends the parts of every node that has been down for a quarter of an hour.
create or replace function end_segments_of_down_nodes(reporting_node uuid) returns table (id uuid, started_at timestamptz)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.* from capture_node n, end_segments_of_node(n.id) e
  where n.id <> reporting_node and is_node_down(reporting_node, n.id) and coalesce(n.ended_at, n.alive_at) < clock_timestamp() - interval '15 minutes'
$$;
grant execute on function end_segments_of_down_nodes to seloste_capture;

create or replace function copy_prohibition(one prohibition, wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made prohibition;
begin
  insert into prohibition (recording_id, party, channel, received_at, entered_by, reference)
  values (wanted, one.party, one.channel, one.received_at, one.entered_by, one.reference)
  on conflict do nothing returning * into made;
  if made.id is null then
    return;
  end if;
  insert into audit_entry (person_id, action, object_kind, object_id, result, reference, detail)
  values (one.entered_by, 'recording.forbidden', 'prohibition', made.id, 'ok', made.reference,
    jsonb_build_object('recording', wanted, 'party', made.party, 'channel', made.channel, 'as', one.recording_id));
  perform recall_copies(wanted);
  perform settle_recording(wanted);
end $$;

-- Copies a prohibition to the other recordings of the same conversation, at another node, under another number or
-- with another caller. A recording whose official is not reported counts as another official's until the official is reported.
create or replace function forbid_duplicate() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  duplicate uuid;
begin
  for duplicate in
    select r.id from recording mine
    join segment s on s.id = mine.segment_id and s.contact_started_at = mine.contact_started_at
    join segment o on o.contact_id = s.contact_id and o.contact_started_at = s.contact_started_at
      and (o.id = s.beside or o.beside = s.id or is_simultaneous_talk(s, o))
    join recording r on r.segment_id = o.id and r.contact_started_at = o.contact_started_at
    where mine.id = new.recording_id and coalesce(has_same_official(s, o), is_same_talk(s, o) or r.state <> 'CAPTURING', false)
    union
    select r.id from recording mine
    join segment s on s.id = mine.segment_id and s.contact_started_at = mine.contact_started_at
    cross join lateral same_talk_elsewhere(s) o
    join recording r on r.segment_id = o.id and r.contact_started_at = o.contact_started_at
    where mine.id = new.recording_id
  loop
    perform copy_prohibition(new, duplicate);
  end loop;
  return null;
end $$;

-- Copies the prohibition of a conversation's recording to a recording of the same conversation that begins at another node or under another
-- number.
create or replace function inherit_prohibition() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  earlier prohibition;
begin
  for earlier in
    select p.* from segment s
    join segment o on o.contact_id = s.contact_id and o.contact_started_at = s.contact_started_at
      and (is_same_talk(s, o) or is_simultaneous_talk(s, o))
    join recording r on r.segment_id = o.id and r.contact_started_at = o.contact_started_at
    join prohibition p on p.recording_id = r.id
    where s.id = new.segment_id and s.contact_started_at = new.contact_started_at
    union
    select p.* from segment s
    cross join lateral same_talk_elsewhere(s) o
    join recording r on r.segment_id = o.id and r.contact_started_at = o.contact_started_at
    join prohibition p on p.recording_id = r.id
    where s.id = new.segment_id and s.contact_started_at = new.contact_started_at
  loop
    perform copy_prohibition(earlier, new.id);
  end loop;
  return null;
end $$;

-- Copies a prohibition to the other node's recording once the official of either part is reported, if that recording is still being
-- captured.
create or replace function forbid_when_reported() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  late record;
begin
  for late in
    select p as forbidden, here.id as recording from segment o
    join recording r on r.segment_id in (o.id, new.id) and r.contact_started_at = new.contact_started_at
    join prohibition p on p.recording_id = r.id
    join recording here on here.segment_id in (o.id, new.id) and here.segment_id <> r.segment_id
      and here.contact_started_at = new.contact_started_at and here.state = 'CAPTURING'
    where o.contact_id = new.contact_id and o.contact_started_at = new.contact_started_at
      and (is_same_talk(new, o) or is_simultaneous_talk(new, o))
    union
    select p, here.id from same_talk_elsewhere(new) o
    join recording r on r.segment_id in (o.id, new.id) and r.contact_started_at in (o.contact_started_at, new.contact_started_at)
    join prohibition p on p.recording_id = r.id
    join recording here on here.segment_id in (o.id, new.id) and here.segment_id <> r.segment_id
      and here.contact_started_at in (o.contact_started_at, new.contact_started_at) and here.state = 'CAPTURING'
  loop
    perform copy_prohibition(late.forbidden, late.recording);
  end loop;
  return null;
end $$;

-- Returns all nodes, for operators.
create or replace function capture_nodes() returns table (id uuid, name text, version text, started_at timestamptz, alive_at timestamptz, state text,
  pressures text[], sessions integer, recordings integer, waiting integer, open_calls integer, blockers jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.id, n.name, n.version, n.started_at, n.alive_at,
    case when n.ended_at is not null then 'ended' when n.alive_at < clock_timestamp() - node_timeout() then 'silent'
      when n.draining then 'draining' when n.pressures <> '{}' then 'busy' else 'takes-calls' end,
    n.pressures, n.sessions, n.recordings, n.waiting,
    (select count(distinct s.contact_id)::integer from segment s
      where s.node = n.id and s.ended_at is null and s.contact_started_at > now() - interval '1 day'),
    n.blockers
  from capture_node n order by n.name, n.started_at
$$;
grant execute on function capture_nodes to seloste_custodian, seloste_desk;
