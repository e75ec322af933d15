-- Instant up to which the last closed alarm of each kind explains events: these raise no alarm again.
create view closed_until as
  select kind, person_id, object_id, max(last_at) as at from alarm where closed_at is not null group by kind, person_id, object_id;
