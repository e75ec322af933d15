-- Recordings that reached beyond their call (R16, AC8): how much of each was cut away before anybody could hear it.

alter table recording add column cut_ms integer check (cut_ms > 0);
-- A recording that is cut begins where its call was answered.
grant update (started_at, cut_ms) on recording to seloste_custodian;
