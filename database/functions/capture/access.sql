-- capture_hour
alter table capture_hour enable row level security;
grant select on capture_hour to seloste_desk;
create policy desk_reads on capture_hour for select to seloste_desk using ((select may_see_capture()));
grant select (client, hour, lossy, lossy_at, one_way, one_way_at, recordings, trunk) on capture_hour to seloste_custodian;
create policy custodian_reads on capture_hour for select to seloste_custodian using (true);
create trigger checks_value_ranges before insert or update of hour, expected, lost, late, duplicates on capture_hour for each row
  when (new.hour not between '1970-01-01Z' and '3000-01-01Z'
    or greatest(new.expected, new.lost, new.late, new.duplicates) > 9007199254740991)
  execute function check_value_range();

-- capture_client
alter table capture_client enable row level security;
grant select on capture_client to seloste_desk;
create policy desk_reads on capture_client for select to seloste_desk using ((select may_see_capture()));
create trigger checks_value_ranges before insert or update of sessions, refused on capture_client for each row
  when (greatest(new.sessions, new.refused) > 9007199254740991)
  execute function check_value_range();

-- capture_client_sends
alter table capture_client_sends enable row level security;
grant select on capture_client_sends to seloste_desk;
create policy desk_reads on capture_client_sends for select to seloste_desk using ((select may_see_capture()));
create trigger checks_value_ranges before insert or update of times on capture_client_sends for each row
  when (new.times > 9007199254740991)
  execute function check_value_range();

-- capture_node
alter table capture_node enable row level security;
grant select (alive_at, ended_at, id, name) on capture_node to seloste_desk;
create policy desk_reads on capture_node for select to seloste_desk using (true);
create trigger checks_value_ranges before insert or update of started_at on capture_node for each row
  when (new.started_at not between '1970-01-01Z' and '3000-01-01Z')
  execute function check_value_range();

-- admission_told
alter table admission_told enable row level security;
grant delete, select on admission_told to seloste_custodian;
create policy custodian_counts on admission_told to seloste_custodian using (true);
create trigger checks_value_ranges before insert or update of at, started_at on admission_told for each row
  when (least(new.at, new.started_at) < '1970-01-01Z' or greatest(new.at, new.started_at) > '3000-01-01Z')
  execute function check_value_range();

-- admission_part
alter table admission_part enable row level security;
grant insert (belongs_to, contents, hour, id, ids, kinds, root, source, starts), select on admission_part to seloste_custodian;
create policy custodian_counts on admission_part to seloste_custodian using (true) with check (true);
create trigger append_only before update of belongs_to, counted_at, hour, id, ids, kinds, root, source, starts or truncate on admission_part for each statement execute function append_only();
create trigger admission_part_guard before delete on admission_part for each row execute function admission_part_guard();

-- segment_change
alter table segment_change enable row level security;
grant insert on segment_change to seloste_custodian;
create policy custodian_counts on segment_change for insert to seloste_custodian with check (true);

-- segment_replaced
alter table segment_replaced enable row level security;

-- recording_import
alter table recording_import enable row level security;
grant select on recording_import to seloste_custodian;
grant select (id, source) on recording_import to seloste_desk;
create policy custodian_reads on recording_import for select to seloste_custodian using (true);
create policy desk_reads on recording_import for select to seloste_desk using (true);
create trigger append_only before update or truncate on recording_import for each statement execute function append_only();
create trigger checks_value_ranges before insert or update of begun_at on recording_import for each row
  when (new.begun_at not between '1970-01-01Z' and '3000-01-01Z')
  execute function check_value_range();

-- imported_recording
alter table imported_recording enable row level security;
grant select on imported_recording to seloste_custodian;
grant select (recording_id, import_id, admitted_at) on imported_recording to seloste_desk;
create policy custodian_reads on imported_recording for select to seloste_custodian using (true);
-- A viewer sees the origin of the recordings that they see.
create policy desk_reads on imported_recording for select to seloste_desk
  using (exists (select from recording r where r.id = imported_recording.recording_id));
create trigger checks_value_ranges before insert or update of admitted_at, compared_at on imported_recording for each row
  when (least(new.admitted_at, new.compared_at) < '1970-01-01Z' or greatest(new.admitted_at, new.compared_at) > '3000-01-01Z')
  execute function check_value_range();
