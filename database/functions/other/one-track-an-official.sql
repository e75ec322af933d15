-- Tracks of officials below level T that a package of a disclosure would have.
create or replace function research_tracks_below_t(research uuid) returns table (item integer, official uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.item, s.official_person_id
  from research_items_to_release(research) i
  join anonymised_copy c on c.id = i.copy_id and c.level <> 'T'
  join recording r on r.id = i.recording_id
  left join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
$$;
