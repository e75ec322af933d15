-- A recorder that is not told the number of a call (its client sends no Diversion there) tells of no other call than the recorder that
-- is told it: one call, one part, one draw (R9, R14; docs/decisions/0061, 0095).

-- As 0047-capture-nodes.sql has it, and a part whose number nobody told may have come to any number. It is a part of its own only where
-- no other node has told of the talk.
create or replace function judge_talk(me uuid, call uuid, call_started timestamptz, told jsonb)
returns table (verdict text, other uuid, stops boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  first segment;
  kept recording;
  skew constant interval := interval '5 seconds';
  -- Two seconds and a half of two streams.
  packets_apart constant integer := 250;
  began timestamptz := (told ->> 'beganAt')::timestamptz;
  ended timestamptz := (told ->> 'endedAt')::timestamptz;
  records boolean := (told ->> 'records')::boolean;
  is_untold boolean := told ->> 'numberReached' = 'unknown';
begin
  if exists (select from segment s where s.id = (told ->> 'segmentId')::uuid and s.contact_started_at = call_started) then
    return query select 'own', null::uuid, false;
    return;
  end if;
  select s.* into first from segment s
  where s.contact_id = call and s.contact_started_at = call_started and s.node <> me
    and (s.number_reached = told ->> 'numberReached' or is_untold)
    and coalesce(answers_as(s.official_person_id, s.official_phone) = told ->> 'official', true)
    and (s.ended_at is null or s.ended_at > began)
  order by s.ended_at is not null, s.seq desc limit 1;
  if first.id is null then
    return query select 'own', null::uuid, false;
    return;
  end if;
  select r.* into kept from recording r where r.segment_id = first.id order by r.started_at desc limit 1;
  verdict := case
    when is_untold and not records and first.number_reached <> 'unknown' then
      case when ended is null or first.ended_at is null then 'beside' else 'told' end
    when is_silent_to(me, first.node) and (first.ended_at is null or kept.state = 'CAPTURING') then 'own'
    when first.ended_at is null then 'beside'
    -- Nobody said that it has ended.
    when 'end-inferred' = any (first.marks) then 'own'
    when ended is null then case when clock_timestamp() < first.ended_at + skew then 'beside' else 'own' end
    when ended > first.ended_at + skew then 'own'
    when not records then 'told'
    when kept.id is null then case when first.decision_record and first.capture_failure is distinct from 'forbidden' then 'own' else 'told' end
    when kept.state in ('DESTROYING', 'DESTROYED') then 'told'
    when kept.state = 'CAPTURING' or told ->> 'packets' is null then 'beside'
    when kept.incomplete or began < kept.started_at - skew then 'own'
    when (told ->> 'packets')::integer > kept.packets_received + packets_apart then 'own'
    else 'told'
  end;
  return query select verdict, first.id, verdict = 'beside' and records and (
    kept.id is null and (not first.decision_record or first.capture_failure is not distinct from 'forbidden')
    or exists (select from prohibition p where p.recording_id = kept.id));
end $$;
