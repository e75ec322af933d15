-- Returns the kinds of decisions in the case register that the viewer may read: those that other screens show them too. Orders are for
-- those who may know of them.
create or replace function record_kinds() returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select array_remove(array[
    case when viewer_sees_rights() then 'RIGHT' end, 'VERSION', 'AUTHORITY', 'RESEARCH', 'REQUEST',
    case when may_know_of_holds() then 'ORDER' end], null)
$$;

-- Returns a page of the decisions entered between two Helsinki days, both included, oldest first: at most 500, those after `after_at` and
-- `after_key`. For those who oversee or decide. Logs the read of the first page. Later pages require that log entry, at most an hour old,
-- and are not logged, because their number would reveal the number of orders. For the same reason the entry of a read that includes orders
-- names no kinds: it equals that of a read of all. No row names a call, a caller or a requester.
create or replace function view_records(wanted text[], from_day date, to_day date, after_at timestamptz, after_key text)
returns table (key text, kind text, act text, number text, entered_at timestamptz, decided_at timestamptz, closed_at timestamptz,
  outcome text, agents jsonb, languages text[], facts jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := require_one_role('{DATA_PROTECTION_OFFICER,DECISION_MAKER}');
  mine text[] := record_kinds();
  chosen text[] := coalesce(wanted, mine);
  begins timestamptz := day_start(from_day);
  before timestamptz := day_start(to_day + 1);
  trace jsonb := jsonb_strip_nulls(jsonb_build_object('from', from_day, 'to', to_day,
    'kinds', case when wanted is not null and not 'ORDER' = any (chosen) then to_jsonb(chosen) end));
begin
  perform refuse_if(not chosen <@ mine, 'deny.role');
  if after_at is null then
    insert into audit_entry (person_id, role, action, object_kind, result, detail)
    values (viewer(), as_role, 'records.read', 'records', 'ok', trace);
  else
    perform refuse_if(not exists (
      select from audit_entry e
      where e.person_id = viewer() and e.at >= clock_timestamp() - interval '1 hour' and e.action = 'records.read' and e.result = 'ok'
        and e.detail = trace), 'deny.role');
  end if;
  return query
    select l.key, l.kind, l.act, l.number, l.entered_at, l.decided_at, l.closed_at, l.outcome,
      (select coalesce(jsonb_agg(jsonb_build_object('role', a.role, 'person', a.person, 'name', a.name) order by a.ordinal), '[]')
        from unnest(l.agent_roles, l.agent_people, l.agent_names) with ordinality a(role, person, name, ordinal)
        where a.person is not null or a.name is not null),
      l.languages, jsonb_strip_nulls(l.facts)
    from (
      select 'right-request:' || r.id, 'RIGHT', 'REQUEST', null::text, r.requested_at, r.decided_at, null::timestamptz, r.state,
        array['SUBJECT', 'APPLICANT', 'DECISION_MAKER'], array[r.person_id, r.requested_by, r.decided_by], array[null, null, null]::text[],
        '{fi}'::text[], jsonb_build_object('role', r.role, 'duty', r.duty, 'purposes', r.purposes, 'scope', r.scope_kind,
          'validFrom', ledger_instant(r.valid_from), 'validUntil', ledger_instant(r.valid_to))
      from right_request r where 'RIGHT' = any (chosen) and r.requested_at >= begins and r.requested_at < before
      union all
      select 'right-end:' || r.id, 'RIGHT', 'REVOCATION', null, r.revoked_at, r.revoked_at, null, 'ENDED',
        array['SUBJECT', 'DECISION_MAKER'], array[r.person_id, r.revoked_by], array[null, null],
        '{fi}', jsonb_build_object('role', r.role, 'duty', r.duty, 'cause', r.revoke_cause, 'request', 'right-request:' || r.request_id)
      from access_right r where 'RIGHT' = any (chosen) and r.revoked_at >= begins and r.revoked_at < before
      union all
      select 'right-review:' || v.id, 'RIGHT', 'REVIEW', null, v.reviewed_at, v.reviewed_at, null, case when v.kept then 'KEPT' else 'ENDED' end,
        array['SUBJECT', 'DECISION_MAKER'], array[r.person_id, v.reviewed_by], array[null, null],
        '{fi}', jsonb_build_object('role', r.role, 'duty', r.duty, 'request', 'right-request:' || r.request_id)
      from right_review v join access_right r on r.id = v.right_id
      where 'RIGHT' = any (chosen) and v.reviewed_at >= begins and v.reviewed_at < before
      union all
      select 'version:' || d.version, 'VERSION', 'APPROVAL', d.version::text, d.approved_at, d.approved_at, null, 'APPROVED',
        array['PREPARER', 'DECISION_MAKER'], array[d.author, d.approver], array[null, null],
        '{fi,sv,en}', jsonb_build_object('validFrom', ledger_instant(d.effective_from), 'sha256', encode(d.hash, 'hex'))
      from description_version d where 'VERSION' = any (chosen) and d.approved_at >= begins and d.approved_at < before
      union all
      select 'authority:' || a.number, 'AUTHORITY', a.origin, a.number, a.entered_at, a.decided_at, a.closed_at, a.outcome,
        array['RECIPIENT', 'PREPARER', 'DECISION_MAKER'], array[null, a.entered_by, a.decided_by], array[a.authority, null, null],
        '{fi}', jsonb_build_object('caseNumber', a.case_number, 'provision', a.provision_id, 'receivedAt', ledger_instant(a.received_at),
          'releasedAt', ledger_instant(a.released_at),
          'items', (select count(*) from authority_item t where t.disclosure_id = a.id and t.dropped_at is null))
      from authority_disclosure a where 'AUTHORITY' = any (chosen) and a.entered_at >= begins and a.entered_at < before
      union all
      select 'research:' || d.number, 'RESEARCH', 'DISCLOSURE', d.number, d.created_at, d.decided_at, coalesce(d.closed_at, d.withdrawn_at), d.outcome,
        array['RECIPIENT', 'PREPARER', 'DECISION_MAKER'], array[null, d.prepared_by, d.decided_by], array[i.name, null, null],
        '{fi}', jsonb_build_object('study', d.study, 'dueOn', d.due_on, 'releasedAt', ledger_instant(d.released_at),
          'undertaking', d.undertaking_reference,
          'items', (select count(*) from research_item t where t.disclosure_id = d.id and t.dropped_at is null))
      from research_disclosure d join institute i on i.id = d.institute_id
      where 'RESEARCH' = any (chosen) and d.created_at >= begins and d.created_at < before
      union all
      select 'request:' || q.number, 'REQUEST', q.party, q.number, q.entered_at, o.decided_at, q.closed_at, q.outcome,
        array['CLERK', 'CLOSER', 'DECISION_MAKER'], array[q.entered_by, q.closed_by, o.decided_by], array[null, null, null],
        array[q.language], jsonb_build_object('requested', q.kinds, 'channel', q.channel, 'receivedAt', ledger_instant(q.received_at),
          'dueAt', ledger_instant(coalesce(q.extended_until, q.due_at)), 'extension', q.extension_reason,
          'opennessOutcome', o.outcome, 'provision', o.provision)
      from subject_request q left join openness_decision o on o.request_id = q.id
      where 'REQUEST' = any (chosen) and q.entered_at >= begins and q.entered_at < before
      union all
      select 'order:' || o.id, 'ORDER', 'ORDER', o.order_reference, o.from_at, o.from_at,
        coalesce(o.ended_at, case when o.until <= register_now() then o.until end), case when o.ended_at is null and o.until > register_now() then 'IN_FORCE' else 'ENDED' end,
        array['APPLICANT', 'CLERK', 'CLOSER'], array[null, o.entered_by, o.ended_by], array[o.authority, null, null],
        '{fi}', jsonb_build_object('covers', o.covers, 'provision', o.provision, 'validFrom', ledger_instant(o.from_at),
          'validUntil', ledger_instant(o.until), 'renewals', (select count(*) from preservation_renewal n where n.order_id = o.id))
      from preservation_order o where 'ORDER' = any (chosen) and o.from_at >= begins and o.from_at < before
    ) l (key, kind, act, number, entered_at, decided_at, closed_at, outcome, agent_roles, agent_people, agent_names, languages, facts)
    where after_at is null or (l.entered_at, l.key) > (after_at, after_key)
    order by l.entered_at, l.key limit 500;
end $$;
grant execute on function view_records to seloste_desk;
