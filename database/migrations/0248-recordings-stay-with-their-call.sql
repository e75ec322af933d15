-- What an admitted fact belongs to: a segment to its contact, a recording to its segment. Part of the fact in the count's Merkle root, so
-- that the owner of the database cannot exchange recordings between calls unseen. Null in counts of earlier versions.
alter table admission_told add column belongs_to uuid;
alter table admission_part add column belongs_to uuid[];

-- Equals the number of its segment from now on.
update recording r set number_reached = s.number_reached from segment s
where r.number_reached is null and s.id = r.segment_id and s.contact_started_at = r.contact_started_at;

-- Counts the recordings that exist, with their segments, once more, because their counts do not say to what they belong.
insert into admission_told (source, kind, id, started_at, belongs_to)
select 'register', k.kind, k.id, r.contact_started_at, k.belongs_to
from recording r
join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
cross join lateral (values ('segment', s.id, s.contact_id), ('recording', r.id, s.id)) k (kind, id, belongs_to)
where r.contact_started_at > now() - interval '14 months';
