-- A caller forbids in the call, through the official who answers, or later through the Service Unit (R49). What an official enters as told
-- in the call is entered within an hour of it.

-- Long enough to end the call and the notes on it, and the next call where that came first; short enough that the official remembers
-- who said what. Later the Service Unit identifies who asks (R46).
create function caller_wish_window() returns interval language sql immutable as $$ select interval '1 hour' $$;

-- Until when an official enters what the caller told them in a call: counted from the end of the last part that they answered. Null: it
-- goes on. Where nobody tells the end any more, it ended when its capture node was last heard of, and a day after it began at the latest
-- (the longest call).
create function caller_wish_until(person uuid, contact uuid, contact_started timestamptz) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with part as (
    select case
      when s.ended_at is not null then s.ended_at
      when n.ended_at is not null or n.alive_at < clock_timestamp() - node_silence() then coalesce(n.ended_at, n.alive_at)
      when n.id is null or s.contact_started_at < register_now() - interval '1 day' then s.contact_started_at + interval '1 day'
    end as over_at
    from segment s left join capture_node n on n.id = s.node
    where s.contact_id = caller_wish_until.contact and s.contact_started_at = caller_wish_until.contact_started
      and s.official_person_id = caller_wish_until.person
  )
  select case when not bool_or(over_at is null) then max(over_at) + caller_wish_window() end from part
$$;

-- The same of the viewer's own calls, of those of these calls that are over for them.
create function own_caller_wishes(contacts uuid[], starts timestamptz[]) returns table (contact_id uuid, until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select w.id, w.until
  from (select c.id, caller_wish_until(viewer(), c.id, c.started_at) as until from unnest(contacts, starts) as c (id, started_at)) w
  where w.until is not null and confined_to() is null
$$;

-- As 0023-calls-of-requests.sql has it, and in the caller's name only what was told in the call, within the hour. However else it came
-- it is the Service Unit's, which was in no call.
create or replace function forbid_use(wanted uuid, party text, channel text, reference text) returns setof prohibition
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  r recording;
  held access_right;
  made prohibition;
  is_own boolean;
  by_official boolean;
begin
  -- In the listening mode (0024) not even one's own is forbidden: whoever sits there is not the host.
  if viewer() is null or confined_to() is not null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into r from recording where id = wanted for update;
  is_own := exists (select from segment s
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = viewer());
  by_official := is_own and (forbid_use.party = 'OFFICIAL' or forbid_use.channel = 'CALL');
  if not by_official then
    if not viewer_is('SERVICE_UNIT') then
      if is_own then
        raise exception 'prohibition.service-unit' using errcode = 'SE001';
      end if;
      -- An official learns of another's call no more than that it is none of theirs.
      if viewer_is('OFFICIAL') then
        raise exception 'not-found' using errcode = 'SE001';
      end if;
    end if;
    held := demand_right('SERVICE_UNIT', 'INSPECTION', forbid_use.reference);
    if not exists (
      select from request_served(forbid_use.reference) q
      where q.party = forbid_use.party and exists (select from matched_call(r.contact_id, forbid_use.reference))
        and serves_recording(r, forbid_use.reference)
    ) then
      raise exception 'not-found' using errcode = 'SE001';
    end if;
    if forbid_use.channel in ('CALL', 'OWN_CALLS') then
      raise exception 'prohibition.service-unit' using errcode = 'SE001';
    end if;
  end if;
  if r.id is null or (contact_in_term(r.contact_id)).id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  select * into made from prohibition p where p.recording_id = wanted and p.party = forbid_use.party;
  if made.id is null then
    if r.state in ('DESTROYING', 'DESTROYED')
       or r.destroy_at <= register_now() and (recordings_are_held(r.contact_id) or end_of_recording(r) ->> 'act' <> 'wait') then
      raise exception 'recording.destroyed' using errcode = 'SE001';
    end if;
    if by_official and forbid_use.party = 'CALLER'
       and caller_wish_until(viewer(), r.contact_id, r.contact_started_at) <= register_now() then
      raise exception 'prohibition.service-unit' using errcode = 'SE001';
    end if;
    insert into prohibition (recording_id, party, channel, entered_by, reference)
    values (wanted, forbid_use.party, forbid_use.channel, viewer(), case when held.id is null then null else btrim(forbid_use.reference) end)
    returning * into made;
    perform note_end('recording.forbidden', held, case when held.id is null then null else 'INSPECTION' end,
      made.reference, 'prohibition', made.id, jsonb_build_object('recording', wanted, 'party', made.party, 'channel', made.channel));
    perform recall_copies(wanted);
    perform settle_recording(wanted);
  end if;
  return next made;
end $$;

revoke execute on function caller_wish_window(), caller_wish_until(uuid, uuid, timestamptz), own_caller_wishes(uuid[], timestamptz[]) from public;
grant execute on function own_caller_wishes(uuid[], timestamptz[]) to seloste_desk;
