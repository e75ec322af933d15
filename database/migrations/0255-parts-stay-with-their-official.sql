-- What a count of admissions says about the official, unit and number of a part of a call: a digest (segment_content), part of the fact in
-- the count's Merkle root. A later change is a fact of its own. Null in counts of earlier versions and of capture nodes.
alter table admission_told add column content uuid;
alter table admission_told drop constraint admission_told_kind_check;
alter table admission_told add constraint admission_told_kind_check check (kind in ('contact', 'segment', 'recording', 'change'));
alter table admission_part add column contents uuid[];

-- Counted changes of official, unit or number by segment: the count that has the change, and its place there.
create table segment_change (
  segment_id uuid not null,
  part_id uuid not null,
  place integer not null,
  constraint segment_change_pkey primary key (segment_id, part_id, place)
);

-- Counts the segments that have recordings once more, as they are now.
insert into admission_told (source, kind, id, started_at, belongs_to, content)
select distinct on (s.id) 'register', 'segment', s.id, s.contact_started_at, s.contact_id,
  encode(substring(sha256(convert_to(concat_ws('|', s.number_reached, coalesce(s.official_person_id::text, ''), coalesce(s.official_unit_id::text, ''),
    coalesce(s.official_phone, ''), coalesce(s.official_name, '')), 'UTF8')) for 16), 'hex')::uuid
from recording r
join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
where r.contact_started_at > now() - interval '14 months' and r.state <> 'DESTROYED';
