-- Limits a person to ten passkeys.
create or replace function passkey_guard() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('seloste.passkeys ' || new.person_id, 0));
  if (select count(*) from passkey where person_id = new.person_id) >= 10 then
    raise exception 'passkey.too-many' using errcode = 'SE001';
  end if;
  return new;
end $$;

-- Uses up the confirmation of one act on one revision of an object, at most two minutes old. Returns true also if the holder has no
-- passkey: none is required then.
create or replace function spend_confirmation(holder uuid, session_hash bytea, act text, object uuid, revision integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from passkey p where p.person_id = holder) then
    return true;
  end if;
  delete from act_confirmation c
  where c.session_hash = spend_confirmation.session_hash and c.act = spend_confirmation.act
    and c.object_id = spend_confirmation.object and c.revision = spend_confirmation.revision
    and c.confirmed_at > clock_timestamp() - interval '2 minutes';
  return found;
end $$;
grant execute on function spend_confirmation to seloste_custodian;

-- Requires the viewer's confirmation of an act: by passkey, or of somebody who has none a fresh proof of presence.
create or replace function require_confirmation(act text, object uuid, revision integer) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from passkey k where k.person_id = viewer()) then
    perform require_fresh();
  elsif not spend_confirmation(viewer(), session_token_hash(), act, object, revision) then
    raise exception 'confirm.passkey' using errcode = 'SE001';
  end if;
end $$;

-- Requires proof of a decision that is made through the desk. With a passkey: a confirmation of this very decision, because a compromised
-- desk holds sessions but no passkeys. Without one: a fresh proof of identity.
create or replace function require_confirmed_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act text := tg_argv[0] || case when new.state in ('APPROVED', 'CONFIRMED') then '.approve' else '.reject' end;
  -- A request that cannot be changed has no revision.
  revision integer := coalesce((to_jsonb(old) ->> 'revision')::integer, 0);
begin
  if viewer() is null then
    return new;
  end if;
  perform require_confirmation(act, new.id, revision);
  return new;
end $$;

-- Lets only the identity system set a person's external id: sign-in finds the person by it. If it changes for somebody who has rights, a
-- factor or an open session, nobody can sign in with it until the operator confirms it: otherwise, whoever holds the SCIM token and any
-- account of the provider could sign in as that person.
create or replace function identity_guard() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and scim_client() is null and (
    case tg_op
      when 'INSERT' then new.source = 'scim' or new.external_id is not null
      else new.external_id is distinct from old.external_id or (new.source = 'scim' and old.source <> 'scim')
    end
  ) then
    raise exception 'only the identity system sets the external id of person %', new.id;
  end if;
  if session_user = 'seloste_desk' and tg_op = 'UPDATE' and new.external_id is distinct from old.external_id then
    new.external_id_signs_in := not (
      holds_or_awaits_rights(new.id) or second_factors(new.id) <> '{}'
      or exists (select from session s where s.person_id = new.id and s.ended_at is null and s.expires_at > now()));
  end if;
  return new;
end $$;
