-- Locks what imports admit, until the transaction ends: two files of one talk must find each other, and a run that begins must find what the
-- run before it has admitted.
create or replace function lock_admitted_imports() returns void
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended('seloste.admit-imported', 0))
$$;

-- Begins a run of an import, as the owner. From now on, no recording of an earlier run is admitted: a killed run's last statements may still be
-- waiting in the database.
create or replace function begin_import(id uuid, source text, map_sha256 text, description_version integer) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
  perform lock_admitted_imports();
  insert into recording_import (id, source, map_sha256, description_version)
  values (begin_import.id, begin_import.source, decode(begin_import.map_sha256, 'hex'), begin_import.description_version);
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('import.begun', 'import', begin_import.id, 'ok', jsonb_build_object('source', begin_import.source,
    'map', begin_import.map_sha256, 'description', begin_import.description_version));
end $$;

-- Returns the candidate talks (parts of calls) for an imported file: of the same caller or official, and overlapping it. Compares loosely,
-- because clocks of recorders differ, numbers and officials are corrected later, and recorders name a call's number and official differently.
-- `is_close`, a match: caller, official and number do not contradict the file's, and the answers are at about the same time, or caller and
-- official are the same and at least half of the shorter talk overlaps. `may_be_recorded`: the register did not refuse to record the talk,
-- as it does after a prohibition, during a conference or without an announcement; not being drawn is no refusal.
create or replace function match_imported(t told_part)
returns table (segment_id uuid, call uuid, call_started timestamptz, number_reached text, answered_at timestamptz, ended_at timestamptz,
  is_recorded boolean, may_be_recorded boolean, is_close boolean)
language sql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
  with same_id as (
    select i.contact_id, i.contact_started_at from call_identity i
    where i.external_id_hash = any (array(select decode(x, 'hex') from unnest((t).ids) x))
      and i.contact_started_at between (t).answered_at - interval '1 day' and (t).ended_at + clock_tolerance()
  ), found as (
    select s.id, s.contact_started_at from contact c join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
    where c.caller_key = (t).caller_key and c.started_at between (t).answered_at - interval '1 day' and (t).ended_at + clock_tolerance()
    union
    select s.id, s.contact_started_at from segment s where s.official_person_id = (t).official_person_id
      and s.contact_started_at between (t).answered_at - interval '1 day' and (t).ended_at + clock_tolerance()
    union
    select s.id, s.contact_started_at from segment s
    where s.answered_at between (t).answered_at - clock_tolerance() and (t).answered_at + clock_tolerance()
      and s.contact_started_at between (t).answered_at - interval '1 day' and (t).answered_at + interval '1 day'
    union
    select s.id, s.contact_started_at from same_id i join segment s on s.contact_id = i.contact_id and s.contact_started_at = i.contact_started_at
  ), compared as (
    select s.*, c.id as call, c.caller_key,
      coalesce(c.caller_key = (t).caller_key, false) as has_caller,
      exists (select from same_id i where i.contact_id = c.id and i.contact_started_at = c.started_at) as has_id,
      coalesce(c.caller_kind = 'e164' and (t).caller_kind = 'e164' and c.caller_key <> (t).caller_key, false) as has_another_caller,
      coalesce(s.official_person_id <> (t).official_person_id, false) as has_another_official,
      coalesce(s.official_person_id = (t).official_person_id, false) or coalesce(s.official_phone = (t).official_phone, false)
        or exists (select from correction o where o.segment_id = s.id and o.was_person_id = (t).official_person_id) as has_official,
      (t).number_reached in (s.number_reached, c.number_called) as has_number,
      greatest(s.answered_at - (t).answered_at, (t).answered_at - s.answered_at) <= clock_tolerance() as is_near,
      least(until, (t).ended_at) - greatest(s.answered_at, (t).answered_at) as overlap,
      least(until - s.answered_at, (t).ended_at - (t).answered_at) / 2 as half, until
    from found f
    join segment s on s.id = f.id and s.contact_started_at = f.contact_started_at
    join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
    cross join lateral coalesce(s.ended_at, s.answered_at + interval '1 day') as until
  ), judged as (
    select *, overlap >= interval '0' and overlap >= half as is_together,
      has_number and case when caller_key is null or (t).caller_key is null then has_official
        else has_caller and (has_official or official_phone is null or (t).official_phone is null) end as agrees
    from compared
  )
  select id, call, contact_started_at, number_reached, answered_at, ended_at,
    exists (select from recording r where r.segment_id = judged.id),
    capture_failure is distinct from 'forbidden'
      and not exists (select from segment s cross join lateral requested_prohibitions(s)
        where s.id = judged.id and s.contact_started_at = judged.contact_started_at)
      and decision_reason in ('drawn', 'not-drawn', 'quota-full', 'outside-hours', 'no-rule', 'rule-ended', 'imported'),
    agrees and (is_near or has_caller and has_official and is_together)
  from judged
  where answered_at is not null and (
    has_caller and (is_near or is_together)
    -- A recorder may begin another file within a talk, as after a hold.
    or has_caller and has_official and overlap >= -clock_tolerance() and decision_reason <> 'imported'
    or has_official and (caller_key is null or (t).caller_key is null) and (is_near or is_together)
    or has_id and (is_near or is_together)
    -- Number, beginning and end are the same, and one of the two lacks the caller or the official. If neither has a number of the caller, the
    -- officials are not compared, because a correction may have changed one.
    or has_number and is_near and greatest(until - (t).ended_at, (t).ended_at - until) <= clock_tolerance() and not has_another_caller
      and (caller_key is null and (t).caller_key is null or has_official or not has_another_official)
  )
$$;

-- Admits a recording of a file, as the owner, in one transaction with its origin and its entry in the log. `months`: terms of the numbers
-- with rules. Outcomes:
-- `entered`: its call is new. `joined`: it was added to a call of the history. With any other outcome nothing is entered.
-- `known`: the file was imported before. `destroyed`: it was imported before and then destroyed, according to the ledger.
-- `same-talk`: the register has a recording of this talk. `ambiguous`: several talks of the history match.
-- `differs-from-history`: a talk of the history overlaps the recording, but contradicts it.
-- `longer-than-talk`: it ends after the talk of the history that it matches. `not-to-be-recorded`: the register refused to record this
-- talk. `number-not-recorded`: the history has another number, which has no rule. `too-old`: its term is over.
create or replace function admit_imported(import uuid, reported jsonb, file_sha256 text, audio_sha256 text, months jsonb)
returns table (contact_id uuid, outcome text)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  t told_part := jsonb_populate_record(null::told_part, reported);
  r told_recording := t.recording;
  talk record;
  shifted told_part;
  later_by interval;
  corrected jsonb;
  given uuid;
  refusal text;
  shift interval;
begin
  perform lock_admitted_imports();
  if exists (select from recording_import later join recording_import own on own.seq < later.seq where own.id = import) then
    raise exception 'a later import has begun';
  end if;
  if exists (select from imported_recording i where i.file_sha256 = decode(admit_imported.file_sha256, 'hex')) then
    return query select null::uuid, 'known';
    return;
  end if;
  if exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = r.id) then
    return query select null::uuid, 'destroyed';
    return;
  end if;
  -- A restored register may lack the recording; the ledger has the prohibition of it that waited.
  if exists (select from ledger_content c join opened_entry e on e.seq = c.seq
      where strpos(c.content, r.id::text) > 0 and e.object_kind = 'prohibition' and e.detail ->> 'recording' = r.id::text) then
    return query select null::uuid, 'not-to-be-recorded';
    return;
  end if;
  if destruction_due_at(t.ended_at, r.months) <= register_now() then
    return query select null::uuid, 'too-old';
    return;
  end if;
  -- Clocks may have shown the file's time twice, and the history may have a talk of the second time.
  for hours in 0 .. case when (reported ->> 'mayBeAnHourLater')::boolean then 1 else 0 end loop
    later_by := make_interval(hours => hours);
    shifted := t;
    shifted.started_at := t.started_at + later_by;
    shifted.answered_at := t.answered_at + later_by;
    shifted.ended_at := t.ended_at + later_by;
    select m.*, count(*) filter (where m.is_close) over () as closes,
      bool_and(m.may_be_recorded) over () as all_may, bool_and(m.may_be_recorded) over (partition by m.call) as call_may into talk
    from match_imported(shifted) m order by m.is_close desc, m.is_recorded desc limit 1;
    exit when talk.segment_id is not null;
  end loop;
  if talk.segment_id is not null then
    t := shifted;
    r.started_at := r.started_at + later_by;
    r.ended_at := r.ended_at + later_by;
  end if;
  if talk.segment_id is null then
    -- A restored register may lack the call; the ledger has its correction.
    select e.detail into corrected from ledger_content c join opened_entry e on e.seq = c.seq
    where strpos(c.content, t.segment_id::text) > 0 and e.object_kind = 'correction' and e.detail ->> 'segment' = t.segment_id::text
    order by e.seq desc limit 1;
    if found then
      given := (corrected ->> 'official')::uuid;
      reported := reported || jsonb_build_object('official_person_id', given, 'official_unit_id', corrected ->> 'unit',
        'official_name', coalesce(name_at(given, t.answered_at), 'RESTORED: see the correction'), 'official_phone', phone_at(given, t.answered_at, t.official_phone));
    end if;
    select p.contact_id into contact_id from admit_part(null, reported) p;
    outcome := 'entered';
  else
    refusal := case
      when talk.is_recorded then 'same-talk'
      when not (case when talk.is_close then talk.call_may else talk.all_may end) then 'not-to-be-recorded'
      when talk.closes > 1 then 'ambiguous'
      when not talk.is_close then 'differs-from-history'
      when not months ? talk.number_reached then 'number-not-recorded' end;
    if refusal is not null then
      return query select null::uuid, refusal;
      return;
    end if;
    -- The recording gets the number and the clock of the history.
    t.number_reached := talk.number_reached;
    r.months := (months ->> talk.number_reached)::integer;
    shift := talk.answered_at - r.started_at;
    r.started_at := r.started_at + shift;
    r.ended_at := r.ended_at + shift;
    if talk.ended_at is null or r.ended_at > talk.ended_at + interval '1900 milliseconds' then
      return query select null::uuid, 'longer-than-talk';
      return;
    end if;
    if destruction_due_at(talk.ended_at, r.months) <= register_now() then
      return query select null::uuid, 'too-old';
      return;
    end if;
    t.segment_id := talk.segment_id;
    t.recording := r;
    perform admit_recording(talk.call, talk.call_started, t);
    perform settle_call_end(talk.call, talk.call_started, false);
    perform pg_notify('seloste_calls', talk.call::text);
    perform pg_notify('seloste_stored', r.id::text);
    contact_id := talk.call;
    outcome := 'joined';
  end if;
  insert into imported_recording (recording_id, import_id, file_sha256, audio_sha256)
  values (r.id, import, decode(admit_imported.file_sha256, 'hex'), decode(admit_imported.audio_sha256, 'hex'));
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('recording.imported', 'recording', r.id, 'ok', jsonb_build_object('import', import, 'file', admit_imported.file_sha256,
    'audio', admit_imported.audio_sha256));
  return next;
end $$;

-- Returns true if the log has the import of a recording: its run, the recording and the digests of its file and audio.
create or replace function import_is_logged(recording uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from imported_recording i
    where i.recording_id = recording
      and (predates_log(i.admitted_at) or exists (
        select from audit_entry e join audit_entry b on b.object_id = i.import_id and b.action = 'import.begun' and b.result = 'ok'
        where e.object_id = i.recording_id and e.action = 'recording.imported' and e.result = 'ok'
          and e.detail ->> 'import' = i.import_id::text and e.detail ->> 'file' = encode(i.file_sha256, 'hex')
          and e.detail ->> 'audio' = encode(i.audio_sha256, 'hex'))))
$$;
grant execute on function import_is_logged to seloste_custodian;
