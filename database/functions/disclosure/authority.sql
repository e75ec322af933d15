-- Logs an act on a disclosure, by id, under the authority's case number like the security unit's accesses.
create or replace function record_authority_act(action text, d authority_disclosure, acting text, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (viewer(), acting, action, case when acting = 'SECURITY' then 'CRIME_OR_MISUSE' end, d.case_number, 'disclosure', d.id, 'ok', detail)
$$;

-- Locks and returns a disclosure in preparation.
create or replace function lock_prepared_authority(wanted uuid) returns authority_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure;
begin
  perform require_right('SECURITY', 'CRIME_OR_MISUSE', 'any');
  select * into d from authority_disclosure where id = wanted for update;
  perform refuse_if(d.id is null, 'not-found');
  perform refuse_if(d.decided_at is not null, 'authority.decided');
  return d;
end $$;

-- Enters or corrects an authority's request. A provision that has ended since may stay unchanged.
create or replace function save_authority(wanted uuid, origin text, authority text, officer text, case_number text, aim text, provision text,
  received_at timestamptz) returns table (id uuid, number text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  d authority_disclosure;
begin
  if wanted is null then
    perform require_right('SECURITY', 'CRIME_OR_MISUSE', save_authority.case_number);
    perform refuse_if(not (select authority from disclosure_rules), 'authority.authority-off');
  else
    d := lock_prepared_authority(wanted);
  end if;
  perform refuse_if(
    provision is distinct from d.provision_id and provision is not null and not provision_holds(provision),
    'authority.provision-expired');
  perform refuse_if(not isfinite(save_authority.received_at) or save_authority.received_at > now() + interval '5 minutes'
    or save_authority.received_at < now() - interval '14 months', 'authority.received-wrong');
  perform refuse_if(holds_identity_code(save_authority.authority) or holds_identity_code(save_authority.officer)
    or holds_identity_code(save_authority.case_number), 'input.identity-code');
  if wanted is null then
    insert into authority_disclosure (number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by)
    values (next_disclosure_number('V'), save_authority.origin, btrim(save_authority.authority), btrim(save_authority.officer),
      btrim(save_authority.case_number), save_authority.aim, provision, save_authority.received_at, viewer())
    returning * into d;
    perform record_authority_act('authority.entered', d, 'SECURITY', jsonb_build_object('number', d.number, 'origin', d.origin));
  else
    perform refuse_if(save_authority.received_at <> d.received_at and answered_authority_call(d), 'authority.own');
    if save_authority.received_at > d.received_at then
      perform require_fresh_to_lift_holds(array(select a.recording_id from authority_request a where a.disclosure_id = d.id and a.closed_at is null));
    end if;
    -- A prohibition waits for the request from this instant, so both rows change together.
    update authority_request a set received_at = save_authority.received_at where a.disclosure_id = d.id;
    update authority_disclosure k set origin = save_authority.origin, authority = btrim(save_authority.authority),
      officer = btrim(save_authority.officer), case_number = btrim(save_authority.case_number), aim = save_authority.aim,
      provision_id = provision, received_at = save_authority.received_at
    where k.id = d.id returning * into d;
    perform record_authority_act('authority.changed', d, 'SECURITY', jsonb_build_object('number', d.number));
  end if;
  return query select d.id, d.number;
end $$;
grant execute on function save_authority to seloste_desk;

-- Adds a call that the security unit found under the case: its identification data, one recording, or both. A requested recording waits for
-- the decision if its use is forbidden after the request arrived.
create or replace function add_authority_item(wanted uuid, contact uuid, recording uuid, what text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  d authority_disclosure := lock_prepared_authority(wanted);
  c contact := contact_in_term(add_authority_item.contact);
  r recording;
  made integer;
begin
  perform refuse_if(c.id is null, 'not-found');
  -- A prohibition of the call's recording would wait for the disclosure.
  perform refuse_if(answered_call(c.id), 'authority.own');
  if add_authority_item.what <> 'IDENTIFICATION_DATA' then
    select * into r from recording k where k.id = add_authority_item.recording and k.contact_id = c.id
      and k.contact_started_at = c.started_at for share;
    perform refuse_if(r.id is null, 'authority.no-recording');
    perform refuse_if(
      r.state in ('DESTROYING', 'DESTROYED') or r.destroy_at <= register_now() and not recordings_are_held(c.id),
      'recording.destroyed');
  end if;
  perform refuse_if(exists (
    select from authority_item i
    where i.disclosure_id = d.id and i.dropped_at is null and i.contact_id = c.id and i.recording_id is not distinct from r.id
  ), 'authority.item-twice');
  select coalesce(max(i.item), 0) + 1 into made from authority_item i where i.disclosure_id = d.id;
  perform refuse_if(made > 1000, 'authority.items-many');
  insert into authority_item (disclosure_id, item, contact_id, contact_started_at, recording_id, what, added_by)
  values (d.id, made, c.id, c.started_at, r.id, add_authority_item.what, viewer());
  if r.id is not null then
    insert into authority_request (recording_id, received_at, disclosure_id) values (r.id, d.received_at, d.id);
  end if;
  perform record_authority_act('authority.item-added', d, 'SECURITY',
    jsonb_build_object('item', made, 'contact', c.id, 'recording', r.id, 'what', add_authority_item.what));
  return made;
end $$;
grant execute on function add_authority_item to seloste_desk;

-- Ends the wait of recordings for an authority. A pending prohibition is executed at once.
create or replace function lift_authority_holds(disclosure uuid, recordings uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  one uuid;
begin
  perform require_fresh_to_lift_holds(recordings);
  for one in
    update authority_request a set closed_at = clock_timestamp()
    where a.disclosure_id = lift_authority_holds.disclosure and a.closed_at is null and a.recording_id = any (recordings)
    returning a.recording_id
  loop
    perform settle_recording(one);
  end loop;
end $$;

create or replace function drop_authority_item(wanted uuid, item_number integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure := lock_prepared_authority(wanted);
  i authority_item;
begin
  update authority_item k set dropped_at = clock_timestamp()
  where k.disclosure_id = d.id and k.item = item_number and k.dropped_at is null returning * into i;
  perform refuse_if(i.item is null, 'not-found');
  perform refuse_if(answered_call(i.contact_id), 'authority.own');
  perform lift_authority_holds(d.id, array[i.recording_id]);
  perform record_authority_act('authority.item-dropped', d, 'SECURITY', jsonb_build_object('item', item_number));
end $$;
grant execute on function drop_authority_item to seloste_desk;

create or replace function assess_authority(wanted uuid, assessment text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure := lock_prepared_authority(wanted);
begin
  perform refuse_if(holds_identity_code(assess_authority.assessment), 'input.identity-code');
  update authority_disclosure k set assessment = btrim(assess_authority.assessment), assessed_at = clock_timestamp(), assessed_by = viewer()
  where k.id = d.id;
  perform record_authority_act('authority.assessed', d, 'SECURITY', '{}');
end $$;
grant execute on function assess_authority to seloste_desk;

-- Returns true if an item can still be given: its recording, if requested, and the history of its call. A recording past its day is
-- available only if an order keeps it. A forbidden recording is available to a request that was open before the prohibition. Without
-- `with_orders`, as if no preservation order existed, for those who may not know of one (L37).
create or replace function authority_item_is_available(i authority_item, with_orders boolean default true) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (i.what = 'RECORDING' or (contact_in_term(i.contact_id)).id is not null)
    and (i.what = 'IDENTIFICATION_DATA' or exists (
      select from recording r where r.id = i.recording_id and r.kept_at is not null and r.state in ('STORED', 'RESTRICTED')
        and (with_orders and recordings_are_held(r.contact_id) or r.destroy_at > register_now() and (
          not exists (select from prohibition p where p.recording_id = r.id)
          or exists (
            select from authority_request a where a.recording_id = r.id and a.disclosure_id = i.disclosure_id and a.closed_at is null
              and case when with_orders then recording_end_decision(r) else end_decision_without_orders(r) end -> 'cases' ? a.id::text)))))
$$;

-- Locks and returns a granted disclosure if everything granted can be given now; called before a package is made and before it is sent.
-- Refuses with what blocks the release. A preparer of the disclosure may not release it.
create or replace function require_releasable_to_authority(wanted uuid) returns authority_disclosure
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure;
  gone text;
begin
  select * into d from authority_disclosure where id = wanted for update;
  perform refuse_if(d.id is null, 'not-found');
  perform refuse_if(not (select authority from disclosure_rules), 'authority.authority-off');
  perform refuse_if(is_involved_in_authority(d), 'authority.own');
  perform refuse_if(d.outcome is null or d.outcome = 'REFUSED', 'authority.decision');
  perform refuse_if(d.closed_at is not null, 'authority.closed');
  perform refuse_if(not provision_holds(d.provision_id), 'authority.provision-expired');
  select string_agg(i.item::text, ',' order by i.item) into gone from authority_item i
  where i.disclosure_id = d.id and i.granted and not authority_item_is_available(i);
  perform refuse_if(gone is not null, 'authority.item-destroyed', gone);
  return d;
end $$;

-- Logs the access and returns a disclosure. `seen`: the digest that a decision on it has to name.
create or replace function view_authority(wanted uuid) returns table (d authority_disclosure, seen text, is_own boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  acting text := require_one_role('{SECURITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}');
  one authority_disclosure;
begin
  if wanted is null then
    perform record_research_act('disclosures.read', acting, 'disclosure', null, '{"kind": "AUTHORITY"}');
  else
    select * into one from authority_disclosure a where a.id = wanted;
    perform refuse_if(one.id is null, 'not-found');
    perform record_authority_act('authority.read', one, acting, '{}');
  end if;
  return query select a, authority_digest(a), is_involved_in_authority(a) from authority_disclosure a where a.id = coalesce(wanted, a.id);
end $$;
grant execute on function view_authority to seloste_desk;

create or replace function close_authority(wanted uuid, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d authority_disclosure;
begin
  perform require_one_role('{DECISION_MAKER}');
  select * into d from authority_disclosure k where k.id = wanted for update;
  perform refuse_if(d.id is null, 'not-found');
  perform refuse_if(d.closed_at is not null, 'authority.closed');
  perform refuse_if(d.decided_at is null, 'authority.decision');
  perform refuse_if(answered_authority_call(d), 'authority.own');
  perform refuse_if(
    exists (select from disclosure_package p where p.authority_id = d.id and p.ended_at is null and p.expires_at > now()),
    'authority.package-open');
  perform refuse_if(d.outcome <> 'REFUSED' and d.released_at is null and coalesce(reason, '') !~ '\S', 'authority.unreleased');
  perform refuse_if(reason is not null and (d.outcome = 'REFUSED' or d.released_at is not null), 'authority.no-reason-wanted');
  perform refuse_identity_code('unreleasedBecause', reason);
  update authority_disclosure k set closed_at = clock_timestamp(), closed_by = viewer(), unreleased_because = btrim(reason) where k.id = d.id;
  perform lift_authority_holds(d.id, array(
    select i.recording_id from authority_item i where i.disclosure_id = d.id and i.recording_id is not null));
  perform record_authority_act('authority.closed', d, 'DECISION_MAKER', jsonb_build_object('outcome', d.outcome, 'isReleased', d.released_at is not null));
end $$;
grant execute on function close_authority to seloste_desk;

create or replace function decide_authority(wanted uuid, outcome text, items integer[], reasons text, seen text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  d authority_disclosure;
  gone text;
  given integer[];
begin
  perform require_one_role('{DECISION_MAKER}');
  select * into d from authority_disclosure k where k.id = wanted for update;
  perform refuse_if(d.id is null, 'not-found');
  perform refuse_if(d.decided_at is not null, 'authority.decided');
  perform refuse_if(is_involved_in_authority(d), 'authority.own');
  perform require_fresh();
  perform refuse_if(holds_identity_code(decide_authority.reasons), 'input.identity-code');
  select coalesce(array_agg(i.item order by i.item), '{}') into given from authority_item i
  where i.disclosure_id = d.id and i.dropped_at is null and case decide_authority.outcome
    when 'GRANTED' then true when 'PART' then i.item = any (decide_authority.items) else false end;
  if decide_authority.outcome <> 'REFUSED' then
    perform refuse_if(not (select authority from disclosure_rules), 'authority.authority-off');
    perform refuse_if(d.provision_id is null, 'authority.provision');
    perform refuse_if(not provision_holds(d.provision_id), 'authority.provision-expired');
    perform refuse_if(d.assessed_at is null, 'authority.assessment');
    perform refuse_if(cardinality(given) = 0 or decide_authority.outcome = 'PART' and not given @> decide_authority.items, 'authority.items');
    select string_agg(i.item::text, ',' order by i.item) into gone from authority_item i
    where i.disclosure_id = d.id and i.item = any (given) and not authority_item_is_available(i);
    perform refuse_if(gone is not null, 'authority.item-destroyed', gone);
    perform refuse_if(authority_digest(d) is distinct from decide_authority.seen, 'authority.changed-meanwhile');
  end if;
  update authority_item i set granted = i.item = any (given) where i.disclosure_id = d.id and i.dropped_at is null;
  update authority_disclosure k set outcome = decide_authority.outcome, reasons = btrim(decide_authority.reasons),
    decided_at = clock_timestamp(), decided_by = viewer()
  where k.id = d.id returning * into d;
  perform lift_authority_holds(d.id, array(
    select i.recording_id from authority_item i where i.disclosure_id = d.id and i.granted is not true and i.recording_id is not null));
  perform record_authority_act('authority.decided', d, 'DECISION_MAKER',
    jsonb_build_object('outcome', d.outcome, 'provision', d.provision_id, 'granted', to_jsonb(given)));
end $$;
grant execute on function decide_authority to seloste_desk;

-- Returns the items of disclosures for those who may know of them, without dropped ones. To the data protection
-- officer, who may not know of preservation orders, a recording that only an order keeps is destroyed (L37).
create or replace function authority_items(wanted uuid[])
returns table (disclosure_id uuid, item integer, contact_id uuid, recording_id uuid, what text, destroy_at timestamptz, state text,
  granted boolean, is_available boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  knows boolean := require_one_role('{SECURITY,DECISION_MAKER,DATA_PROTECTION_OFFICER}') <> 'DATA_PROTECTION_OFFICER';
begin
  return query
    select i.disclosure_id, i.item, case when knows then (contact_in_term(i.contact_id)).id end, case when knows then i.recording_id end, i.what,
      r.destroy_at,
      case
        when i.recording_id is null then 'none'
        when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
          or r.destroy_at <= register_now() and not (knows and recordings_are_held(r.contact_id))
          or not knows and end_decision_without_orders(r) ->> 'act' = 'destroy' then 'destroyed'
        when r.state in ('RESTRICTED', 'QUARANTINED') then 'restricted'
        else 'available' end,
      i.granted, authority_item_is_available(i, knows)
    from authority_item i left join recording r on r.id = i.recording_id
    where i.disclosure_id = any (wanted) and i.dropped_at is null
    order by i.disclosure_id, i.item;
end $$;
grant execute on function authority_items to seloste_desk;
