-- What keeps a capture node from its work (docs/decisions/0085): kind, code, about and since when, as it tells with each heartbeat.

alter table capture_node add column blockers jsonb not null default '[]';

create or replace function capture_node_lives(node uuid, told_name text, told_version text, started timestamptz, state jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into capture_node as n (id, name, version, started_at, alive_at, steady_since, draining, pressures, sessions, recordings, waiting,
    blockers)
  select node, told_name, told_version, started, clock_timestamp(), clock_timestamp(), (state ->> 'draining')::boolean,
    array(select jsonb_array_elements_text(state -> 'pressures')), (state ->> 'sessions')::integer,
    (state ->> 'recordings')::integer, (state ->> 'waiting')::integer, coalesce(state -> 'blockers', '[]')
  on conflict (id) do update set name = excluded.name, version = excluded.version, started_at = excluded.started_at,
    alive_at = excluded.alive_at, ended_at = null, draining = excluded.draining, pressures = excluded.pressures,
    sessions = excluded.sessions, recordings = excluded.recordings, waiting = excluded.waiting, blockers = excluded.blockers,
    steady_since = case when n.ended_at is not null or n.alive_at < excluded.alive_at - node_silence() then excluded.alive_at
      else n.steady_since end
$$;

drop function capture_nodes();
create function capture_nodes() returns table (id uuid, name text, version text, started_at timestamptz, alive_at timestamptz, state text,
  pressures text[], sessions integer, recordings integer, waiting integer, open_calls integer, blockers jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.id, n.name, n.version, n.started_at, n.alive_at,
    case when n.ended_at is not null then 'ended' when n.alive_at < clock_timestamp() - node_silence() then 'silent'
      when n.draining then 'draining' when n.pressures <> '{}' then 'busy' else 'takes-calls' end,
    n.pressures, n.sessions, n.recordings, n.waiting,
    (select count(distinct s.contact_id)::integer from segment s
      where s.node = n.id and s.ended_at is null and s.contact_started_at > now() - interval '1 day'),
    n.blockers
  from capture_node n order by n.name, n.started_at
$$;
revoke execute on function capture_nodes() from public;
grant execute on function capture_nodes() to seloste_desk, seloste_custodian;
