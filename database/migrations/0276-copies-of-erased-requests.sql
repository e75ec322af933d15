-- A copy of an erased request names no recording.
alter table subject_copy alter column recording_id drop not null;
