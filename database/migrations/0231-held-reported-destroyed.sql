-- When a recording that a preservation order keeps past its day was reported as destroyed. Until now it was reported with the end of its term,
-- and told_as_destroyed, which nothing uses any more, listed those reported.
alter table recording add column reported_destroyed_at timestamptz;
update recording r set reported_destroyed_at = r.destroy_at
where r.cause = 'hold-end' or r.id in (select t.recording_id from told_as_destroyed t);
