-- place_of_data
alter table place_of_data enable row level security;
grant insert, select, update on place_of_data to seloste_custodian;
grant select on place_of_data to seloste_desk;
create policy custodian_manages on place_of_data for all to seloste_custodian using (true) with check (true);
create policy desk_reads on place_of_data for select to seloste_desk using ((select may_see_places()));

-- keyring_change
grant delete, select on keyring_change to seloste_custodian;
