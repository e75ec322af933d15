-- Stores a message and returns the day by which it is answered. Refuses feedback.full when a thousand messages are unanswered, so that
-- flooding the form cannot fill the disk.
create or replace function submit_feedback(language text, message text, place text, email text) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  due timestamptz := clock_timestamp() + interval '14 days';
begin
  perform refuse_if((select count(*) from feedback where answered_at is null) >= 1000, 'feedback.full');
  insert into feedback (answer_due_at, language, message, place, email)
  values (due, submit_feedback.language, submit_feedback.message, submit_feedback.place, submit_feedback.email);
  return due;
end $$;
grant execute on function submit_feedback to seloste_desk;

-- Stores the answer, once; by an administrator. Returns false if there is no such unanswered message.
create or replace function answer_feedback(feedback uuid, answer text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(not viewer_is('ADMINISTRATOR'), 'deny.role');
  update feedback f set answered_at = clock_timestamp(), answered_by = viewer(), answer = answer_feedback.answer
  where f.id = answer_feedback.feedback and f.answered_at is null;
  return found;
end $$;
grant execute on function answer_feedback to seloste_desk;
