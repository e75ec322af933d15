-- Deletes the technical facts of a recording when it is destroyed, and not before.
create or replace function clear_reception() returns trigger language plpgsql as $$
begin
  if new.state in ('DESTROYING', 'DESTROYED') then
    new.reception := null;
  end if;
  return new;
end $$;

-- Returns true for those who may see how capture works. Its screens, routes and rows all use this rule.
create or replace function may_see_capture() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or viewer_is('MAINTENANCE')
$$;
grant execute on function may_see_capture to seloste_desk;

-- Counts one more recording, in the transaction that stores it, so that none counts twice.
create or replace function count_reception(ended timestamptz, reception jsonb, is_lossy boolean, is_empty boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s record;
begin
  select coalesce(sum((x ->> 'expected')::bigint), 0) as expected, coalesce(sum((x ->> 'lost')::bigint), 0) as lost,
    coalesce(sum((x ->> 'late')::bigint), 0) as late, coalesce(sum((x ->> 'duplicates')::bigint), 0) as duplicates,
    count(*) as streams, coalesce(sum((x ->> 'jitterMs')::double precision), 0) as jitter,
    coalesce(max((x ->> 'jitterMs')::double precision), 0) as worst
  into s from jsonb_array_elements(reception -> 'streams') x;
  insert into capture_hour as h (hour, trunk, client, recordings, one_way, silent, lossy, empty, expected, lost, late, duplicates,
    streams, jitter_ms, worst_jitter_ms, one_way_at, lossy_at)
  values (date_trunc('hour', ended, 'UTC'), left(coalesce(reception ->> 'trunk', ''), 100), left(coalesce(reception ->> 'client', ''), 100), 1,
    (reception ? 'oneWay')::int, (reception ? 'isSilent')::int, is_lossy::int, is_empty::int, s.expected, s.lost, s.late, s.duplicates,
    s.streams, s.jitter, s.worst, case when reception ? 'oneWay' then ended end, case when is_lossy then ended end)
  on conflict (hour, trunk, client) do update set recordings = h.recordings + 1, one_way = h.one_way + excluded.one_way,
    silent = h.silent + excluded.silent, lossy = h.lossy + excluded.lossy, empty = h.empty + excluded.empty,
    expected = h.expected + excluded.expected, lost = h.lost + excluded.lost, late = h.late + excluded.late,
    duplicates = h.duplicates + excluded.duplicates, streams = h.streams + excluded.streams,
    jitter_ms = h.jitter_ms + excluded.jitter_ms, worst_jitter_ms = greatest(h.worst_jitter_ms, excluded.worst_jitter_ms),
    one_way_at = greatest(h.one_way_at, excluded.one_way_at), lossy_at = greatest(h.lossy_at, excluded.lossy_at);
end $$;
grant execute on function count_reception to seloste_capture;

-- Adds what a client has sent since the last report. `sends`: [{kind, name, times}]. At most 500 clients and 1,000 names of each are
-- stored: a client may invent names.
create or replace function record_client(by_trunk text, named text, session_count bigint, refused_count bigint, sends jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  known bigint;
begin
  update capture_client c set last_at = clock_timestamp(), sessions = c.sessions + session_count, refused = c.refused + refused_count
  where c.trunk = by_trunk and c.client = named returning c.id into known;
  if known is null then
    if (select count(*) from capture_client) >= 500 then
      return;
    end if;
    insert into capture_client (trunk, client, sessions, refused) values (by_trunk, named, session_count, refused_count)
    on conflict (trunk, client) do update set last_at = clock_timestamp(), sessions = capture_client.sessions + excluded.sessions,
      refused = capture_client.refused + excluded.refused
    returning id into known;
  end if;
  update capture_client_sends s set times = s.times + x.times, last_at = clock_timestamp()
  from jsonb_to_recordset(sends) x(kind text, name text, times bigint)
  where s.client_id = known and s.kind = x.kind and s.name = x.name;
  insert into capture_client_sends (client_id, kind, name, times)
  select known, x.kind, x.name, x.times from jsonb_to_recordset(sends) x(kind text, name text, times bigint)
  order by x.kind, x.name limit greatest(0, 1000 - (select count(*) from capture_client_sends s where s.client_id = known))
  on conflict (client_id, kind, name) do nothing;
end $$;
grant execute on function record_client to seloste_capture;

-- Deletes hourly counts after three months, and clients and what they sent after fourteen months without a session.
create or replace function prune_capture_clients() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from capture_hour where hour < now() - interval '3 months';
  delete from capture_client where last_at < now() - interval '14 months';
  delete from capture_client_sends where last_at < now() - interval '14 months';
$$;
grant execute on function prune_capture_clients to seloste_capture;

-- Logs an operator's act on the signalling of calls, of one segment or of all.
create or replace function record_flow_act(action text, segment uuid, detail jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(not may_see_capture(), 'deny.role');
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  select viewer(), r.id, r.role, record_flow_act.action, case when segment is null then 'search' else 'segment' end, segment, 'ok',
    record_flow_act.detail
  from access_right r
  where r.person_id = viewer() and r.role in ('ADMINISTRATOR', 'MAINTENANCE')
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > register_now())
  order by r.role desc, r.valid_from limit 1;
end $$;

-- Logs that an operator listed the sessions in capture's memory, or those of one segment: the list shows when each call began and ended.
create or replace function record_flows_listed(segment uuid, sessions integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_flow_act('call-flow.listed', segment, jsonb_build_object('sessions', sessions))
$$;
grant execute on function record_flows_listed to seloste_desk;

-- Logs that an engineer read how a call was signalled. The flow itself stays in capture and is never in the database.
create or replace function record_flow_read(segment uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_flow_act('call-flow.read', segment, '{}')
$$;
grant execute on function record_flow_read to seloste_desk;

