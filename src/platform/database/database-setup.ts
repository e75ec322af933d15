/**
 * Statements by which a superuser makes the register's database. Its owner is no superuser, and only a superuser can revoke what
 * PostgreSQL grants to everybody.
 */
import { escapeIdentifier, escapeLiteral } from 'pg'

export interface DatabaseStep {
  /** Database in which it runs. */
  database: string
  statement: string
  /** Query that returns a row if nothing is left to do. */
  unless?: string
}

/** Advisory locks, by which the roles take turns: the owner grants them to the custodian. */
const advisoryLockFunctions = '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
/** Large objects and logical WAL messages, which can fill the disk. */
const diskFillingFunctions = '^(lo_.*|loread|lowrite|pg_logical_emit_message)$'
/** Keep names and numbers out of the server's log. */
const logSettings = {
  log_error_verbosity: `'terse'`,
  log_min_error_statement: `'panic'`,
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
}

/** Returns the steps, which may be repeated. */
export function databaseSetupSteps(owner: string, database: string): DatabaseStep[] {
  const [role, name] = [escapeIdentifier(owner), escapeIdentifier(database)]
  const inside = [
    revokeFromEverybody(role),
    `grant set on parameter temp_file_limit to ${role}`,
    ...Object.entries(logSettings).map(([setting, value]) => `alter database ${name} set ${setting} = ${value}`),
  ]
  return [
    {
      database: 'postgres',
      statement: `create role ${role} login createrole`,
      unless: `select from pg_roles where rolname = ${escapeLiteral(owner)}`,
    },
    {
      database: 'postgres',
      statement: `create database ${name} owner ${role} encoding 'UTF8' locale 'C.UTF-8' template template0`,
      unless: `select from pg_database where datname = ${escapeLiteral(database)}`,
    },
    ...inside.map((statement) => ({ database, statement })),
  ]
}

/** Returns the steps as a script for psql. */
export function databaseSetupScript(steps: readonly DatabaseStep[]): string {
  let at = 'postgres'
  const lines = steps.flatMap(({ database, statement, unless }) => {
    const connect = database === at ? [] : [`\\connect ${database}`]
    at = database
    if (unless === undefined) return [...connect, `${statement};`]
    return [...connect, `select ${escapeLiteral(statement)} where not exists (${unless}) \\gexec`]
  })
  return `${lines.join('\n')}\n`
}

function revokeFromEverybody(role: string): string {
  return `do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '${advisoryLockFunctions}' loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to ${role} with grant option', f);
  end loop;
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '${diskFillingFunctions}' loop
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$`
}
