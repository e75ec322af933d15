-- subject_request
alter table subject_request enable row level security;
grant select on subject_request to seloste_custodian;
grant select on subject_request to seloste_desk;
-- The Service Unit handles its requests together. Only the functions below change them.
create policy desk_reads on subject_request for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy custodian_reads on subject_request for select to seloste_custodian using (true);
create trigger follow_kinds after update of kinds on subject_request for each row execute function apply_request_kinds();
create trigger copies_end_with_request after update of kinds, identified_at, closed_at on subject_request for each row execute function end_copies_of_request();
create trigger forbids_elsewhere after update of closed_at on subject_request for each row
  when (old.closed_at is null and new.outcome = 'ANSWERED' and requests_prohibition(new)) execute function forbid_elsewhere();
create trigger ledger after insert or update of closed_at, identified_at on subject_request for each row execute function ledger_request();
create trigger restricts after update of kinds, closed_at on subject_request for each row execute function settle_restrictions_of_request();

-- subject_requester
alter table subject_requester enable row level security;
grant select on subject_requester to seloste_desk;
create policy desk_reads on subject_requester for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));

-- request_call
alter table request_call enable row level security;
grant select on request_call to seloste_custodian;
grant select on request_call to seloste_desk;
create policy custodian_reads on request_call for select to seloste_custodian using (true);
create policy desk_reads on request_call for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')) and looked_at < now());
create trigger no_call_for_others before insert on request_call for each row execute function refuse_call_of_third_party();
create trigger restricts after insert or update of state, contact_id or delete on request_call for each row execute function settle_restrictions_of_call();

-- home_request
alter table home_request enable row level security;
create trigger ledger after insert on home_request for each row when (new.fetch_digest is not null) execute function ledger_home_request();
create trigger ledger_end after delete on home_request for each row when (old.fetch_digest is not null) execute function ledger_home_request();

-- discarded_home_request
alter table discarded_home_request enable row level security;

-- home_answer
alter table home_answer enable row level security;

-- request_number
alter table request_number enable row level security;

-- office
alter table office enable row level security;
grant select on office to seloste_custodian;
grant select on office to seloste_desk;
create policy desk_reads on office for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')) or (select viewer_is('ADMINISTRATOR')));
create policy custodian_reads on office for select to seloste_custodian using (true);

-- office_slot
alter table office_slot enable row level security;
grant select on office_slot to seloste_custodian;
grant select on office_slot to seloste_desk;
create policy desk_reads on office_slot for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy custodian_reads on office_slot for select to seloste_custodian using (true);

-- workstation
alter table workstation enable row level security;
grant select (id, office_id) on workstation to seloste_custodian;
create policy custodian_reads on workstation for select to seloste_custodian using (true);
create trigger ledger after update on workstation for each row
  when (old.ended_at is null and new.ended_at is not null) execute function ledger_end('workstation', 'ended');

-- workstation_code
alter table workstation_code enable row level security;

-- appointment
alter table appointment enable row level security;
grant select on appointment to seloste_custodian;
grant select on appointment to seloste_desk;
create policy desk_reads on appointment for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy custodian_reads on appointment for select to seloste_custodian using (true);
create trigger ledger after insert or update of state on appointment for each row execute function ledger_appointment();

-- letter
alter table letter enable row level security;
grant select (delivered_at, delivered_by, delivered_how, erased_at, ground, id, kind, language, made_at, made_by, request_id, template_version) on letter to seloste_desk;
create policy desk_reads on letter for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));

-- letter_told
alter table letter_told enable row level security;

-- letter_template
alter table letter_template enable row level security;
grant select on letter_template to seloste_custodian;
grant select on letter_template to seloste_desk;
create policy desk_reads on letter_template for select to seloste_desk
  using ((select viewer_is('SERVICE_UNIT') or viewer_is('ADMINISTRATOR') or viewer_is('DATA_PROTECTION_OFFICER')));
create policy custodian_reads on letter_template for select to seloste_custodian using (true);
create trigger append_only before update or delete or truncate on letter_template for each statement execute function append_only();

-- subject_copy
alter table subject_copy enable row level security;
grant select, update (removed_at) on subject_copy to seloste_custodian;
grant select (end_why, ended_at, expires_at, fetches, id, made_at, made_by, method, ready_at, recording_id, request_id) on subject_copy to seloste_desk;
create policy desk_reads on subject_copy for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy custodian_reads on subject_copy for select to seloste_custodian using (true);
create trigger fresh before insert on subject_copy for each row execute function require_fresh_release();
create policy custodian_updates_ended on subject_copy for update to seloste_custodian using (ended_at is not null) with check (ended_at is not null);

-- correction
alter table correction enable row level security;
grant select on correction to seloste_desk;
create policy desk_reads on correction for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));

-- openness_decision
alter table openness_decision enable row level security;
grant select on openness_decision to seloste_desk;
create policy desk_reads on openness_decision for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create trigger append_only before update on openness_decision for each statement execute function append_only();
