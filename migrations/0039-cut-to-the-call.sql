-- Recordings that reached beyond their call (R16, AC8): how much of each was cut away before anybody could hear it.

alter table recording add column cut_ms integer check (cut_ms > 0);
grant update (cut_ms) on recording to seloste_custodian;

-- A recording that was cut begins where its call was answered, and nothing else moves its beginning.
create function recording_begins_at_its_answer(cut_recording uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update recording r set started_at = greatest(r.started_at, s.answered_at)
  from segment s
  where r.id = cut_recording and r.state = 'STORED' and r.kept_at is null and r.cut_ms is not null
    and s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;
revoke execute on function recording_begins_at_its_answer(uuid) from public;
grant execute on function recording_begins_at_its_answer(uuid) to seloste_custodian;
