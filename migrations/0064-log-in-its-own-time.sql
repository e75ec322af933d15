-- The log is verified as often as its size allows, and tells of steps of the clock that dates it (R21). Verifications that nobody
-- asked for are many: old ones go.
grant delete on log_verification to seloste_custodian;

insert into audit_appender values ('seloste_custodian', 'clock.stepped', false, false);
