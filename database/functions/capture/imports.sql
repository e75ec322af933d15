-- Begins a run of an import, as the owner.
create or replace function begin_import(id uuid, source text, map_sha256 text, description_version integer) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into recording_import (id, source, map_sha256, description_version)
  values (begin_import.id, begin_import.source, decode(begin_import.map_sha256, 'hex'), begin_import.description_version);
  insert into audit_entry (action, object_kind, object_id, result, detail)
  values ('import.begun', 'import', begin_import.id, 'ok', jsonb_build_object('source', begin_import.source,
    'map', begin_import.map_sha256, 'description', begin_import.description_version));
end $$;

-- Returns the talk of the register that an imported file is of: same caller, number and official, answered at about the same time. The
-- number may be the one called, since not every recorder knows which number a queue or a forwarding reached. A caller whose number only one
-- of the two has is recognised by the official. `may_be_recorded`: the register did not refuse to record it, as it does during a conference
-- and after a prohibition. `matches`: how many there are.
create or replace function match_imported(t told_part)
returns table (segment_id uuid, call uuid, call_started timestamptz, answered_at timestamptz, ended_at timestamptz, is_recorded boolean, may_be_recorded boolean,
  matches bigint)
language sql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
  select s.id, c.id, c.started_at, s.answered_at, s.ended_at, exists (select from recording r where r.segment_id = s.id),
    s.capture_failure is distinct from 'forbidden' and s.decision_reason <> 'conference', count(*) over ()
  from segment s
  join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
  where s.answered_at between (t).answered_at - clock_tolerance() and (t).answered_at + clock_tolerance()
    and s.contact_started_at between (t).answered_at - interval '1 day' and (t).answered_at + interval '1 day'
    and (t).number_reached in (s.number_reached, c.number_called)
    and case when (t).caller_key is null or c.caller_key is null
      then s.official_phone = (t).official_phone
      else c.caller_key = (t).caller_key and coalesce(s.official_phone = (t).official_phone, true) end
  order by 6 desc
  limit 1
$$;

-- Admits a recording of a file, as the owner, in one transaction with its origin and its entry in the log.
-- `entered`: its call is new. `joined`: a call of the history gets it. Otherwise nothing is entered. `known`: the file was taken in before.
-- `destroyed`: it was taken in before and has been destroyed, as the ledger says. `same-talk`: the register has a recording of this talk.
-- `ambiguous`: several talks of the history match. `longer-than-talk`: it goes on after the talk of the history that it matches.
-- `not-to-be-recorded`: the register refused to record this talk. `too-old`: its term is over.
create or replace function admit_imported(import uuid, reported jsonb, file_sha256 text, audio_sha256 text)
returns table (contact_id uuid, outcome text)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  t told_part := jsonb_populate_record(null::told_part, reported);
  r told_recording := t.recording;
  talk record;
  shift interval;
begin
  if exists (select from imported_recording i where i.file_sha256 = decode(admit_imported.file_sha256, 'hex')) then
    return query select null::uuid, 'known';
    return;
  end if;
  if exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = r.id) then
    return query select null::uuid, 'destroyed';
    return;
  end if;
  -- A restore forgets the recording, and the ledger a prohibition of it that waited.
  if exists (select from ledger_content c join opened_entry e on e.seq = c.seq
      where strpos(c.content, r.id::text) > 0 and e.object_kind = 'prohibition' and e.detail ->> 'recording' = r.id::text) then
    return query select null::uuid, 'not-to-be-recorded';
    return;
  end if;
  if destruction_due_at(t.ended_at, r.months) <= register_now() then
    return query select null::uuid, 'too-old';
    return;
  end if;
  select * into talk from match_imported(t);
  if talk.is_recorded or talk.matches > 1 then
    return query select null::uuid, case when talk.is_recorded then 'same-talk' else 'ambiguous' end;
    return;
  end if;
  if not talk.may_be_recorded then
    return query select null::uuid, 'not-to-be-recorded';
    return;
  end if;
  if talk.segment_id is null then
    select p.contact_id into contact_id from admit_part(null, reported) p;
    outcome := 'entered';
  else
    -- By the clock of the history, which the caller's other data have.
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

-- Returns true for a recording of an import that the log has: the run, the recording and the digest of its file.
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
