-- Official of a part as it was reported, from its first correction on: later reports name the same one. Null in a part that was not corrected
-- or was corrected before this version. The number is 'unknown' if none was reported.
alter table segment add column reported_person_id uuid, add column reported_phone text;
