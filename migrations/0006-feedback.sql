-- What people write about the accessibility of the service (Act 306/2019, section 8): anyone may write, an answer is due
-- within 14 days, the administrator reads and answers. It is no part of the register: nothing refers to it from there.

create table feedback (
  id uuid primary key default gen_random_uuid(),
  received_at timestamptz not null default clock_timestamp(),
  answer_due_at timestamptz not null,
  language text not null check (language in ('fi', 'sv', 'en')),
  message text not null check (length(message) between 1 and 4000),
  -- The page or place that the writer names, and where to answer; both only where they were given.
  place text check (length(place) between 1 and 300),
  email text check (length(email) between 3 and 254),
  answered_at timestamptz,
  answered_by uuid references person,
  answer text check (length(answer) between 1 and 4000),
  check ((answered_at is null) = (answered_by is null) and (answered_at is null) = (answer is null))
);
create index feedback_open on feedback (answer_due_at) where answered_at is null;

-- Takes a message in and says by when it is answered. Not more than a thousand wait at once: whoever floods the form
-- fills no disk.
create function give_feedback(language text, message text, place text, email text) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  due timestamptz := clock_timestamp() + interval '14 days';
begin
  if (select count(*) from feedback where answered_at is null) >= 1000 then
    raise exception 'feedback.full' using errcode = 'SE001';
  end if;
  insert into feedback (answer_due_at, language, message, place, email)
  values (due, give_feedback.language, give_feedback.message, give_feedback.place, give_feedback.email);
  return due;
end $$;

-- Notes the answer; once. False where there is nothing to answer, or somebody has answered.
create function answer_feedback(feedback uuid, answer text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not viewer_is('ADMINISTRATOR') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  update feedback f set answered_at = clock_timestamp(), answered_by = viewer(), answer = answer_feedback.answer
  where f.id = answer_feedback.feedback and f.answered_at is null;
  return found;
end $$;

alter table feedback enable row level security;
create policy desk_reads on feedback for select to seloste_desk using (viewer_is('ADMINISTRATOR'));
-- A year after the answer nothing of it is needed any more.
create policy custodian_sees on feedback for select to seloste_custodian using (answered_at < now() - interval '1 year');
create policy custodian_ends on feedback for delete to seloste_custodian using (answered_at < now() - interval '1 year');

grant select on feedback to seloste_desk, seloste_custodian;
grant delete on feedback to seloste_custodian;

revoke execute on function give_feedback(text, text, text, text), answer_feedback(uuid, text) from public;
grant execute on function give_feedback(text, text, text, text), answer_feedback(uuid, text) to seloste_desk;
