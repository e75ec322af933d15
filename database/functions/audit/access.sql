-- audit_entry
alter table audit_entry enable row level security;
grant insert (action, detail, object_id, object_kind, person_id, purpose, reference, result, right_id, role) on audit_entry to seloste_capture;
grant insert (action, detail, object_id, object_kind, person_id, purpose, reference, result, right_id, role), select on audit_entry to seloste_custodian;
grant insert (action, detail, object_id, object_kind, person_id, purpose, reference, result, right_id, role) on audit_entry to seloste_desk;
create policy custodian_reads on audit_entry for select to seloste_custodian using (true);
create policy desk_appends on audit_entry for insert to seloste_desk with check (
  action not like 'log.%' and action not in ('call.admitted', 'recording.kept', 'recording.destroyed', 'history.ended',
    'listening.ended', 'alarm.raised', 'terms.shortened', 'promise.broken', 'promise.restored', 'description.installed',
    'description.took-effect', 'scim-token.added', 'scim-token.revoked')
  and (result <> 'ok' or case
    when action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read')
      then access_is_accurate(person_id, right_id, role, purpose, reference)
    when action like any ('{right.%,link.%,credential.%,alarm.%}') or action in ('password.set', 'act.confirmed', 'looks.reviewed',
      'extract.read', 'session.ended', 'session.second-factor') then false
    when action = 'session.started'
      then exists (select from session s where s.person_id = audit_entry.person_id and s.created_at = now())
    when action = 'sessions.ended' then not detail ? 'verifiers' and person_id = viewer() and object_id = person_id and role is null
    -- Checked strictly, because a false entry cannot be corrected: the promise description.current would stay broken.
    when action = 'description.approved' then person_id = viewer() and exists (
      select from description_version v
      where v.version = (detail ->> 'version')::integer and encode(v.hash, 'hex') = detail ->> 'hash' and v.approver = audit_entry.person_id)
    when action like 'description.%' then person_id = viewer()
    when action in ('sign-in.delayed', 'looks.slowed') then true
    else person_id is not distinct from viewer()
  end)
);
create policy custodian_appends on audit_entry for insert to seloste_custodian with check (
  action not in ('log.read', 'log.pruned', 'log.break-accepted')
);
-- Functions log the acts of these policies themselves, so that no process can log one without having done it.
create policy ends_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action = 'recording.forbidden' or action like any ('{hold%,inspection.%,copy.%,recall.%,clock.%}'))
);
create policy calls_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not in ('call.looked-for', 'call.verified', 'call.given-up')
);
create policy offices_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action = 'office.changed' or action like any ('{workstation.%,appointment.%,room.%}'))
);
create policy acts_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action like any ('{subject-copy.%,correction.%,openness.%}'))
);
create policy capture_stop_logged_by_functions on audit_entry as restrictive for insert to seloste_desk, seloste_capture, seloste_custodian
  with check (action <> 'capture.stopped' or result <> 'ok');
create policy research_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action like any ('{institute.%,research.%,disclosures.%}'))
);
create policy anonymised_copies_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'anonymised-copy.%'
);
create policy disclosures_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action like any ('{authority.%,research.%,package.%,anonymised-copy.%,institute.%}')));
create policy referrals_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'referral.%');
create policy reconciliation_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'reconciliation.%'
);
create policy flow_read_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action <> 'call-flow.read'
);
create policy quality_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'quality.%'
);
create policy training_logged_by_functions on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'training.%'
);
create policy closed_list on audit_entry as restrictive for insert to seloste_desk, seloste_capture, seloste_custodian with check (
  exists (
    select from audit_appender a
    where a.role = current_user and a.action = audit_entry.action
      and (a.person or coalesce(audit_entry.person_id, audit_entry.right_id) is null and audit_entry.role is null)
      and (audit_entry.result <> 'ok' or not a.refusals_only)
  )
);
create policy capture_appends on audit_entry for insert to seloste_capture with check (
  action <> 'call.admitted'
  or result = 'ok' and coalesce(object_kind, 'contact') = 'contact' and coalesce(purpose, reference) is null and detail = '{}'
);
create trigger append_only before update or delete or truncate on audit_entry for each statement execute function audit_entry_guard();
create trigger is_written_at_once before insert on audit_entry for each row
  when (session_user in ('seloste_capture', 'seloste_desk')
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed'))
  execute function refuse_old_transaction();
create trigger pending after insert on audit_entry referencing new table as inserted for each statement execute function record_audit_pending();

-- listening
alter table listening enable row level security;
grant delete, select on listening to seloste_custodian;
grant insert, select on listening to seloste_desk;
-- Shows the listeners of a recording to those who see the recording. Listenings of the security unit are visible only under its own
-- purpose.
create policy desk_reads_listenings on listening for select to seloste_desk using (
  person_id = viewer()
  or (
    (purpose <> 'CRIME_OR_MISUSE' or current_setting('seloste.purpose', true) = 'CRIME_OR_MISUSE')
    and exists (select from recording r where r.id = listening.recording_id)
  )
);
create policy custodian_manages on listening for all to seloste_custodian using (true) with check (true);
create policy log_whole on listening as restrictive for insert to seloste_desk with check ((select log_is_whole()));
create policy desk_inserts on listening for insert to seloste_desk with check (
  person_id = viewer() and session_hash = session_token_hash()
  and purpose = current_setting('seloste.purpose', true)
  and reference is not distinct from nullif(current_setting('seloste.reference', true), '')
  and started_at between now() - interval '1 minute' and now() + interval '1 minute'
  and until <= now() + interval '121 minutes' and ended_at is null and end_why is null
  and exists (select from active_rights() a where a.id = listening.right_id and a.role = listening.role)
  and exists (select from recording r where r.id = listening.recording_id)
);
-- No listening lasts longer than the listening mode.
create policy in_room on listening as restrictive for insert to seloste_desk
  with check (confined_to() is null or until <= confined_until());
create trigger begins before insert on listening for each row execute function set_listening_start();
create constraint trigger is_logged after insert on listening
  deferrable initially deferred for each row execute function require_listening_entry();
create trigger in_training before insert on listening for each row
  when (new.purpose = 'TRAINING' and new.reference is not null) execute function check_training_listening();

-- listening_range
alter table listening_range enable row level security;
grant select on listening_range to seloste_custodian;
grant select on listening_range to seloste_desk;
create policy desk_reads on listening_range for select to seloste_desk using (
  exists (select from listening l where l.id = listening_range.listening_id)
);
create policy custodian_manages on listening_range for all to seloste_custodian using (true) with check (true);

-- audit_pending
grant delete, select on audit_pending to seloste_custodian;

-- audit_leaf
grant insert, select on audit_leaf to seloste_custodian;
grant select (hash, index) on audit_leaf to seloste_desk;
create trigger append_only before update or delete or truncate on audit_leaf for each statement execute function append_only();

-- audit_subtree
grant insert, select on audit_subtree to seloste_custodian;
grant select on audit_subtree to seloste_desk;
create trigger append_only before update or delete or truncate on audit_subtree for each statement execute function append_only();

-- audit_checkpoint
grant insert (note, root, size), select on audit_checkpoint to seloste_custodian;
grant select on audit_checkpoint to seloste_desk;

-- audit_cosignature
grant insert (line, size, witness), select on audit_cosignature to seloste_custodian;
grant select on audit_cosignature to seloste_desk;

-- audit_pruning
grant select on audit_pruning to seloste_custodian;
create trigger append_only before update or delete or truncate on audit_pruning for each statement execute function append_only();

-- announced_version_kept
create trigger append_only before update or delete or truncate on announced_version_kept for each statement execute function append_only();

-- audit_break
grant insert (findings), select on audit_break to seloste_custodian;

-- log_verification
alter table log_verification enable row level security;
grant delete, insert (asked_by, state), select, update (checked, ended_at, entries, fault, report, signature, started_at, state, step) on log_verification to seloste_custodian;
grant select on log_verification to seloste_desk;
create policy officer_reads on log_verification for select to seloste_desk using ((select viewer_is('DATA_PROTECTION_OFFICER')));
create policy custodian_verifies on log_verification for all to seloste_custodian using (true) with check (true);

-- audit_appender
grant select on audit_appender to seloste_capture;
grant select on audit_appender to seloste_custodian;
grant select on audit_appender to seloste_desk;
create trigger append_only before update or delete or truncate on audit_appender for each statement execute function append_only();

-- audit_signed_from
grant insert, select, update on audit_signed_from to seloste_custodian;
