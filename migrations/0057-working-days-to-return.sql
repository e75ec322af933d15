-- How many working days an institute has after a recall, or after the end of its study (R30, R50, AC13): as the description says when
-- that begins. What runs keeps the days with which it began.

alter table disclosure_rules add column return_working_days integer not null default 3 check (return_working_days between 1 and 10);
alter table research_disclosure add column return_working_days integer not null default 3 check (return_working_days between 1 and 10);

-- Over 0017-ends.sql.
create or replace function recall_copies(recording uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  copy uuid;
begin
  for copy in
    update disclosed_copy c
    set state = 'RECALLED', recalled_at = clock_timestamp(),
      due_at = working_days_after(clock_timestamp(), (select r.return_working_days from disclosure_rules r))
    where c.recording_id = recall_copies.recording and c.state = 'RELEASED' returning c.id
  loop
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (viewer(), 'copy.recalled', 'recall', copy, 'ok', '{}');
  end loop;
end $$;

-- Over 0032-research-disclosures.sql.
create or replace function research_deadline(d research_disclosure) returns timestamptz
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when d.study_ended_on is null then day_begins(d.due_on + 1)
    else least(day_begins(d.due_on + 1), working_days_after(day_begins(d.study_ended_on), d.return_working_days)) end
$$;

-- Over 0032-research-disclosures.sql.
create or replace function end_study(wanted uuid, ended_on date) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := demand_research_part('{QUALITY,DECISION_MAKER}');
  d research_disclosure := research_lent(wanted);
begin
  if d.study_ended_at is not null then
    raise exception 'research.study-ended' using errcode = 'SE001';
  end if;
  if end_study.ended_on > helsinki_today() then
    raise exception 'research.day-ahead' using errcode = 'SE001';
  end if;
  if end_study.ended_on < helsinki_day(d.released_at) then
    raise exception 'research.day-before' using errcode = 'SE001';
  end if;
  update research_disclosure r set study_ended_on = end_study.ended_on, study_ended_at = clock_timestamp(), study_ended_by = viewer(),
    return_working_days = (select g.return_working_days from disclosure_rules g) where r.id = d.id;
  perform end_research_packages(d.id);
  perform note_research('research.study-ended', as_role, 'disclosure', d.id, jsonb_build_object('endedOn', end_study.ended_on));
end $$;

-- Over 0037-releases-that-are-kept.sql: a study that ended after a backup keeps its days over the restore.
create or replace function ledger_research() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.due_on <> old.due_on and new.released_at is not null then
    perform append_to_ledger('disclosure', new.id, 'extended', jsonb_build_object('dueOn', new.due_on));
  end if;
  if old.study_ended_at is null and new.study_ended_at is not null then
    perform append_to_ledger('disclosure', new.id, 'study-ended', jsonb_build_object('endedOn', new.study_ended_on,
      'workingDays', new.return_working_days));
  end if;
  if old.closed_at is null and new.closed_at is not null then
    perform append_to_ledger('disclosure', new.id, 'closed', '{}');
  end if;
  return null;
end $$;
