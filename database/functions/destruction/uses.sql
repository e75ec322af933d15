-- Returns when the uses of a recording ended, as reported to those who worked on it: for a recording that ended by its term only the day,
-- for one that a preservation order kept the day on which it was reported as destroyed.
create or replace function end_of_uses(r recording) returns timestamptz
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when r.cause in ('caller', 'official', 'trimming') then clock_timestamp()
    when r.cause = 'hold-end' then shown_end_day(r) else day_start(helsinki_day(clock_timestamp())) end
$$;

-- Ends what was made of a recording in the transaction that blocks it (R50): moments of training, its anonymised copy (text, check note and
-- what was removed deleted, sound to be removed), requesters' copies, evaluations, and packages with a part of it.
create or replace function end_uses_of_recording() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  why constant text := case when new.cause in ('retention', 'hold-end') then 'term' else 'forbidden' end;
  ended constant timestamptz := end_of_uses(new);
begin
  perform empty_training_moment(m, why, ended) from training_moment m where m.recording_id = new.id;
  with ended as (
    update anonymised_copy k set ended_at = clock_timestamp(), work = null, rendering_at = null,
      state = case when k.state = 'RENDERING' then 'FAILED' else k.state end,
      failure = case when k.state = 'RENDERING' then 'recording-destroyed' else k.failure end
    where k.recording_id = new.id and k.ended_at is null returning k.id
  )
  insert into audit_entry (action, object_kind, object_id, result, detail)
  select 'anonymised-copy.ended', 'anonymised-copy', id, 'ok', '{"why": "destroyed"}' from ended;
  -- Also clears copies that ended earlier, such as one whose sound a restored backup lacked.
  update anonymised_copy k set work = null, check_note = null, removed = '{}', redacted_ms = 0 where k.recording_id = new.id;
  perform end_subject_copy(c, 'destroyed', null) from subject_copy c where c.recording_id = new.id and c.ended_at is null;
  perform end_evaluation(e, why, ended) from evaluation e where e.recording_id = new.id;
  perform end_calibration(c, why, ended) from calibration c where c.recording_id = new.id;
  perform end_package(p, 'destroyed', null) from disclosure_package p
  where p.ended_at is null and (
    exists (select from research_item i where i.disclosure_id = p.research_id and i.recording_id = new.id and i.dropped_at is null)
    or exists (select from authority_item i where i.disclosure_id = p.authority_id and i.recording_id = new.id and i.granted));
  return null;
end $$;
