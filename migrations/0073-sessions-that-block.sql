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

-- As 0065-admissions-counted.sql has it; but what a capture node reports of its own is replaced by nothing, whatever rows and entries say:
-- only what a feed had told is.
create or replace function admissions_held(parts uuid[])
returns table (part uuid, kind text, facts bigint, due bigint, missing bigint, example uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select f.part, f.kind, count(*), count(*) filter (where f.is_due), count(*) filter (where f.is_due and not f.is_held),
    (array_agg(f.id) filter (where f.is_due and not f.is_held))[1]
  from (
    select p.id as part, u.kind, u.id, u.started_at > now() - interval '14 months' as is_due,
      case u.kind
        when 'contact' then exists (select from contact c
          where c.id = u.id and c.started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours')
        when 'segment' then exists (select from segment s
            where s.id = u.id and s.contact_started_at between u.started_at - interval '25 hours' and u.started_at + interval '25 hours')
          or p.source = 'register' and exists (select from segment_replaced r join segment s on s.contact_id = r.contact_id and s.contact_started_at = r.contact_started_at
            where r.segment_id = u.id and exists (select from audit_entry e
              where e.object_id = r.contact_id and e.action = 'segment.replaced' and e.detail ->> 'segment' = u.id::text))
        else exists (select from recording r where r.id = u.id)
      end as is_held
    from unnest(admissions_held.parts) w (id)
    join admission_part p on p.id = w.id
    cross join lateral unnest(p.kinds, p.ids, p.starts) u (kind, id, started_at)
  ) f
  group by f.part, f.kind;
end $$;
