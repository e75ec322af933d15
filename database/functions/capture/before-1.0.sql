-- Functions that capture before version 1.0.0 calls while it drains during an upgrade. Without them the other nodes would treat it as down
-- and end its calls.
create or replace function capture_node_lives(node uuid, node_name text, node_version text, started timestamptz, state jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select capture_node_heartbeat(node, node_name, node_version, started, state)
$$;
grant execute on function capture_node_lives to seloste_capture;

create or replace function capture_node_ends(node uuid, left_waiting integer) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select capture_node_shutdown(node, left_waiting)
$$;
grant execute on function capture_node_ends to seloste_capture;
