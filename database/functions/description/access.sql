-- description_version
grant select on description_version to seloste_capture;
grant select on description_version to seloste_custodian;
grant select on description_version to seloste_desk;
create trigger append_only before update or delete or truncate on description_version for each statement execute function append_only();
create constraint trigger version_ahead after insert on description_version
  deferrable initially deferred for each row execute function require_future_version();
create trigger ledger after insert on description_version for each row when (new.version > 1) execute function ledger_description();

-- described_role
grant select on described_role to seloste_custodian;
grant select on described_role to seloste_desk;
create trigger append_only before update or delete or truncate on described_role for each statement execute function append_only();

-- version_effect
grant insert (version), select on version_effect to seloste_custodian;
create trigger version_effect_guard before insert on version_effect for each row execute function version_effect_guard();
create trigger append_only before update or delete or truncate on version_effect for each statement execute function append_only();

-- description_draft
alter table description_draft enable row level security;
grant insert (author, based_on, effective_from, id, reason, text), select, update (effective_from, reason, state, text) on description_draft to seloste_desk;
create policy desk_reads on description_draft for select to seloste_desk using (viewer() is not null);
create policy desk_drafts on description_draft for insert to seloste_desk
  with check (author = viewer() and state = 'DRAFT' and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY')));
create policy desk_changes on description_draft for update to seloste_desk
  using (author = viewer() and state in ('DRAFT', 'SUBMITTED') and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY')))
  with check (author = viewer() and state in ('DRAFT', 'SUBMITTED', 'WITHDRAWN'));
create trigger draft_guard before update on description_draft for each row execute function draft_guard();
create trigger confirmed_decision before update on description_draft for each row
  when (old.state = 'SUBMITTED' and new.state in ('APPROVED', 'REJECTED')) execute function require_confirmed_decision('draft');
