-- training_collection
alter table training_collection enable row level security;

-- training_moment
alter table training_moment enable row level security;

-- training_session
alter table training_session enable row level security;

-- training_attendee
alter table training_attendee enable row level security;
