-- What has left is known beside the backups (R32, R50, decision 42): the ledger has the release, the keyring what ties its items to
-- their recordings, and a package waits for both. Then: a granted disclosure that is closed without a release, requests that lead
-- to a disclosure, and what is proved of copies that are out.

alter table destruction_entry drop constraint destruction_entry_kind, add constraint destruction_entry_kind check (object_kind in
  ('recording', 'history-month', 'month-key', 'intake-key', 'right', 'credential', 'link', 'scim-token', 'employment', 'hold',
   'place-reached', 'request', 'disclosure', 'package'));

-- What ties an item to its recording is in the ledger as a hash, salted: whoever has the recording's id and the salt can prove it,
-- nobody else can find it. The salt goes with the recipient's confirmation (R32). A copy that was confirmed has neither; one that
-- came back by a restore may have no recording, where that had been destroyed.
alter table disclosed_copy
  drop constraint disclosed_copy_check,
  add column tie_salt bytea default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) check (length(tie_salt) = 32);
update disclosed_copy set tie_salt = null where recording_id is null;
alter table disclosed_copy add check (state <> 'CONFIRMED' or recording_id is null and tie_salt is null);

create function tie_of(recording uuid, salt bytea) returns text
language sql immutable set search_path = pg_catalog as $$ select encode(sha256(salt || uuid_send(recording)), 'hex') $$;

-- In the ledger --------------------------------------------------------------------------------------------------------

-- Ids, numbers and days: what a restore needs to know what is out (src/safeguards/ledger/replay-disclosures.ts).
create function ledger_of_research(d research_disclosure, items jsonb) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('number', d.number, 'institute', d.institute_id, 'dueOn', d.due_on, 'preparedBy', d.prepared_by,
    'decidedBy', d.decided_by, 'items', items)
$$;

create function ledger_copies_released() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('disclosure', d.id, 'released', ledger_of_research(d, r.items))
  from (
    select n.disclosure, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item', n.item, 'tie', tie_of(n.recording_id, n.tie_salt))) order by n.item) as items
    from released n group by n.disclosure
  ) r join research_disclosure d on d.number = r.disclosure;
  return null;
end $$;
create trigger ledger after insert on disclosed_copy referencing new table as released for each statement execute function ledger_copies_released();

create function untie_copy() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  new.tie_salt := null;
  return new;
end $$;
create trigger unties before update on disclosed_copy for each row when (new.state = 'CONFIRMED') execute function untie_copy();

create function ledger_copy() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('disclosure', d.id, case new.state when 'RECALLED' then 'recalled' else 'confirmed' end, jsonb_strip_nulls(
    jsonb_build_object('item', new.item, 'dueAt', case when new.state = 'RECALLED' then ledger_instant(new.due_at) end, 'outcome', new.outcome)))
  from research_disclosure d where d.number = new.disclosure;
  return null;
end $$;
create trigger ledger_changed after update on disclosed_copy for each row when (new.state <> old.state) execute function ledger_copy();

create function ledger_research() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.due_on <> old.due_on and new.released_at is not null then
    perform append_to_ledger('disclosure', new.id, 'extended', jsonb_build_object('dueOn', new.due_on));
  end if;
  if old.study_ended_at is null and new.study_ended_at is not null then
    perform append_to_ledger('disclosure', new.id, 'study-ended', jsonb_build_object('endedOn', new.study_ended_on));
  end if;
  if old.closed_at is null and new.closed_at is not null then
    perform append_to_ledger('disclosure', new.id, 'closed', '{}');
  end if;
  return null;
end $$;
create trigger ledger after update on research_disclosure for each row execute function ledger_research();

create function ledger_authority() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.released_at is null and new.released_at is not null then
    perform append_to_ledger('disclosure', new.id, 'released', jsonb_build_object('number', new.number, 'origin', new.origin, 'aim', new.aim,
      'provision', new.provision_id, 'outcome', new.outcome, 'enteredBy', new.entered_by, 'decidedBy', new.decided_by,
      'receivedAt', ledger_instant(new.received_at), 'items', (
        select coalesce(jsonb_agg(jsonb_build_object('item', i.item) order by i.item), '[]') from authority_item i
        where i.disclosure_id = new.id and i.granted)));
  end if;
  if old.closed_at is null and new.closed_at is not null then
    perform append_to_ledger('disclosure', new.id, 'closed', '{}');
  end if;
  return null;
end $$;
create trigger ledger after update on authority_disclosure for each row execute function ledger_authority();

create function ledger_package() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.ready_at is null and new.ready_at is not null then
    perform append_to_ledger('package', new.id, 'stored', jsonb_build_object('disclosure', coalesce(new.research_id, new.authority_id),
      'sha256', encode(new.sha256, 'hex'), 'sizeBytes', new.size_bytes, 'files', new.files, 'method', new.method, 'madeBy', new.made_by));
  end if;
  if old.ended_at is null and new.end_why = 'taken' then
    perform append_to_ledger('package', new.id, 'taken', '{}');
  end if;
  return null;
end $$;
create trigger ledger after update on disclosure_package for each row execute function ledger_package();

-- What was released before this version: a backup that is older than its release finds it in the ledger, too.
select append_to_ledger('disclosure', d.id, 'released', ledger_of_research(d, (
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item', c.item, 'tie', tie_of(c.recording_id, c.tie_salt))) order by c.item)
  from disclosed_copy c where c.disclosure = d.number)))
from research_disclosure d where exists (select from disclosed_copy c where c.disclosure = d.number) order by d.number;
select append_to_ledger('disclosure', d.id, case c.state when 'RECALLED' then 'recalled' else 'confirmed' end, jsonb_strip_nulls(
  jsonb_build_object('item', c.item, 'dueAt', case when c.state = 'RECALLED' then ledger_instant(c.due_at) end, 'outcome', c.outcome)))
from disclosed_copy c join research_disclosure d on d.number = c.disclosure where c.state <> 'RELEASED' order by d.number, c.item;

-- Over 0016-ledger.sql: what was disclosed is for those who may know of it, as orders are.
create or replace function read_ledger(before bigint, wanted integer)
returns table (number bigint, at timestamptz, kind text, object text, cause text, done_by text, targets jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text;
begin
  select r into as_role from unnest(array['SECURITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE']) r
    where viewer_is(r) limit 1;
  if as_role is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  -- A number that is left out would tell of an order: to whoever may not know of any, an entry about one looks like one about a
  -- revocation, which is no destruction either.
  return query
    select l.index + 1, e.at,
      case when s.is_shown then e.object_kind else 'other' end,
      case when s.is_shown then coalesce(e.object_name, e.object_id::text) else '' end,
      case when not s.is_shown then 'other' when e.cause = 'hold-end' and not k.knows then 'retention' else e.cause end,
      case when s.is_shown then e.done_by else '' end,
      case when s.is_shown then e.targets else '{}' end
    from (select may_know_of_holds() as knows) k
    cross join ledger_leaf l join destruction_entry e on e.seq = l.seq
    cross join lateral (
      select k.knows or e.object_kind not in ('hold', 'right', 'credential', 'link', 'scim-token', 'employment', 'disclosure', 'package') as is_shown
    ) s
    where l.index + 1 < coalesce(before, 9223372036854775807)
    order by l.index desc limit least(greatest(wanted, 0), 1000);
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'retention.read', 'ledger', 'ok', jsonb_strip_nulls(jsonb_build_object('before', before)));
end $$;

-- In the keyring -------------------------------------------------------------------------------------------------------

-- The copies that are out of the recordings whose keys lie under a month: they go to the places with these keys, are as they are
-- now and have no history.
create function lent_of_month(month date) returns table (recording_id uuid, disclosure_id uuid, item integer, salt bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.recording_id, d.id, c.item, c.tie_salt
  from disclosed_copy c join research_disclosure d on d.number = c.disclosure join recording_key k on k.recording_id = c.recording_id
  where k.expiry_month = month and c.tie_salt is not null order by d.id, c.item
$$;

-- Over 0019-places.sql, as it notes a change of keys: -2, what is out of the month's recordings is something else.
create function note_lent_change() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into keyring_change (place, expiry_month, shard)
  select p.id, k.expiry_month, -2 from (
    select distinct k.expiry_month from recording_key k
    where k.recording_id in (case when tg_op <> 'INSERT' then old.recording_id end, case when tg_op <> 'DELETE' then new.recording_id end)
  ) k, place_of_data p
  where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left';
  return null;
end $$;
create trigger keyring_lent after insert or update or delete on disclosed_copy for each row execute function note_lent_change();
insert into keyring_change (place, expiry_month, shard)
select p.id, k.expiry_month, -2
from (select distinct k.expiry_month from recording_key k join disclosed_copy c using (recording_id)) k, place_of_data p
where p.kind = 'backup' and p.first_used_at is not null and p.state <> 'left';

-- A package waits for both ---------------------------------------------------------------------------------------------

-- Whether a restore would know what an institute has by this package: every backup place that answers has the release and what
-- ties it. Where places are used and none answers, it waits. What an authority is given is not recalled, and waits for nothing.
create function release_is_kept(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with place as (
    select id, state, keyring_whole, coalesce(ledger_to, 0) as ledger_to from place_of_data
    where kind = 'backup' and first_used_at is not null and state in ('in-use', 'unreachable')
  )
  select p.research_id is null or not exists (select from place) or exists (select from place where state = 'in-use') and not exists (
    select from place o where o.state = 'in-use' and (
      not o.keyring_whole
      or exists (
        select from destruction_entry e left join ledger_leaf l on l.seq = e.seq
        where e.object_id in (p.id, p.research_id) and e.object_kind in ('package', 'disclosure') and e.cause in ('stored', 'released')
          and (l.index is null or l.index >= o.ledger_to))
      or exists (
        select from keyring_change k
        where k.place = o.id and k.shard = -2 and k.expiry_month in (
          select rk.expiry_month from research_disclosure d join disclosed_copy c on c.disclosure = d.number
          join recording_key rk on rk.recording_id = c.recording_id where d.id = p.research_id))))
$$;

-- Whether a package that is made waits for the places; whoever keeps them asks.
create function packages_wait_for_places() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from disclosure_package p where p.ready_at is not null and p.ended_at is null and not release_is_kept(p))
$$;

-- Over 0035-packages.sql: until then it is being made.
create or replace function package_state(p disclosure_package) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.end_why = 'destroyed' then 'withdrawn'
    when p.end_why is not null then p.end_why
    when p.expires_at <= now() then 'expired'
    when p.ready_at is null or not release_is_kept(p) then 'making'
    else 'ready' end
$$;
-- Over 0035-packages.sql.
create or replace function package_is_fetchable(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.ready_at is not null and package_may_leave(p) and p.fetches < 3 and coalesce(p.first_fetch_at > now() - interval '1 hour', true)
    and release_is_kept(p)
$$;

-- Over 0035-packages.sql: one that waits for the places is not ready.
create or replace function begin_package_save(wanted uuid) returns table (id uuid, size_bytes bigint, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  p disclosure_package;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into p from disclosure_package k where k.id = wanted for update;
  if p.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if p.delivery <> 'MEDIUM' or p.made_by <> viewer() then
    raise exception 'package.not-yours' using errcode = 'SE001';
  end if;
  if not package_is_fetchable(p) then
    raise exception '%', case when package_state(p) = 'making' then 'package.not-ready' else 'package.over' end using errcode = 'SE001';
  end if;
  update disclosure_package k set fetches = k.fetches + 1, first_fetch_at = coalesce(k.first_fetch_at, now()) where k.id = p.id;
  return query select p.id, p.size_bytes, coalesce(
    (select d.number from research_disclosure d where d.id = p.research_id), (select d.number from authority_disclosure d where d.id = p.authority_id));
end $$;

-- Closed without a release ---------------------------------------------------------------------------------------------

alter table authority_disclosure
  add column unreleased_because text check (unreleased_because ~ '\S' and length(unreleased_because) <= 2000),
  add check (unreleased_because is null or released_at is null and closed_at is not null);

-- Over 0034-authority-disclosures.sql: what was granted was given, or it is on record why not (R34, R35).
drop function close_authority(uuid);
create function close_authority(wanted uuid, because text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into d from authority_disclosure k where k.id = wanted for update;
  if d.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if d.closed_at is not null then
    raise exception 'authority.closed' using errcode = 'SE001';
  end if;
  if d.decided_at is null then
    raise exception 'authority.decision' using errcode = 'SE001';
  end if;
  if exists (select from disclosure_package p where p.authority_id = d.id and p.ended_at is null and p.expires_at > now()) then
    raise exception 'authority.package-open' using errcode = 'SE001';
  end if;
  if d.outcome <> 'REFUSED' and d.released_at is null and coalesce(because, '') !~ '\S' then
    raise exception 'authority.unreleased' using errcode = 'SE001';
  end if;
  if because is not null and (d.outcome = 'REFUSED' or d.released_at is not null) then
    raise exception 'authority.no-reason-wanted' using errcode = 'SE001';
  end if;
  perform refuse_identity_code('unreleasedBecause', because);
  update authority_disclosure k set closed_at = clock_timestamp(), closed_by = viewer(), unreleased_because = btrim(because) where k.id = d.id;
  perform let_go_authority_items(d.id, array(
    select i.recording_id from authority_item i where i.disclosure_id = d.id and i.recording_id is not null));
  perform note_authority('authority.closed', d, 'DECISION_MAKER', jsonb_build_object('outcome', d.outcome, 'isReleased', d.released_at is not null));
end $$;

-- Requests that lead to a disclosure -----------------------------------------------------------------------------------

-- To which of the two: what leaves goes to a research institute or to an authority (R27). None of before this version.
alter table openness_decision
  add column leads_to text check (leads_to in ('RESEARCH', 'AUTHORITY')),
  add check (leads_to is null or outcome = 'REFERRED');

-- The disclosure that a request has led to.
create table openness_lead (
  request_id uuid primary key references openness_decision on delete cascade,
  research_id uuid references research_disclosure,
  authority_id uuid references authority_disclosure,
  taken_up_at timestamptz not null default clock_timestamp(),
  taken_up_by uuid not null references person,
  check ((research_id is null) <> (authority_id is null))
);
alter table openness_lead enable row level security;
revoke all on openness_lead from public;
create trigger append_only before update on openness_lead for each statement execute function append_only();

-- Over 0026-request-acts.sql.
drop function decide_openness(uuid, text, text);
create function decide_openness(wanted uuid, how text, provision text, leads_to text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := demand_one_role('{DECISION_MAKER}');
  q subject_request;
begin
  select * into q from subject_request k where k.id = wanted for update;
  if q.id is null or not q.kinds @> '{OPENNESS}' then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if q.closed_at is not null then
    raise exception 'request.closed' using errcode = 'SE001';
  end if;
  if exists (select from openness_decision d where d.request_id = q.id) then
    raise exception 'openness.decided' using errcode = 'SE001';
  end if;
  if q.entered_by = viewer() then
    raise exception 'openness.own' using errcode = 'SE001';
  end if;
  if (how = 'REFERRED') <> (decide_openness.leads_to is not null) then
    raise exception 'openness.leads-nowhere' using errcode = 'SE001';
  end if;
  perform refuse_identity_code('provision', decide_openness.provision);
  insert into openness_decision (request_id, outcome, provision, leads_to, decided_by)
  values (q.id, how, btrim(decide_openness.provision), decide_openness.leads_to, viewer());
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  values (viewer(), viewers_right(as_role), as_role, 'openness.decided', q.number, 'request', q.id, 'ok',
    jsonb_strip_nulls(jsonb_build_object('outcome', how, 'leadsTo', decide_openness.leads_to)));
end $$;

-- Over 0026-request-acts.sql: and which disclosure it has led to.
drop function list_openness();
create function list_openness() returns table (request_id uuid, number text, received_at timestamptz, due_at timestamptz, outcome text,
  provision text, decided_at timestamptz, decided_by uuid, leads_to text, disclosure text, taken_up_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_one_role('{DECISION_MAKER}');
  return query
    select q.id, q.number, q.received_at, coalesce(q.extended_until, q.due_at), d.outcome, d.provision, d.decided_at, d.decided_by,
      d.leads_to, coalesce(r.number, a.number), l.taken_up_at
    from subject_request q left join openness_decision d on d.request_id = q.id left join openness_lead l on l.request_id = q.id
    left join research_disclosure r on r.id = l.research_id left join authority_disclosure a on a.id = l.authority_id
    where q.kinds @> '{OPENNESS}' and (d.request_id is null and q.closed_at is null or d.decided_at > now() - interval '30 days'
      or d.outcome = 'REFERRED' and l.request_id is null)
    order by d.decided_at desc nulls first, q.due_at limit 500;
end $$;

-- The part under which the viewer may take up what leads to a kind of disclosure: who prepares that kind.
create function referrals_part(kind text) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if kind = 'RESEARCH' then
    return demand_research_part('{QUALITY}');
  end if;
  return demand_one_role('{SECURITY}');
end $$;

-- Requests that were referred and that nobody has taken up, and those of the last thirty days with their disclosures, for who prepares
-- such a disclosure: number and days, nobody's name.
create function list_referrals(kind text) returns table (request_id uuid, number text, received_at timestamptz, due_at timestamptz, provision text,
  decided_at timestamptz, disclosure_id uuid, disclosure text, taken_up_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := referrals_part(kind);
begin
  insert into audit_entry (person_id, right_id, role, action, object_kind, result, detail)
  values (viewer(), viewers_right(as_role), as_role, 'disclosures.read', 'disclosure', 'ok', jsonb_build_object('kind', kind, 'referrals', true));
  return query
    select q.id, q.number, q.received_at, coalesce(q.extended_until, q.due_at), d.provision, d.decided_at, coalesce(r.id, a.id),
      coalesce(r.number, a.number), l.taken_up_at
    from openness_decision d join subject_request q on q.id = d.request_id left join openness_lead l on l.request_id = q.id
    left join research_disclosure r on r.id = l.research_id left join authority_disclosure a on a.id = l.authority_id
    where d.outcome = 'REFERRED' and coalesce(d.leads_to, kind) = kind
      and (l.request_id is null or l.taken_up_at > now() - interval '30 days' and (r.id is not null) = (kind = 'RESEARCH'))
    order by l.taken_up_at desc nulls first, d.decided_at limit 500;
end $$;

-- Takes a request up by a disclosure of one's own part that goes on still.
create function take_up_referral(wanted uuid, kind text, disclosure uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := referrals_part(kind);
  q subject_request;
begin
  select s.* into q from subject_request s join openness_decision d on d.request_id = s.id
  where s.id = wanted and d.outcome = 'REFERRED' and coalesce(d.leads_to, kind) = kind for update of s;
  if q.id is null or not (
    kind = 'RESEARCH' and exists (select from research_disclosure d where d.id = disclosure and d.withdrawn_at is null and d.closed_at is null)
    or kind = 'AUTHORITY' and exists (select from authority_disclosure d where d.id = disclosure and d.closed_at is null))
  then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if exists (select from openness_lead l where l.request_id = q.id) then
    raise exception 'referral.taken-up' using errcode = 'SE001';
  end if;
  insert into openness_lead (request_id, research_id, authority_id, taken_up_by)
  values (q.id, case kind when 'RESEARCH' then disclosure end, case kind when 'AUTHORITY' then disclosure end, viewer());
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  values (viewer(), viewers_right(as_role), as_role, 'referral.taken-up', q.number, 'disclosure', disclosure, 'ok', jsonb_build_object('request', q.id));
end $$;

-- When a request was taken up, for the Service Unit; by which disclosure is not told.
create function referral_taken_up(request uuid) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.taken_up_at from openness_lead l where l.request_id = referral_taken_up.request and viewer_is('SERVICE_UNIT')
$$;

create policy referrals_are_told on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or action not like 'referral.%');

-- What is proved -------------------------------------------------------------------------------------------------------

-- Of the copies that left for research: how many are out, back, and late; what was closed too early; what is tied that is confirmed
-- (R30, R32). Of recalls: how many wait and how many are late (R50).
create function copies_that_left()
returns table (released bigint, confirmed bigint, overdue bigint, late_in_year bigint, open_in_closed bigint, tied bigint, recalled bigint,
  recalls_open bigint, recalls_overdue bigint, recalls_late_in_year bigint, not_recalled bigint, example text, recall_example text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with copy as (
    select c.*,
      -- One that was recalled has its recall's day.
      c.state = 'RELEASED' and research_deadline(d) <= register_now() as is_overdue,
      c.recalled_at is null and c.confirmed_at > greatest(research_deadline(d), register_now() - interval '1 year') as was_late,
      c.state <> 'CONFIRMED' and d.closed_at is not null as is_open_in_closed,
      c.state = 'CONFIRMED' and exists (
        select from research_item i where i.disclosure_id = d.id and i.item = c.item and (i.recording_id is not null or i.contact_id is not null)) as is_tied,
      c.state = 'RECALLED' and c.due_at <= register_now() as is_recall_overdue,
      c.confirmed_at > greatest(c.due_at, register_now() - interval '1 year') as was_recall_late,
      c.state = 'RELEASED' and exists (select from prohibition p where p.recording_id = c.recording_id) as is_not_recalled
    from disclosed_copy c left join research_disclosure d on d.number = c.disclosure
  )
  select count(*), count(*) filter (where state = 'CONFIRMED'), count(*) filter (where is_overdue), count(*) filter (where was_late),
    count(*) filter (where is_open_in_closed), count(*) filter (where is_tied), count(*) filter (where recalled_at is not null),
    count(*) filter (where state = 'RECALLED'), count(*) filter (where is_recall_overdue),
    count(*) filter (where recalled_at is not null and was_recall_late), count(*) filter (where is_not_recalled),
    min(disclosure || '/' || item) filter (where is_overdue or is_open_in_closed or is_tied),
    min(disclosure || '/' || item) filter (where is_recall_overdue or is_not_recalled)
  from copy
$$;

revoke execute on function tie_of(uuid, bytea), ledger_of_research(research_disclosure, jsonb), ledger_copies_released(), untie_copy(),
  ledger_copy(), ledger_research(), ledger_authority(), ledger_package(), lent_of_month(date), note_lent_change(),
  release_is_kept(disclosure_package), packages_wait_for_places(), close_authority(uuid, text), decide_openness(uuid, text, text, text),
  list_openness(), referrals_part(text), list_referrals(text), take_up_referral(uuid, text, uuid), referral_taken_up(uuid),
  copies_that_left() from public;
grant execute on function lent_of_month(date), packages_wait_for_places(), copies_that_left() to seloste_custodian;
grant execute on function close_authority(uuid, text), decide_openness(uuid, text, text, text), list_openness(), list_referrals(text),
  take_up_referral(uuid, text, uuid), referral_taken_up(uuid) to seloste_desk;
