-- unit
alter table unit enable row level security;
grant select on unit to seloste_custodian;
grant insert, select on unit to seloste_desk;
create policy everybody_reads on unit for select to seloste_capture, seloste_desk, seloste_custodian
  using (true);
create policy keeper_enters on unit for insert to seloste_desk
  with check ((select may_change_directory()));
create policy keeper_changes on unit for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_deletes on unit for delete to seloste_desk
  using ((select may_change_directory()));

-- person
alter table person enable row level security;
grant select (employed_from, employed_to, external_id, external_id_signs_in, id, password_alone, password_salt, source, user_id, withdrawn_at) on person to seloste_custodian;
grant insert (employed_from, employed_to, external_id, id, informed_at, source, user_id), select (changed_at, created_at, employed_from, employed_to, external_id, id, informed_at, password_salt, password_set_at, source, user_id, withdrawn_at), update (changed_at, employed_from, employed_to, external_id, informed_at, source, withdrawn_at) on person to seloste_desk;
create policy everybody_reads on person for select to seloste_capture, seloste_desk, seloste_custodian
  using (true);
create policy keeper_enters on person for insert to seloste_desk
  with check ((select may_change_directory()));
create policy keeper_changes on person for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_deletes on person for delete to seloste_desk
  using ((select may_change_directory()));
create trigger person_guard before insert or update or delete on person for each row execute function person_guard();
create trigger directory_turn before insert or update or delete on person for each statement execute function lock_directory_first();
create trigger no_truncate before truncate on person for each statement execute function append_only();
create trigger identity_guard before insert or update of source, external_id on person
  for each row execute function identity_guard();
create trigger ledger after update or delete on person for each row execute function ledger_person();
create trigger notifies_person after update on person for each row
  when (old.password_check is not null and new.password_check is distinct from old.password_check)
  execute function notify_password_change();
create constraint trigger reports_end after update of employed_from, employed_to on person
  deferrable initially deferred for each row
  when ((old.employed_from, old.employed_to) is distinct from (new.employed_from, new.employed_to))
  execute function report_employment_end();

-- person_name
alter table person_name enable row level security;
grant select (name, person_id, valid_from, valid_to) on person_name to seloste_capture;
grant select on person_name to seloste_custodian;
grant delete, insert, select, update (family_name, given_name, name, valid_to) on person_name to seloste_desk;
create policy everybody_reads on person_name for select to seloste_capture, seloste_desk, seloste_custodian
  using (true);
create policy keeper_enters on person_name for insert to seloste_desk
  with check ((select may_change_directory()));
create policy keeper_changes on person_name for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_deletes on person_name for delete to seloste_desk
  using ((select may_change_directory()));
create trigger directory_turn before insert or delete or update on person_name for each statement execute function lock_directory_first();
create trigger notifies_capture after insert or delete or update on person_name for each statement execute function notify_capture_of_directory();
create trigger apart_insert after insert on person_name referencing new table as new_rows for each statement execute function refuse_overlap('person_id');
create trigger apart_update after update on person_name referencing new table as new_rows for each statement execute function refuse_overlap('person_id');
create trigger own_insert after insert on person_name referencing new table as new_rows for each statement execute function refuse_own_name();
create trigger own_update after update on person_name referencing new table as new_rows for each statement execute function refuse_own_name();
create trigger names_calls after insert on person_name referencing new table as new_rows for each statement execute function attribute_calls_by_directory();

-- person_phone
alter table person_phone enable row level security;
grant select on person_phone to seloste_capture;
grant delete, insert, select, update (valid_to) on person_phone to seloste_desk;
create policy everybody_reads on person_phone for select to seloste_capture, seloste_desk, seloste_custodian
  using (true);
create policy keeper_changes on person_phone for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_enters on person_phone for insert to seloste_desk
  with check (((select may_change_directory()) or is_applying_change(person_id)));
create policy keeper_deletes on person_phone for delete to seloste_desk
  using (((select may_change_directory()) or is_applying_change(person_id)));
create trigger directory_turn before insert or delete or update on person_phone for each statement execute function lock_directory_first();
create trigger notifies_capture after insert or delete or update on person_phone for each statement execute function notify_capture_of_directory();
create trigger apart_insert after insert on person_phone referencing new table as new_rows for each statement execute function refuse_overlap('phone_key');
create trigger apart_update after update on person_phone referencing new table as new_rows for each statement execute function refuse_overlap('phone_key');
create trigger succession_insert after insert on person_phone referencing new table as new_rows for each statement execute function apply_succession();
create trigger succession_update after update on person_phone referencing new table as new_rows for each statement execute function apply_succession();
create constraint trigger reports_end after update or delete on person_phone
  deferrable initially deferred for each row execute function report_directory_end();
create trigger names_calls after insert on person_phone referencing new table as new_rows for each statement execute function attribute_calls_by_directory();

-- person_placement
alter table person_placement enable row level security;
grant select (person_id, unit_id, valid_from, valid_to) on person_placement to seloste_capture;
grant delete, insert, select, update (supervisor_id, unit_id, valid_to) on person_placement to seloste_desk;
create policy everybody_reads on person_placement for select to seloste_capture, seloste_desk, seloste_custodian
  using (true);
create policy keeper_changes on person_placement for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_enters on person_placement for insert to seloste_desk
  with check (((select may_change_directory()) or is_applying_change(person_id)));
create policy keeper_deletes on person_placement for delete to seloste_desk
  using (((select may_change_directory()) or is_applying_change(person_id)));
create trigger directory_turn before insert or delete or update on person_placement for each statement execute function lock_directory_first();
create trigger notifies_capture after insert or delete or update on person_placement for each statement execute function notify_capture_of_directory();
create trigger apart_insert after insert on person_placement referencing new table as new_rows for each statement execute function refuse_overlap('person_id');
create trigger apart_update after update on person_placement referencing new table as new_rows for each statement execute function refuse_overlap('person_id');
create trigger circle_insert after insert on person_placement referencing new table as new_rows for each statement execute function refuse_supervisor_cycle();
create trigger circle_update after update on person_placement referencing new table as new_rows for each statement execute function refuse_supervisor_cycle();
create trigger succession_insert after insert on person_placement referencing new table as new_rows for each statement execute function apply_succession();
create trigger succession_update after update on person_placement referencing new table as new_rows for each statement execute function apply_succession();
create constraint trigger reports_end after update or delete on person_placement
  deferrable initially deferred for each row execute function report_directory_end();
create trigger names_calls after insert on person_placement referencing new table as new_rows for each statement execute function attribute_calls_by_directory();

-- person_recording_consent
alter table person_recording_consent enable row level security;
grant select on person_recording_consent to seloste_capture;
grant select on person_recording_consent to seloste_custodian;
grant delete, insert, select, update (valid_to) on person_recording_consent to seloste_desk;
create policy keeper_enters on person_recording_consent for insert to seloste_desk
  with check ((select may_change_directory()));
create policy keeper_changes on person_recording_consent for update to seloste_desk
  using ((select may_change_directory()))
  with check ((select may_change_directory()));
create policy keeper_deletes on person_recording_consent for delete to seloste_desk
  using ((select may_change_directory()));
create policy capture_reads on person_recording_consent for select to seloste_capture using (true);
-- Allows a decision to be recomputed (R14).
create policy custodian_reads on person_recording_consent for select to seloste_custodian using (true);
create policy desk_reads on person_recording_consent for select to seloste_desk
  using ((select viewer()) is not null or (select scim_client()) is not null);
create trigger directory_turn before insert or delete or update on person_recording_consent for each statement execute function lock_directory_first();
create trigger notifies_capture after insert or delete or update on person_recording_consent for each statement execute function notify_capture_of_directory();
create trigger ledger_withdrawn after update on person_recording_consent for each row
  when (new.valid_to is not null and new.valid_to is distinct from old.valid_to) execute function ledger_consent();
create trigger ledger_taken_back after delete on person_recording_consent for each row execute function ledger_consent();
create trigger apart_insert after insert on person_recording_consent referencing new table as new_rows for each statement execute function refuse_overlap('person_id');
create trigger apart_update after update on person_recording_consent referencing new table as new_rows for each statement execute function refuse_overlap('person_id');

-- scim_token
create trigger ledger_revoked after update on scim_token for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function ledger_end('scim-token', 'revoked');
create trigger ledger_removed after delete on scim_token for each row execute function ledger_end('scim-token', 'revoked');

-- spent_user_id
create trigger append_only before update or delete or truncate on spent_user_id for each statement execute function append_only();

-- directory_change
alter table directory_change enable row level security;
grant select on directory_change to seloste_desk;
create policy desk_reads on directory_change for select to seloste_desk
  using ((select viewer_is('ADMINISTRATOR')) or (select viewer_is('ACCESS_APPROVER')));
create trigger directory_change_guard before update on directory_change for each row execute function directory_change_guard();
create trigger confirmed_decision before update on directory_change for each row
  when (old.state = 'ASKED' and new.state in ('CONFIRMED', 'REFUSED')) execute function require_confirmed_decision('change');
-- Before the succession is applied: the former holder is still the last one then.
create trigger notifies_person after update on directory_change for each row
  when (new.kind = 'directory' and old.state = 'ASKED' and new.state = 'CONFIRMED') execute function notify_directory_change();
