-- What a verifier needs to make every decision of the recording plan again (R14), and what a changed term needs to be
-- weighed without a look at the history (R25).

alter table segment
  -- The version of the description that decided; none for calls older than this column.
  add column description_version integer,
  -- SHA-256 of the call id that was drawn: one of the contact's in call_identity.
  add column drawn_on bytea check (length(drawn_on) = 32),
  -- Recordings that the rule's quota had counted before this call.
  add column quota_used integer check (quota_used >= 0);
create index segment_answered on segment (answered_at, id) where answered_at is not null;

alter table recording
  add column number_reached text,
  -- When the whole call ended: the day that its terms count from.
  add column call_ended_at timestamptz;
update recording r set number_reached = s.number_reached
from segment s where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and r.state <> 'DESTROYED';
update recording r set call_ended_at = c.ended_at
from contact c where c.id = r.contact_id and c.started_at = r.contact_started_at and r.state <> 'DESTROYED';
-- All that the dry run of a changed term looks at, so that it need not look at the recordings themselves.
create index recording_terms on recording (number_reached, call_ended_at)
  include (recording_months, destroy_at, min_keep_until) where state not in ('DESTROYING', 'DESTROYED');

grant update (call_ended_at) on recording to seloste_capture, seloste_custodian;
-- What quotas have counted from one instant until before another, without the segments that the asking process counts
-- itself: capture sees counts and no calls.
create function quota_counts(answered_from timestamptz, answered_to timestamptz, known uuid[])
returns table (rule_id text, official_person_id uuid, number_reached text, recorded bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.rule_id, s.official_person_id, s.number_reached, count(*)
  from segment s
  where s.answered_at >= answered_from and s.answered_at < answered_to
    and s.contact_started_at >= answered_from - interval '1 day' and s.contact_started_at <= answered_to + interval '1 day'
    and s.decision_record and s.quota_used is not null and s.id <> all (known)
  group by 1, 2, 3
$$;
revoke execute on function quota_counts(timestamptz, timestamptz, uuid[]) from public;
grant execute on function quota_counts(timestamptz, timestamptz, uuid[]) to seloste_capture;
