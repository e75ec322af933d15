-- What the description in force lets a program transcribe recordings for.
alter table disclosure_rules add column transcripts text not null default 'none' check (transcripts in ('none', 'research'));
-- When a program last began to transcribe a copy's recording; null if none did since this version.
alter table anonymised_copy add column recognised_at timestamptz;
