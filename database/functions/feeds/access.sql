-- feed_problem
alter table feed_problem enable row level security;
grant select on feed_problem to seloste_desk;
create policy desk_reads on feed_problem for select to seloste_desk
  using ((select viewer_is('DATA_PROTECTION_OFFICER') or viewer_is('ADMINISTRATOR') or viewer_is('MAINTENANCE')));

-- feed
create trigger checks_value_ranges before insert or update of heard_at, told_from, told_until, fault_at, late_from, late_until, records,
  calls, outside on feed for each row
  when (least(new.heard_at, new.told_from, new.told_until, new.fault_at, new.late_from, new.late_until) < '1970-01-01Z'
    or greatest(new.heard_at, new.told_from, new.told_until, new.fault_at, new.late_from, new.late_until) > '3000-01-01Z'
    or greatest(new.records, new.calls, new.outside) > 9007199254740991)
  execute function check_value_range();

-- fed_segment
create trigger checks_value_ranges before insert or update of contact_started_at, answered_at, ended_at on fed_segment for each row
  when (least(new.contact_started_at, new.answered_at, new.ended_at) < '1970-01-01Z'
    or greatest(new.contact_started_at, new.answered_at, new.ended_at) > '3000-01-01Z')
  execute function check_value_range();
