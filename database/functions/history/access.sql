-- contact
alter table contact enable row level security;
grant insert (caller_key, caller_kind, caller_raw, ended_at, history_ends_at, id, number_called, number_kind, number_name, started_at, trunk), select (ended_at, id, started_at, trunk), update (end_inferred, ended_at, history_ends_at, trunk) on contact to seloste_capture;
grant select on contact to seloste_custodian;
grant select on contact to seloste_desk;
create policy capture_admits on contact for all to seloste_capture
  using (true)
  with check (((history_ends_at is null) or ((history_ends_at >= ((((started_at at time zone 'Europe/Helsinki') + '1 year 2 mons'::interval) at time zone 'Europe/Helsinki') - '1 day'::interval)) and (history_ends_at <= (greatest(now(), (started_at + '1 day'::interval)) + '1 year 2 mons 1 day'::interval)) and (history_ends_at <= (started_at + '1 year 3 mons'::interval)))));
create policy custodian_reads on contact for select to seloste_custodian using (true);
-- While the log is broken, the desk sees nothing.
create policy log_whole on contact as restrictive for select to seloste_desk using ((select log_is_whole()));
create policy in_room on contact as restrictive for select to seloste_desk
  using ((select confined_to()) is null or id = any ((select contacts from room_contents())::uuid[]));
create policy desk_reads on contact for select to seloste_desk using (
  history_end(history_ends_at, started_at) > (select register_now())
  and (
    (select sees_all())
    or number_called = any ((select sees_numbers())::text[])
    or id = any ((select sees_contacts())::uuid[])
    or sees_part_of(id, started_at, (select sees_own()), (select sees_units()), (select sees_numbers()), (select sees_segments()))
  )
);
-- A call dated in the future would be kept that much longer (R22, R24). Two days leave room for a clock of capture that is a day
-- ahead.
create policy capture_not_ahead on contact as restrictive for insert to seloste_capture with check (started_at < now() + interval '2 days');
create trigger checks_value_ranges before insert or update of started_at, ended_at, history_ends_at on contact for each row
  when (least(new.started_at, new.ended_at, new.history_ends_at) < '1970-01-01Z'
    or greatest(new.started_at, new.ended_at, new.history_ends_at) > '3000-01-01Z')
  execute function check_value_range();
create trigger is_written_at_once before insert or update or delete on contact for each row
  when (session_user = 'seloste_capture'
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed'))
  execute function refuse_old_transaction();
create trigger held before delete on contact for each row execute function history_guard('id');
create trigger updates_search_after_change after update of number_called on contact for each row when (old.number_called <> new.number_called)
  execute function update_number_called();
create trigger after_insert after insert on contact referencing new table as inserted for each statement execute function after_contact_insert();
create trigger has_one_start after insert on contact referencing new table as inserted for each statement execute function require_one_start();
create trigger admission_recorded after insert on contact referencing new table as inserted for each statement execute function record_admission();
create trigger updates_studies after update of number_called, ended_at, waited_from on contact for each row
  when (old.counted is not null
    and (old.number_called, old.ended_at, old.waited_from) is distinct from (new.number_called, new.ended_at, new.waited_from))
  execute function queue_study_recount('contact');
create trigger ends_with_parts before update of ended_at, history_ends_at, end_inferred, trunk on contact
  for each row execute function call_end_guard();

-- segment
alter table segment enable row level security;
grant insert (answered_at, beside, capture_failure, capture_state, contact_id, contact_started_at, decision_reason, decision_record, description_version, draw, drawn_on, ended_at, id, marks, node, number_called, number_reached, number_reached_name, official_name, official_person_id, official_phone, official_unit_id, quota_used, rule_id, rule_share, rule_version, seq), select (answered_at, contact_id, contact_started_at, ended_at, id, seq), update (answered_at, capture_failure, capture_state, ended_at, marks, official_name, official_person_id, official_phone, official_unit_id) on segment to seloste_capture;
grant select on segment to seloste_custodian;
grant select on segment to seloste_desk;
create policy capture_admits on segment for all to seloste_capture using (true) with check (true);
create policy custodian_reads on segment for select to seloste_custodian using (true);
create policy log_whole on segment as restrictive for select to seloste_desk using ((select log_is_whole()));
create policy desk_reads on segment for select to seloste_desk using (
  (
    (select sees_all())
    or official_person_id = (select sees_own())
    or official_unit_id = any ((select sees_units())::uuid[])
    or number_reached = any ((select sees_numbers())::text[])
    or id = any ((select sees_segments())::uuid[])
  )
  and (contact_started_at > (select register_now() - interval '13 months') or history_is_in_term(contact_id, contact_started_at))
);
create policy in_room on segment as restrictive for select to seloste_desk
  using ((select confined_to()) is null or id = any ((select segments from room_contents())::uuid[]));
create trigger checks_value_ranges before insert or update of contact_started_at, answered_at, ended_at on segment for each row
  when (least(new.contact_started_at, new.answered_at, new.ended_at) < '1970-01-01Z'
    or greatest(new.contact_started_at, new.answered_at, new.ended_at) > '3000-01-01Z')
  execute function check_value_range();
create trigger is_written_at_once before insert or update or delete on segment for each row
  when (session_user = 'seloste_capture'
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed'))
  execute function refuse_old_transaction();
create trigger segment_guard before update on segment for each row execute function segment_guard();
create trigger held before delete on segment for each row execute function history_guard('contact_id');
create trigger updates_studies_after_change after update on segment for each row
  when ((old.number_reached, old.official_unit_id, old.answered_at, old.draw, old.rule_share)
    is distinct from (new.number_reached, new.official_unit_id, new.answered_at, new.draw, new.rule_share))
  execute function queue_study_recount('part');
-- After `names_official`, which has recorded the official by then.
create trigger updates_search_after_change
  after update of number_reached, official_name, official_phone, official_unit_id, official_person_id on segment for each row
  when ((old.number_reached, old.official_name, old.official_phone, old.official_unit_id, old.official_person_id)
    is distinct from (new.number_reached, new.official_name, new.official_phone, new.official_unit_id, new.official_person_id))
  execute function update_recorded_parts();
create trigger updates_search_after_delete after delete on segment for each row execute function delete_recorded_parts();
create trigger after_insert after insert on segment referencing new table as inserted for each statement execute function after_segment_insert();
create trigger counted_late after update of answered_at on segment for each row
  when (new.contact_started_at < now() - interval '20 hours') execute function reopen_history_day('segment');
create trigger names_official after update of official_name, official_phone, official_unit_id, official_person_id on segment
  for each row when (new.official_name is not null) execute function record_official_name();
-- Before `drops_number_called`: triggers run in the order of their names.
create trigger copies_number_called before insert on segment for each row when (new.number_called is null) execute function set_number_called();
create trigger drops_number_called before insert on segment for each row when (new.number_called = new.number_reached)
  execute function clear_number_called();
create trigger copies_number_called_after_change before update of number_reached on segment for each row execute function set_number_called();
create trigger has_one_start after insert on segment referencing new table as inserted for each statement execute function require_one_start();
create trigger admission_recorded after insert on segment referencing new table as inserted for each statement execute function record_admission();
create trigger admission_changed after update of number_reached, official_name, official_phone, official_unit_id, official_person_id on segment
  for each row
  when ((old.number_reached, old.official_name, old.official_phone, old.official_unit_id, old.official_person_id)
    is distinct from (new.number_reached, new.official_name, new.official_phone, new.official_unit_id, new.official_person_id))
  execute function record_segment_change();
create trigger is_replaced after delete on segment for each row when (old.contact_started_at > now() - interval '14 months')
  execute function record_segment_replaced();
create trigger keeps_official before update of official_person_id on segment for each row
  when (new.official_person_id is null and old.official_person_id is not null and new.official_phone is not distinct from old.official_phone)
  execute function keep_segment_official();
-- After `late_part`, which may remove the official, and before `segment_guard`, which keeps a corrected one.
create trigger names_official_reported before insert or update of official_person_id, official_phone, answered_at on segment for each row
  when (new.official_phone is not null and new.answered_at is not null and session_user = 'seloste_capture')
  execute function attribute_segment();
-- After `names_official_reported`.
create trigger takes_correction before insert on segment for each row
  when (session_user = 'seloste_capture' and new.seq > 1 and new.answered_at is not null) execute function correct_late_part();
create trigger takes_correction_reported before update of official_person_id, official_phone on segment for each row
  when (session_user = 'seloste_capture' and new.answered_at is not null and old.official_person_id is null and old.official_phone is null
    and (new.official_person_id is not null or new.official_phone is not null))
  execute function correct_late_part();
create trigger takes_restored_correction before insert on segment for each row
  when (new.answered_at is not null and new.reported_phone is null) execute function take_restored_correction();
create trigger stays_after_end before update on segment for each row execute function ended_part_guard();
create trigger late_part before insert on segment for each row
  when (session_user = 'seloste_capture' and new.contact_started_at < now() - interval '1 day') execute function late_part_guard();
create trigger official_stays before update of official_name on segment for each row
  when (old.official_name is not null and new.official_name is null) execute function keep_official_name();

create trigger forbidden_when_reported after update of official_person_id, official_phone on segment for each row
  when (old.official_person_id is null and old.official_phone is null and (new.official_person_id is not null or new.official_phone is not null)
    and new.node is not null)
  execute function forbid_when_reported();
create trigger takes_evaluations_along after update of official_person_id on segment for each row
  when (old.official_person_id is not null and new.official_person_id is distinct from old.official_person_id)
  execute function move_evaluations();

-- recording
alter table recording enable row level security;
grant insert (contact_id, contact_started_at, id, intake_day, intake_key, number_reached, recording_months, segment_id, started_at, state), select (contact_id, expiry_month, id, min_keep_until, recording_months, segment_id, state), update (call_ended_at, destroy_at, ended_at, expiry_month, incomplete, min_keep_until, packets_lost, packets_received, reception, sha256, size_bytes, state) on recording to seloste_capture;
grant select, update (call_ended_at, cause, cut_ms, destroy_at, destroyed_at, duration_ms, ended_at, expiry_month, incomplete, is_silent, keeping_fault, kept_at, min_keep_until, packets_lost, packets_received, recording_months, sha256, size_bytes, state, unplayed_ms) on recording to seloste_custodian;
grant select on recording to seloste_desk;
create policy desk_reads on recording for select to seloste_desk using (
  exists (select from segment s where s.id = recording.segment_id and s.contact_started_at = recording.contact_started_at)
);
create policy capture_reads on recording for select to seloste_capture using (true);
create policy capture_admits on recording for insert to seloste_capture with check (state = 'CAPTURING' and destroy_at is null);
create policy capture_stores on recording for update to seloste_capture
  using ((state in ('CAPTURING', 'STORED')))
  with check (((state in ('CAPTURING', 'STORED')) and ((destroy_at is null) or ((destroy_at <= (greatest(now(), (started_at + '1 day'::interval)) + '6 mons 1 day'::interval)) and (destroy_at <= (started_at + '7 mons'::interval))))));
create policy custodian_manages on recording for all to seloste_custodian using (true) with check (true);
create policy log_whole on recording as restrictive for select to seloste_desk using ((select log_is_whole()));
-- Whatever a right covers, listening mode shows only what is played in it.
create policy in_room on recording as restrictive for select to seloste_desk
  using ((select confined_to()) is null or id = any ((select recordings from room_contents())::uuid[]));
create policy capture_not_ahead on recording as restrictive for insert to seloste_capture with check (started_at < now() + interval '2 days');
create trigger checks_value_ranges before insert or update of contact_started_at, started_at, ended_at, call_ended_at, intake_day, size_bytes
  on recording for each row
  when (least(new.contact_started_at, new.started_at, new.ended_at, new.call_ended_at) < '1970-01-01Z'
    or greatest(new.contact_started_at, new.started_at, new.ended_at, new.call_ended_at) > '3000-01-01Z'
    or new.intake_day not between '1970-01-01' and '3000-01-01'
    or new.size_bytes > 9007199254740991)
  execute function check_value_range();
-- A separate trigger, so that rows that an earlier version accepted can still get a term.
create trigger checks_term_ranges before insert or update of min_keep_until, destroy_at, expiry_month on recording for each row
  when (least(new.min_keep_until, new.destroy_at) < '1970-01-01Z' or greatest(new.min_keep_until, new.destroy_at) > '3000-01-01Z'
    or new.expiry_month not between '1970-01-01' and '3000-01-01')
  execute function check_value_range();
create trigger is_written_at_once before insert or update or delete on recording for each row
  when (session_user = 'seloste_capture'
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed'))
  execute function refuse_old_transaction();
create trigger recording_guard before update or delete on recording for each row execute function recording_guard();
create trigger term_guard before update on recording for each row execute function term_guard();
create trigger destroyed_guard before update on recording for each row
  when (new.state = 'DESTROYED' and old.state <> 'DESTROYED') execute function destroyed_guard();
create trigger settles after update of state, kept_at on recording for each row execute function settle_changed_recording();
create trigger no_truncate before truncate on recording for each statement execute function refuse_recording_truncate();
create trigger counted_late after insert on recording for each row
  when (new.contact_started_at < now() - interval '20 hours') execute function reopen_history_day('recording');
create trigger recording_quarantine before update on recording for each row execute function quarantine_guard();
create constraint trigger needs_ledger_entry after update of state on recording deferrable initially deferred for each row
  when (new.state = 'DESTROYED' and old.state <> 'DESTROYED') execute function require_destruction_entry();
create trigger ends_uses after update of state on recording for each row
  when (new.state in ('DESTROYING', 'DESTROYED') and old.state not in ('DESTROYING', 'DESTROYED')) execute function end_uses_of_recording();
create trigger stops_capture after update of state on recording for each row
  when (old.state = 'CAPTURING' and new.state = 'DESTROYING' or old.state = 'DESTROYING' and new.state = 'DESTROYED')
  execute function notify_capture_of_stop();
create trigger reception_ends before update on recording for each row when (new.reception is not null)
  execute function clear_reception();
create trigger updates_studies after insert on recording for each row execute function queue_study_recount('part');
create trigger updates_webhook_queue after update of kept_at, state, reported_destroyed_at on recording for each row execute function queue_recording_webhooks();
create trigger inherits_prohibition after insert on recording for each row when (new.state = 'CAPTURING')
  execute function inherit_prohibition();
-- The prohibition may have been entered, and not committed, when the recording began.
create trigger inherits_prohibition_when_stored after update of state on recording for each row
  when (old.state = 'CAPTURING' and new.state = 'STORED') execute function inherit_prohibition();
create trigger is_asked_for after insert on recording for each row execute function add_to_inspections();
-- After is_asked_for: triggers run in the order of their names, and what was requested earlier is served first.
create trigger was_forbidden after insert on recording for each row execute function forbid_as_requested();
create trigger was_forbidden_meanwhile after update of state on recording for each row
  when (old.state = 'CAPTURING' and new.state = 'STORED') execute function forbid_as_requested();
create trigger has_part before insert on recording for each row when (session_user = 'seloste_capture') execute function require_part();
create trigger updates_search after insert on recording for each row execute function insert_recorded_parts();
create trigger updates_search_after_delete after delete on recording for each row execute function delete_recorded_parts();
create trigger updates_search_after_change after update of state, kept_at, destroy_at on recording for each row
  when (old.state <> new.state or (old.kept_at is null) <> (new.kept_at is null) or (old.destroy_at is null) <> (new.destroy_at is null))
  execute function update_recorded_part_state();
create trigger admission_recorded after insert on recording referencing new table as inserted for each statement execute function record_admission();
create trigger follows_call before update on recording for each row execute function recording_terms_guard();
create trigger late_recording before insert on recording for each row
  when (session_user = 'seloste_capture' and new.contact_started_at < now() - interval '1 day') execute function refuse_late_recording();

-- intake_key
grant delete, insert, select, update on intake_key to seloste_custodian;

-- shard_key
grant delete, insert, select, update on shard_key to seloste_custodian;
create trigger keyring_added after insert on shard_key referencing new table as changed for each statement execute function record_keyring_change('shards');
create trigger keyring_changed after update on shard_key referencing new table as changed for each statement execute function record_keyring_change('shards');
create trigger keyring_removed after delete on shard_key referencing old table as changed for each statement execute function record_keyring_change('files');

-- recorded_part
alter table recorded_part enable row level security;
