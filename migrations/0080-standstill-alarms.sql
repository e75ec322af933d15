-- What keeps a process from its work (docs/decisions/0085) is an alarm for whoever may act. It is over by itself, when nothing stands
-- still any more, and nobody has closed it then.

alter table alarm drop constraint alarm_kind_check, add constraint alarm_kind_check check (kind in
  ('refusals', 'night', 'official', 'caller', 'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold',
   'one-way', 'loss', 'links', 'directory', 'standstill'));
alter table alarm drop constraint alarm_check, add constraint alarm_closed_check check (
  (closed_by is null) = (note is null)
  and case when kind = 'standstill' then closed_by is null or closed_at is not null else (closed_at is null) = (closed_by is null) end
);

-- Maintenance and administrators see it, the data protection officer sees every alarm.
drop policy desk_reads on alarm;
create policy desk_reads on alarm for select to seloste_desk using (
  (select viewer_is('DATA_PROTECTION_OFFICER')) or kind = 'standstill' and (select may_see_capture())
);

-- Ends the alarm that is open, as nothing stands still any more. Returns true where there was one.
create function settle_standstill() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  settled uuid;
begin
  update alarm a set closed_at = clock_timestamp(), last_at = clock_timestamp() where a.kind = 'standstill' and a.closed_at is null
  returning a.id into settled;
  if settled is null then
    return false;
  end if;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('alarm.closed', 'alarm', settled, 'ok', jsonb_build_object('kind', 'standstill'));
  return true;
end $$;
revoke execute on function settle_standstill() from public;
grant execute on function settle_standstill() to seloste_custodian;
