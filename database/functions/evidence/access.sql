-- proof
grant insert, select, update on proof to seloste_custodian;
grant select on proof to seloste_desk;

-- proof_change
grant insert (facts, fault, holds, promise), select on proof_change to seloste_custodian;
grant select on proof_change to seloste_desk;
create trigger append_only before update or delete or truncate on proof_change for each statement execute function append_only();

-- work_done
grant insert, select, update on work_done to seloste_custodian;

-- obeyed_version
grant select on obeyed_version to seloste_custodian;

-- retention_run
grant insert (contacts, fault, goes_on_after, keys, ledger_from, ledger_to, months, recordings, result, work), select on retention_run to seloste_custodian;

-- data_access
grant select on data_access to seloste_custodian;
