-- The schema
revoke all on schema public from public;
grant usage on schema public to seloste_capture, seloste_desk, seloste_custodian;
grant select on migration to seloste_custodian;

-- access_right
grant select on access_right to seloste_desk;
create trigger access_right_guard before update on access_right for each row execute function access_right_guard();
create trigger ledger after update on access_right for each row execute function ledger_right();

-- session
grant select, update (device, proved_at) on session to seloste_custodian;
grant select, update (ended_at, expires_at, used_at) on session to seloste_desk;
create trigger session_guard before update on session for each row execute function session_guard();
create trigger logged after update on session for each row
  when (old.ended_at is null and new.ended_at is not null) execute function log_session_end();
-- After the guard, which limits the expiry.
create trigger timed before insert or update on session for each row execute function time_session();

-- sign_in_demand
grant select, update (second_factor) on sign_in_demand to seloste_custodian;
grant select on sign_in_demand to seloste_desk;

-- totp
grant delete, insert, select, update (confirmed_at, failed_at, failures, last_step, used_at) on totp to seloste_custodian;
create trigger ledger after delete on totp for each row when (old.confirmed_at is not null) execute function ledger_end('credential', 'removed', 'totp');
create trigger notifies_person_added after update on totp for each row
  when (old.confirmed_at is null and new.confirmed_at is not null) execute function notify_factor_change('totp');
create trigger notifies_person_removed after delete on totp for each row
  when (old.confirmed_at is not null) execute function notify_factor_change('totp');

-- recovery_code
grant delete, insert, select, update (used_at) on recovery_code to seloste_custodian;
create trigger ledger_used after update on recovery_code referencing old table as gone for each statement execute function ledger_recovery_codes();
create trigger ledger_removed after delete on recovery_code referencing old table as gone for each statement execute function ledger_recovery_codes();

-- one_time_link
create trigger ledger_used after update on one_time_link for each row
  when (old.used_at is null and new.used_at is not null) execute function ledger_end('link', 'used');
-- An expired link is deleted without an entry: its expiry ended it.
create trigger ledger_voided after delete on one_time_link for each row
  when (old.used_at is null and old.expires_at > now()) execute function ledger_end('link', 'voided');
create trigger notifies_person after insert on one_time_link for each row execute function notify_link();
create trigger notifies_person_used after update on one_time_link for each row
  when (old.used_at is null and new.used_at is not null) execute function notify_link();

-- factor_removal
alter table factor_removal enable row level security;
grant select on factor_removal to seloste_desk;
create policy desk_reads on factor_removal for select to seloste_desk
  using ((select viewer_is('ADMINISTRATOR')) or (select viewer_is('ACCESS_APPROVER')));
create trigger confirmed_decision before update on factor_removal for each row
  when (old.state = 'ASKED' and new.state in ('CONFIRMED', 'REFUSED')) execute function require_confirmed_decision('removal');

-- right_request
alter table right_request enable row level security;
grant select on right_request to seloste_desk;
create policy desk_reads on right_request for select to seloste_desk using (
  person_id = (select viewer()) or requested_by = (select viewer()) or (select viewer_sees_rights())
  or person_id = any ((select supervised_by_viewer())::uuid[])
);
create trigger right_request_guard before update on right_request for each row execute function right_request_guard();
create trigger append_only before delete or truncate on right_request for each statement execute function append_only();
create trigger confirmed_decision before update on right_request for each row
  when (old.state = 'REQUESTED' and new.state in ('APPROVED', 'REJECTED')) execute function require_confirmed_decision('right');

-- right_review
alter table right_review enable row level security;
grant select on right_review to seloste_desk;
create policy desk_reads on right_review for select to seloste_desk using (
  (select viewer_sees_rights())
  or exists (select from access_right r where r.id = right_review.right_id
    and (r.person_id = (select viewer()) or r.person_id = any ((select supervised_by_viewer())::uuid[])))
);
create trigger append_only before update or truncate on right_review for each statement execute function append_only();

-- described_number
grant insert, select on described_number to seloste_custodian;
grant select on described_number to seloste_desk;
create trigger append_only before update or delete or truncate on described_number for each statement execute function append_only();

-- passkey
alter table passkey enable row level security;
grant delete, insert, select, update (backed_up, counter, last_used_at) on passkey to seloste_custodian;
grant select (backed_up, created_at, id, last_used_at, name, person_id) on passkey to seloste_desk;
create policy desk_reads_own on passkey for select to seloste_desk using (person_id = (select viewer()));
create policy custodian_manages on passkey for all to seloste_custodian using (true) with check (true);
create trigger passkey_guard before insert on passkey for each row execute function passkey_guard();
create trigger ledger after delete on passkey for each row execute function ledger_end('credential', 'removed', 'passkey');
create trigger notifies_person after insert or delete on passkey for each row execute function notify_factor_change('passkey');

-- act_confirmation
grant delete, insert, select, update (confirmed_at, passkey_id) on act_confirmation to seloste_custodian;

-- provider_session
grant delete, insert, select on provider_session to seloste_custodian;

-- account_notice
alter table account_notice enable row level security;
grant select on account_notice to seloste_desk;
create policy desk_reads_own on account_notice for select to seloste_desk using (person_id = (select viewer()));

-- provider_subject
grant delete, insert, select on provider_subject to seloste_custodian;
create trigger ledger after delete on provider_subject for each row execute function ledger_end('credential', 'removed', 'identity-provider');
create trigger notifies_person after insert or delete on provider_subject for each row execute function notify_factor_change('identity-provider');

-- description_reach
alter table description_reach enable row level security;

-- pending_right_told
alter table pending_right_told enable row level security;
