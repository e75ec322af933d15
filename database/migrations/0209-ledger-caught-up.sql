-- What was open before the destruction ledger had its kind is entered once, by the custodian's first start.
create table ledger_caught_up (
  only_one boolean primary key default true check (only_one),
  at timestamptz not null default clock_timestamp()
);
