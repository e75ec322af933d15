-- What was found of a promise, and of the log, is signed with the log's key (docs/decisions/0088).
alter table proof add signature text;
alter table log_verification add signature text;
grant update (signature) on log_verification to seloste_custodian;
