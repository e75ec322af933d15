-- Generated from src/platform/database/database-setup.ts.
select 'create role "seloste" login createrole' where not exists (select from pg_roles where rolname = 'seloste') \gexec
select 'create database "seloste" owner "seloste" encoding ''UTF8'' locale ''C.UTF-8'' template template0' where not exists (select from pg_database where datname = 'seloste') \gexec
\connect seloste
do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$' loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to "seloste" with grant option', f);
  end loop;
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(lo_.*|loread|lowrite|pg_logical_emit_message)$' loop
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;
grant set on parameter temp_file_limit to "seloste";
alter database "seloste" set log_error_verbosity = 'terse';
alter database "seloste" set log_min_error_statement = 'panic';
alter database "seloste" set log_parameter_max_length = 0;
alter database "seloste" set log_parameter_max_length_on_error = 0;
