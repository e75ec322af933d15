-- alarm
alter table alarm enable row level security;
grant delete, insert (count, facts, first_at, kind, last_at, object_id, person_id, threshold), select, update (count, facts, last_at, threshold) on alarm to seloste_custodian;
grant select on alarm to seloste_desk;
create policy custodian_reads on alarm for select to seloste_custodian using (true);
create policy custodian_raises on alarm for insert to seloste_custodian with check (closed_at is null and seen_at is null);
create policy custodian_updates on alarm for update to seloste_custodian using (closed_at is null) with check (closed_at is null);
-- Alarms may be deleted two years after they were closed; the log keeps that they were raised and closed.
create policy custodian_deletes on alarm for delete to seloste_custodian using (closed_at < now() - interval '24 months');
create policy desk_reads on alarm for select to seloste_desk using (
  (select viewer_is('DATA_PROTECTION_OFFICER')) or kind = 'standstill' and (select may_see_capture())
);

-- closed_until: the newest event of the closed alarms of a kind, by person and object
grant select on closed_until to seloste_custodian;

-- watched_until: how far each kind of alarm has read the log
grant insert, select, update on watched_until to seloste_custodian;

-- look_review: months whose accesses by maintenance and the security unit were signed off
create trigger append_only before update or delete or truncate on look_review for each statement execute function append_only();
