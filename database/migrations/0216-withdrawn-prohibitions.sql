-- What a correction withdrew, for one that gives the part of the call back to the official who forbade it.
alter table correction add column withdrew jsonb not null default '[]';
