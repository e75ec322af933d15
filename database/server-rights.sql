-- Rights that belong to the server and not to the schema. Applied at each start and by each `seloste prepare`: a copy or a restored backup
-- does not have them, and a superuser may have made them possible since (docs/operate/install.md, "The database").

-- PostgreSQL's own functions. An advisory lock can stop the others' work (docs/decisions/0078): only the custodian takes one directly, the
-- others through functions of Seloste. A capture could end the connections of the others, which have the same role. Large objects, messages in the write-ahead log and temporary files fill the disk, or hide data
-- outside the tables. Only a superuser, or the owner of these functions, can revoke them from everybody.
do $$
declare
  f regprocedure;
  role text;
  most text;
  named text;
  base text;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^(pg_(try_)?advisory_(xact_)?lock(_shared)?|lo_.*|loread|lowrite|pg_logical_emit_message|pg_(terminate|cancel)_backend)$'
    and has_function_privilege('public', p.oid, 'execute') and pg_has_role(p.proowner, 'usage')
  loop
    execute format('revoke execute on function %s from public', f);
  end loop;
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$' and has_function_privilege(p.oid, 'execute with grant option')
  loop
    if exists (select from pg_proc p, aclexplode(p.proacl) a
      where p.oid = f and a.grantee in ('seloste_capture'::regrole, 'seloste_desk'::regrole)) then
      execute format('revoke execute on function %s from seloste_capture, seloste_desk', f);
    end if;
    if not exists (select from pg_proc p, aclexplode(p.proacl) a where p.oid = f and a.grantee = 'seloste_custodian'::regrole) then
      execute format('grant execute on function %s to seloste_custodian', f);
    end if;
  end loop;
  -- Only a member of a role may end its sessions where the database's owner is no superuser. Without the membership the custodian reports
  -- that it could not end them (docs/operate/database-and-store.md).
  begin
    foreach role in array array['seloste_capture', 'seloste_desk'] loop
      if not pg_has_role(current_user, role, 'usage') then execute format('grant %I to %I', role, current_user); end if;
    end loop;
  exception when insufficient_privilege then
    null;
  end;
  -- A role may set its own defaults, as a read-only one, and stop each of its processes with them. What a process needs it sets itself.
  -- evidence reports one that stays (src/platform/database/protections.ts).
  begin
    for role, named, base in
      select r.rolname, split_part(setting, '=', 1), d.datname
      from pg_db_role_setting s join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) setting
      where r.rolname in ('seloste_capture', 'seloste_desk', 'seloste_custodian')
        and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and split_part(setting, '=', 1) !~ '^(temp_file_limit|work_mem|synchronous_commit|log_.*|session_replication_role|row_security|role)$'
    loop
      execute format('alter role %I %s reset %I', role, coalesce('in database ' || quote_ident(base), ''), named);
    end loop;
  exception when insufficient_privilege then
    null;
  end;
  begin
    for role, most in values ('seloste_capture', '1GB'), ('seloste_desk', '4GB'), ('seloste_custodian', '16GB') loop
      -- The setting belongs to the server: two of its databases that are migrated at once would conflict in its row.
      if not exists (select from pg_db_role_setting s
        where s.setrole = role::regrole and s.setdatabase = 0 and 'temp_file_limit=' || most = any (s.setconfig)) then
        execute format('alter role %I set temp_file_limit = %L', role, most);
      end if;
    end loop;
  exception when insufficient_privilege then
    null;
  end;
end $$;
