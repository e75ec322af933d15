-- Sessions in progress of calls whose sessions at several capture nodes record different officials: conferences.
create table conference_part (
  segment_id uuid primary key,
  contact_id uuid not null,
  -- The capture node that records it.
  node uuid not null,
  official_person_id uuid not null,
  -- True while the official speaks with the caller in a session that its client has acknowledged, as the node reports.
  speaks boolean not null default false
);
