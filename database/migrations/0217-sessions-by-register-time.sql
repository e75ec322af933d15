-- Ends of a session and of a proof by the register's time, which a clock that is set back does not bring back.
alter table session add column ends_by timestamptz, add column proved_by timestamptz;
