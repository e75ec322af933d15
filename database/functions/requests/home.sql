-- Returns the maximum length of each queue of requests from home: identified requesters have a queue of their own, which strangers cannot
-- fill.
create or replace function home_request_limit() returns integer language sql immutable as $$ select 500 $$;

-- Stores a request from the public page until a clerk accepts or discards it. Reads no call, contact or person, so that its result does
-- not depend on them. A form sent twice within ten minutes is stored once. Refuses home.full, input.identity-code.
create or replace function put_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text,
  identified_at timestamptz, fetch_digest bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  h home_request;
begin
  perform refuse_requester(requester);
  perform refuse_identity_code('told', put_home_request.told);
  perform refuse_identity_code('userId', put_home_request.user_id);
  -- One at a time, so that the limit holds.
  perform pg_advisory_xact_lock(hashtextextended('seloste.home-request', 0));
  select k.* into h from home_request k
  where k.fetch_digest = put_home_request.fetch_digest
    or put_home_request.fetch_digest is null and k.fetch_digest is null and k.received_at > clock_timestamp() - interval '10 minutes'
      and (k.party, k.kinds, k.language, k.told) = (put_home_request.party, put_home_request.kinds, put_home_request.language,
        btrim(put_home_request.told))
      and (k.name, k.address, k.email, k.phone, k.user_id) is not distinct from (btrim(requester ->> 'name'),
        btrim(requester ->> 'address'), btrim(requester ->> 'email'), btrim(requester ->> 'phone'), btrim(put_home_request.user_id))
  limit 1;
  if h.id is not null then
    return h.received_at;
  end if;
  if exists (select from home_answer a where a.fetch_digest = put_home_request.fetch_digest) then
    return clock_timestamp();
  end if;
  perform refuse_if((select count(*) from home_request k
    where (k.fetch_digest is null) = (put_home_request.fetch_digest is null)) >= home_request_limit(), 'home.full');
  insert into home_request as k (party, kinds, language, name, address, email, phone, told, user_id, identified_at, fetch_digest)
  values (put_home_request.party, put_home_request.kinds, put_home_request.language, btrim(requester ->> 'name'),
    btrim(requester ->> 'address'), btrim(requester ->> 'email'), btrim(requester ->> 'phone'), btrim(put_home_request.told),
    btrim(put_home_request.user_id), put_home_request.identified_at, put_home_request.fetch_digest)
  returning k.* into h;
  insert into audit_entry (action, object_kind, object_id, result, detail) values ('home-request.received', 'request', h.id, 'ok',
    jsonb_build_object('party', h.party, 'kinds', to_jsonb(h.kinds), 'identified', h.identified_at is not null));
  return h.received_at;
end $$;

-- Stores a request of a requester who was not identified. For the desk.
create or replace function submit_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text)
returns timestamptz
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select put_home_request(party, kinds, language, requester, told, user_id, null, null)
$$;
grant execute on function submit_home_request to seloste_desk;

-- Stores a request of a requester whom an identity provider has identified. The requester's `name` is the provider's. For the custodian.
create or replace function submit_identified_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text,
  identified_at timestamptz, fetch_digest bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if submit_identified_home_request.fetch_digest is null or submit_identified_home_request.identified_at is null then
    raise exception 'an identified requester has an instant and a digest';
  end if;
  return put_home_request(party, kinds, language, requester, told, user_id, identified_at, fetch_digest);
end $$;
grant execute on function submit_identified_home_request to seloste_custodian;

-- Returns the waiting requests from home, oldest first, to the Service Unit. The view is logged.
create or replace function list_home_requests() returns table (id uuid, received_at timestamptz, due_at timestamptz, party text, kinds text[],
  language text, name text, address text, email text, phone text, told text, user_id text, identified_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform record_act('requests.read', require_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', 'request', null, '{"fromHome": true}');
  return query select h.id, h.received_at, answer_due(h.received_at, h.kinds), h.party, h.kinds, h.language, h.name, h.address, h.email,
    h.phone, h.told, h.user_id, h.identified_at
  from home_request h order by h.received_at, h.id;
end $$;
grant execute on function list_home_requests to seloste_desk;

-- Returns how many requests from home wait, and how many past the day of their answer. For the custodian's metrics.
create or replace function count_home_requests() returns table (open integer, overdue integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*)::integer, (count(*) filter (where answer_due(h.received_at, h.kinds) < now()))::integer from home_request h
$$;
grant execute on function count_home_requests to seloste_custodian;

-- Returns the number of waiting requests from home, and the first time of receipt and due date, for the Service Unit's start page.
create or replace function home_request_summary() returns table (count integer, since timestamptz, due_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query select count(*)::integer, min(h.received_at), min(answer_due(h.received_at, h.kinds)) from home_request h;
end $$;
grant execute on function home_request_summary to seloste_desk;

-- Locks and returns a waiting request from home. For the Service Unit.
create or replace function lock_home_request(wanted uuid) returns home_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  h home_request;
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into h from home_request k where k.id = wanted for update;
  perform refuse_if(h.id is null, 'not-found');
  return h;
end $$;

-- Returns true if each word of an official's present name is in the name that an identity provider stated, which may have more given names.
create or replace function is_named_as(official uuid, stated text) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(regexp_split_to_array(lower(name_at(official, now())), '[\s-]+') <@ regexp_split_to_array(lower(stated), '[\s-]+'), false)
$$;

-- Accepts a request from home as a numbered request, received when it was sent. A requester who identified strongly stays identified, an
-- official only under the name of the directory; anybody else is identified at the desk, and fetches nothing at home. For the party OFFICIAL
-- the clerk enters the user id.
create or replace function accept_home_request(wanted uuid, official_user_id text) returns table (id uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  h home_request := lock_home_request(wanted);
  made uuid;
  q subject_request;
  stays_identified boolean;
begin
  select p.id into made from put_request(h.party, h.kinds, 'HOME', h.language, h.received_at, jsonb_strip_nulls(jsonb_build_object(
    'name', h.name, 'address', h.address, 'email', h.email, 'phone', h.phone)), accept_home_request.official_user_id) p;
  select s.* into q from subject_request s where s.id = made;
  -- An official who is also a clerk would handle their own request.
  perform refuse_if(q.official_id = viewer(), 'request.own');
  stays_identified := h.identified_at is not null and (q.official_id is null or is_named_as(q.official_id, h.name));
  insert into home_answer (request_id, told, fetch_digest) values (q.id, h.told, case when stays_identified then h.fetch_digest end);
  perform record_request_act('home-request.accepted', q, jsonb_build_object('fromHome', h.id));
  if stays_identified then
    update subject_request s set identified_how = 'STRONG_EID', identified_at = h.identified_at where s.id = q.id;
    perform record_request_act('request.identified', q, '{"how": "STRONG_EID", "fromHome": true}');
  end if;
  delete from home_request k where k.id = h.id;
  return query select q.id, q.number;
end $$;
grant execute on function accept_home_request to seloste_desk;

-- Discards a request from home. The log has the reason; a requester who identified reads it with the code. Refuses request.own: a clerk's own,
-- by the user id or, if the requester identified, by the name.
create or replace function discard_home_request(wanted uuid, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  h home_request := lock_home_request(wanted);
begin
  if reason not in ('DUPLICATE', 'NOT_A_REQUEST', 'UNREACHABLE', 'WITHDRAWN') then
    raise exception 'unknown reason %', reason;
  end if;
  perform refuse_if(exists (select from person p where p.id = viewer() and p.user_id = lower(btrim(h.user_id)))
    or h.identified_at is not null and is_named_as(viewer(), h.name), 'request.own');
  if h.fetch_digest is not null then
    insert into discarded_home_request as d (fetch_digest, received_at, reason) values (h.fetch_digest, h.received_at, discard_home_request.reason)
    on conflict (fetch_digest) do update set discarded_at = excluded.discarded_at, reason = excluded.reason;
  end if;
  delete from home_request k where k.id = h.id;
  perform record_act('home-request.discarded', require_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', 'request', h.id,
    jsonb_build_object('reason', reason, 'identified', h.identified_at is not null));
end $$;
grant execute on function discard_home_request to seloste_desk;

-- Returns true if the requester can fetch letters at home: they identified there, and the request still has their name.
create or replace function can_fetch_at_home(wanted uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from subject_request q join home_answer a on a.request_id = q.id
    where q.id = wanted and a.fetch_digest is not null and q.identified_how = 'STRONG_EID' and q.identified_by is null and q.erased_at is null)
$$;

-- Returns, to the Service Unit, the requester's description of the calls, and whether letters can be fetched at home. No row for a request
-- that did not come from home.
create or replace function request_from_home(wanted uuid) returns table (told text, is_fetched boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform require_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query select a.told, can_fetch_at_home(a.request_id) from home_answer a where a.request_id = wanted;
end $$;
grant execute on function request_from_home to seloste_desk;

-- Returns true if a letter was made before a correction that gave a call of its request from the requester to another official: it may
-- state facts of that call.
create or replace function is_of_anothers_call(l letter, q subject_request) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.party = 'OFFICIAL' and l.kind not in ('received', 'extension') and exists (
    select from request_call c join correction k on k.contact_id = c.contact_id and k.contact_started_at = c.contact_started_at
    where c.request_id = q.id and k.outcome = 'APPROVED' and k.was_person_id = q.official_id and k.decided_at > l.made_at)
$$;

-- Returns the state of a request and the letters that the Service Unit left to be fetched at home, or why it was discarded; null if the digest
-- finds no request. A letter about a call that a correction has given to another official since is no longer fetched (R46, R48). The
-- custodian computes the digest, of the requester's code and of the person who has just identified. Each call is logged.
create or replace function read_home_answer(digest bytea) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
  waiting uuid;
  d discarded_home_request;
  answer jsonb;
begin
  select k.* into d from discarded_home_request k where k.fetch_digest = digest;
  select h.id into waiting from home_request h where h.fetch_digest = digest;
  select s.* into q from home_answer a join subject_request s on s.id = a.request_id
  where a.fetch_digest = digest and can_fetch_at_home(s.id);
  if q.id is not null then
    answer := jsonb_build_object('number', q.number, 'state', case when q.closed_at is null then 'open' else 'closed' end, 'letters', coalesce((
      select jsonb_agg(jsonb_build_object('id', l.id, 'kind', l.kind, 'language', l.language, 'deliveredAt', ledger_instant(l.delivered_at),
        'content', l.content) order by l.delivered_at, l.id)
      from letter l where l.request_id = q.id and l.delivered_how = 'HOME' and l.content is not null and not is_of_anothers_call(l, q)), '[]'));
  elsif waiting is not null then
    answer := '{"state": "waiting", "letters": []}';
  elsif d.fetch_digest is not null then
    answer := jsonb_build_object('state', 'discarded', 'reason', d.reason, 'discardedAt', ledger_instant(d.discarded_at), 'letters', '[]'::jsonb);
  end if;
  insert into audit_entry (action, reference, object_kind, object_id, result, detail) values ('home-answer.read', q.number, 'request',
    coalesce(q.id, waiting), case when answer is null then 'refused:not-found' else 'ok' end,
    jsonb_build_object('letters', coalesce((select jsonb_agg(l -> 'id') from jsonb_array_elements(answer -> 'letters') l), '[]')));
  return answer;
end $$;
grant execute on function read_home_answer to seloste_custodian;
