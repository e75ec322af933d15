-- Requests from home whose requesters had identified and which a clerk discarded: their requesters read the reason with the code. Deleted
-- after six months.
create table discarded_home_request (
  fetch_digest bytea primary key check (length(fetch_digest) = 32),
  received_at timestamptz not null,
  discarded_at timestamptz not null default clock_timestamp(),
  reason text not null check (reason in ('DUPLICATE', 'NOT_A_REQUEST', 'UNREACHABLE', 'WITHDRAWN'))
);
