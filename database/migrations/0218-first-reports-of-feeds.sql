-- When a feed first reported. Null: before this version.
alter table feed add column first_at timestamptz;
