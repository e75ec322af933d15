-- Proofs that what is held opens and what is destroyed does not; runs of what ends and keeps records (R22, R24, R52).

-- A run of the sweep, a verification, a backup, a restore: counts and ranges of the destruction ledger, no content.
create table retention_run (
  seq bigint generated always as identity primary key,
  -- When it ended.
  at timestamptz not null default clock_timestamp(),
  work text not null check (work in ('sweep', 'verification', 'backup', 'restore')),
  result text not null check (result in ('ok', 'failed')),
  recordings bigint not null default 0 check (recordings >= 0),
  contacts bigint not null default 0 check (contacts >= 0),
  months text[] not null default '{}',
  keys integer not null default 0 check (keys >= 0),
  ledger_from bigint,
  ledger_to bigint,
  fault text check (length(fault) <= 100),
  -- Of a verification: after which recording it goes on; nothing where it came to the end.
  goes_on_after uuid,
  check ((ledger_from is null) = (ledger_to is null)),
  check (result <> 'ok' or fault is null)
);
create index retention_run_work on retention_run (work, seq desc);
grant select on retention_run to seloste_custodian;
grant insert (work, result, recordings, contacts, months, keys, ledger_from, ledger_to, fault, goes_on_after)
  on retention_run to seloste_custodian;
