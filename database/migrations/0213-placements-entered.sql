-- When a placement was entered: of an earlier one nobody knows, and it counts from its beginning as before (R37).
alter table person_placement add column entered_at timestamptz;
alter table person_placement alter column entered_at set default now();
