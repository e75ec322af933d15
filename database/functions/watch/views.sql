-- Until when each kind's last closed alarm explained: what it covered raises none again.
create view closed_until as
  select kind, person_id, object_id, max(last_at) as at from alarm where closed_at is not null group by kind, person_id, object_id;
