-- Runs after segments are inserted: marks counted days as uncounted, records official names, replaces a feed's segments by better ones, and
-- fills recorded_part. A feed's part is replaced only while late facts are accepted, and never one with a recording. Few rows are inserted
-- into large tables, so plans use indexes only, whatever the statistics were at the first plan; `offset 0` makes the lookup run for each
-- inserted row. When sequential scans were allowed, the planner read all rows that feeds ever reported.
create or replace function after_segment_insert() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  is_late boolean;
  is_named boolean;
  is_further boolean;
  is_answered boolean;
  is_unanswered boolean;
  late date;
  one record;
begin
  select bool_or(t.contact_started_at < now() - interval '20 hours'), bool_or(t.official_name is not null), bool_or(t.seq > 1),
    bool_or(t.answered_at is not null), bool_or(t.answered_at is null and t.node is not null)
  into is_late, is_named, is_further, is_answered, is_unanswered from inserted t;
  if is_answered is null then
    return null;
  end if;

  -- A counted day becomes uncounted. Locks in the order of days, so that two reports about several days do not deadlock.
  if is_late then
    for late in select distinct helsinki_day(t.contact_started_at) from inserted t where t.contact_started_at < now() - interval '20 hours' order by 1 loop
      perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
      update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    end loop;
  end if;

  -- Search finds officials by a part of the name. Checks first, because the name nearly always exists and then no row has to be locked.
  if is_named then
    insert into official_named as n
    select t.official_name, t.official_phone, t.official_unit_id, t.official_person_id,
      min(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date, max(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date
    from inserted t
    where t.official_name is not null and not exists (
      select from official_named o where o.name = t.official_name and o.phone is not distinct from t.official_phone
        and o.unit_id is not distinct from t.official_unit_id and o.person_id is not distinct from t.official_person_id
        and date_trunc('month', t.contact_started_at at time zone 'UTC')::date between o.first_month and o.last_month
    )
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict on constraint official_named_once do update
      set first_month = least(n.first_month, excluded.first_month), last_month = greatest(n.last_month, excluded.last_month);
  end if;

  -- A recording client or a later record is better than a feed's segment of the same part, which is deleted so that the part is not there
  -- twice. A held one stays.
  if is_answered or is_unanswered then
    for one in
      select t.id, t.contact_id, t.contact_started_at, f.segment_id, f.is_fed
      from inserted t
      cross join lateral (
        select x.segment_id, x.answered_at, x.ended_at,
          (select w.official_phone from segment w where w.id = x.segment_id and w.contact_started_at = x.contact_started_at) as official,
          exists (select from fed_segment o where o.segment_id = t.id and o.is_own) as is_fed
        from fed_segment x
        where x.contact_id = t.contact_id and x.contact_started_at = t.contact_started_at and x.is_own and x.segment_id <> t.id
          and not exists (select from recording r where r.segment_id = x.segment_id) offset 0
      ) f
      where case when t.answered_at is null then t.node is not null and f.answered_at is null else f.answered_at is null or not f.is_fed
        and is_same_part(f.answered_at, f.ended_at, f.official, t.answered_at, t.ended_at, t.official_phone) end
      order by t.contact_id, t.seq
    loop
      continue when history_is_held(one.contact_id) or is_closed_to_late_facts(one.contact_id, one.contact_started_at, interval '1 day');
      delete from segment s where s.id = one.segment_id and s.contact_started_at = one.contact_started_at;
      if one.is_fed then
        delete from fed_segment f where f.segment_id = one.segment_id;
      else
        update fed_segment f set segment_id = one.id, is_own = false
        where f.segment_id = one.segment_id and not exists (select from fed_segment o where o.segment_id = one.id);
      end if;
    end loop;
  end if;

  -- A further part of a call with recordings. The share lock keeps a concurrent change of a recording from running at the same time.
  if is_further then
    perform from inserted t join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    where t.seq > 1 order by r.id for share of r;
    insert into recorded_part
    select r.id, s.id, s.contact_id, s.contact_started_at, s.id = r.segment_id, recorded_state(r.state, r.kept_at, r.destroy_at), official_name_id(s),
      s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
    from inserted t
    join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    join segment s on s.id = t.id and s.contact_started_at = t.contact_started_at
    where t.seq > 1
    on conflict do nothing;
  end if;

  insert into study_told (contact_id, contact_started_at) select t.contact_id, t.contact_started_at from inserted t;
  return null;
end $$;

create or replace function after_contact_insert() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  late date;
begin
  for late in select distinct helsinki_day(t.started_at) from inserted t where t.started_at < now() - interval '20 hours' order by 1 loop
    perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
    update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    insert into history_late (contact_id, contact_started_at)
    select t.id, t.started_at from history_day d, inserted t
    where d.day = late and d.closed_at is not null and t.started_at < now() - interval '20 hours' and helsinki_day(t.started_at) = late
    on conflict do nothing;
  end loop;
  if exists (select from webhook_target w where 'contact.admitted' = any (w.events)) then
    perform queue_webhooks('contact.admitted', t.id) from inserted t order by t.started_at, t.id;
  end if;
  return null;
end $$;

create or replace function clear_number_called() returns trigger language plpgsql as $$
begin
  new.number_called := null;
  return new;
end $$;

-- Returns the indexes of reported calls that may already be in the register, judged by caller and time. match_fed_call then matches these
-- one by one.
create or replace function doubtful_fed_calls(feed_name text, calls fed_call[]) returns integer[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  since timestamptz := late_facts_from(interval '7 days');
begin
  perform count_lookups('fed_question_count', (select sum(fed_lookups(k.started_at, k.ended_at, k.parts))::bigint from unnest(calls) k where k.started_at >= since));
  return array(
    select distinct k.place
    from (
      select c.place, c.caller_key, c.started_at, matched_until(c.started_at, c.ended_at) as ended_at, c.parts
      from unnest(calls) c where c.started_at >= since offset 0
    ) k, jsonb_to_recordset(k.parts) p(answered_at timestamptz, official_phone text)
    where case when p.answered_at is null then
      k.caller_key is not null and exists (
        select from contact c where c.caller_key = k.caller_key
          and c.started_at between k.started_at - clock_tolerance() and k.started_at + clock_tolerance()
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
      )
    else exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between k.started_at - clock_tolerance() and k.ended_at + clock_tolerance()
      where c.caller_key = k.caller_key and c.started_at between k.started_at - interval '2 minutes' and k.ended_at + clock_tolerance()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
    ) or k.caller_key is not null and exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and phone_as_reported(s, p.official_phone) = p.official_phone
        and s.answered_at between k.started_at - clock_tolerance() and k.ended_at + clock_tolerance()
      where c.caller_key is null and c.started_at between k.started_at - interval '2 minutes' and k.ended_at + clock_tolerance()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
    ) or k.caller_key is null and exists (
      select from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where phone_as_reported(s, p.official_phone) = p.official_phone and s.answered_at between k.started_at - clock_tolerance() and k.ended_at + clock_tolerance()
        and s.contact_started_at between k.started_at - interval '2 minutes' and k.ended_at + clock_tolerance()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = feed_name)
    ) end
  );
end $$;
grant execute on function doubtful_fed_calls to seloste_capture;

-- Returns true if only feeds have reported a call, with a caller's number, and a recording client reports one of its parts with the number
-- withheld.
create or replace function is_withheld_of_fed(t told_part, call uuid, call_started timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select t.caller_kind = 'withheld' and not exists (
    select from segment n where n.contact_id = call and n.contact_started_at = call_started and n.node is not null and n.id <> t.segment_id)
  and exists (
    select from fed_segment f left join segment w on w.id = f.segment_id and w.contact_started_at = f.contact_started_at
    where f.contact_id = call and f.contact_started_at = call_started and case when t.answered_at is null
      then f.answered_at is null and call_started between t.started_at - clock_tolerance() and t.started_at + clock_tolerance()
      else f.segment_id = t.segment_id
        or is_same_part(f.answered_at, f.ended_at, phone_as_reported(w, t.official_phone), t.answered_at, t.ended_at, t.official_phone) end)
$$;
revoke execute on function is_withheld_of_fed from public;

-- Returns true for a caller whose number every telephone system writes alike; not for a SIP address or an extension.
create or replace function is_telephone_number(caller_kind text) returns boolean
language sql immutable as $$ select caller_kind in ('e164', 'short') $$;

-- Returns true if a recording client reports a conversation that another has reported, although they write the caller differently: only one
-- of the two withholds the number, or at most one of them has a telephone number. The same official begins to speak at the same moment:
-- nobody answers two calls at once. Same rule as isSameTalk in src/capture/session/duplicates/find-continued-segment.ts.
create or replace function writes_caller_differently(t told_part, call uuid, call_started timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from contact c join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
    where c.id = writes_caller_differently.call and c.started_at = writes_caller_differently.call_started and s.node is not null
      and c.caller_key is distinct from t.caller_key and 'unparsed' not in (t.caller_kind, c.caller_kind)
      and not (is_telephone_number(t.caller_kind) and is_telephone_number(c.caller_kind))
      and is_reported_together(s, t.official_person_id, t.official_phone, t.answered_at, t.ended_at))
$$;
revoke execute on function writes_caller_differently from public;

-- Deletes the number of a caller who withholds it, of a call of the last day whose history is not held.
create or replace function delete_callers_number(call uuid, call_started timestamptz) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
  if not history_is_held(call) and not is_closed_to_late_facts(call, call_started, interval '1 day') then
    update contact c set caller_kind = 'withheld', caller_key = null, caller_raw = null where c.id = call and c.started_at = call_started;
  end if;
end $$;
revoke execute on function delete_callers_number from public;

-- Settles the caller of a call whom two recording clients write differently: a number that one of them withholds is deleted, and a telephone
-- number replaces a SIP address or an extension, for review. Runs as the owner, because capture may not change a caller.
create or replace function settle_caller(t told_part, call uuid, call_started timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if is_closed_to_late_facts(call, call_started, interval '1 day') or not writes_caller_differently(t, call, call_started) then
    return;
  end if;
  if t.caller_kind = 'withheld' then
    perform delete_callers_number(call, call_started);
    return;
  end if;
  update segment s set marks = s.marks || 'needs-review'::text
  from contact c
  where c.id = settle_caller.call and c.started_at = settle_caller.call_started and s.contact_id = c.id and s.contact_started_at = c.started_at
    and c.caller_kind <> 'withheld' and 'needs-review' <> all (s.marks)
    and is_reported_together(s, t.official_person_id, t.official_phone, t.answered_at, t.ended_at);
  if is_telephone_number(t.caller_kind) then
    update contact c set caller_kind = t.caller_kind, caller_key = t.caller_key, caller_raw = null
    where c.id = settle_caller.call and c.started_at = settle_caller.call_started and c.caller_kind <> 'withheld';
  end if;
end $$;
grant execute on function settle_caller to seloste_capture;

-- Completes a call and a part with what was unknown at admission: caller, number, and the decision that lacked a number, an official or an
-- answer (R14). Known values stay, except the caller, whom the session that opened the contact may correct during the call. Also completes
-- a call whose end is only inferred. Does nothing for a part of another call. Runs as the owner, because capture has no right to change these columns.
create or replace function complete_part(call uuid, call_started timestamptz, t told_part) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  c contact;
  s segment;
begin
  select * into s from segment x where x.id = t.segment_id and x.contact_started_at = call_started and x.contact_id = call;
  select * into c from contact x where x.id = call and x.started_at = call_started;
  -- Only a feed had the number, and the caller withholds it.
  if t.caller_kind = 'withheld' and c.caller_key is not null and s.node is not null and is_withheld_of_fed(t, call, call_started) then
    perform delete_callers_number(call, call_started);
    select * into c from contact x where x.id = call and x.started_at = call_started;
  end if;
  if is_over(c.ended_at, c.id, c.started_at) and not c.end_inferred or is_closed_to_late_facts(call, call_started, interval '1 day') then
    return;
  end if;
  if (t.caller_key is not null or t.caller_kind = 'withheld') and (c.caller_kind, c.caller_key) is distinct from (t.caller_kind, t.caller_key)
     -- Whatever its clients report, a withheld number stays withheld.
     and c.caller_kind <> 'withheld' and (c.caller_key is null or s.seq = 1 and t.contact_id = call and c.ended_at is null) then
    if is_telephone_number(c.caller_kind) and t.caller_kind in ('address', 'extension')
       and not coalesce((t.talk ->> 'replacesGuess')::boolean, false) then
      -- The number is another client's (settle_caller).
      update segment x set marks = x.marks || 'needs-review'::text
      where x.id = s.id and x.contact_started_at = call_started and 'needs-review' <> all (x.marks);
    else
      update contact x set caller_kind = t.caller_kind, caller_key = t.caller_key, caller_raw = t.caller_raw
      where x.id = call and x.started_at = call_started;
    end if;
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
grant execute on function complete_part to seloste_capture;

-- Returns true if two reports mean the same part of a call. `fed_`: the feed's, whose answer may have been a queue's. They match at the
-- same moment; or with the same official at overlapping times, as nobody talks with one caller twice at once; or, if one names no official,
-- with an answer within the feed's part.
create or replace function is_same_part(fed_answered timestamptz, fed_ended timestamptz, fed_official text, answered timestamptz, ended timestamptz,
  official text) returns boolean
language sql immutable as $$
  select answered between fed_answered - clock_tolerance() and fed_answered + clock_tolerance() and coalesce(official = fed_official, true)
    or official = fed_official and answered < fed_ended and fed_answered < coalesce(ended, 'infinity')
    or (official is null or fed_official is null) and answered >= fed_answered - clock_tolerance() and answered < fed_ended
$$;

-- Returns true if a conversation in the register could be the one that a feed reports of the same caller and official without a common id: it began
-- after the reported call and ends with it. Without a known end they have to overlap by more than clocks differ.
create or replace function could_be_same_talk(fed_started timestamptz, fed_answered timestamptz, fed_ended timestamptz, answered timestamptz,
  ended timestamptz, end_inferred boolean) returns boolean
language sql immutable as $$
  select answered >= fed_started - clock_tolerance() and answered < fed_ended and case
    when ended is null or end_inferred
      then answered + clock_tolerance() < fed_ended and fed_answered + clock_tolerance() < coalesce(ended, 'infinity')
    else fed_answered < ended and ended between fed_ended - clock_tolerance() and fed_ended + clock_tolerance() end
$$;

-- Returns the feeds and nodes that may still report something new, each with the earliest instant of it. A feed without reports for a month
-- counts as quiet, unless an administrator allows it (allow_feed). A feed has nothing late from before its first report: otherwise capture
-- could invent one, and change calls of a month ago.
create or replace function late_sources() returns table (name text, since timestamptz)
language sql stable as $$
  select f.name, case when f.late_until > now() then f.late_from else greatest(f.told_until, f.first_at, now() - interval '31 days') end
  from feed f where f.told_until is not null or f.late_until > now()
  union all
  select n.name, case when n.away_until > now() then n.away_from else n.alive_at end from capture_node n
  where n.away_until > now()
    -- The node has not returned, or reports facts before its first heartbeat.
    or n.alive_at between now() - interval '31 days' and now() - interval '1 day' and (n.ended_at is null or n.waiting > 0)
$$;
revoke execute on function late_sources from public;

-- Returns the earliest instant of which a feed or node may still report something new, less `slack` for files out of order.
create or replace function late_facts_from(slack interval) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(now(), (select min(l.since) from late_sources() l)) - slack
$$;
grant execute on function late_facts_from to seloste_capture;

-- Returns the finding for an alarm if a feed or node has reported nothing new for some days: until it reports or is given up, capture can
-- still change calls from that time. A closed alarm is raised again after a week.
create or replace function find_late_window(days integer) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select null::uuid, null::uuid, count(*)::integer, min(l.since), now(),
    jsonb_build_object('days', floor(extract(epoch from now() - min(l.since)) / 86400), 'sources', to_jsonb((array_agg(l.name order by l.since))[1:10]))
  from late_sources() l
  where l.since < now() - make_interval(days => days)
    and not exists (select from alarm a where a.kind = 'late-window' and a.closed_at > now() - interval '7 days')
  having count(*) > 0
$$;
grant execute on function find_late_window to seloste_custodian;

-- Allows a feed to report from an instant on, for two days: an administrator's permission for an archive. Returns false if there is no such
-- feed.
create or replace function allow_feed(feed_name text, since timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with allowed as (
    update feed set late_from = since, late_until = clock_timestamp() + interval '2 days' where name = feed_name returning 1
  )
  select exists (select from allowed)
$$;

-- Returns the end of the time in which a call is matched: of a longer call only the first day is.
create or replace function matched_until(begun timestamptz, ended timestamptz) returns timestamptz
language sql immutable as $$ select least(coalesce(ended, begun), begun + interval '1 day') $$;
grant execute on function matched_until to seloste_capture;

-- Returns the number of lookups that one reported call counts as: one for each part and ten minutes.
create or replace function fed_lookups(begun timestamptz, ended timestamptz, parts jsonb) returns bigint
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, jsonb_array_length(parts)) * (1 + greatest(0, extract(epoch from matched_until(begun, ended) - begun) / 600)::bigint)
$$;

-- Limits the rate of capture's lookups by a token bucket, whose counter is a sequence. Raises SL003 at the limit.
create or replace function count_lookups(counter regclass, lookups bigint) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  per_second constant integer := 50;
  burst constant integer := 90000;
  allowed bigint := extract(epoch from clock_timestamp()) * per_second;
  counted bigint;
begin
  -- As in refuse_old_transaction(): in an old snapshot, a feed that has reported since may still seem late.
  if session_user = 'seloste_capture'
    and (clock_timestamp() > now() + interval '5 minutes' or current_setting('transaction_isolation') <> 'read committed') then
    raise exception 'lookups are made at read committed, within five minutes of the start of their transaction'
      using errcode = 'invalid_transaction_state';
  end if;
  if lookups > burst then
    raise exception 'too many lookups at once' using errcode = '22023';
  end if;
  execute format('select last_value from %s', counter) into counted;
  if counted < allowed - burst then
    counted := setval(counter, allowed - burst);
  end if;
  if counted + coalesce(lookups, 0) > allowed then
    raise exception 'the limit of lookups is reached for now' using errcode = 'SL003';
  end if;
  perform nextval(counter) from generate_series(1, lookups);
end $$;

-- Finds the call that a feed reported before and that a recording client reports now, without a common id, by its caller, number, official
-- and times. Returns it if exactly one fits. If several may fit, marks them as needs-review and returns is_doubtful.
create or replace function match_by_facts(t told_part)
returns table (call uuid, call_started timestamptz, told_official told_official, is_doubtful boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  candidate record;
  certain uuid[] := '{}';
  possible uuid[] := '{}';
begin
  if t.caller_key is null and t.official_phone is null or coalesce(t.answered_at, t.started_at) < late_facts_from(interval '7 days')
    or t.ended_at > coalesce(t.answered_at, t.started_at) + interval '1 day'
  then
    return;
  end if;
  -- An unanswered call matches only one with the same caller, number, start and end, if there is exactly one.
  if t.answered_at is null then
    perform count_lookups('late_question_count', 1);
    select (array_agg(c.id))[1], (array_agg(c.started_at))[1], false into call, call_started, is_doubtful
    from contact c
    where c.caller_key = t.caller_key and c.trunk is null and t.number_called in (c.number_called, 'unknown')
      and c.started_at between t.started_at - clock_tolerance() and t.started_at + clock_tolerance()
      and c.ended_at between t.ended_at - clock_tolerance() and t.ended_at + clock_tolerance()
      and exists (select from fed_segment f where f.contact_id = c.id and f.contact_started_at = c.started_at and f.is_own)
      and not exists (select from segment n where n.contact_id = c.id and n.contact_started_at = c.started_at
        and (n.node is not null or n.answered_at is not null))
    having count(*) = 1;
    if found then
      return next;
    end if;
    return;
  end if;
  perform count_lookups('late_question_count', fed_lookups(t.answered_at, t.ended_at, '[]'));
  for candidate in
    select c.id, c.started_at, w.id as part, (w.official_person_id, w.official_unit_id, w.official_name, w.official_phone)::told_official as official,
      could_be_same_talk(c.started_at, f.answered_at, f.ended_at, t.answered_at, t.ended_at, t.end_inferred)
        or t.answered_at between f.answered_at - clock_tolerance() and f.answered_at + clock_tolerance() and t.ended_at > f.answered_at as is_certain
    from contact c
    join fed_segment f on f.contact_id = c.id and f.contact_started_at = c.started_at and f.is_own
    join segment w on w.id = f.segment_id and w.contact_started_at = f.contact_started_at
    where c.started_at between t.answered_at - interval '24 hours' and t.ended_at and c.trunk is null
      and (c.caller_key = t.caller_key
        or t.caller_key is null and (c.caller_key is null or t.caller_kind = 'withheld') and phone_as_reported(w, t.official_phone) = t.official_phone)
      and coalesce(phone_as_reported(w, t.official_phone) = t.official_phone, true)
      and (t.number_reached in (w.number_reached, c.number_called, 'unknown') or t.number_called in (w.number_reached, c.number_called))
      and f.answered_at < t.ended_at and t.answered_at < f.ended_at
      and not exists (select from segment n where n.contact_id = c.id and n.contact_started_at = c.started_at and n.node is not null)
  loop
    if candidate.is_certain then
      certain := certain || candidate.id;
      call := candidate.id;
      call_started := candidate.started_at;
      told_official := case when (candidate.official).phone is not null then candidate.official end;
    end if;
    -- Same official, but not certain: these may be two calls from one company's number.
    if candidate.is_certain or t.official_phone is null or (candidate.official).phone is null then
      possible := possible || candidate.part;
    end if;
  end loop;
  certain := array(select distinct unnest(certain));
  if cardinality(certain) = 1 then
    is_doubtful := false;
    return next;
  elsif possible <> '{}' then
    update segment s set marks = s.marks || 'needs-review'::text
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at and 'needs-review' <> all (s.marks);
    update segment s set capture_failure = 'not-joined'
    where s.id = any (possible) and s.contact_started_at between t.answered_at - interval '24 hours' and t.ended_at
      and s.capture_failure = 'no-session';
    return query select null::uuid, null::timestamptz, null::told_official, true;
  end if;
end $$;
grant execute on function match_by_facts to seloste_capture;

-- Keeps the official that a feed reported: a recording client without one does not remove them.
create or replace function keep_official_name() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_user = 'seloste_capture' then
    new.official_person_id := old.official_person_id;
    new.official_unit_id := old.official_unit_id;
    new.official_name := old.official_name;
    new.official_phone := old.official_phone;
  end if;
  return new;
end $$;
