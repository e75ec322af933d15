-- study_hour
alter table study_hour enable row level security;
grant select on study_hour to seloste_desk;
-- "in" looks a number up in a hash table that is built once; "= any" would compare each of hundreds of thousands of rows with all of them.
create policy desk_reads on study_hour for select to seloste_desk using (
  (select studies_purpose())
  and (number in (select unnest(sees_numbers())) or unit_id in (select unnest(study_units())))
);

-- study_day
alter table study_day enable row level security;
grant select on study_day to seloste_desk;
create policy desk_reads on study_day for select to seloste_desk using (
  (select studies_purpose())
  and (number in (select unnest(sees_numbers())) or unit_id in (select unnest(study_units())))
);

-- study_month
alter table study_month enable row level security;
grant select on study_month to seloste_desk;
-- These rows have no unit: a supervisor's right covers none of them.
create policy desk_reads on study_month for select to seloste_desk using (
  (select studies_purpose()) and number in (select unnest(sees_numbers()))
);
