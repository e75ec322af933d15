-- No process delays a destruction by a lock (docs/decisions/0078). Capture and the desk change rows that the custodian changes as well,
-- and can hold them, and whatever else they reach, for as long as a transaction is open. So what they hold is taken from them.

-- Only a member of a role may end its sessions, where the owner of the database is no superuser.
do $$
declare
  r text;
begin
  foreach r in array array['seloste_capture', 'seloste_desk'] loop
    if not pg_has_role(current_user, r, 'usage') then
      execute format('grant %I to %I', r, current_user);
    end if;
  end loop;
exception when insufficient_privilege then
  -- The custodian tells that it could not end them (docs/operate/database-and-store.md).
  null;
end $$;

-- Ends sessions of capture that have held a lock for so long, while the custodian or the desk has waited for it for so long, and sessions
-- of the desk for which the custodian has; with one of capture's, all of capture's whose transaction is as old. What such a session
-- was about is undone, and done again by its process. Returns how many were ended, by role.
create function end_blocking_sessions(patience interval) returns table (role text, sessions integer)
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
      -- Null to an owner who may not end it either: then it is tried, and fails.
      and coalesce(a.xact_start, '-infinity') < clock_timestamp() - patience
  ), ended as (
    select a.usename, pg_terminate_backend(a.pid) as is_ended
    from pg_stat_activity a
    where a.pid in (select k.pid from blocking k)
      or a.usename = 'seloste_capture' and a.datname = current_database() and a.xact_start < clock_timestamp() - patience
        and a.wait_event_type is distinct from 'Lock' and exists (select from blocking k where k.usename = 'seloste_capture')
  )
  select e.usename::text, count(*)::integer from ended e where e.is_ended group by e.usename
$$;
revoke execute on function end_blocking_sessions(interval) from public;
grant execute on function end_blocking_sessions(interval) to seloste_custodian;
