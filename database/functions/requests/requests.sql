-- Locks and returns an open request, for holders of the Service Unit's right. Refuses not-found, request.closed.
create or replace function lock_request(wanted uuid) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request where id = wanted for update;
  perform refuse_if(q.id is null, 'not-found');
  perform refuse_if(q.closed_at is not null, 'request.closed');
  return q;
end $$;

-- Same as `lock_request`, for an identified requester: before that, no call is searched and nothing about calls is revealed (R46).
create or replace function lock_identified_request(wanted uuid) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
begin
  perform refuse_if(q.identified_at is null, 'request.not-identified');
  return q;
end $$;

-- Logs an act on a request, by id, under its number.
create or replace function record_request_act(action text, q subject_request, detail jsonb, kind text default 'request', object uuid default null)
returns void language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_act(action, require_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', kind, coalesce(object, q.id), detail, q.number)
$$;

-- Returns true if a text contains a personal identity code (L32): day, separator or none, individual number and check character, in the
-- Digital and Population Data Services Agency's form of 2023. What could also be a telephone number (only digits at its end, or no
-- separator) is one only with a correct check character.
create or replace function holds_identity_code(written text) returns boolean
language plpgsql immutable set search_path = pg_catalog as $$
declare
  found text[];
begin
  for found in
    select regexp_matches(upper(written),
      '(?<![0-9])(\d{2})\.?(\d{2})\.?(\d{2})\s?([-+–−‐A-FU-Y]?)\s?(\d{3})([0-9A-FHJ-NPR-Y])(?![0-9A-Z])', 'g')
  loop
    continue when found[1] not between '01' and '31' or found[2] not between '01' and '12';
    if found[4] <> '' and found[6] !~ '\d'
      or (found[4] <> '' or found[6] !~ '\d')
        and found[6] = substr('0123456789ABCDEFHJKLMNPRSTUVWXY',
          ((found[1] || found[2] || found[3] || found[5])::bigint % 31)::integer + 1, 1) then
      return true;
    end if;
  end loop;
  return false;
end $$;

-- Refuses a text with a personal identity code, naming its field.
create or replace function refuse_identity_code(field text, written text) returns void
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
begin
  if holds_identity_code(written) then
    raise exception 'input.identity-code' using errcode = 'SE001', detail = field;
  end if;
end $$;

-- Refuses a requester's fields that contain a personal identity code.
create or replace function refuse_requester(given jsonb) returns void
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select refuse_identity_code('requester.' || key, value) from jsonb_each_text(given)
$$;

-- Returns the day by which an answer is due: a calendar month (GDPR 12(3)), or two weeks for an official document (Act 621/1999 section
-- 14), plus the months of an extension.
create or replace function answer_due(received_at timestamptz, kinds text[], extended_by integer default 0) returns timestamptz
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when not kinds @> array['OPENNESS'] then months_after(received_at, 1 + extended_by)
    when extended_by > 0 then months_after(received_at, 1)
    else ((received_at at time zone 'Europe/Helsinki') + interval '14 days') at time zone 'Europe/Helsinki'
  end
$$;

-- Stores a request that a clerk enters or accepts. If the same clerk entered the same request within the last ten minutes (a form sent
-- twice), returns that one.
create or replace function put_request(party text, kinds text[], channel text, language text, received_at timestamptz, requester jsonb,
  official_user_id text) returns table (id uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  official person;
  this_year integer := extract(year from now() at time zone 'Europe/Helsinki');
  taken integer;
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  perform refuse_requester(requester);
  if put_request.party = 'OFFICIAL' then
    select * into official from person p where p.user_id = lower(btrim(official_user_id));
    perform refuse_if(official.id is null, 'request.official-unknown');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('seloste.request-number', 0));
  select s.* into q from subject_request s join subject_requester r on r.request_id = s.id
  where s.entered_by = viewer() and s.entered_at > clock_timestamp() - interval '10 minutes' and s.closed_at is null
    and (s.party, s.kinds, s.channel, s.language) = (put_request.party, put_request.kinds, put_request.channel, put_request.language)
    and s.received_at = put_request.received_at and s.official_id is not distinct from official.id
    and (r.name, r.address, r.email, r.phone) is not distinct from (btrim(requester ->> 'name'), btrim(requester ->> 'address'),
      btrim(requester ->> 'email'), btrim(requester ->> 'phone'))
  limit 1;
  if q.id is null then
    insert into request_number as n (year, last) values (this_year, 1)
    on conflict (year) do update set last = n.last + 1 returning n.last into taken;
    insert into subject_request as s (number, party, kinds, channel, language, received_at, due_at, entered_by, official_id)
    values ('P-' || this_year || '-' || taken, put_request.party, put_request.kinds, put_request.channel,
      put_request.language, put_request.received_at, answer_due(put_request.received_at, put_request.kinds), viewer(), official.id)
    returning s.* into q;
    insert into subject_requester (request_id, name, address, email, phone)
    values (q.id, btrim(requester ->> 'name'), btrim(requester ->> 'address'), btrim(requester ->> 'email'), btrim(requester ->> 'phone'));
    perform record_request_act('request.entered', q, jsonb_strip_nulls(jsonb_build_object('party', q.party, 'kinds', to_jsonb(q.kinds),
      'channel', q.channel, 'official', q.official_id)));
  end if;
  return query select q.id, q.number;
end $$;

-- Enters a request that the Service Unit received. Those from home are accepted instead, so that no clerk can make one up.
create or replace function enter_request(party text, kinds text[], channel text, language text, received_at timestamptz, requester jsonb,
  official_user_id text) returns table (id uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(enter_request.received_at > now() or enter_request.received_at < months_after(now(), -12), 'request.received-wrong');
  if enter_request.channel = 'HOME' then
    raise exception 'a request from home is accepted, not entered';
  end if;
  return query select p.id, p.number from put_request(enter_request.party, enter_request.kinds, enter_request.channel,
    enter_request.language, enter_request.received_at, enter_request.requester, enter_request.official_user_id) p;
end $$;
grant execute on function enter_request to seloste_desk;

-- Corrects requester, language and kinds. A new name is another person until identified, and the calls are not theirs until verified again.
create or replace function change_request(wanted uuid, kinds text[], language text, requester jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
  changed subject_request;
  is_renamed boolean;
begin
  perform refuse_requester(requester);
  select r.name <> btrim(requester ->> 'name') into is_renamed from subject_requester r where r.request_id = q.id;
  perform refuse_if((is_renamed or not change_request.kinds @> q.kinds) and answered_callers_call(q), 'request.own');
  update subject_requester r set name = btrim(requester ->> 'name'), address = btrim(requester ->> 'address'),
    email = btrim(requester ->> 'email'), phone = btrim(requester ->> 'phone')
  where r.request_id = q.id;
  update subject_request s set kinds = change_request.kinds, language = change_request.language,
    due_at = case when s.extended_at is null then answer_due(s.received_at, change_request.kinds) else s.due_at end,
    identified_how = case when not is_renamed then s.identified_how end,
    identified_at = case when not is_renamed then s.identified_at end,
    identified_by = case when not is_renamed then s.identified_by end
  where s.id = q.id returning s.* into changed;
  -- The person who identified at home had the former name.
  update home_answer a set fetch_digest = null where is_renamed and a.request_id = q.id;
  perform require_fresh_to_lift(q) where not restricts(changed);
  update request_call c set verify_again_since = clock_timestamp() where is_renamed and c.request_id = q.id and c.state = 'MATCHED';
  perform record_request_act('request.changed', q, jsonb_build_object('kinds', to_jsonb(change_request.kinds),
    'identificationEnded', is_renamed and q.identified_at is not null));
end $$;
grant execute on function change_request to seloste_desk;

-- Returns the holders of the Service Unit's right, who may handle requests.
create or replace function request_clerks() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct a.person_id from access_right a
  where a.role = 'SERVICE_UNIT' and exists (
    select from rights_of(a.person_id, 'INSPECTION', 'any') r where r.role = 'SERVICE_UNIT' and r.scope_kind = 'all')
$$;
grant execute on function request_clerks to seloste_desk;

create or replace function assign_request(wanted uuid, clerk uuid, seen text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
begin
  perform refuse_if(clerk is not null and clerk not in (select request_clerks()), 'request.assignee-wrong');
  -- If two clerks take a request at once, one gets it.
  perform refuse_if(seen <> coalesce(q.assigned_to::text, 'nobody'), 'request.taken');
  if q.assigned_to is not distinct from clerk then
    return;
  end if;
  update subject_request set assigned_to = clerk where id = q.id;
  perform record_request_act('request.assigned', q, jsonb_build_object('to', clerk));
end $$;
grant execute on function assign_request to seloste_desk;

-- Records how, by whom and when the requester was identified, never the number of a document (L32). Only officials are in the personnel
-- register.
create or replace function identify_requester(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
begin
  -- A clerk who answers calls would serve themselves, and get a file of a recording that they may only hear.
  perform refuse_if(q.official_id = viewer(), 'request.own');
  perform refuse_if(how = 'PERSONNEL' and q.party <> 'OFFICIAL', 'request.identified-wrong');
  if q.identified_how is not distinct from how and q.identified_by = viewer() then
    return;
  end if;
  update subject_request set identified_how = how, identified_at = clock_timestamp(), identified_by = viewer() where id = q.id;
  perform record_request_act('request.identified', q, jsonb_build_object('how', how));
end $$;
grant execute on function identify_requester to seloste_desk;

-- Extends the time once, before it ends (GDPR 12(3)); for an official document to a month from its arrival at most.
create or replace function extend_request(wanted uuid, months integer, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := lock_request(wanted);
  later timestamptz;
begin
  perform refuse_if(q.extended_at is not null, 'request.extended');
  perform refuse_if(q.due_at <= register_now(), 'request.overdue');
  perform refuse_if(months not between 1 and 2 or q.kinds @> array['OPENNESS'] and months <> 1, 'request.extension-wrong');
  later := answer_due(q.received_at, q.kinds, months);
  update subject_request set due_at = later, extended_until = later, extended_at = clock_timestamp(), extended_by = viewer(),
    extension_reason = reason
  where id = q.id;
  perform record_request_act('request.extended', q, jsonb_build_object('months', months, 'reason', reason));
end $$;
grant execute on function extend_request to seloste_desk;

-- Logs an access to the queue, before any of it is read.
create or replace function record_requests_view(detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select record_act('requests.read', require_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', 'request', null, detail)
$$;
grant execute on function record_requests_view to seloste_desk;

-- Returns one request after logging the access.
create or replace function view_request(wanted uuid) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request where id = wanted;
  perform refuse_if(q.id is null, 'not-found');
  perform record_request_act('request.read', q, '{}');
  return q;
end $$;
grant execute on function view_request to seloste_desk;

-- Returns counts of how requests were served, without any request or person. `late`: answered late, or overdue and open.
create or replace function request_statistics(from_day date, to_day date) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held text := require_one_role(array['SERVICE_UNIT', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER']);
  counted jsonb;
begin
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), held, 'requests.read', 'request', 'ok', jsonb_build_object('statistics', true));
  with wanted as (
    select s.*, answered_at(s) as answered_at, to_char(s.received_at at time zone 'Europe/Helsinki', 'YYYY-MM') as month
    from subject_request s
    where s.received_at >= from_day::timestamp at time zone 'Europe/Helsinki'
      and s.received_at < (to_day + 1)::timestamp at time zone 'Europe/Helsinki'
  ),
  months as (
    select month, count(*) as received,
      count(*) filter (where outcome = 'ANSWERED') as answered,
      count(*) filter (where outcome = 'REFUSED') as refused,
      count(*) filter (where outcome = 'WITHDRAWN') as withdrawn,
      count(*) filter (where closed_at is null) as open,
      count(*) filter (where coalesce(answered_at, register_now()) > due_at and outcome is distinct from 'WITHDRAWN') as late,
      round((percentile_cont(0.5) within group (order by extract(epoch from closed_at - received_at)) / 86400)::numeric, 1) as "medianDays"
    from wanted group by month
  )
  select jsonb_build_object(
    'months', coalesce((select jsonb_agg(jsonb_strip_nulls(to_jsonb(m)) order by m.month) from months m), '[]'),
    'kinds', coalesce((select jsonb_agg(jsonb_build_object('kind', k.kind, 'count', k.count) order by k.count desc, k.kind)
      from (select kind, count(*) from wanted, unnest(kinds) kind group by kind) k), '[]'),
    'channels', coalesce((select jsonb_agg(jsonb_build_object('channel', c.channel, 'count', c.count) order by c.count desc, c.channel)
      from (select channel, count(*) from wanted group by channel) c), '[]'),
    'outcomes', coalesce((select jsonb_agg(jsonb_build_object('outcome', o.state, 'count', o.count) order by o.count desc, o.state)
      from (select c.state, count(*) from wanted w join request_call c on c.request_id = w.id
        where c.state not in ('SEVERAL', 'FOUND') group by c.state) o), '[]')
  ) into counted;
  return counted;
end $$;
grant execute on function request_statistics to seloste_desk;
