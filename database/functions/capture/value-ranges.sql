-- Refuses instants and numbers that no process could read back, in the tables that capture may write or have written. The triggers on
-- these tables (access.sql) say which: instants from 1970 to 3000, and no number above 2^53.
create or replace function check_value_range() returns trigger language plpgsql as $$
begin
  raise exception 'instant or number out of range in a row of %', tg_table_name;
end $$;
