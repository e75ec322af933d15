-- Returns true if the answers of an evaluation are an object of ids and numbers only.
create or replace function are_marks(marks jsonb) returns boolean language sql immutable as $$
  select marks is null or jsonb_typeof(marks) = 'object'
    and not jsonb_path_exists(marks, '$.* ? (@.type() != "number" && @.type() != "null")')
    and not exists (select from jsonb_object_keys(case when jsonb_typeof(marks) = 'object' then marks else '{}' end) k
      where k !~ '^[A-Za-z0-9_-]{1,64}$')
$$;

create or replace function segment_of(r recording) returns segment
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s from segment s where s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;

-- Returns a person's rights to a purpose for which experts have a duty of the same name: an expert's with that duty, or a supervisor's for
-- development (R4, R37, R38).
create or replace function duty_rights_of(person uuid, duty text) returns setof access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o from rights_of(duty_rights_of.person, duty_rights_of.duty, '') o
  where o.role = 'SUPERVISOR' or (o.role = 'EXPERT' and o.duty = duty_rights_of.duty)
$$;

create or replace function duty_rights(duty text) returns setof access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select duty_rights_of(viewer(), duty)
$$;
grant execute on function duty_rights to seloste_desk;

-- Returns a right of the viewer's by duty_rights_of. Refuses deny.role. `wanted`: a role; null for either.
create or replace function require_duty(duty text, wanted text default null) returns access_right
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right;
begin
  select * into held from duty_rights(require_duty.duty) o where o.role = coalesce(wanted, o.role) limit 1;
  perform refuse_if(held.id is null, 'deny.role');
  return held;
end $$;
grant execute on function require_duty to seloste_desk;

-- Returns a person's rights by duty_rights_of that cover a recording. Nobody evaluates a call of their own.
create or replace function duty_rights_to(duty text, r recording, person uuid default viewer()) returns setof access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o from segment_of(r) s, duty_rights_of(duty_rights_to.person, duty_rights_to.duty) o
  where s.id is not null and (duty_rights_to.duty <> 'QUALITY' or s.official_person_id is distinct from duty_rights_to.person) and case o.scope_kind
    when 'all' then true
    when 'unit' then s.official_unit_id = any (o.scope_units)
    when 'numbers' then s.number_reached = any (o.scope_numbers)
    else false end
$$;

create or replace function duty_right_to(duty text, r recording) returns access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$ select o from duty_rights_to(duty, r) o limit 1 $$;

create or replace function begin_quality_form(language text, name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
  made uuid;
begin
  perform refuse_identity_code('name', begin_quality_form.name);
  insert into quality_form (language, name, begun_by, draft, draft_at, draft_by)
  values (begin_quality_form.language, btrim(begin_quality_form.name), viewer(), '{"sections": []}', clock_timestamp(), viewer())
  returning id into made;
  perform record_act('quality.form-begun', held, 'QUALITY', 'quality-form', made, '{}');
  return made;
end $$;
grant execute on function begin_quality_form to seloste_desk;

-- Saves the draft of the next version; published ones stay. Returns the draft's new revision.
create or replace function save_quality_form(wanted uuid, seen integer, name text, content jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  f quality_form;
begin
  perform require_duty('QUALITY', 'EXPERT');
  select * into f from quality_form o where o.id = wanted for update;
  perform refuse_if(f.id is null, 'not-found');
  perform refuse_if(f.revision <> seen, 'quality.changed-meanwhile');
  perform refuse_identity_code('name', save_quality_form.name);
  perform refuse_identity_code('sections', content::text);
  update quality_form o set revision = o.revision + 1, name = btrim(save_quality_form.name), draft = content,
    draft_at = clock_timestamp(), draft_by = viewer() where o.id = f.id;
  return f.revision + 1;
end $$;
grant execute on function save_quality_form to seloste_desk;

create or replace function publish_quality_form(wanted uuid, seen integer) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
  f quality_form;
  made integer;
begin
  select * into f from quality_form o where o.id = wanted for update;
  perform refuse_if(f.id is null, 'not-found');
  perform refuse_if(f.revision <> seen, 'quality.changed-meanwhile');
  perform refuse_if(f.draft is null, 'quality.no-draft');
  insert into quality_form_version (form_id, version, name, content, published_by)
  select f.id, coalesce(max(v.version), 0) + 1, f.name, f.draft, viewer() from quality_form_version v where v.form_id = f.id
  returning version into made;
  update quality_form o set revision = o.revision + 1, draft = null, draft_at = null, draft_by = null where o.id = f.id;
  perform record_act('quality.form-published', held, 'QUALITY', 'quality-form', f.id, jsonb_build_object('version', made));
  return made;
end $$;
grant execute on function publish_quality_form to seloste_desk;

create or replace function newest_version(form uuid) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select max(v.version) from quality_form_version v where v.form_id = form
$$;

-- Returns true if a right of the viewer's to evaluate covers the calls of a plan.
create or replace function reaches_plan(p sampling_plan) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from duty_rights('QUALITY') o where case o.scope_kind
    when 'all' then true when 'unit' then p.unit_id = any (o.scope_units) when 'numbers' then p.number = any (o.scope_numbers) else false end)
$$;
grant execute on function reaches_plan to seloste_desk;

create or replace function begin_sampling_plan(name text, form uuid, unit uuid, number text, weekly integer, days_left integer) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
  made uuid;
begin
  perform refuse_identity_code('name', begin_sampling_plan.name);
  perform refuse_if(not exists (
    select from duty_rights('QUALITY') o where o.role = 'EXPERT' and (o.scope_kind = 'all' or begin_sampling_plan.number = any (o.scope_numbers))
  ), 'quality.number-out-of-reach');
  perform refuse_if(newest_version(begin_sampling_plan.form) is null, 'quality.form-not-published');
  perform refuse_if(not exists (select from unit u where u.id = begin_sampling_plan.unit), 'not-found');
  perform refuse_if(exists (
    select from sampling_plan p where p.ended_at is null and p.unit_id = begin_sampling_plan.unit and p.number = begin_sampling_plan.number
  ), 'quality.plan-known');
  insert into sampling_plan (name, form_id, unit_id, number, weekly, days_left, begun_by)
  values (btrim(begin_sampling_plan.name), begin_sampling_plan.form, begin_sampling_plan.unit, begin_sampling_plan.number,
    begin_sampling_plan.weekly, begin_sampling_plan.days_left, viewer())
  returning id into made;
  perform record_act('quality.plan-begun', held, 'QUALITY', 'sampling-plan', made, '{}');
  return made;
end $$;
grant execute on function begin_sampling_plan to seloste_desk;

create or replace function end_sampling_plan(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
begin
  update sampling_plan p set ended_at = clock_timestamp(), ended_by = viewer()
  where p.id = wanted and p.ended_at is null and reaches_plan(p);
  perform refuse_if(not found, 'not-found');
  perform record_act('quality.plan-ended', held, 'QUALITY', 'sampling-plan', wanted, '{}');
end $$;
grant execute on function end_sampling_plan to seloste_desk;

-- Returns ended weeks without a draw, from the one before the plan began, at most the last eight. The last week may still get candidates:
-- recordings arrive late from a telephone system, or are ingested late.
create or replace function draws_due() returns table (plan uuid, week date, weekly integer, seed text, may_fill boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, w.week, p.weekly, p.seed, w.n = 1
  from sampling_plan p
  cross join lateral (
    select n, (date_trunc('week', helsinki_day(register_now())) - n * interval '7 days')::date as week from generate_series(1, 8) n
  ) w
  where p.ended_at is null and w.week >= date_trunc('week', helsinki_day(p.begun_at)) - interval '7 days'
    and not exists (select from sampling_draw d where d.plan_id = p.id and d.week = w.week)
  order by p.id, w.week
$$;
grant execute on function draws_due to seloste_custodian;

-- Returns a plan's candidates of a week, with their official and how many the plan drew of that official before.
create or replace function draw_candidates(plan uuid, week date) returns table (recording uuid, official uuid, earlier bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id, s.official_person_id, (
      select count(*) from evaluation e join recording b on b.id = e.recording_id
      -- An evaluation that was set aside evaluated nobody.
      where e.plan_id = p.id and e.state <> 'SET_ASIDE' and (segment_of(b)).official_person_id = s.official_person_id)
  from sampling_plan p
  join segment s on s.official_unit_id = p.unit_id and s.number_reached = p.number
    -- A part of a call that began before it was transferred.
    and s.contact_started_at >= day_start(draw_candidates.week) - interval '1 day' and s.contact_started_at < day_start(draw_candidates.week + 7)
  join recording r on r.segment_id = s.id and r.contact_started_at = s.contact_started_at
  where p.id = draw_candidates.plan and s.official_person_id is not null
    and r.started_at >= day_start(draw_candidates.week) and r.started_at < day_start(draw_candidates.week + 7)
    and copy_block_reason(r) is null and r.destroy_at > register_now() + p.days_left * interval '1 day'
    and not exists (select from evaluation e where e.recording_id = r.id and e.kind = 'SAMPLED')
  order by r.id
$$;
grant execute on function draw_candidates to seloste_custodian;

-- Queues a recording of a plan's week; null if it is queued already, or gone.
create or replace function queue_evaluation(p sampling_plan, week date, recording uuid) returns uuid
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into evaluation (kind, plan_id, week, recording_id, contact_id, unit_id, number, quarter, form_id)
  select 'SAMPLED', p.id, queue_evaluation.week, r.id, r.contact_id, p.unit_id, p.number,
    date_trunc('quarter', helsinki_day(r.started_at))::date, p.form_id
  from recording r where r.id = queue_evaluation.recording and r.state not in ('DESTROYING', 'DESTROYED')
  on conflict do nothing returning id
$$;

-- Records a draw with its candidates in order, and queues the first of them. Returns false if it is drawn already.
create or replace function record_draw(plan uuid, week date, candidates jsonb, earlier jsonb, ranked uuid[]) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p sampling_plan;
begin
  select * into p from sampling_plan o where o.id = record_draw.plan for update;
  insert into sampling_draw (plan_id, week, candidates, earlier, ranked, followed, candidate_count, picked_count)
  values (p.id, record_draw.week, record_draw.candidates, record_draw.earlier, record_draw.ranked, '{}', jsonb_array_length(record_draw.candidates),
    cardinality(record_draw.ranked[:p.weekly]))
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform queue_evaluation(p, record_draw.week, c) from unnest(record_draw.ranked[:p.weekly]) c;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('quality.drawn', 'sampling-plan', p.id, 'ok', jsonb_build_object('week', record_draw.week,
    'candidates', jsonb_array_length(record_draw.candidates), 'picked', cardinality(record_draw.ranked[:p.weekly])));
  return true;
end $$;
grant execute on function record_draw to seloste_custodian;

-- Returns true if the viewer sees an individual evaluation: its evaluator, the evaluated official, quality experts (R6). A supervisor takes
-- evaluations from their unit's queue and sees results of groups, not an evaluation that another person has begun. Recordings develop the
-- service: no purpose of the description is to appraise a person.
create or replace function sees_evaluation(e evaluation, r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- Never null: `not null` would pass a refusal.
  select coalesce(case
    when e.kind = 'CALIBRATION' and e.evaluator_id <> viewer() then false
    when e.ended_at is not null then e.evaluator_id = viewer() and e.ended_at > clock_timestamp() - interval '30 days'
    else exists (
      select from duty_rights_to('QUALITY', r) o
      where e.state = 'WAITING' or e.evaluator_id = viewer() or o.role = 'EXPERT' and o.scope_kind <> 'unit') end, false)
$$;

-- Returns an evaluation as it is shown. If only an order keeps its recording past its day, it appears ended, as end_evaluation would leave
-- it: otherwise it would reveal the order. A draft whose evaluator's right no longer covers the recording appears in the queue, empty.
create or replace function evaluation_as_shown(e evaluation, r recording) returns evaluation
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if e.ended_at is null and e.recording_id is not null and copy_block_reason(r) = 'recording.destroyed' then
    e.evaluator_id := case when e.state in ('DRAFT', 'FINISHED') then e.evaluator_id end;
    e.state := 'ENDED';
    e.end_why := 'term';
    e.ended_at := shown_end_day(r);
    e.recording_id := null;
    e.contact_id := null;
    e.comments := '[]';
    e.note := '';
    e.disagreement := null;
    e.answer := null;
  elsif e.kind = 'SAMPLED' and e.state = 'DRAFT' and e.evaluator_id <> viewer() and not exists (
    select from duty_rights_to('QUALITY', r, e.evaluator_id) o join person p on p.id = o.person_id
    where p.employed_to is null or p.employed_to > register_now()
  ) then
    e.state := 'WAITING';
    e.evaluator_id := null;
    e.answers := '{}';
    e.comments := '[]';
    e.note := '';
  end if;
  return e;
end $$;

create or replace function calibration_as_shown(c calibration) returns calibration
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
begin
  select * into r from recording o where o.id = c.recording_id;
  if c.recording_id is not null and copy_block_reason(r) = 'recording.destroyed' then
    c.ended_at := shown_end_day(r);
    c.recording_id := null;
    c.name := '';
  end if;
  -- A forbidden recording that waits for an order or a case has no result (R50).
  if exists (select from prohibition p where p.recording_id = r.id) then
    c.summary := null;
  end if;
  return c;
end $$;

create or replace function list_evaluations() returns setof jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY');
begin
  perform record_act('quality.queue-read', held, 'QUALITY', 'search', null, '{}');
  return query select jsonb_strip_nulls(jsonb_build_object('id', e.id, 'kind', e.kind, 'state', e.state, 'planName', p.name, 'week', e.week,
      'calibrationId', e.calibration_id, 'calibrationName', nullif(c.name, ''), 'formId', e.form_id, 'formName', f.name, 'recordingId', e.recording_id,
      'contactId', e.contact_id, 'unitName', u.name, 'number', e.number, 'startedAt', r.started_at, 'durationMs', r.duration_ms,
      'destroyAt', r.destroy_at, 'isMine', coalesce(e.evaluator_id = viewer(), false), 'isTaken', e.evaluator_id is not null,
      'total', e.total, 'isFailed', e.is_failed, 'releasedAt', e.released_at, 'acknowledgedAt', e.acknowledged_at,
      'disagreedAt', e.disagreed_at, 'answeredAt', e.answered_at, 'endedAt', e.ended_at, 'endWhy', e.end_why))
    from evaluation o
    left join recording x on x.id = o.recording_id
    cross join lateral evaluation_as_shown(o, x) e
    left join recording r on r.id = e.recording_id
    left join sampling_plan p on p.id = e.plan_id
    left join calibration k on k.id = e.calibration_id
    left join lateral calibration_as_shown(k) c on true
    left join unit u on u.id = e.unit_id
    join quality_form f on f.id = e.form_id
    where e.state <> 'SET_ASIDE' and sees_evaluation(e, r)
    order by r.destroy_at nulls last, e.id limit 500;
end $$;
grant execute on function list_evaluations to seloste_desk;

-- Locks and returns an evaluation that the viewer sees, with its recording share-locked, so that no destruction runs at the same time.
create or replace function lock_evaluation(wanted uuid) returns evaluation
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation;
  r recording;
begin
  perform require_duty('QUALITY');
  select o.* into r from recording o where o.id = (select recording_id from evaluation where id = wanted) for share;
  select * into e from evaluation o where o.id = wanted for update;
  e := evaluation_as_shown(e, r);
  perform refuse_if(e.id is null or not sees_evaluation(e, r), 'not-found');
  perform refuse_if(e.ended_at is not null, 'recording.destroyed');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  return e;
end $$;

-- Logs an evaluator's act.
create or replace function record_evaluation_act(action text, e evaluation, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_act(action, duty_right_to('QUALITY', r), 'QUALITY', 'evaluation', e.id, detail) from recording r where r.id = e.recording_id
$$;

-- Takes an evaluation from the queue, with the newest version of its form. Repeating it changes nothing.
create or replace function begin_evaluation(wanted uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_evaluation(wanted);
begin
  if e.evaluator_id = viewer() and e.state <> 'WAITING' then
    return;
  end if;
  perform refuse_if(e.state <> 'WAITING', 'quality.taken');
  update evaluation o set state = 'DRAFT', evaluator_id = viewer(), form_version = newest_version(e.form_id), begun_at = clock_timestamp(),
    answers = e.answers, comments = e.comments, note = e.note, revision = o.revision + (o.evaluator_id is not null)::integer, saved_at = null
  where o.id = e.id;
  perform record_evaluation_act('quality.evaluation-begun', e, jsonb_build_object('recording', e.recording_id));
end $$;
grant execute on function begin_evaluation to seloste_desk;

-- Returns all of an evaluation, with its form.
create or replace function read_evaluation(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY');
  e evaluation;
  r recording;
  s segment;
begin
  select * into e from evaluation o where o.id = wanted;
  select * into r from recording o where o.id = e.recording_id;
  e := evaluation_as_shown(e, r);
  if e.recording_id is null then
    r := null;
  end if;
  perform refuse_if(e.id is null or not sees_evaluation(e, r), 'not-found');
  s := segment_of(r);
  -- Past its term, or forbidden and kept for an order alone: its content is hidden.
  if e.ended_at is null and copy_block_reason(r) in ('recording.destroyed', 'recording.restricted') then
    e.answers := '{}';
    e.comments := '[]';
    e.note := '';
    e.disagreement := null;
    e.answer := null;
  end if;
  perform record_act('quality.evaluation-read', held, 'QUALITY', 'evaluation', e.id, '{}');
  return jsonb_strip_nulls(jsonb_build_object('id', e.id, 'kind', e.kind, 'state', e.state, 'planName', (select p.name from sampling_plan p where p.id = e.plan_id),
      'calibrationId', e.calibration_id, 'formId', e.form_id, 'formVersion', e.form_version, 'newestVersion', newest_version(e.form_id),
      'formName', v.name, 'formLanguage', f.language, 'recordingId', e.recording_id, 'contactId', e.contact_id, 'segmentId', s.id, 'number', e.number,
      'unitName', (select u.name from unit u where u.id = e.unit_id), 'officialName', s.official_name, 'startedAt', r.started_at,
      'durationMs', r.duration_ms, 'destroyAt', r.destroy_at, 'standsStill', case when e.ended_at is null then copy_block_reason(r) end,
      'isMine', coalesce(e.evaluator_id = viewer(), false), 'revision', e.revision, 'comments', e.comments, 'note', e.note, 'savedAt', e.saved_at,
      'releasedAt', e.released_at, 'acknowledgedAt', e.acknowledged_at, 'disagreedAt', e.disagreed_at, 'disagreement', e.disagreement,
      'answeredAt', e.answered_at, 'answerOutcome', e.answer_outcome, 'answer', e.answer, 'endedAt', e.ended_at, 'endWhy', e.end_why))
    || jsonb_build_object('answers', e.answers, 'form', v.content)
    from (select) nothing left join quality_form_version v on v.form_id = e.form_id and v.version = e.form_version
    join quality_form f on f.id = e.form_id;
end $$;
grant execute on function read_evaluation to seloste_desk;

-- Locks and returns one of the viewer's own evaluations, at the revision that they saw.
create or replace function lock_own_evaluation(wanted uuid, seen integer) returns evaluation
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_evaluation(wanted);
begin
  perform refuse_if(e.evaluator_id is distinct from viewer(), 'quality.taken');
  perform refuse_if(e.state <> 'DRAFT', 'quality.released');
  perform refuse_if(e.revision <> seen, 'quality.changed-meanwhile');
  return e;
end $$;

create or replace function save_evaluation(wanted uuid, seen integer, answers jsonb, comments jsonb, note text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_own_evaluation(wanted, seen);
begin
  perform refuse_identity_code('note', save_evaluation.note);
  perform refuse_identity_code('comments', c ->> 'text') from jsonb_array_elements(save_evaluation.comments) c;
  update evaluation o set answers = save_evaluation.answers, comments = save_evaluation.comments, note = save_evaluation.note,
    revision = o.revision + 1, saved_at = clock_timestamp() where o.id = e.id;
  return e.revision + 1;
end $$;
grant execute on function save_evaluation to seloste_desk;

-- Returns form and answers of an evaluation in work, from which its score is computed before it is saved or released.
create or replace function evaluation_work(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_evaluation(wanted);
begin
  perform refuse_if(e.evaluator_id is distinct from viewer(), 'quality.taken');
  return jsonb_build_object('answers', e.answers, 'form', (
    select v.content from quality_form_version v where v.form_id = e.form_id and v.version = e.form_version));
end $$;
grant execute on function evaluation_work to seloste_desk;

-- Returns the pseudonym of an official in a unit's quarter.
create or replace function quality_pseudonym(person uuid, unit uuid, quarter date) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if person is null or unit is null then
    return null;
  end if;
  insert into quality_mark (person_id, unit_id, quarter) values (quality_pseudonym.person, quality_pseudonym.unit, quality_pseudonym.quarter) on conflict do nothing;
  return (select m.mark from quality_mark m
    where m.person_id = quality_pseudonym.person and m.unit_id = quality_pseudonym.unit and m.quarter = quality_pseudonym.quarter);
end $$;

-- Releases an evaluation to the official of the call; in a calibration, finishes it. `score`: {total, isFailed, sections}.
create or replace function release_evaluation(wanted uuid, seen integer, score jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_own_evaluation(wanted, seen);
  official uuid := (segment_of(r)).official_person_id from recording r where r.id = e.recording_id;
begin
  update evaluation o set state = case when e.kind = 'CALIBRATION' then 'FINISHED' else 'RELEASED' end, released_at = clock_timestamp(),
    total = (score ->> 'total')::real, is_failed = (score ->> 'isFailed')::boolean, sections = score -> 'sections',
    mark = case when e.kind = 'SAMPLED' then quality_pseudonym(official, e.unit_id, e.quarter) end
  where o.id = e.id;
  perform record_evaluation_act(case when e.kind = 'CALIBRATION' then 'quality.evaluation-finished' else 'quality.evaluation-released' end, e,
    jsonb_build_object('recording', e.recording_id));
end $$;
grant execute on function release_evaluation to seloste_desk;

-- Replaces an unsuitable recording of a draw by the next that can still be drawn, after those picked and replaced before. Null if the plan
-- has ended or none is left.
create or replace function draw_replacement(e evaluation) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p sampling_plan;
  d sampling_draw;
  next uuid;
  made uuid;
begin
  select * into p from sampling_plan o where o.id = e.plan_id and o.ended_at is null;
  select * into d from sampling_draw o where o.plan_id = p.id and o.week = e.week for update;
  for next in select c.id from unnest(d.ranked) with ordinality c (id, ordinal)
    where c.ordinal > greatest(d.picked_count, array_position(d.ranked, d.followed[d.followed_count])) order by c.ordinal loop
    -- Skips a recording that is being destroyed instead of waiting for it, because its destruction may wait for a lock held here.
    perform from recording r where r.id = next and copy_block_reason(r) is null
      and r.destroy_at > register_now() + p.days_left * interval '1 day' for share skip locked;
    if found then
      made := queue_evaluation(p, e.week, next);
    end if;
    if made is not null then
      update sampling_draw o set followed = o.followed || next, followed_count = o.followed_count + 1
      where o.plan_id = d.plan_id and o.week = d.week;
      return made;
    end if;
  end loop;
  return null;
end $$;

-- Sets an evaluation aside. `too-close`: the evaluator knows the caller or is too close; it returns to the queue for another evaluator.
-- `unsuitable`: there is nothing to evaluate, and the next of its draw replaces it. Returns true if a replacement was drawn.
create or replace function set_aside_evaluation(wanted uuid, why text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_evaluation(wanted);
  next uuid;
begin
  perform refuse_if(
    e.kind <> 'SAMPLED' or e.state not in ('WAITING', 'DRAFT') or e.evaluator_id is not null and e.evaluator_id <> viewer(),
    'quality.taken');
  update evaluation o set state = case when why = 'unsuitable' then 'SET_ASIDE' else 'WAITING' end, evaluator_id = null, form_version = null,
    answers = '{}', comments = '[]', note = '', revision = o.revision + 1, begun_at = null, saved_at = null,
    set_aside_why = case when why = 'unsuitable' then why end
  where o.id = e.id;
  -- The official's words stay for the next evaluator.
  if why = 'unsuitable' then
    update evaluation o set answered_at = null, answered_by = null, answer = null, answer_outcome = null, disagreed_at = null,
      disagreement = null where o.id = e.id;
    next := draw_replacement(e);
  end if;
  perform record_evaluation_act('quality.evaluation-set-aside', e,
    jsonb_strip_nulls(jsonb_build_object('why', why, 'followedBy', next)));
  return case when why = 'unsuitable' then next is not null end;
end $$;
grant execute on function set_aside_evaluation to seloste_desk;

-- Decides about a disagreement of the official: the evaluation stays, or its evaluator repeats it.
create or replace function answer_disagreement(wanted uuid, outcome text, text text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  e evaluation := lock_evaluation(wanted);
begin
  perform refuse_if(e.disagreed_at is null or e.answered_at is not null, 'quality.nothing-to-answer');
  perform refuse_identity_code('text', answer_disagreement.text);
  update evaluation o set answered_at = clock_timestamp(), answered_by = viewer(), answer_outcome = answer_disagreement.outcome,
    answer = btrim(answer_disagreement.text) where o.id = e.id;
  if answer_disagreement.outcome = 'REOPENED' then
    update evaluation o set state = 'DRAFT', released_at = null, acknowledged_at = null, total = null, is_failed = null, sections = null,
      mark = null, revision = o.revision + 1 where o.id = e.id;
  end if;
  perform record_evaluation_act('quality.disagreement-answered', e, jsonb_build_object('outcome', answer_disagreement.outcome));
end $$;
grant execute on function answer_disagreement to seloste_desk;

-- Requires an official's right to their own calls, for reading and answering evaluations of them (R39, R48). They see no name but their
-- own (L11).
create or replace function require_own_calls() returns access_right
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right;
begin
  select o.* into held from rights_of(viewer(), 'DEVELOPMENT', '') o where o.role = 'OFFICIAL' and o.scope_kind = 'own' limit 1;
  perform refuse_if(held.id is null, 'deny.role');
  return held;
end $$;

create or replace function list_own_evaluations() returns setof jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_own_calls();
begin
  perform record_act('quality.own-read', held, 'QUALITY', 'person', viewer(), '{}');
  return query select jsonb_strip_nulls(jsonb_build_object('id', e.id, 'state', e.state, 'formName', v.name, 'formLanguage', f.language,
      'recordingId', e.recording_id, 'contactId', e.contact_id, 'segmentId', r.segment_id, 'number', e.number, 'startedAt', r.started_at,
      'destroyAt', r.destroy_at, 'comments', e.comments, 'note', e.note, 'releasedAt', e.released_at, 'acknowledgedAt', e.acknowledged_at,
      'disagreedAt', e.disagreed_at, 'disagreement', e.disagreement, 'answeredAt', e.answered_at, 'answer', e.answer,
      'answerOutcome', e.answer_outcome))
    || jsonb_build_object('answers', e.answers, 'form', v.content)
    from evaluation e join recording r on r.id = e.recording_id
    join quality_form f on f.id = e.form_id join quality_form_version v on v.form_id = e.form_id and v.version = e.form_version
    where e.kind = 'SAMPLED' and e.state in ('RELEASED', 'ACKNOWLEDGED') and copy_block_reason(r) is null
      and (segment_of(r)).official_person_id = viewer()
    order by e.released_at desc;
end $$;
grant execute on function list_own_evaluations to seloste_desk;

-- Records that the official has read the evaluation of their call, with reasons if they disagree.
create or replace function answer_own_evaluation(wanted uuid, reasons text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_own_calls();
  e evaluation;
  r recording;
begin
  select o.* into r from recording o where o.id = (select recording_id from evaluation where id = wanted) for share;
  select * into e from evaluation o where o.id = wanted for update;
  e := evaluation_as_shown(e, r);
  perform refuse_if(e.id is null or e.kind <> 'SAMPLED' or e.state not in ('RELEASED', 'ACKNOWLEDGED')
    or (segment_of(r)).official_person_id is distinct from viewer(), 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  if reasons is not null then
    perform refuse_if(e.disagreed_at is not null and (e.answered_at is null or e.answer_outcome = 'KEPT'), 'quality.disagreed');
    perform refuse_identity_code('reasons', reasons);
    update evaluation o set state = 'ACKNOWLEDGED', acknowledged_at = coalesce(o.acknowledged_at, clock_timestamp()),
      disagreed_at = clock_timestamp(), disagreement = btrim(reasons),
      answered_at = null, answered_by = null, answer_outcome = null, answer = null where o.id = e.id;
    perform record_act('quality.disagreed', held, 'QUALITY', 'evaluation', e.id, '{}');
  elsif e.state <> 'ACKNOWLEDGED' then
    update evaluation o set state = 'ACKNOWLEDGED', acknowledged_at = clock_timestamp() where o.id = e.id;
    perform record_act('quality.evaluation-acknowledged', held, 'QUALITY', 'evaluation', e.id, '{}');
  end if;
end $$;
grant execute on function answer_own_evaluation to seloste_desk;

-- Moves the evaluation of a corrected call to its new official, without the former one's comments. Nobody evaluates a call of their own: if
-- the new official is its evaluator, it returns to the queue, empty; what they answered in a calibration that is not closed is deleted.
create or replace function move_evaluations() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  own uuid;
begin
  update evaluation e set state = case e.state when 'ACKNOWLEDGED' then 'RELEASED' else e.state end, acknowledged_at = null,
    disagreed_at = null, disagreement = null, answered_at = null, answered_by = null, answer_outcome = null, answer = null,
    mark = case when e.mark is not null then quality_pseudonym(new.official_person_id, e.unit_id, e.quarter) end
  from recording r
  where r.segment_id = new.id and r.contact_started_at = new.contact_started_at and e.recording_id = r.id and e.kind = 'SAMPLED';
  for own in
    update evaluation e set state = 'WAITING', evaluator_id = null, form_version = null, answers = '{}', comments = '[]', note = '',
      revision = e.revision + 1, begun_at = null, saved_at = null, released_at = null, total = null, is_failed = null, sections = null,
      mark = null
    from recording r
    where r.segment_id = new.id and r.contact_started_at = new.contact_started_at and e.recording_id = r.id and e.kind = 'SAMPLED'
      and e.evaluator_id = new.official_person_id and e.state in ('DRAFT', 'RELEASED', 'ACKNOWLEDGED')
    returning e.id
  loop
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('quality.evaluation-set-aside', 'evaluation', own, 'ok', '{"why": "own-call"}');
  end loop;
  delete from evaluation e using recording r, calibration c
  where r.segment_id = new.id and r.contact_started_at = new.contact_started_at and e.recording_id = r.id and e.kind = 'CALIBRATION'
    and e.evaluator_id = new.official_person_id and c.id = e.calibration_id and c.closed_at is null;
  return null;
end $$;

create or replace function begin_calibration(recording uuid, form uuid, name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
  r recording;
  made uuid;
begin
  select * into r from recording o where o.id = begin_calibration.recording for share;
  perform refuse_if(r.id is null or (duty_right_to('QUALITY', r)).id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  perform refuse_if(newest_version(begin_calibration.form) is null, 'quality.form-not-published');
  perform refuse_identity_code('name', begin_calibration.name);
  insert into calibration (name, form_id, form_version, recording_id, begun_by)
  values (btrim(begin_calibration.name), begin_calibration.form, newest_version(begin_calibration.form), r.id, viewer()) returning id into made;
  perform record_act('quality.calibration-begun', held, 'QUALITY', 'calibration', made, jsonb_build_object('recording', r.id));
  return made;
end $$;
grant execute on function begin_calibration to seloste_desk;

-- Returns true if the viewer sees a calibration: those who could evaluate its recording; once that is gone, any evaluator.
create or replace function sees_calibration(c calibration) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when c.recording_id is null then exists (select from duty_rights('QUALITY'))
    else exists (select from recording r where r.id = c.recording_id and (duty_right_to('QUALITY', r)).id is not null) end
$$;

-- Returns calibrations with progress and agreement, without anybody's answers.
create or replace function list_calibrations() returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_duty('QUALITY');
  return query select jsonb_strip_nulls(jsonb_build_object('id', c.id, 'name', c.name, 'formId', c.form_id, 'formName', v.name, 'formVersion', c.form_version,
      'formLanguage', f.language, 'begunAt', c.begun_at, 'isMine', c.begun_by = viewer(), 'closedAt', c.closed_at, 'endedAt', c.ended_at,
      'begun', count(e.id), 'finished', count(e.id) filter (where e.state = 'FINISHED'),
      'myEvaluation', (array_agg(e.id) filter (where e.evaluator_id = viewer()))[1],
      'isFinished', bool_or(e.evaluator_id = viewer() and e.state = 'FINISHED'),
      'destroyAt', (select r.destroy_at from recording r where r.id = c.recording_id)))
    || case when c.summary is null then '{}' else jsonb_build_object('summary', c.summary) end
    from calibration o cross join lateral calibration_as_shown(o) c join quality_form f on f.id = c.form_id
    join quality_form_version v on v.form_id = c.form_id and v.version = c.form_version
    -- Evaluations of an ended calibration are kept for thirty days.
    left join evaluation e on e.calibration_id = c.id and coalesce(c.ended_at > clock_timestamp() - interval '30 days', true)
    where sees_calibration(c)
    group by o.id, c.id, c.name, c.form_id, c.form_version, c.begun_at, c.begun_by, c.closed_at, c.ended_at, c.recording_id, c.summary,
      v.form_id, v.version, f.id order by c.closed_at is not null, c.begun_at desc limit 100;
end $$;
grant execute on function list_calibrations to seloste_desk;

-- Locks and returns a calibration, after its recording: destruction locks in the same order.
create or replace function lock_calibration(wanted uuid) returns calibration
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c calibration;
begin
  perform require_duty('QUALITY');
  perform from recording r where r.id = (select o.recording_id from calibration o where o.id = wanted) for share;
  select * into c from calibration o where o.id = wanted for update;
  c := calibration_as_shown(c);
  perform refuse_if(c.id is null or not sees_calibration(c), 'not-found');
  perform refuse_if(c.recording_id is null, 'recording.destroyed');
  perform refuse_if(c.closed_at is not null, 'quality.calibration-closed');
  return c;
end $$;

-- Returns the viewer's own evaluation in a calibration, begun if new. Nobody sees another's before it is closed.
create or replace function join_calibration(wanted uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c calibration := lock_calibration(wanted);
  r recording;
  s segment;
  made uuid;
begin
  select e.id into made from evaluation e where e.calibration_id = c.id and e.evaluator_id = viewer();
  if made is not null then
    return made;
  end if;
  select * into r from recording o where o.id = c.recording_id for share;
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  s := segment_of(r);
  insert into evaluation (kind, calibration_id, recording_id, contact_id, unit_id, number, quarter, form_id, form_version, evaluator_id, state, begun_at)
  values ('CALIBRATION', c.id, r.id, r.contact_id, s.official_unit_id, s.number_reached,
    date_trunc('quarter', helsinki_day(r.started_at))::date, c.form_id, c.form_version, viewer(), 'DRAFT', clock_timestamp())
  returning id into made;
  perform record_act('quality.evaluation-begun', duty_right_to('QUALITY', r), 'QUALITY', 'evaluation', made,
    jsonb_build_object('recording', r.id));
  return made;
end $$;
grant execute on function join_calibration to seloste_desk;

-- Closes a calibration and returns its form and the finished answers, without names, for comparison.
create or replace function close_calibration(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY', 'EXPERT');
  c calibration := lock_calibration(wanted);
  given jsonb;
begin
  select jsonb_agg(e.answers order by e.id) into given from evaluation e where e.calibration_id = c.id and e.state = 'FINISHED';
  perform refuse_if(coalesce(jsonb_array_length(given), 0) < 2, 'quality.too-few');
  -- Unfinished ones are not compared, and end here.
  delete from evaluation e where e.calibration_id = c.id and e.state = 'DRAFT';
  update calibration o set closed_at = clock_timestamp() where o.id = c.id;
  perform record_act('quality.calibration-closed', held, 'QUALITY', 'calibration', c.id, jsonb_build_object('evaluators', jsonb_array_length(given)));
  return jsonb_build_object('answers', given, 'form', (
    select v.content from quality_form_version v where v.form_id = c.form_id and v.version = c.form_version));
end $$;
grant execute on function close_calibration to seloste_desk;

-- Stores the summary of a calibration, in the transaction that closed it.
create or replace function record_calibration_summary(wanted uuid, summary jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_duty('QUALITY', 'EXPERT');
  update calibration c set summary = record_calibration_summary.summary where c.id = wanted and c.closed_at is not null and c.summary is null;
end $$;
grant execute on function record_calibration_summary to seloste_desk;

-- Returns results of each unit, number and form version of a quarter, for groups of at least five officials and ten evaluations. Smaller
-- groups appear without figures. Releases of the current week count once it is over, so that two reads cannot isolate one evaluation.
create or replace function quality_results(wanted date) returns setof jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_duty('QUALITY');
begin
  perform record_act('quality.results-read', held, 'QUALITY', 'search', null, jsonb_build_object('quarter', wanted));
  return query
  with every as (
    select e.*, row_number() over g as ordinal, count(*) over (partition by e.unit_id, e.number, e.form_id, e.form_version) as n
    from evaluation e
    where e.kind = 'SAMPLED' and e.quarter = wanted and e.mark is not null and e.is_failed is not null
      -- A forbidden recording that waits for an order or a case is not used here either (R50).
      and not exists (select from prohibition p where p.recording_id = e.recording_id)
      and e.released_at < day_start(date_trunc('week', helsinki_day(register_now()))::date)
      and exists (select from duty_rights('QUALITY') o where case o.scope_kind
        when 'all' then true when 'unit' then e.unit_id = any (o.scope_units) when 'numbers' then e.number = any (o.scope_numbers) else false end)
    window g as (partition by e.unit_id, e.number, e.form_id, e.form_version order by week_start(e.released_at), e.id)
  ), reached as (
    -- Counts in steps of five: if one evaluation is released a week, two reads would isolate it.
    select * from every e where e.ordinal <= e.n - e.n % 5 or e.n < 5
  ), grouped as (
    select e.unit_id, e.number, e.form_id, e.form_version, count(*) as n, count(distinct e.mark) as officials, avg(e.total) as mean,
      count(*) filter (where e.is_failed) as failed
    from reached e group by e.unit_id, e.number, e.form_id, e.form_version
  )
  select jsonb_build_object('unitName', u.name, 'number', g.number, 'formName', v.name, 'formVersion', g.form_version, 'formLanguage', f.language)
    || case when g.officials >= 5 and g.n >= 10 then jsonb_build_object('isEnough', true, 'evaluations', g.n, 'officials', g.officials,
        'mean', round(g.mean), 'failedShare', round(100.0 * g.failed / g.n), 'sections', coalesce((
          select jsonb_agg(jsonb_build_object('title', x.section ->> 'title', 'mean', x.mean) order by x.ordinal)
          from (
            select s.section, s.ordinal, round(avg((e.sections ->> (s.section ->> 'id'))::numeric)) as mean
            from jsonb_array_elements(v.content -> 'sections') with ordinality s (section, ordinal)
            join reached e on e.unit_id = g.unit_id and e.number = g.number and e.form_id = g.form_id and e.form_version = g.form_version
            group by s.section, s.ordinal having count(e.sections ->> (s.section ->> 'id')) >= 10
          ) x), '[]'))
      else '{"isEnough": false}' end
  from grouped g join unit u on u.id = g.unit_id join quality_form f on f.id = g.form_id
  join quality_form_version v on v.form_id = g.form_id and v.version = g.form_version
  order by u.name, g.number, v.name, g.form_version;
end $$;
grant execute on function quality_results to seloste_desk;

create or replace function week_start(at timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select day_start(date_trunc('week', helsinki_day(at))::date)
$$;

-- Ends an evaluation with its recording, in the transaction that blocks the recording. After the end of a term, the answers of a released
-- evaluation stay, anonymously, for the results of its group. They get another id and lose their times, because the log links the old id to
-- its recording and official. Of a forbidden recording nothing stays (R50).
create or replace function end_evaluation(e evaluation, why text, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  stays boolean := why = 'term' and e.mark is not null;
begin
  update evaluation o set state = 'ENDED', end_why = why, recording_id = null, contact_id = null,
    ended_at = case when stays then week_start(at) else at end,
    id = case when stays then gen_random_uuid() else o.id end,
    plan_id = case when not stays then o.plan_id end, week = case when not stays then o.week end,
    drawn_at = case when stays then week_start(o.released_at) else o.drawn_at end,
    released_at = case when stays then week_start(o.released_at) else o.released_at end,
    begun_at = case when not stays then o.begun_at end, saved_at = case when not stays then o.saved_at end,
    acknowledged_at = case when not stays then o.acknowledged_at end, disagreed_at = case when not stays then o.disagreed_at end,
    answered_at = case when not stays then o.answered_at end, answer_outcome = case when not stays then o.answer_outcome end,
    revision = case when stays then 0 else o.revision end,
    comments = '[]', note = '', disagreement = null, answer = null, answered_by = null,
    -- A person at work on it is notified; after a release there is nothing to notify.
    evaluator_id = case when e.state in ('DRAFT', 'FINISHED') then e.evaluator_id end,
    answers = case when why = 'term' then o.answers else '{}' end,
    total = case when why = 'term' then o.total end, is_failed = case when why = 'term' then o.is_failed end,
    sections = case when why = 'term' then o.sections end, mark = case when why = 'term' then o.mark end
  where o.id = e.id;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('quality.evaluation-ended', 'evaluation', e.id, 'ok', jsonb_build_object('why', why));
end $$;

-- Ends a calibration with its recording. Its result stays at the end of the term, and is deleted if the use was forbidden (R50).
create or replace function end_calibration(c calibration, why text, at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update calibration o set recording_id = null, name = '', ended_at = coalesce(o.ended_at, at),
    summary = case when why = 'term' then o.summary end
  where o.id = c.id
$$;

-- Deletes ended quality data: evaluations whose recordings are gone (a restored backup may contain such), ended ones that no result counts
-- after thirty days, and lists of candidates and marks once no recording of their time can exist.
create or replace function expire_quality_data() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ended integer;
begin
  perform end_evaluation(e, case when r.cause in ('retention', 'hold-end') then 'term' else 'forbidden' end, end_of_uses(r))
  from evaluation e left join recording r on r.id = e.recording_id
  where e.recording_id is not null and (r.id is null or r.state in ('DESTROYING', 'DESTROYED'));
  perform end_calibration(c, case when r.cause in ('retention', 'hold-end') then 'term' else 'forbidden' end, end_of_uses(r))
  from calibration c left join recording r on r.id = c.recording_id
  where c.recording_id is not null and (r.id is null or r.state in ('DESTROYING', 'DESTROYED'));
  delete from evaluation e where e.ended_at < clock_timestamp() - interval '30 days' and (e.mark is null or e.kind = 'CALIBRATION');
  get diagnostics ended = row_count;
  update sampling_draw d set candidates = null, earlier = null, ranked = null, followed = null
  where d.candidates is not null and d.week < helsinki_day(register_now()) - interval '8 months';
  delete from quality_mark m where m.quarter < helsinki_day(register_now()) - interval '11 months';
  return ended;
end $$;
grant execute on function expire_quality_data to seloste_custodian;

