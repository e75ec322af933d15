-- Returns the hash that links a disclosed item to its recording. Without the salt, which is deleted at the confirmation, it links nothing.
create or replace function link_hash(recording uuid, salt bytea) returns text
language sql immutable set search_path = pg_catalog as $$ select encode(sha256(salt || uuid_send(recording)), 'hex') $$;

-- Appends released copies to the ledger: ids, numbers and days, from which a restore knows what was released
-- (src/safeguards/ledger/replay-disclosures.ts).
create or replace function ledger_copies_released() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('disclosure', d.id, 'released', jsonb_build_object('number', d.number, 'institute', d.institute_id,
    'dueOn', d.due_on, 'preparedBy', d.prepared_by, 'decidedBy', d.decided_by, 'items', r.items)
    || jsonb_strip_nulls(jsonb_build_object('decidedFor', d.decided_for)))
  from (
    select n.disclosure, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item', n.item, 'tie', link_hash(n.recording_id, n.tie_salt))) order by n.item) as items
    from released n group by n.disclosure
  ) r join research_disclosure d on d.number = r.disclosure;
  return null;
end $$;

-- Appends later events of disclosures, packages and released copies to the ledger: a restore then knows of a study that ended after its
-- backup.
create or replace function ledger_disclosures() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_table_name = 'disclosed_copy' then
    perform append_to_ledger('disclosure', d.id, case new.state when 'RECALLED' then 'recalled' else 'confirmed' end, jsonb_strip_nulls(
      jsonb_build_object('item', new.item, 'dueAt', case when new.state = 'RECALLED' then ledger_instant(new.due_at) end, 'outcome', new.outcome)))
    from research_disclosure d where d.number = new.disclosure;
    return null;
  elsif tg_table_name = 'disclosure_package' then
    if old.ready_at is null and new.ready_at is not null then
      perform append_to_ledger('package', new.id, 'stored', jsonb_build_object('disclosure', coalesce(new.research_id, new.authority_id),
        'sha256', encode(new.sha256, 'hex'), 'sizeBytes', new.size_bytes, 'files', new.files, 'method', new.method, 'madeBy', new.made_by));
    end if;
    if old.ended_at is null and new.end_why = 'taken' then
      perform append_to_ledger('package', new.id, 'taken', '{}');
    end if;
    return null;
  elsif tg_table_name = 'research_disclosure' then
    if new.due_on <> old.due_on and new.released_at is not null then
      perform append_to_ledger('disclosure', new.id, 'extended', jsonb_build_object('dueOn', new.due_on));
    end if;
    if old.withdrawn_at is null and new.withdrawn_at is not null then
      perform append_to_ledger('disclosure', new.id, 'withdrawn', '{}');
    end if;
    if old.study_ended_at is null and new.study_ended_at is not null then
      perform append_to_ledger('disclosure', new.id, 'study-ended', jsonb_build_object('endedOn', new.study_ended_on,
        'workingDays', new.return_working_days));
    end if;
  elsif old.released_at is null and new.released_at is not null then
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

-- Returns the released copies of recordings whose keys belong to a month: they are copied to the backup places with these keys, in their
-- present state and without history.
create or replace function released_copies_of_month(month date) returns table (recording_id uuid, disclosure_id uuid, item integer, salt bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.recording_id, d.id, c.item, c.tie_salt
  from disclosed_copy c join research_disclosure d on d.number = c.disclosure join recording_key k on k.recording_id = c.recording_id
  where k.expiry_month = month and c.tie_salt is not null order by d.id, c.item
$$;
grant execute on function released_copies_of_month to seloste_custodian;

-- Records the change like a change of keys: shard -2 stands for the released copies of the month.
create or replace function record_released_copies_change() returns trigger
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

-- Returns true if a restore would know the copies that an institute gets with this package: every backup place in service has the release
-- and its link. False if places are used and none is reachable. True at once for authorities' packages, which are not recalled.
create or replace function release_is_replicated(p disclosure_package) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with place as (
    select id, state, keyring_whole, coalesce(ledger_to, 0) as ledger_to from place_of_data
    where kind = 'backup' and first_used_at is not null and state in ('in-use', 'unreachable')
  )
  select p.research_id is null or not exists (select from place) or exists (select from place where state = 'in-use') and not exists (
    select from place o where o.state = 'in-use' and (
      not o.keyring_whole
      or exists (
        select from (
          select seq from destruction_entry where object_id in (p.id, p.research_id)
          union all select seq from ledger_content where content::jsonb ->> 'id' in (p.id::text, p.research_id::text)) found
        join destruction_entry e on e.seq = found.seq left join ledger_leaf l on l.seq = e.seq
        where e.object_kind in ('package', 'disclosure') and e.cause in ('stored', 'released')
          and (l.index is null or l.index >= o.ledger_to))
      or exists (
        select from keyring_change k
        where k.place = o.id and k.shard = -2 and k.expiry_month in (
          select rk.expiry_month from research_disclosure d join disclosed_copy c on c.disclosure = d.number
          join recording_key rk on rk.recording_id = c.recording_id where d.id = p.research_id))))
$$;

-- Returns true if a finished package waits to be replicated to the backup places; called by the job that writes to them.
create or replace function packages_await_replication() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from disclosure_package p where p.ready_at is not null and p.ended_at is null and not release_is_replicated(p))
$$;
grant execute on function packages_await_replication to seloste_custodian;

-- Returns referred requests that nobody has accepted, and those of the last thirty days with their disclosures, for those who prepare such
-- disclosures: the rows contain numbers and days, no names.
create or replace function list_referrals(kind text) returns table (request_id uuid, number text, received_at timestamptz, due_at timestamptz, provision text,
  decided_at timestamptz, disclosure_id uuid, disclosure text, taken_up_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := case kind when 'RESEARCH' then require_research_role('{QUALITY}') else require_one_role('{SECURITY}') end;
begin
  perform record_right_act('disclosures.read', as_role, 'disclosure', null, jsonb_build_object('kind', kind, 'referrals', true));
  return query
    select q.id, q.number, q.received_at, coalesce(q.extended_until, q.due_at), d.provision, d.decided_at, coalesce(r.id, a.id),
      coalesce(r.number, a.number), l.taken_up_at
    from openness_decision d join subject_request q on q.id = d.request_id left join openness_lead l on l.request_id = q.id
    left join research_disclosure r on r.id = l.research_id left join authority_disclosure a on a.id = l.authority_id
    where d.outcome = 'REFERRED' and coalesce(d.leads_to, kind) = kind
      and (l.request_id is null or l.taken_up_at > now() - interval '30 days' and (r.id is not null) = (kind = 'RESEARCH'))
    order by l.taken_up_at desc nulls first, d.decided_at limit 500;
end $$;
grant execute on function list_referrals to seloste_desk;

-- Accepts a referred request, naming the open disclosure that the viewer prepares for it.
create or replace function accept_referral(wanted uuid, kind text, disclosure uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := case kind when 'RESEARCH' then require_research_role('{QUALITY}') else require_one_role('{SECURITY}') end;
  q subject_request;
begin
  select s.* into q from subject_request s join openness_decision d on d.request_id = s.id
  where s.id = wanted and d.outcome = 'REFERRED' and coalesce(d.leads_to, kind) = kind for update of s;
  perform refuse_if(q.id is null or not (
    kind = 'RESEARCH' and exists (select from research_disclosure d where d.id = disclosure and d.withdrawn_at is null and d.closed_at is null)
    or kind = 'AUTHORITY' and exists (select from authority_disclosure d where d.id = disclosure and d.closed_at is null)), 'not-found');
  perform refuse_if(exists (select from openness_lead l where l.request_id = q.id), 'referral.taken-up');
  insert into openness_lead (request_id, research_id, authority_id, taken_up_by)
  values (q.id, case kind when 'RESEARCH' then disclosure end, case kind when 'AUTHORITY' then disclosure end, viewer());
  insert into audit_entry (person_id, right_id, role, action, reference, object_kind, object_id, result, detail)
  values (viewer(), viewer_right(as_role), as_role, 'referral.taken-up', q.number, 'disclosure', disclosure, 'ok', jsonb_build_object('request', q.id));
end $$;
grant execute on function accept_referral to seloste_desk;

-- Counts the copies released for research: confirmed, overdue, late within a year; open in a closed disclosure; `tied`, confirmed but still
-- linked to the recording (R30, R32); `missing`, released according to the audit log but without a row; `unlogged`, confirmations without
-- an entry in the audit log. Counts recalls: open, overdue, late within a year (R50). `lost`: times of restores that logged nothing of what
-- they replayed.
create or replace function released_copy_counts(lost tstzmultirange)
returns table (released bigint, confirmed bigint, overdue bigint, late_in_year bigint, open_in_closed bigint, tied bigint, missing bigint,
  unlogged bigint, recalled bigint, recalls_open bigint, recalls_overdue bigint, recalls_late_in_year bigint, not_recalled bigint,
  example text, recall_example text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with logged as materialized (
    select e.object_id as id, e.action, e.detail from audit_entry e
    where e.action in ('research.released', 'copy.recalled') and e.result = 'ok'
  ), recall as (
    -- Entries of earlier versions have no day.
    select e.id, min((e.detail ->> 'dueAt')::timestamptz) as due_at from logged e where e.action = 'copy.recalled' group by e.id
  ), copy as (
    select c.*,
      -- By the row or by the log, whichever is earlier. A recalled copy has its recall's day.
      c.state = 'RELEASED' and least(research_deadline(d), logged_research_deadline(d)) <= register_now() as is_overdue,
      c.recalled_at is null and c.confirmed_at > greatest(research_deadline(d), register_now() - interval '1 year') as was_late,
      c.state <> 'CONFIRMED' and d.closed_at is not null as is_open_in_closed,
      c.state = 'CONFIRMED' and exists (
        select from research_item i where i.disclosure_id = d.id and i.item = c.item and (i.recording_id is not null or i.contact_id is not null)) as is_tied,
      c.state = 'CONFIRMED' and d.id is not null
        and not (c.released_at <= c.confirmed_at and (predates_log(c.confirmed_at) or act_was_lost('disclosure', d.id, c.confirmed_at, c.released_at, lost)))
        and not exists (select from audit_entry e where e.object_id = d.id and e.action = 'research.item-confirmed' and e.result = 'ok'
          and (e.detail ->> 'item')::integer = c.item) as is_unlogged,
      c.state = 'RECALLED' and least(c.due_at, l.due_at) <= register_now() as is_recall_overdue,
      c.confirmed_at > greatest(c.due_at, register_now() - interval '1 year') as was_recall_late,
      c.state = 'RELEASED' and (l.id is not null or exists (select from prohibition p where p.recording_id = c.recording_id))
        -- The copy is linked to another recording than the released one, or to none: no prohibition would recall it.
        or c.state <> 'CONFIRMED' and exists (select from logged e where e.id = d.id and e.action = 'research.released'
          and e.detail -> 'ties' ->> c.item::text <> coalesce(link_hash(c.recording_id, c.tie_salt), '')) as is_not_recalled
    from disclosed_copy c left join research_disclosure d on d.number = c.disclosure left join recall l on l.id = c.id
  ), vanished as (
    select l.id from recall l where not exists (select from disclosed_copy c where c.id = l.id)
  ), lacking as (
    select l.id, l.items - count(c.id) as copies
    from (
      select e.id, sum((e.detail ->> 'items')::integer) as items from logged e where e.action = 'research.released' group by e.id
    ) l left join research_disclosure d on d.id = l.id left join disclosed_copy c on c.disclosure = d.number
    group by l.id, l.items having l.items > count(c.id)
  )
  select count(*), count(*) filter (where state = 'CONFIRMED'), count(*) filter (where is_overdue), count(*) filter (where was_late),
    count(*) filter (where is_open_in_closed), count(*) filter (where is_tied),
    (select coalesce(sum(copies), 0)::bigint from lacking), count(*) filter (where is_unlogged), count(*) filter (where recalled_at is not null),
    count(*) filter (where state = 'RECALLED'), count(*) filter (where is_recall_overdue),
    count(*) filter (where recalled_at is not null and was_recall_late), count(*) filter (where is_not_recalled) + (select count(*) from vanished),
    coalesce((select min(id::text) from lacking), min(disclosure || '/' || item) filter (where is_overdue or is_open_in_closed or is_tied or is_unlogged)),
    coalesce(min(disclosure || '/' || item) filter (where is_recall_overdue or is_not_recalled), (select min(id::text) from vanished))
  from copy
$$;
grant execute on function released_copy_counts to seloste_custodian;

-- Requires a fresh proof to make a package or a requester's copy: recordings leave by it, and its link and passphrase are shown. Otherwise
-- anybody could use an unattended desk (R30, R34).
create or replace function require_fresh_release() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null then
    perform require_fresh();
  end if;
  return new;
end $$;
