-- Recordings that came from files of an earlier recorder (docs/decisions/0120). A run of the import has the recorder's name, which says
-- nothing of a call.
create table recording_import (
  id uuid primary key,
  source text not null check (length(source) between 1 and 60),
  map_sha256 bytea not null check (length(map_sha256) = 32),
  description_version integer not null,
  begun_at timestamptz not null default now()
);

-- Origin of a recording. `file_sha256`: of the whole file, so that no file comes in twice. `audio_sha256`: of the packets as they were
-- read from it, in the order of their tracks. `compared_at`: when the sealed packets were opened and found to be the same.
create table imported_recording (
  recording_id uuid primary key references recording (id) on delete cascade,
  import_id uuid not null references recording_import (id),
  file_sha256 bytea not null unique check (length(file_sha256) = 32),
  audio_sha256 bytea not null check (length(audio_sha256) = 32),
  admitted_at timestamptz not null default now(),
  compared_at timestamptz
);
create index imported_recording_uncompared on imported_recording (recording_id) where compared_at is null;
create index imported_recording_import on imported_recording (import_id);
