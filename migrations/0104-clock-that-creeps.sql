-- A clock that runs fast, or is less than a day ahead, has nothing destroyed before its day (docs/decisions/0027).

-- `seen`: the clock when the custodian last looked. `gained`: how far the clock went on beside the time for which the custodian ran,
-- which no running makes up for; a clock that comes back takes it back. `watcher`: the process that counts it.
alter table clock_mark add column seen timestamptz not null default now();
alter table clock_mark add column gained interval not null default '0';
alter table clock_mark add column watcher uuid;
alter table clock_mark add column is_watched boolean not null default false;

create or replace function clock_is_ahead() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select now() > at + interval '26 hours' - leapt and now() > at + interval '5 minutes' or gained > interval '22 hours' from clock_mark
$$;

-- What time it is for whoever destroys by a term. What the clock gained is not believed, nor what it leapt over while nobody looked,
-- until as much time has passed: a term that is obeyed some hours late is within its ceiling, one that is obeyed early cannot be mended.
-- A machine that was off for two hours is not waited for.
create or replace function destruction_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case
      when clock_is_ahead() then at
      -- It leapt since the custodian looked, or the custodian stands still.
      when is_watched and now() > seen + interval '3 minutes' then seen
      else now()
    end - greatest(gained, case when leapt > interval '2 hours' then leapt end, interval '0')
  from clock_mark
$$;

-- As 0021-no-way-round-the-ends.sql has it, and counts what the clock gains while the custodian runs, however little at a time. Clocks
-- drift: six minutes a day are forgotten. A step back is forgotten as time passes. `by`: the process that asks, whose `ran` counts from
-- when it asked last.
drop function advance_clock(interval);
create function advance_clock(ran interval default '0', by uuid default null) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m clock_mark;
  passed interval := least(greatest(ran, '0'), '26 hours');
  is_running boolean := passed > interval '0';
  leap interval;
  gain interval;
  opened uuid;
begin
  select * into m from clock_mark for update;
  if is_running and m.is_watched and m.watcher is distinct from by and now() between m.seen and m.seen + interval '3 minutes' then
    -- Another process watches, and goes on to.
    return case when clock_is_ahead() then 'ahead' when now() < m.at - interval '1 minute' then 'behind' else 'right' end;
  end if;
  gain := m.gained;
  -- Whoever only asks counts nothing.
  if is_running or by is not null then
    gain := case when gain > interval '0' then greatest(gain - passed / 240, '0') else least(gain + passed, '0') end;
    if is_running and m.watcher is not distinct from by then
      gain := gain + (now() - m.seen - passed);
    elsif now() < m.seen then
      gain := gain + (now() - m.seen);
    end if;
    -- What it leapt over before, it goes back.
    m.leapt := greatest(m.leapt - greatest(m.seen + passed - now() - interval '5 seconds', '0'), '0');
    update clock_mark set seen = now(), gained = gain, watcher = by, is_watched = is_watched or is_running;
  end if;
  leap := greatest(now() - m.at - passed, '0');
  -- Two clocks never agree to the second.
  if leap < interval '5 seconds' then
    leap := '0';
  end if;
  if m.leapt + leap > interval '26 hours' or gain > interval '22 hours' then
    insert into clock_stop (since, mark) values (now(), m.at) on conflict do nothing returning id into opened;
    if opened is not null then
      insert into audit_entry (action, object_kind, object_id, result, detail)
      values ('clock.stopped', 'clock', opened, 'ok', jsonb_build_object('mark', ledger_instant(m.at), 'now', ledger_instant(now())));
    end if;
    return 'ahead';
  end if;
  update clock_stop set ended_at = now(), confirmed = false where ended_at is null;
  update clock_mark set at = greatest(at, now()), leapt = greatest(m.leapt - passed, '0') + leap;
  return case when now() < m.at - interval '1 minute' then 'behind' else 'right' end;
end $$;
revoke execute on function advance_clock(interval, uuid) from public;
grant execute on function advance_clock(interval, uuid) to seloste_custodian;

-- As 0021-no-way-round-the-ends.sql has it; what the clock gained is confirmed with it.
create or replace function confirm_clock(said timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := demand_one_role('{DECISION_MAKER,DATA_PROTECTION_OFFICER,ADMINISTRATOR}');
  stop clock_stop;
begin
  perform advance_clock();
  perform from clock_mark for update;
  select * into stop from clock_stop where ended_at is null;
  if stop.id is null then
    raise exception 'clock.right' using errcode = 'SE001';
  end if;
  if abs(extract(epoch from said - now())) > 600 then
    raise exception 'clock.changed-meanwhile' using errcode = 'SE001';
  end if;
  if exists (select from confirmations_of(stop.id) c where c.person_id = viewer()) then
    raise exception 'clock.own' using errcode = 'SE001';
  end if;
  if not spend_confirmation(viewer(), sha256(convert_to(current_setting('seloste.session', true), 'UTF8')), 'clock.confirm',
      '00000000-0000-0000-0000-000000000000', 0) then
    raise exception 'confirm.passkey' using errcode = 'SE001';
  end if;
  insert into clock_confirmation (stop_id, person_id, role) values (stop.id, viewer(), as_role);
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), viewers_right(as_role), as_role, 'clock.confirmed', 'clock', stop.id, 'ok', jsonb_build_object('now', ledger_instant(now())));
  if (select count(*) from confirmations_of(stop.id)) < 2 then
    return false;
  end if;
  update clock_stop set ended_at = now(), confirmed = true where id = stop.id;
  update clock_mark set at = now(), leapt = '0', seen = now(), gained = '0';
  perform pg_notify('seloste_ends', 'clock');
  return true;
end $$;
