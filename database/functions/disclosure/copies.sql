-- Returns the viewer's right as a quality expert. Others get deny.role, so they do not learn that a copy exists.
create or replace function copy_expert() returns access_right
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right;
begin
  if viewer_is('EXPERT', 'QUALITY') then
    select * into held from access_right r
    where r.person_id = viewer() and r.role = 'EXPERT' and r.duty = 'QUALITY' and r.revoked_at is null
      and r.valid_from <= now() and (r.valid_to is null or r.valid_to > register_now())
    order by r.valid_to desc nulls first limit 1;
  end if;
  perform refuse_if(held.id is null, 'deny.role');
  return held;
end $$;

-- Returns the expert's right under which the viewer may hear a recording for a service-level study, or null.
create or replace function study_right(r recording) returns access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o from rights_of(viewer(), 'SERVICE_LEVEL_STUDY', '') o
  where o.role = 'EXPERT' and o.duty = 'QUALITY' and (o.scope_kind = 'all' or exists (
    select from segment s
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and case o.scope_kind
      when 'own' then s.official_person_id = o.person_id
      when 'unit' then s.official_unit_id = any (o.scope_units)
      when 'numbers' then s.number_reached = any (o.scope_numbers) end
  )) limit 1
$$;

-- Returns the refusal that blocks any act on a recording's copy now, or null.
create or replace function copy_block_reason(r recording) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when r.id is null or r.state in ('DESTROYING', 'DESTROYED') or r.destroy_at <= register_now() then 'recording.destroyed'
    when r.kept_at is null and r.state in ('CAPTURING', 'STORED') then 'recording.not-yet-kept'
    when r.state <> 'STORED' or r.kept_at is null or r.destroy_at is null then 'recording.restricted'
  end
$$;
grant execute on function copy_block_reason to seloste_custodian;

-- Locks and returns a copy for an act of its preparer, with its recording share-locked, so that no destruction runs at the same time.
create or replace function lock_copy(wanted uuid) returns anonymised_copy
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (select recording_id from anonymised_copy where id = wanted) for share;
  select * into c from anonymised_copy k where k.id = wanted for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  perform refuse_if(c.prepared_by <> viewer(), 'anonymised-copy.others');
  perform refuse_if((study_right(r)).id is null, 'deny.role');
  return c;
end $$;

-- Returns the intervals of a recording that were not played, without gaps shorter than `gap_ms`.
create or replace function unheard_intervals(whole_ms integer, heard int4multirange, gap_ms integer) returns int4multirange
language sql immutable set search_path = pg_catalog as $$
  select coalesce(range_agg(part) filter (where upper(part) - lower(part) >= least(gap_ms, whole_ms)), '{}')
  from unnest(int4multirange(int4range(0, whole_ms)) - coalesce(heard, '{}')) part
$$;

create or replace function length_ms(parts int4multirange) returns integer
language sql immutable set search_path = pg_catalog as $$
  select coalesce(sum(upper(part) - lower(part)), 0)::integer from unnest(parts) part
$$;

-- Returns what a person has not played of the original. Everything ever served counts, and gaps under 200 ms as well.
create or replace function unplayed_parts(c anonymised_copy, person uuid) returns int4multirange
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select unheard_intervals(c.duration_ms, (
    select range_agg(int4range(g.from_ms, g.to_ms)) from listening l join listening_range g on g.listening_id = l.id
    where l.recording_id = c.recording_id and l.person_id = person and g.from_ms < g.to_ms
  ), 200)
$$;

-- Returns what a person has not heard of the present result. Gaps under 5 ms, which come from rounding, do not count.
create or replace function unheard_parts(c anonymised_copy, person uuid) returns int4multirange
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select unheard_intervals(c.sound_ms, (
    select range_agg(int4range(g.from_ms, g.to_ms)) from copy_hearing h join copy_hearing_range g on g.hearing_id = h.id
    where h.copy_id = c.id and h.person_id = person and h.revision = c.revision and h.rendered_at = c.rendered_at and g.from_ms < g.to_ms
  ), 5)
$$;

-- Returns the copy of an item's recording, or begins one. If its preparer no longer holds the right, the caller becomes the preparer. Only
-- the copy's row names the recording: an entry in the log would keep the link between them (R32).
create or replace function begin_copy(disclosure uuid, item integer) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (
    select i.recording_id from research_item i join research_disclosure d on d.id = i.disclosure_id
    where i.disclosure_id = begin_copy.disclosure and i.item = begin_copy.item and i.dropped_at is null
      and d.withdrawn_at is null and d.closed_at is null
  ) for share;
  perform refuse_if(r.id is null or (contact_in_term(r.contact_id)).id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  insert into anonymised_copy (recording_id, duration_ms, prepared_by)
  select r.id, coalesce(r.duration_ms, 0), viewer() where (study_right(r)).id is not null
  on conflict do nothing returning * into c;
  if c.id is not null then
    perform record_act('anonymised-copy.begun', held, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id, '{}');
    return c.id;
  end if;
  select * into c from anonymised_copy k where k.recording_id = r.id for update;
  perform refuse_if(c.id is null, 'not-found');
  if c.state not in ('APPROVED', 'RENDERING') and c.prepared_by <> viewer() and (study_right(r)).id is not null and not exists (
    select from access_right a join person p on p.id = a.person_id
    where a.person_id = c.prepared_by and a.role = 'EXPERT' and a.duty = 'QUALITY' and a.revoked_at is null
      and (a.valid_to is null or a.valid_to > now()) and (p.employed_to is null or p.employed_to > now())
  ) then
    update anonymised_copy k set prepared_by = viewer(), state = 'DRAFT', revision = k.revision + 1, rendered_at = null,
      checked_at = null, checked_by = null, check_note = null
    where k.id = c.id;
    perform record_act('anonymised-copy.begun', held, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id, jsonb_build_object('after', c.prepared_by));
  end if;
  return c.id;
end $$;
grant execute on function begin_copy to seloste_desk;

-- Returns a copy. The sealed work is returned only to its preparer, not to its checker. For the custodian, which opens it.
create or replace function read_copy(wanted uuid) returns table (
  id uuid, recording_id uuid, duration_ms integer, state text, revision integer, level text, work bytea, prepared_by uuid,
  prepared_by_name text, unplayed int4multirange, unplayed_ms integer, engine text, engine_version text, rendered_at timestamptz, sound_ms integer,
  unheard_ms integer, failure text, failed_turn integer, checked_at timestamptz, checked_by uuid, checked_by_name text, check_note text,
  is_preparer boolean, may_hear boolean, may_check boolean, pseudonymised boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
  is_reached boolean;
  is_preparer boolean;
begin
  select * into c from anonymised_copy k where k.id = wanted;
  select * into r from recording k where k.id = c.recording_id;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  is_reached := (study_right(r)).id is not null;
  is_preparer := c.prepared_by = viewer() and is_reached;
  if c.read_by is distinct from viewer() or c.read_at < now() - interval '5 minutes' then
    update anonymised_copy k set read_by = viewer(), read_at = now() where k.id = c.id;
    perform record_act('anonymised-copy.read', held, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id, jsonb_build_object('words', is_preparer));
  end if;
  return query select c.id, c.recording_id, c.duration_ms, c.state, c.revision, c.level, case when is_preparer then c.work end, c.prepared_by,
    coalesce(name_at(c.prepared_by, now()), (select p.user_id from person p where p.id = c.prepared_by)),
    unplayed_parts(c, c.prepared_by), length_ms(unplayed_parts(c, c.prepared_by)), c.engine, c.engine_version, c.rendered_at, c.sound_ms,
    case when c.sound_ms is not null then length_ms(unheard_parts(c, viewer())) end, c.failure, c.failed_turn, c.checked_at, c.checked_by,
    coalesce(name_at(c.checked_by, now()), (select p.user_id from person p where p.id = c.checked_by)), c.check_note,
    is_preparer, c.state = 'APPROVED' or c.state = 'RENDERED' and is_reached,
    c.state = 'RENDERED' and is_reached and viewer() <> all (c.former_preparers || c.prepared_by), (select d.pseudonymised from disclosure_rules d);
end $$;
grant execute on function read_copy to seloste_custodian;

-- Returns the recording of a copy that the viewer prepares and may work on; for the custodian, before it seals or opens.
create or replace function prepared_copy(wanted uuid) returns table (recording_id uuid, duration_ms integer, level text, revision integer, work bytea, unplayed_ms integer)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.recording_id, c.duration_ms, c.level, c.revision, c.work, length_ms(unplayed_parts(c, viewer())) from lock_copy(wanted) c
$$;
grant execute on function prepared_copy to seloste_custodian;

-- Records that a program begins to transcribe the copy's recording, before it gets any sound. Refuses anonymised-copy.approved,
-- .transcripts-off.
create or replace function begin_recognition(wanted uuid, engine text, engine_version text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c anonymised_copy := lock_copy(wanted);
begin
  perform refuse_if((select transcripts from disclosure_rules) <> 'research', 'anonymised-copy.transcripts-off');
  perform refuse_if(c.state = 'APPROVED', 'anonymised-copy.approved');
  update anonymised_copy k set recognised_at = now() where k.id = c.id;
  perform record_act('anonymised-copy.recognised', copy_expert(), 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id,
    jsonb_build_object('engine', begin_recognition.engine, 'version', begin_recognition.engine_version));
end $$;
grant execute on function begin_recognition to seloste_custodian;

-- Saves sealed work and discards a rendering of an earlier revision. Returns the new revision.
create or replace function save_copy(wanted uuid, revision integer, level text, work bytea) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c anonymised_copy := lock_copy(wanted);
begin
  perform refuse_if(c.state = 'APPROVED', 'anonymised-copy.approved');
  perform refuse_if(c.revision <> save_copy.revision, 'anonymised-copy.changed-meanwhile');
  update anonymised_copy k set level = save_copy.level, work = save_copy.work, revision = k.revision + 1, state = 'DRAFT', rendered_at = null,
    rendering_at = null, failure = null, failed_turn = null, checked_at = null, checked_by = null, check_note = null
  where k.id = c.id;
  perform record_act('anonymised-copy.saved', copy_expert(), 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id,
    jsonb_build_object('revision', c.revision + 1, 'level', save_copy.level, 'was', c.state));
  return c.revision + 1;
end $$;
grant execute on function save_copy to seloste_custodian;

-- Begins to render a saved revision. The custodian has removed the earlier result and checked the words; everything else is checked here.
-- Refuses anonymised-copy.approved, .changed-meanwhile, .rendered, .lacks.
create or replace function begin_rendering(wanted uuid, revision integer, engine text, engine_version text, removed jsonb, redacted_ms integer, evaluation jsonb)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c anonymised_copy := lock_copy(wanted);
begin
  perform refuse_if(c.state = 'APPROVED', 'anonymised-copy.approved');
  perform refuse_if(c.revision <> begin_rendering.revision or c.work is null, 'anonymised-copy.changed-meanwhile');
  -- Two renderings of the same words together reveal more than one, so there is never a second beside the first.
  perform refuse_if(c.state in ('RENDERING', 'RENDERED') or c.sound_at is not null, 'anonymised-copy.rendered');
  perform refuse_if(not isempty(unplayed_parts(c, viewer())), 'anonymised-copy.lacks', 'played');
  perform refuse_if(c.level = 'D' and not (select pseudonymised from disclosure_rules), 'anonymised-copy.lacks', 'level-not-allowed');
  perform refuse_if(c.level <> 'T' and begin_rendering.evaluation is null, 'anonymised-copy.lacks', 'engine');
  update anonymised_copy k set state = 'RENDERING', rendering_at = clock_timestamp(), sound_at = clock_timestamp(), engine = begin_rendering.engine,
    engine_version = begin_rendering.engine_version, removed = begin_rendering.removed, redacted_ms = begin_rendering.redacted_ms,
    evaluation = begin_rendering.evaluation, failure = null, failed_turn = null, rendered_at = null, sound_sha256 = null, sound_bytes = null,
    sound_ms = null, checked_at = null, checked_by = null, check_note = null
  where k.id = c.id;
end $$;
grant execute on function begin_rendering to seloste_custodian;

-- Stores the result. Returns false if the copy changed, or its recording ended or was restricted meanwhile; the custodian then deletes the
-- object.
create or replace function complete_rendering(wanted uuid, revision integer, sha256 bytea, bytes bigint, ms integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (select recording_id from anonymised_copy where id = wanted) for share;
  select * into c from anonymised_copy k where k.id = wanted for update;
  if c.id is null or c.state <> 'RENDERING' or c.revision <> complete_rendering.revision or c.ended_at is not null then
    return false;
  end if;
  if copy_block_reason(r) is not null then
    perform fail_rendering(wanted, complete_rendering.revision, replace(copy_block_reason(r), '.', '-'), null);
    return false;
  end if;
  update anonymised_copy k set state = 'RENDERED', rendered_at = clock_timestamp(), rendering_at = null, sound_sha256 = complete_rendering.sha256,
    sound_bytes = complete_rendering.bytes, sound_ms = complete_rendering.ms
  where k.id = c.id;
  insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result, detail)
  values (c.prepared_by, 'EXPERT', 'anonymised-copy.rendered', 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id, 'ok', jsonb_build_object(
    'revision', c.revision, 'level', c.level, 'engine', c.engine, 'version', c.engine_version));
  return true;
end $$;
grant execute on function complete_rendering to seloste_custodian;

create or replace function fail_rendering(wanted uuid, revision integer, why text, turn integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c anonymised_copy;
begin
  update anonymised_copy k set state = 'FAILED', rendering_at = null, failure = why, failed_turn = turn
  where k.id = wanted and k.state = 'RENDERING' and k.revision = coalesce(fail_rendering.revision, k.revision) returning * into c;
  if c.id is not null then
    insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result, detail)
    values (c.prepared_by, 'EXPERT', 'anonymised-copy.rendered', 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id, 'failed:' || why,
      jsonb_build_object('revision', c.revision, 'level', c.level));
  end if;
end $$;
grant execute on function fail_rendering to seloste_custodian;

create or replace function record_sound_removal(wanted uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update anonymised_copy c set sound_at = null, removed_at = case when c.ended_at is null then c.removed_at else clock_timestamp() end
  where c.id = wanted and (c.state in ('DRAFT', 'REJECTED', 'FAILED') or c.ended_at is not null);
  return found;
end $$;
grant execute on function record_sound_removal to seloste_custodian;

create or replace function begin_copy_hearing(wanted uuid) returns table (id uuid, until timestamptz, sound_ms integer)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (select recording_id from anonymised_copy a where a.id = wanted) for share;
  select * into c from anonymised_copy k where k.id = wanted;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  perform refuse_if(c.state not in ('RENDERED', 'APPROVED'), 'anonymised-copy.not-rendered');
  -- A result may still contain what was to be removed. Until it is signed, only those whose right covers the recording can play it, while
  -- that right lasts.
  if c.state = 'RENDERED' then
    held := study_right(r);
    perform refuse_if(held.id is null, 'deny.role');
  end if;
  insert into copy_hearing as h (copy_id, recording_id, revision, rendered_at, person_id, right_id, session_hash, until)
  values (c.id, c.recording_id, c.revision, c.rendered_at, viewer(), held.id,
    session_token_hash(), least(now() + interval '120 minutes', r.destroy_at, held.valid_to))
  returning h.id, h.until into id, until;
  sound_ms := c.sound_ms;
  perform record_act('anonymised-copy.heard', held, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id,
    jsonb_build_object('hearing', id, 'revision', c.revision));
  return next;
end $$;
grant execute on function begin_copy_hearing to seloste_desk;

create or replace function hearing_end_reason(h copy_hearing, signed_in boolean) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when h.ended_at is not null then h.end_why
    when not signed_in then 'session'
    when copy_block_reason(r) = 'recording.destroyed' or c.ended_at is not null then 'destroyed'
    when copy_block_reason(r) is not null or not log_is_whole() then 'restricted'
    when c.state not in ('RENDERED', 'APPROVED') or c.revision <> h.revision or c.rendered_at <> h.rendered_at then 'changed'
    when not exists (
      select from access_right a join described_role d on d.version = version_at(now()) and d.role = a.role and d.duty is not distinct from a.duty
      where a.id = h.right_id and a.revoked_at is null and a.valid_from <= now() and (a.valid_to is null or a.valid_to > register_now())
    ) then 'right'
    when h.until <= now() then 'time'
  end
  from anonymised_copy c left join recording r on r.id = c.recording_id where c.id = h.copy_id
$$;

-- Records the interval that is about to be served. Returns false if the hearing has ended.
create or replace function record_copy_playback(wanted uuid, from_ms integer, to_ms integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from copy_hearing where id = wanted for share;
  if not exists (select from hearing_now(wanted) n where n.why is null) then
    return false;
  end if;
  insert into copy_hearing_range (hearing_id, from_ms, to_ms) values (wanted, record_copy_playback.from_ms, record_copy_playback.to_ms);
  return true;
end $$;
grant execute on function record_copy_playback to seloste_custodian;

-- Ends the hearings whose session, right, copy, recording or time has ended, and logs what was served. Returns their number.
create or replace function end_expired_hearings() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  h copy_hearing;
  ended integer := 0;
  reason text;
begin
  for h in select k.* from copy_hearing k where k.ended_at is null for update loop
    reason := hearing_end_reason(h, exists (
      select from session s join person p on p.id = s.person_id
      where s.token_hash = h.session_hash and s.person_id = h.person_id
        and session_holds(s) and not s.awaits_second_factor
        and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
    ));
    if reason is not null then
      update copy_hearing k set ended_at = clock_timestamp(), end_why = reason where k.id = h.id;
      insert into audit_entry (person_id, right_id, role, action, purpose, object_kind, object_id, result, detail)
      select h.person_id, h.right_id, 'EXPERT', 'anonymised-copy.heard', 'SERVICE_LEVEL_STUDY', 'anonymised-copy', h.copy_id, 'ok',
        jsonb_build_object('hearing', h.id, 'revision', h.revision, 'why', reason, 'servedMs', length_ms(coalesce((
          select range_agg(int4range(g.from_ms, g.to_ms)) from copy_hearing_range g where g.hearing_id = h.id and g.from_ms < g.to_ms), '{}')));
      ended := ended + 1;
    end if;
  end loop;
  return ended;
end $$;
grant execute on function end_expired_hearings to seloste_custodian;

-- Signs or rejects a copy by the second person, who has heard all of it (R33). No present or former preparer signs it. Their right has to
-- reach the recording, as for hearing it: it may still contain what was to be removed.
create or replace function check_copy(wanted uuid, revision integer, outcome text, note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := copy_expert();
  r recording;
  c anonymised_copy;
begin
  select k.* into r from recording k where k.id = (select recording_id from anonymised_copy a where a.id = wanted) for share;
  select * into c from anonymised_copy k where k.id = wanted for update;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) is not null, copy_block_reason(r));
  held := study_right(r);
  perform refuse_if(held.id is null, 'deny.role');
  perform refuse_if(viewer() = any (c.former_preparers || c.prepared_by), 'anonymised-copy.own');
  perform refuse_if(c.revision <> check_copy.revision, 'anonymised-copy.changed-meanwhile');
  perform refuse_if(c.state = 'APPROVED', 'anonymised-copy.approved');
  perform refuse_if(c.state <> 'RENDERED', 'anonymised-copy.not-rendered');
  -- Only an approval requires having played everything: a name in the sound is enough for a rejection.
  perform refuse_if(outcome = 'APPROVED' and not isempty(unheard_parts(c, viewer())), 'anonymised-copy.not-heard');
  if outcome = 'APPROVED' then
    perform require_fresh();
  end if;
  perform refuse_identity_code('note', check_copy.note);
  update anonymised_copy k set state = check_copy.outcome, checked_at = clock_timestamp(), checked_by = viewer(), check_note = nullif(btrim(check_copy.note), '')
  where k.id = c.id;
  perform record_act('anonymised-copy.checked', held, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', c.id,
    jsonb_build_object('outcome', outcome, 'revision', c.revision));
end $$;
grant execute on function check_copy to seloste_desk;

-- Returns the copies of disclosures that the viewer may hear and sign now.
create or replace function copies_to_check(disclosures uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.id from research_item i join anonymised_copy c on c.recording_id = i.recording_id join recording r on r.id = c.recording_id
  where i.disclosure_id = any (disclosures) and i.dropped_at is null and c.state = 'RENDERED' and c.ended_at is null
    and viewer() <> all (c.former_preparers || c.prepared_by) and copy_block_reason(r) is null and (study_right(r)).id is not null
$$;
grant execute on function copies_to_check to seloste_desk;

-- Returns what was removed, the engine and its evaluation, for those who prepare, check, decide or oversee, while the recording exists.
create or replace function read_privacy_report(wanted uuid) returns table (level text, engine text, version text, evaluation jsonb, removed jsonb,
  redacted_ms integer, duration_ms integer, prepared_by uuid, prepared_by_name text, checked_by uuid, checked_by_name text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := require_research_role('{QUALITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}');
  r recording;
  c anonymised_copy;
begin
  select * into c from anonymised_copy k where k.id = wanted;
  select * into r from recording k where k.id = c.recording_id;
  perform refuse_if(c.id is null, 'not-found');
  perform refuse_if(copy_block_reason(r) = 'recording.destroyed', 'recording.destroyed');
  perform refuse_if(c.rendered_at is null, 'anonymised-copy.not-rendered');
  perform record_right_act('anonymised-copy.read', as_role, 'anonymised-copy', c.id, '{"report": true}');
  return query select c.level, c.engine, c.engine_version, c.evaluation, c.removed, c.redacted_ms, c.duration_ms, c.prepared_by,
    coalesce(name_at(c.prepared_by, now()), (select p.user_id from person p where p.id = c.prepared_by)), c.checked_by,
    coalesce(name_at(c.checked_by, now()), (select p.user_id from person p where p.id = c.checked_by));
end $$;
grant execute on function read_privacy_report to seloste_desk;

-- Returns a hearing of this transaction's session as it is now. Another session's is not found.
create or replace function hearing_now(wanted uuid) returns table (copy_id uuid, recording_id uuid, sound_bytes bigint, person_id uuid, why text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select h.copy_id, h.recording_id, c.sound_bytes, h.person_id, hearing_end_reason(h, viewer() is not distinct from h.person_id and confined_to() is null)
  from copy_hearing h join anonymised_copy c on c.id = h.copy_id
  where h.id = wanted and h.session_hash = session_token_hash()
$$;
grant execute on function hearing_now to seloste_custodian;

-- Moves the start of a trimmed recording to the answer of its call; nothing else moves it.
create or replace function set_recording_start_to_answer(cut_recording uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update recording r set started_at = greatest(r.started_at, s.answered_at)
  from segment s
  where r.id = cut_recording and r.state = 'STORED' and r.kept_at is null and r.cut_ms is not null
    and s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;
grant execute on function set_recording_start_to_answer to seloste_custodian;
