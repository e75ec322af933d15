-- No way round the ends: what a process that was taken over, or a clock that is moved little by little, could still do
-- (R22-R24, R52).

-- What stays as it was told -------------------------------------------------------------------------------------------

-- Quarantine is for what has not been taken into keeping: otherwise it would be a way round the floor (R23).
create function recording_stays_as_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.kept_at is not null and new.kept_at is distinct from old.kept_at then
    raise exception 'recording % has been taken into keeping', old.id;
  end if;
  if new.state = 'QUARANTINED' and old.state <> 'QUARANTINED' and (old.state not in ('CAPTURING', 'STORED') or old.kept_at is not null) then
    raise exception 'recording % is in keeping and does not come into quarantine', old.id;
  end if;
  return new;
end $$;
create trigger stays_as_told before update on recording for each row execute function recording_stays_as_told();

-- Whoever tells of a call's end does not put its term off with that, as 0001 let them by six months each day: no call lasts
-- a month (R22, R24).
alter policy capture_stores on recording with check (state in ('CAPTURING', 'STORED') and (
  destroy_at is null or (
    destroy_at <= greatest(now(), started_at + interval '1 day') + interval '6 months 1 day' and destroy_at <= started_at + interval '7 months'
  )
));
alter policy capture_admits on contact with check (
  history_ends_at is null
  or history_ends_at >= ((started_at at time zone 'Europe/Helsinki') + interval '14 months') at time zone 'Europe/Helsinki' - interval '1 day'
  and history_ends_at <= greatest(now(), started_at + interval '1 day') + interval '14 months 1 day'
  and history_ends_at <= started_at + interval '15 months'
);

-- Rows of what is destroyed go with their history (end_history, end_history_rest) and in no other way.
revoke delete on recording, call_identity from seloste_custodian;

-- The ledger and what it is of -----------------------------------------------------------------------------------------

-- Nothing is destroyed without its entry: both, or neither.
create function destroyed_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_custodian'
     and not exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = new.id) then
    raise exception 'recording % is destroyed and the destruction ledger does not say so', new.id;
  end if;
  return null;
end $$;
create constraint trigger is_told after update of state on recording deferrable initially deferred for each row
  when (new.state = 'DESTROYED' and old.state <> 'DESTROYED') execute function destroyed_is_told();

-- The custodian says what it has destroyed; a restore would end what it says besides. Holds and revocations are told by the
-- database itself (0016-ledger.sql).
create function custodian_tells_ends() returns trigger language plpgsql as $$
begin
  if current_user = 'seloste_custodian'
     and new.object_kind not in ('recording', 'history-month', 'month-key', 'intake-key', 'place-reached') then
    raise exception 'an entry about a % is not the custodian’s to make', new.object_kind using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger custodian_tells before insert on destruction_entry for each row execute function custodian_tells_ends();

-- Of a recording that lives no custodian says that it is destroyed.
create function told_is_destroyed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_custodian' and exists (select from recording r where r.id = new.object_id and r.state <> 'DESTROYED') then
    raise exception 'the destruction ledger says that recording % is destroyed, and it is not', new.object_id;
  end if;
  return null;
end $$;
create constraint trigger is_destroyed after insert on destruction_entry deferrable initially deferred for each row
  when (new.object_kind = 'recording') execute function told_is_destroyed();

-- The clock that creeps --------------------------------------------------------------------------------------------------

-- How far the clock has leapt, beyond the time that really passed, since the mark was last sure; it is forgotten as time
-- passes. Leaps of an hour less than a day each, one after the other, are one leap.
alter table clock_mark add column leapt interval not null default '0' check (leapt >= '0');

-- Whether the clock is so far ahead of the highest time seen before that nothing ends by its term.
create function clock_is_ahead() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select now() > at + interval '26 hours' - leapt and now() > at + interval '5 minutes' from clock_mark
$$;

create or replace function destruction_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when clock_is_ahead() then at else now() end from clock_mark
$$;

-- As 0017 has it, by leaps. `ran`: for how long the caller has been running since it asked last, by a clock that nobody sets;
-- nothing where it has just begun.
drop function advance_clock();
create function advance_clock(ran interval default '0') returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m clock_mark;
  passed interval := least(greatest(ran, '0'), '26 hours');
  leap interval;
  opened uuid;
begin
  select * into m from clock_mark for update;
  leap := greatest(now() - m.at - passed, '0');
  -- Two clocks never agree to the second.
  if leap < interval '5 seconds' then
    leap := '0';
  end if;
  if m.leapt + leap > interval '26 hours' then
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
revoke execute on function advance_clock(interval) from public;
grant execute on function advance_clock(interval) to seloste_custodian;

-- What somebody confirmed counts while the clock is about what they saw: one that leaps again is another one.
alter table clock_confirmation drop constraint clock_confirmation_pkey;
alter table clock_confirmation add primary key (stop_id, person_id, at);
create function confirmations_of(stop uuid) returns setof clock_confirmation
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct on (c.person_id) c.* from clock_confirmation c
  where c.stop_id = stop and c.at between now() - interval '26 hours' and clock_timestamp()
  order by c.person_id, c.at desc
$$;

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
  update clock_mark set at = now(), leapt = '0';
  perform pg_notify('seloste_ends', 'clock');
  return true;
end $$;

create or replace function clock_now() returns table (state text, mark timestamptz, said timestamptz, stopped_since timestamptz, confirmed_by jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case when clock_is_ahead() then 'ahead' when now() < m.at - interval '1 minute' then 'behind' else 'right' end,
    m.at, now(), s.since,
    coalesce((select jsonb_agg(jsonb_build_object('person', c.person_id, 'at', c.at) order by c.at) from confirmations_of(s.id) c), '[]')
  from clock_mark m left join clock_stop s on s.ended_at is null
$$;

revoke execute on function recording_stays_as_told(), destroyed_is_told(), custodian_tells_ends(),
  told_is_destroyed(), clock_is_ahead(), confirmations_of(uuid) from public;
