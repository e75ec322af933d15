-- feedback
alter table feedback enable row level security;
grant delete, select on feedback to seloste_custodian;
grant select on feedback to seloste_desk;
create policy desk_reads on feedback for select to seloste_desk using (viewer_is('ADMINISTRATOR'));
-- Messages may be deleted a year after their answer.
create policy custodian_reads on feedback for select to seloste_custodian using (answered_at < now() - interval '1 year');
create policy custodian_deletes on feedback for delete to seloste_custodian using (answered_at < now() - interval '1 year');
