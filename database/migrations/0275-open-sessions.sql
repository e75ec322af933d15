-- Expired sessions are looked for every five seconds, without reading every session that ever was.
create index session_open on session (created_at) where ended_at is null;
