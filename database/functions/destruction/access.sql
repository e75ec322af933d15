-- recording_key
grant delete, insert, select, update on recording_key to seloste_custodian;
create constraint trigger lives_with_recording after delete on recording_key
  deferrable initially deferred for each row execute function recording_key_guard();
create trigger keyring_added after insert on recording_key referencing new table as changed for each statement execute function record_keyring_change('files');
create trigger keyring_changed after update on recording_key referencing new table as changed for each statement execute function record_keyring_change('files');
create trigger keyring_removed after delete on recording_key referencing old table as changed for each statement execute function record_keyring_change('files');

-- destruction_entry
grant insert (cause, detail, done_by, object_id, object_kind, object_name, targets), select on destruction_entry to seloste_custodian;
create trigger append_only before update or delete or truncate on destruction_entry for each statement execute function append_only();
create trigger pending after insert on destruction_entry for each row execute function record_ledger_pending();
create trigger custodian_guard before insert on destruction_entry for each row execute function check_custodian_entry();
create constraint trigger is_destroyed after insert on destruction_entry deferrable initially deferred for each row
  when (new.object_kind = 'recording') execute function require_destroyed_recording();

-- ledger_content
grant select on ledger_content to seloste_custodian;
create trigger append_only before update or truncate on ledger_content for each statement execute function append_only();
create trigger ledger_content_guard before delete on ledger_content for each row execute function ledger_content_guard();

-- month_key
grant insert, select, update on month_key to seloste_custodian;
grant select (deadline, destroyed_at, expiry_month, retiring_since, state, version) on month_key to seloste_desk;
create trigger month_key_guard before update or delete on month_key for each row execute function month_key_guard();

-- file_key_end
grant delete, insert, select on file_key_end to seloste_custodian;

-- keyring_renewal
grant delete, insert, select on keyring_renewal to seloste_custodian;

-- expunction
grant delete, insert, select, update on expunction to seloste_custodian;

-- copy_owed
grant delete, insert, select on copy_owed to seloste_custodian;
grant select on copy_owed to seloste_desk;

-- ledger_pending
grant delete, select on ledger_pending to seloste_custodian;

-- ledger_leaf
grant insert, select on ledger_leaf to seloste_custodian;
create trigger append_only before delete or update or truncate on ledger_leaf for each statement execute function append_only();

-- ledger_subtree
grant insert, select on ledger_subtree to seloste_custodian;
create trigger append_only before delete or update or truncate on ledger_subtree for each statement execute function append_only();

-- ledger_head
grant insert (note, root, size), select on ledger_head to seloste_custodian;
grant select on ledger_head to seloste_desk;
create trigger append_only before delete or update or truncate on ledger_head for each statement execute function append_only();

-- ledger_cosignature
grant insert (line, size, witness), select on ledger_cosignature to seloste_custodian;
grant select on ledger_cosignature to seloste_desk;
create trigger append_only before delete or update or truncate on ledger_cosignature for each statement execute function append_only();

-- preservation_order
alter table preservation_order enable row level security;
create trigger order_guard before update on preservation_order for each row execute function order_guard();
create trigger append_only before delete or truncate on preservation_order for each statement execute function append_only();

-- preservation_renewal
alter table preservation_renewal enable row level security;
create trigger append_only before update or delete or truncate on preservation_renewal for each statement execute function append_only();

-- prohibition
alter table prohibition enable row level security;
grant select on prohibition to seloste_custodian;
create policy custodian_reads on prohibition for select to seloste_custodian using (true);
create trigger ledger after insert on prohibition for each row execute function ledger_prohibition();
create trigger notifies_capture after insert on prohibition for each row execute function notify_capture_of_prohibition();
create trigger forbids_duplicate after insert on prohibition for each row execute function forbid_duplicate();
create trigger fresh before insert on prohibition for each row execute function require_fresh_prohibition();

-- inspection
alter table inspection enable row level security;
grant select on inspection to seloste_custodian;
create policy custodian_reads on inspection for select to seloste_custodian using (true);
create trigger appointment_ends after update of closed_at on inspection for each row execute function end_idle_appointment();
create trigger ledger after update of closed_at on inspection for each row execute function ledger_case();

-- inspection_recording
alter table inspection_recording enable row level security;
grant select on inspection_recording to seloste_custodian;
create policy custodian_reads on inspection_recording for select to seloste_custodian using (true);
create trigger ledger after insert on inspection_recording for each row execute function ledger_case();

-- authority_request
alter table authority_request enable row level security;
create trigger ledger after insert or update of received_at, closed_at on authority_request for each row execute function ledger_case();

-- disclosed_copy
alter table disclosed_copy enable row level security;
grant select (confirmed_at, disclosure, due_at, id, item, recalled_at, recipient, state) on disclosed_copy to seloste_desk;
grant select (disclosure, item, recording_id, released_at) on disclosed_copy to seloste_custodian;
create policy custodian_reads on disclosed_copy for select to seloste_custodian using (true);
create policy desk_reads on disclosed_copy for select to seloste_desk using (recalled_at is not null and (select viewer_is('DECISION_MAKER')));
create trigger ledger after insert on disclosed_copy referencing new table as released for each statement execute function ledger_copies_released();
create trigger ledger_changed after update on disclosed_copy for each row when (new.state <> old.state) execute function ledger_disclosures();
create trigger keyring_lent after insert or update or delete on disclosed_copy for each row execute function record_released_copies_change();

-- inspections_hold
grant select, update (held) on inspections_hold to seloste_custodian;

-- clock_confirmation
create trigger append_only before update or delete or truncate on clock_confirmation for each statement execute function append_only();

-- call_identity
grant insert, select, update (contact_id) on call_identity to seloste_capture;
grant select on call_identity to seloste_custodian;
create trigger is_written_at_once before insert or update or delete on call_identity for each row
  when (session_user = 'seloste_capture'
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed'))
  execute function refuse_old_transaction();
create trigger stays_after_end before update on call_identity for each row
  when (session_user = 'seloste_capture' and old.contact_started_at < now() - interval '1 day') execute function call_id_guard();

-- history_count
grant select on history_count to seloste_custodian;

-- history_day
grant select on history_day to seloste_custodian;
create constraint trigger forgets_officials after update of ended on history_day deferrable initially deferred
  for each row execute function prune_official_names();

-- capture_stop
alter table capture_stop enable row level security;
grant select on capture_stop to seloste_custodian;
create policy custodian_reads on capture_stop for select to seloste_custodian using (true);

-- intake_version
grant insert, select, update on intake_version to seloste_custodian;
create trigger intake_version_guard before update or delete on intake_version for each row execute function intake_version_guard();

-- intake_batch
grant delete, insert, select, update on intake_batch to seloste_custodian;

-- intake_batch_key
grant delete, insert, select, update on intake_batch_key to seloste_custodian;

-- intake_private_key
grant delete, insert, select, update on intake_private_key to seloste_custodian;

-- intake_key_end
grant delete, insert, select, update on intake_key_end to seloste_custodian;

-- key_lock
grant insert, select, update on key_lock to seloste_custodian;
