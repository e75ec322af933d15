-- Seeing what capture gets (R13, R16, R17): how well each recording came in, hours of it by trunk, and what each recording
-- client sends. Counts, times and names of elements; never a value that a client sent, and nothing of who called or answered.

-- How a recording came in ------------------------------------------------------------------------------------------------

alter table recording add column reception jsonb;
grant update (reception) on recording to seloste_capture;

-- Technical facts of the recording: they end with it, whatever ends it, and before its term no sooner than it.
create function reception_ends() returns trigger language plpgsql as $$
begin
  if new.state in ('DESTROYING', 'DESTROYED') then
    new.reception := null;
  end if;
  return new;
end $$;
create trigger reception_ends before update on recording for each row when (new.reception is not null)
  execute function reception_ends();

-- Who sees how capture is doing: the one rule of its screens, their routes and the rows.
create function may_see_capture() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('ADMINISTRATOR') or viewer_is('MAINTENANCE')
$$;

-- By hour of the recording's end, trunk and client. Three months, as what is told of calls (0040).
create table capture_hour (
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  -- As SELOSTE_TRUNKS names it; '' for a client of no trunk.
  trunk text not null,
  client text not null,
  recordings integer not null,
  -- Recordings of which one voice cannot be heard, in which nobody can, that lost three packets of a hundred, to which none came.
  one_way integer not null,
  silent integer not null,
  lossy integer not null,
  empty integer not null,
  expected bigint not null,
  lost bigint not null,
  late bigint not null,
  duplicates bigint not null,
  -- Sum and worst of the streams' mean jitter, in milliseconds.
  streams integer not null,
  jitter_ms double precision not null,
  worst_jitter_ms double precision not null,
  one_way_at timestamptz,
  lossy_at timestamptz,
  primary key (hour, trunk, client)
);
alter table capture_hour enable row level security;
create policy desk_reads on capture_hour for select to seloste_desk using ((select may_see_capture()));
grant select on capture_hour to seloste_desk;

-- One recording more. In the transaction that stores it, so that none counts twice.
create function count_reception(ended timestamptz, reception jsonb, is_lossy boolean, is_empty boolean) returns void
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

-- What clients send ------------------------------------------------------------------------------------------------------

-- A recording client: what it calls itself, and the trunk that its requests come by.
create table capture_client (
  id bigint generated always as identity primary key,
  trunk text not null,
  client text not null,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  sessions bigint not null default 0,
  refused bigint not null default 0,
  unique (trunk, client)
);

-- What it sends and what was made of it, by name: an element of its metadata, a header, a codec, where a value was taken
-- from, a problem. How often and when last; never the value.
create table capture_client_sends (
  client_id bigint not null references capture_client on delete cascade,
  kind text not null check (kind ~ '^[a-z-]{1,20}$'),
  name text not null check (length(name) between 1 and 200),
  times bigint not null,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (client_id, kind, name)
);
alter table capture_client enable row level security;
alter table capture_client_sends enable row level security;
create policy desk_reads on capture_client for select to seloste_desk using ((select may_see_capture()));
create policy desk_reads on capture_client_sends for select to seloste_desk using ((select may_see_capture()));
grant select on capture_client, capture_client_sends to seloste_desk;

-- Adds what a client has sent since the last time. Clients are few, and so are the names of one: whoever makes up more is
-- counted in what is there. `sends`: [{kind, name, times}].
create function note_client(by_trunk text, named text, session_count bigint, refused_count bigint, sends jsonb) returns void
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

-- A client that nobody has heard of for fourteen months is not there any more.
create function forget_capture_seen() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from capture_hour where hour < now() - interval '3 months';
  delete from capture_client where last_at < now() - interval '14 months';
  delete from capture_client_sends where last_at < now() - interval '14 months';
$$;

-- That an engineer read how a call was signalled is in the log; the flow itself is capture's own and nowhere in the database.
create function note_flow_read(segment uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not may_see_capture() then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result)
  select viewer(), r.id, r.role, 'call-flow.read', 'segment', segment, 'ok' from access_right r
  where r.person_id = viewer() and r.role in ('ADMINISTRATOR', 'MAINTENANCE')
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
  order by r.role desc, r.valid_from limit 1;
end $$;

create policy flow_read_is_told on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action <> 'call-flow.read'
);

-- Alarms -----------------------------------------------------------------------------------------------------------------

alter table alarm drop constraint alarm_kind_check, add constraint alarm_kind_check check (kind in
  ('refusals', 'night', 'official', 'caller', 'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold',
   'one-way', 'loss'));

-- Recordings of an hour and a trunk in which one voice is missing, or that lost too much.
create function find_one_way(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, sum(h.one_way)::integer, min(h.hour), max(h.one_way_at), jsonb_build_object(
    'recordings', sum(h.recordings), 'affected', sum(h.one_way), 'clients', count(distinct (h.trunk, h.client)))
  from capture_hour h
  where h.one_way > 0 and h.hour >= date_trunc('hour', since, 'UTC') - interval '1 hour'
    and h.one_way_at > coalesce((select k.at from closed_until k where k.kind = 'one-way'), '-infinity')
  having max(h.one_way) >= (threshold ->> 'recordings')::integer
$$;

create function find_loss(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, sum(h.lossy)::integer, min(h.hour), max(h.lossy_at), jsonb_build_object(
    'recordings', sum(h.recordings), 'affected', sum(h.lossy), 'clients', count(distinct (h.trunk, h.client)))
  from capture_hour h
  where h.lossy > 0 and h.hour >= date_trunc('hour', since, 'UTC') - interval '1 hour'
    and h.lossy_at > coalesce((select k.at from closed_until k where k.kind = 'loss'), '-infinity')
  having max(h.lossy) >= (threshold ->> 'recordings')::integer
$$;

revoke execute on function reception_ends(), may_see_capture(), count_reception(timestamptz, jsonb, boolean, boolean),
  note_client(text, text, bigint, bigint, jsonb), forget_capture_seen(), note_flow_read(uuid),
  find_one_way(jsonb, timestamptz), find_loss(jsonb, timestamptz) from public;
grant execute on function may_see_capture(), note_flow_read(uuid) to seloste_desk;
grant execute on function count_reception(timestamptz, jsonb, boolean, boolean), note_client(text, text, bigint, bigint, jsonb),
  forget_capture_seen() to seloste_capture;
grant execute on function find_one_way(jsonb, timestamptz), find_loss(jsonb, timestamptz) to seloste_custodian;
