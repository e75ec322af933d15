-- The right of a quality expert under which the viewer may evaluate a recording, as evaluating_right finds one.
create function quality_expert_right(s segment) returns access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o from quality_rights() o
  where o.role = 'EXPERT' and s.id is not null and s.official_person_id is distinct from viewer() and case o.scope_kind
    when 'all' then true
    when 'numbers' then s.number_reached = any (o.scope_numbers)
    else false end
  limit 1
$$;
revoke execute on function quality_expert_right(segment) from public;

-- An individual evaluation is for its evaluator, the evaluated official and quality experts (R6). A supervisor takes evaluations from
-- the queue of their unit and sees results of groups; an evaluation that somebody else has begun is not shown to them. Recordings
-- develop the service: no purpose of the description is to appraise a person.
create or replace function sees_evaluation(e evaluation, r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- Never null: `not null` would let pass.
  select coalesce(case
    when e.kind = 'CALIBRATION' and e.evaluator_id <> viewer() then false
    when e.ended_at is not null then e.evaluator_id = viewer()
    when e.state = 'WAITING' or e.evaluator_id = viewer() then (evaluating_right(segment_of(r))).id is not null
    else (quality_expert_right(segment_of(r))).id is not null end, false)
$$;
