-- disclosure_number
alter table disclosure_number enable row level security;

-- disclosure_rules
grant select, update on disclosure_rules to seloste_custodian;
grant select on disclosure_rules to seloste_desk;

-- institute
alter table institute enable row level security;
grant select on institute to seloste_custodian;
grant select on institute to seloste_desk;
create policy desk_reads on institute for select to seloste_desk
  using ((select viewer_sees_research()) or (select viewer_is('DATA_PROTECTION_OFFICER')));
create policy custodian_reads on institute for select to seloste_custodian using (true);

-- research_disclosure
alter table research_disclosure enable row level security;
grant select on research_disclosure to seloste_custodian;
grant select on research_disclosure to seloste_desk;
create policy desk_reads on research_disclosure for select to seloste_desk
  using ((select viewer_sees_research()) or (select viewer_is('DATA_PROTECTION_OFFICER')));
create policy custodian_reads on research_disclosure for select to seloste_custodian using (true);
create trigger ledger after update on research_disclosure for each row execute function ledger_disclosures();
create trigger records_preparer before update of study, due_on, format, undertaking_at on research_disclosure for each row
  when (old.decided_at is null) execute function record_preparer();

-- research_item
alter table research_item enable row level security;
grant select on research_item to seloste_custodian;
grant select on research_item to seloste_desk;
create policy desk_reads on research_item for select to seloste_desk using ((select viewer_sees_research()));
create policy custodian_reads on research_item for select to seloste_custodian using (true);

-- research_extension
alter table research_extension enable row level security;
grant select on research_extension to seloste_desk;
create policy desk_reads on research_extension for select to seloste_desk using ((select viewer_sees_research()));

-- anonymised_copy
alter table anonymised_copy enable row level security;
grant select (checked_at, checked_by, ended_at, former_preparers, id, prepared_by, recognised_at, recording_id, removed_at, rendering_at, sound_at, state) on anonymised_copy to seloste_custodian;
-- The desk reads copies through functions only. The custodian, which holds the keys, reads the places of objects and who checked them.
create policy custodian_reads on anonymised_copy for select to seloste_custodian using (true);
create trigger records_preparer before update of prepared_by, checked_by on anonymised_copy for each row execute function record_copy_preparer();

-- authority_disclosure
alter table authority_disclosure enable row level security;
grant select on authority_disclosure to seloste_desk;
create policy desk_reads on authority_disclosure for select to seloste_desk using (
  (select viewer_is('SECURITY') or viewer_is('DECISION_MAKER') or viewer_is('DATA_PROTECTION_OFFICER')));
create trigger ledger after update on authority_disclosure for each row execute function ledger_disclosures();
create trigger ledger_number after insert or update of closed_at on authority_disclosure for each row execute function ledger_request();
create trigger records_preparer before update of origin, authority, officer, case_number, aim, provision_id, received_at, assessed_at on authority_disclosure
  for each row when (old.decided_at is null) execute function record_preparer();

-- authority_item
alter table authority_item enable row level security;
grant select on authority_item to seloste_desk;
create policy desk_reads on authority_item for select to seloste_desk using ((select viewer_is('SECURITY') or viewer_is('DECISION_MAKER')));

-- disclosure_package
alter table disclosure_package enable row level security;
grant select, update (removed_at) on disclosure_package to seloste_custodian;
create policy custodian_manages on disclosure_package to seloste_custodian using (true) with check (ended_at is not null);
create trigger ledger after update on disclosure_package for each row execute function ledger_disclosures();
create trigger fresh before insert on disclosure_package for each row execute function require_fresh_release();

-- copy_hearing
alter table copy_hearing enable row level security;

-- copy_hearing_range
alter table copy_hearing_range enable row level security;

-- openness_lead
alter table openness_lead enable row level security;
-- The disclosure that accepted a request is not shown.
grant select (request_id, taken_up_at) on openness_lead to seloste_desk;
create policy desk_reads on openness_lead for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create trigger append_only before update on openness_lead for each statement execute function append_only();

-- download
alter table download enable row level security;
grant select on download to seloste_desk;
-- Downloads of a copy are visible to those who see the copy. packages_of() returns those of packages.
create policy desk_reads on download for select to seloste_desk using (
  exists (select from subject_copy c where c.id = download.copy_id));
