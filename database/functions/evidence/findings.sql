-- Reports the version and hash of the description that a process obeys. The session's role gives its kind.
create or replace function report_obeyed_version(instance uuid, version integer, hash bytea) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from obeyed_version where reported_at < now() - interval '1 day';
  insert into obeyed_version (instance, process, version, hash, reported_at)
  values (report_obeyed_version.instance, session_user, report_obeyed_version.version, report_obeyed_version.hash, clock_timestamp())
  on conflict (instance) do update
    set version = excluded.version, hash = excluded.hash, reported_at = excluded.reported_at
    where obeyed_version.process = session_user;
$$;
grant execute on function report_obeyed_version to seloste_capture, seloste_custodian, seloste_desk;

create or replace function report_instance_ended(instance uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from obeyed_version where obeyed_version.instance = report_instance_ended.instance and process = session_user;
$$;
grant execute on function report_instance_ended to seloste_capture, seloste_custodian, seloste_desk;

create or replace function announced_versions() returns table (version integer, hash text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (detail ->> 'version')::integer, detail ->> 'hash' from audit_entry
  where action in ('description.installed', 'description.approved') and result = 'ok'
  union all
  select version, hash from announced_version_kept
$$;
grant execute on function announced_versions to seloste_custodian;

-- Returns approved versions in the ledger that a restored register lacks; none once a version at least as new is approved.
create or replace function lost_versions() returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct (e.detail ->> 'version')::integer from destruction_entry e
  where e.object_kind = 'description' and (e.detail ->> 'version')::integer > (select max(v.version) from description_version v)
  order by 1
$$;
grant execute on function lost_versions to seloste_custodian;

-- Counts accounts of employed people, accounts that two may share, open sessions, and strange sessions: opened or used while the person was
-- not employed, without a sign-in in the log, with another token than the log has, or ended according to the log. Sessions of people who
-- have left since are not counted, because they give no access.
create or replace function accounts_in_use()
returns table (accounts bigint, shared bigint, sessions bigint, strange_sessions bigint, example uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with employed as (
    select * from person where employed_from <= now() and (employed_to is null or employed_to > now())
  ),
  shared as (
    -- A user id that differs from another only in case, also of people who left; a password copied between accounts.
    select p.id from person p join person o on o.id <> p.id and lower(o.user_id) = lower(p.user_id)
    union
    select p.id from person p join person o on o.id <> p.id and o.password_check = p.password_check
    union
    -- Two accounts of one person: same name and same number at the same time.
    select p.id
    from employed p
    join person_name n on n.person_id = p.id and n.valid_to is null
    join person_phone f on f.person_id = p.id and f.valid_to is null
    join person_phone g on g.phone_key = f.phone_key and g.valid_to is null and g.person_id <> p.id
    join person_name m on m.person_id = g.person_id and m.valid_to is null and m.name = n.name
    join employed e on e.id = m.person_id
  ),
  open as (
    -- Each use moves the end of a session to an hour later (src/safeguards/people/session.ts).
    select s.id, s.person_id, s.created_at, s.expires_at - interval '1 hour' as used_at, s.awaits_second_factor,
      session_fingerprint(s.token_hash) as tie
    from session s where s.ended_at is null and s.expires_at > now()
  ),
  strange as (
    select o.person_id from open o join person p on p.id = o.person_id
    -- Sessions opened or used before the employment was changed are not reported.
    where p.employed_from > o.created_at + interval '5 seconds' and p.changed_at < o.created_at
      or p.employed_to < greatest(o.created_at, o.used_at) - interval '5 seconds' and p.changed_at < greatest(o.created_at, o.used_at)
      or exists (select from audit_entry e where e.object_id = o.id and e.action = 'session.ended' and e.result = 'ok')
      -- A session lasts at most twelve hours.
      or o.used_at > o.created_at + interval '11 hours 1 minute'
      -- With the token that was given; entries of earlier versions have none.
      or not o.awaits_second_factor and not exists (
        select from audit_entry e where e.object_id = o.id and e.person_id = o.person_id and e.result = 'ok'
          -- The entry is not older than the session's start: an expired session may have been reopened with a later start.
          and e.at > o.created_at - interval '11 minutes' and case e.action
          when 'session.started' then coalesce(e.detail ->> 'token' = o.tie, true)
          when 'session.proved' then e.detail ->> 'token' = o.tie end)
        -- Entries of earlier versions name no session; sessions last twelve hours. The second factor follows within ten minutes.
        and not (o.created_at > now() - interval '12 hours' and exists (
          select from audit_entry e where e.object_id is null and e.person_id = o.person_id and e.action = 'session.started'
            and e.result = 'ok' and e.at between o.created_at - interval '5 seconds' and o.created_at + interval '11 minutes'))
  )
  select
    (select count(*) from employed where password_check is not null),
    (select count(*) from shared),
    (select count(*) from open),
    (select count(*) from strange),
    coalesce((select id from shared order by id limit 1), (select person_id from strange order by person_id limit 1))
$$;
grant execute on function accounts_in_use to seloste_custodian;

create or replace function purposes_cover(granted text[], requested text[]) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select requested <@ granted or ('DEVELOPMENT' = any (granted) and requested <@ (granted || '{QUALITY,TRAINING,SERVICE_LEVEL_STUDY}'::text[]))
$$;

-- Returns true for an instant from which the log's entries have been pruned.
create or replace function predates_log(instant timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from audit_entry e where e.action = 'log.pruned')
    and instant < (select e.at from audit_entry e order by e.at, e.seq limit 1)
$$;

-- Returns true if the ledger has an entry about an object, with its content.
create or replace function ledger_has(kind text, object uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from destruction_entry e where e.object_id = object and e.object_kind = kind)
    or exists (select from ledger_content c join destruction_entry e on e.seq = c.seq
      where c.content::jsonb ->> 'id' = object::text and e.object_kind = kind and content_is_proved(e, c))
$$;

-- Returns true if a restore explains that an act has no entry in the log: the act falls into a time that the restore lost, its object
-- existed then, and the ledger has the act if it still keeps contents of that time. `lost`: times of restores that logged nothing of what
-- they replayed.
create or replace function act_was_lost(kind text, object uuid, acted_at timestamptz, existed_from timestamptz, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(acted_at <@ lost and existed_from <= acted_at
    -- A day more, for the clocks of the act and of its entry.
    and (acted_at < ledger_content_cutoff() + interval '1 day' or ledger_has(kind, object)), false)
$$;

-- Returns true if the log has the prohibition of this recording and not its withdrawal. Entries of earlier versions may lack the recording.
create or replace function prohibition_is_logged(p prohibition, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select from audit_entry e
      where e.object_id = p.id and e.action = 'recording.prohibition-withdrawn' and e.result = 'ok')
    and (exists (select from audit_entry e where e.object_id = p.id and e.action = 'recording.forbidden' and e.result = 'ok'
        and coalesce(e.detail ->> 'recording' = p.recording_id::text, true))
      or act_was_lost('prohibition', p.id, p.received_at, (select r.started_at from recording r where r.id = p.recording_id), lost))
$$;
grant execute on function prohibition_is_logged to seloste_custodian;

-- Returns true if a prohibition's row has a later receipt than the log. The instant of a case that the log has before it is allowed: the
-- clock may have been set back in between (prohibition_instant).
create or replace function prohibition_was_moved(p prohibition) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with entry as (
    select e.seq, e.at from audit_entry e where e.object_id = p.id and e.action = 'recording.forbidden' and e.result = 'ok'
  )
  select exists (select from entry) and not exists (select from entry e where p.received_at <= e.at + interval '1 minute'
    or exists (select from inspection i join inspection_recording n on n.inspection_id = i.id
      join audit_entry o on o.object_id = i.id and o.action = 'inspection.opened' and o.result = 'ok' and o.seq < e.seq
      where n.recording_id = p.recording_id and i.received_at = p.received_at)
    or exists (select from authority_request a
      join audit_entry o on o.object_id = a.disclosure_id and o.action = 'authority.item-added' and o.result = 'ok' and o.seq < e.seq
        and o.detail ->> 'recording' = p.recording_id::text
      where a.recording_id = p.recording_id and a.received_at = p.received_at))
$$;

-- Returns the instant until which an order is in force according to the log; null if the log lacks the order, has its end, or has another
-- call or extent. An entry or a replay without an instant counts as three months, the longest that an order or a renewal lasts.
create or replace function order_logged_until(o preservation_order, lost tstzmultirange) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with entry as (
    select e.action, coalesce((e.detail ->> 'until')::timestamptz, months_after(e.at, 3)) as until,
      -- Entries of earlier versions may lack these.
      coalesce(e.detail ->> 'contact' <> o.contact_id::text, false) or coalesce(e.detail ->> 'covers' <> o.covers, false) as differs
    from audit_entry e where e.object_id = o.id and e.action like 'hold.%' and e.result = 'ok'
  ), call as (
    select coalesce((select c.started_at from contact c where c.id = o.contact_id), o.contact_started_at) as started_at
  ), replayed as (
    -- Entered or renewed in a time that a restore lost.
    select months_after(upper(l), 3) as until from unnest(lost) l where upper(l) > o.from_at
  )
  select greatest((select max(until) from entry where action in ('hold.entered', 'hold.renewed')), (select max(until) from replayed))
  from call
  where not exists (select from entry where action = 'hold.ended' or action = 'hold.entered' and differs)
    and (exists (select from entry where action = 'hold.entered') or predates_log(o.from_at) and call.started_at <= o.from_at
      or act_was_lost('hold', o.id, o.from_at, call.started_at, lost))
$$;

-- Returns true if the log has an order in force on a call's recordings or history, until its end at least.
create or replace function order_is_logged(contact uuid, kept text, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in (kept, 'both') and o.ended_at is null and o.until > destruction_now()
      and o.until <= order_logged_until(o, lost))
$$;
grant execute on function order_is_logged to seloste_custodian;

-- Returns true if the log has the beginning and not the end of a case about a recording, as far back as the log reaches. Migration 0214
-- opened cases for copies that had been requested before, of recordings that existed, without an entry.
create or replace function case_is_logged(wanted uuid, recording uuid, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with heard as (
    select r.started_at from recording r where r.id = recording
  )
  select exists (select from inspection i, heard h where i.id = wanted
      and not exists (select from audit_entry e where e.object_id = i.id and e.action = 'inspection.closed' and e.result = 'ok')
      and (act_was_lost('case', i.id, i.opened_at, h.started_at, lost) or predates_log(i.opened_at) and h.started_at <= i.opened_at
        or exists (select from audit_entry e where e.object_id = i.id and e.action = 'inspection.opened' and e.result = 'ok'
          and coalesce(e.detail -> 'recordings' ? recording::text, true))
        or i.kind = 'COPY' and h.started_at <= i.opened_at and exists (select from migration m where m.name like '0214-%'
          and i.opened_at between m.applied_at - interval '1 minute' and m.applied_at + interval '1 minute'
          -- A database made by it or a later version had no request then.
          and (select e.at from audit_entry e order by e.seq limit 1) < m.applied_at - interval '1 minute')))
    or exists (select from authority_request a
      join authority_item i on i.disclosure_id = a.disclosure_id and i.recording_id = a.recording_id cross join heard h
      where a.id = wanted
        and not exists (select from audit_entry e where e.object_id = a.disclosure_id and e.result = 'ok' and (e.action = 'authority.closed'
          or e.action = 'authority.item-dropped' and e.detail ->> 'item' = i.item::text
          -- The decision closes what it does not grant. An entry that a restore replayed names no items.
          or e.action = 'authority.decided' and (e.detail ->> 'outcome' = 'REFUSED'
            or not coalesce(e.detail -> 'granted' @> to_jsonb(i.item), true))))
        -- A replayed item has the instant of its restore.
        and (i.added_at <@ lost and h.started_at <= i.added_at or predates_log(i.added_at) and h.started_at <= i.added_at
          or exists (select from audit_entry e where e.object_id = a.disclosure_id and e.action = 'authority.item-added' and e.result = 'ok'
            and e.detail ->> 'recording' = recording::text and coalesce(e.detail ->> 'item' = i.item::text, true))))
$$;

-- Returns true if a recording waits, by decide_end's decision, for an order or a case that the log has.
create or replace function wait_is_logged(r recording, ends jsonb, lost tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(ends ->> 'act' = 'wait', false) and case ends ->> 'for'
    when 'order' then order_is_logged(r.contact_id, 'recordings', lost)
    when 'case' then exists (select from jsonb_array_elements_text(ends -> 'cases') c where case_is_logged(c::uuid, r.id, lost))
    else true end
$$;
grant execute on function wait_is_logged to seloste_custodian;

-- Returns orders and open cases of the log that the register lacks, or has as ended, shortened, moved or narrowed: what they protect could be
-- destroyed. `lost`: times of restores that logged nothing of what they replayed.
create or replace function protections_taken_away(lost tstzmultirange) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.object_id from audit_entry e
  cross join lateral (
    select max((n.detail ->> 'until')::timestamptz) as until from audit_entry n
    where n.object_id = e.object_id and n.action in ('hold.entered', 'hold.renewed') and n.result = 'ok'
  ) logged
  where e.action = 'hold.entered' and e.result = 'ok' and logged.until > destruction_now() + interval '1 minute'
    and not exists (select from audit_entry n where n.object_id = e.object_id and n.action = 'hold.ended' and n.result = 'ok')
    and not exists (select from preservation_order o where o.id = e.object_id
      and (o.ended_at is null and o.until >= logged.until - interval '1 second' and order_logged_until(o, lost) is not null or o.ended_at <@ lost))
  union
  select e.object_id from audit_entry e
  where e.action = 'inspection.opened' and e.result = 'ok'
    and not exists (select from audit_entry n where n.object_id = e.object_id and n.action = 'inspection.closed' and n.result = 'ok')
    and not exists (select from inspection i where i.id = e.object_id and (i.closed_at <@ lost
      or i.closed_at is null and coalesce(i.received_at >= (e.detail ->> 'received')::timestamptz, true) and not exists (
        select from jsonb_array_elements_text(e.detail -> 'recordings') x join recording r on r.id = x::uuid
        where r.state not in ('DESTROYING', 'DESTROYED')
          and not exists (select from inspection_recording n where n.inspection_id = i.id and n.recording_id = r.id)
          -- A correction took the part from the official whose case it is.
          and not (i.party = 'OFFICIAL' and exists (select from correction c
            where c.segment_id = r.segment_id and c.outcome = 'APPROVED' and c.decided_at > i.opened_at - interval '1 minute')))))
    -- A restored backup has the cases of a request that was erased since; the restore erases them again.
    and (exists (select from inspection i where i.id = e.object_id)
      or not exists (select from audit_entry n where n.action = 'backup.restored' and n.seq > e.seq))
$$;
grant execute on function protections_taken_away to seloste_custodian;

-- Counts rights in force, and rights with a defect: `alone`, given by one person; `unlogged`, not granted in the log, or not in this form;
-- `beyond`, wider than the description. A right that begins later is also compared with the description under which it was approved. Also
-- counts listenings, and those without a right.
create or replace function rights_in_force()
returns table (rights bigint, alone bigint, unlogged bigint, beyond bigint, listenings bigint, without_right bigint, example uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with alone as (
    select id from access_right where approved_by = person_id or approved_by = requested_by
      -- The installation gives two roles without a second person (install_right).
      or origin = 'installation' and role not in ('ADMINISTRATOR', 'ACCESS_APPROVER')
  ),
  employment_in_ledger as materialized (
    select distinct on (person_id) * from (
      select e.seq, (c.content::jsonb ->> 'id')::uuid as person_id, e.cause, (c.content::jsonb -> 'detail' ->> 'until')::timestamptz as until
      from ledger_content c join destruction_entry e on e.seq = c.seq
      where e.object_kind = 'employment' and content_is_proved(e, c)
    ) k order by person_id, seq desc
  ),
  ended_in_ledger as materialized (
    select (c.content::jsonb ->> 'id')::uuid as right_id, e.cause, (c.content::jsonb -> 'detail' ->> 'until')::timestamptz as until
    from ledger_content c join destruction_entry e on e.seq = c.seq
    where e.object_kind = 'right' and content_is_proved(e, c)
  ),
  unlogged as (
    select r.id from access_right r
    where not exists (select from audit_entry e where e.object_id = r.id and e.action = 'right.granted' and e.result = 'ok')
      -- A right with a pruned grant, no longer than the longest allowed: it ends when the log of its start ends.
      and not (predates_log(r.granted_at) and r.valid_from <= latest_end(r.granted_at)
        and coalesce(least(r.revoked_at, r.valid_to), r.granted_at) <= latest_end(r.valid_from))
    union
    -- With another person or role, or wider, than requested and granted. A right may only be revoked or shortened.
    select r.id from access_right r left join right_request q on q.id = r.request_id
    where r.request_id is not null and (
        (r.person_id, r.role, r.duty, r.scope_kind, r.approved_by, 'APPROVED')
          is distinct from (q.person_id, q.role, q.duty, q.scope_kind, q.decided_by, q.state)
        or not (r.purposes <@ q.purposes and r.scope_units <@ q.scope_units and r.scope_numbers <@ q.scope_numbers)
        or r.valid_from < q.valid_from or coalesce(r.valid_to > least(q.valid_to, latest_end(r.valid_from)), true))
      or exists (select from audit_entry e where e.object_id = r.id and e.action = 'right.granted' and e.result = 'ok' and (
        e.detail ->> 'person' <> r.person_id::text or e.detail ->> 'role' <> r.role
        or e.detail ? 'request' and ((e.detail ->> 'request')::uuid is distinct from r.request_id
          or e.detail ->> 'duty' is distinct from r.duty or r.valid_from < e.at - interval '10 minutes')
        -- Rights given by the installation last as long as is allowed.
        or r.origin = 'installation' and coalesce(r.valid_to > latest_end(e.at), true)
        -- Entries of earlier versions do not have these.
        or e.detail ? 'until' and (e.detail ->> 'scope' is distinct from r.scope_kind or r.valid_to > (e.detail ->> 'until')::timestamptz
          or not (to_jsonb(r.purposes) <@ (e.detail -> 'purposes') and to_jsonb(r.scope_units) <@ (e.detail -> 'units')
            and to_jsonb(r.scope_numbers) <@ (e.detail -> 'numbers')))))
      -- Revoked or shortened, and in force again.
      or r.revoked_at is null and exists (
        select from audit_entry e where e.object_id = r.id and e.action = 'right.revoked' and e.result = 'ok')
      or exists (select from ended_in_ledger d where d.right_id = r.id and (
        d.cause = 'revoked' and r.revoked_at is null or d.cause = 'shortened' and coalesce(r.valid_to > d.until, true)))
      -- The ledger has the end of the person's employment; the row does not.
      or r.revoked_at is null and exists (select from employment_in_ledger m join person p on p.id = m.person_id
        where m.person_id = r.person_id and m.cause = 'ended' and coalesce(p.employed_to, 'infinity') > greatest(m.until, p.employed_from) + interval '1 minute')
  ),
  beyond as (
    select r.id from access_right r
    where not exists (
      select from described_role d
      where d.version in (
          coalesce(version_at(r.valid_from), (select min(version) from description_version)),
          version_at(r.granted_at)
        )
        and d.role = r.role and d.duty is not distinct from r.duty
        and purposes_cover(d.purposes, r.purposes)
        and (r.scope_kind = d.scope or r.scope_kind in ('own', 'none') or d.scope = 'all')
    )
  ),
  without_right as (
    select l.id from listening l
    left join access_right a on a.id = l.right_id
    where a.id is null or a.person_id <> l.person_id or a.role <> l.role
      or l.started_at < a.valid_from or l.started_at >= a.valid_to or l.started_at > a.revoked_at
      or not purposes_cover(a.purposes, array[l.purpose])
  )
  select
    (select count(*) from access_right where revoked_at is null and valid_from <= now() and (valid_to is null or valid_to > now())),
    (select count(*) from alone),
    (select count(*) from unlogged),
    (select count(*) from beyond),
    (select count(*) from listening),
    (select count(*) from without_right),
    coalesce((select id from alone order by id limit 1), (select id from unlogged order by id limit 1),
      (select id from beyond order by id limit 1), (select id from without_right order by id limit 1))
$$;
grant execute on function rights_in_force to seloste_custodian;

-- Returns the replication standbys.
create or replace function standbys() returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(coalesce(host(client_addr), 'this machine') order by client_addr), '{}') from pg_stat_replication
$$;
grant execute on function standbys to seloste_custodian;
