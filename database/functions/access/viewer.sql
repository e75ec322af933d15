-- Returns the hash of the token of the session in which the desk acts; null outside one.
create or replace function session_token_hash() returns bytea language sql stable as $$
  select sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
$$;
grant execute on function session_token_hash to seloste_desk, seloste_custodian;

-- Returns the person of this transaction's session token. A process cannot claim an identity without a token.
create or replace function viewer() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (
    select s.person_id
    from session s join person p on p.id = s.person_id
    where s.token_hash = session_token_hash()
      -- Same condition as session_holds(), written out because the function would be called for each row.
      and s.ended_at is null and s.expires_at > now() and not s.awaits_second_factor
      and not exists (select from clock_mark m where m.at >= coalesce(s.ends_by, s.expires_at))
      and p.employed_from <= now() and (p.employed_to is null or p.employed_to > register_now())
      -- now() is the start of the transaction: a transaction kept open would stop the clock for its rights and its session.
      and clock_timestamp() < now() + interval '5 minutes'
      -- An older snapshot would still contain a session that has ended since, or a right that was revoked.
      and current_setting('transaction_isolation') = 'read committed'
  );
end $$;
grant execute on function viewer to seloste_desk;

-- Returns true if the viewer answered a part of a call, and therefore may not decide anything about the call.
create or replace function answered_call(contact uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from segment s where s.contact_id = contact and s.official_person_id = viewer());
end $$;

-- Returns the viewer's rights in force. A right has at most the scope that the description in force gives its role (R3, R36-R41); without a
-- description, or with one that lacks the role, it gives access to nothing.
create or replace function active_rights() returns setof access_right
language plpgsql stable security definer rows 2 set search_path = pg_catalog, public, pg_temp as $$
begin
  return query select r.* from rights_of(
    viewer(), current_setting('seloste.purpose', true), coalesce(current_setting('seloste.reference', true), '')
  ) r;
end $$;
grant execute on function active_rights to seloste_desk;

-- Returns true if a right of the viewer's covers every call. The Service Unit's covers the calls of the request that it serves.
create or replace function sees_all() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from active_rights() where scope_kind = 'all' and role <> 'SERVICE_UNIT');
end $$;
grant execute on function sees_all to seloste_desk;

create or replace function sees_own() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select person_id from active_rights() where scope_kind = 'own' limit 1);
end $$;
grant execute on function sees_own to seloste_desk;

create or replace function sees_units() returns uuid[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select coalesce(array_agg(distinct u), '{}') from active_rights() r, unnest(r.scope_units) u where r.scope_kind = 'unit');
end $$;
grant execute on function sees_units to seloste_desk;

create or replace function sees_numbers() returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select coalesce(array_agg(distinct n), '{}') from active_rights() r, unnest(r.scope_numbers) n where r.scope_kind = 'numbers');
end $$;
grant execute on function sees_numbers to seloste_desk;
