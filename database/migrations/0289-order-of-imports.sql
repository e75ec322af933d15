-- The order in which imports began, whatever the clock did: only the last one admits recordings.
alter table recording_import add column seq bigint generated always as identity;
