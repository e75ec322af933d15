-- As 0083-told-later.sql has it, and completes no call that was over for a day when it is told: its client has said what it knew.

create or replace function complete_part(call uuid, call_started timestamptz, t told_part) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  c contact;
  s segment;
begin
  select * into s from segment x where x.id = t.segment_id and x.contact_started_at = call_started;
  select * into c from contact x where x.id = call and x.started_at = call_started;
  if c.ended_at < now() - interval '1 day' and not c.end_inferred then
    return;
  end if;
  if (t.caller_key is not null or t.caller_kind = 'withheld') and (c.caller_kind, c.caller_key) is distinct from (t.caller_kind, t.caller_key)
     and (c.caller_key is null and c.caller_kind <> 'withheld' or s.seq = 1 and t.contact_id = call and c.ended_at is null) then
    update contact x set caller_kind = t.caller_kind, caller_key = t.caller_key, caller_raw = t.caller_raw
    where x.id = call and x.started_at = call_started;
  end if;
  if c.number_called = 'unknown' and t.number_called <> 'unknown' then
    update contact x set number_called = t.number_called, number_kind = t.number_kind, number_name = t.number_name
    where x.id = call and x.started_at = call_started;
  end if;
  if not s.decision_record and s.decision_reason in ('unknown-number', 'no-official', 'not-answered')
     and (s.number_reached, s.decision_reason) is distinct from (t.number_reached, t.decision_reason)
     and (t.number_reached <> 'unknown' or s.number_reached = 'unknown') then
    update segment x set number_reached = t.number_reached, number_reached_name = t.number_reached_name, decision_record = t.decision_record,
      decision_reason = t.decision_reason, rule_id = t.rule_id, rule_version = t.rule_version, rule_share = t.rule_share, draw = t.draw,
      description_version = t.description_version, drawn_on = decode(t.drawn_on, 'hex'), quota_used = t.quota_used
    where x.id = t.segment_id and x.contact_started_at = call_started;
  end if;
end $$;
