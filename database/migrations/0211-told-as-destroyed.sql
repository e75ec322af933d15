-- Recordings that an order keeps past their day: other systems have been told that they are destroyed, as everybody is who looks.
create table told_as_destroyed (
  -- Of a recording; no reference, for it ends with the telling of its end.
  recording_id uuid primary key
);
