/**
 * Lines of pg_hba.conf and pg_ident.conf that let each role sign in by its operating system user (peer). The lines form a block
 * that is replaced as a whole, so that the command can be repeated.
 */
const begin = '# seloste: begin (written by "seloste create-database")'
const end = '# seloste: end'

/** Operating system user and database role of each line; the users are those of packaging/systemd/seloste.sysusers. */
const users: readonly [user: string, role: string][] = [
  ['seloste', 'seloste'],
  ['root', 'seloste'],
  ['seloste-custodian', 'seloste_custodian'],
  ['seloste-capture', 'seloste_capture'],
  ['seloste-feeds', 'seloste_capture'],
  ['seloste-desk', 'seloste_desk'],
  // The superuser's own sign-in to this database, which the line of pg_hba.conf would otherwise refuse.
  ['postgres', 'postgres'],
]

export const identLines = users.map(([user, role]) => `seloste  ${user.padEnd(17)}  ${role}`)

export function hbaLines(database: string): string[] {
  return [`local  ${database}  all  peer map=seloste`]
}

/** Returns the text of pg_hba.conf with our lines first: PostgreSQL uses the first line that matches. */
export function withHba(text: string, database: string): string {
  const lines = hbaLines(database)
  return `${block(lines)}${without(text, lines)}`
}

export function withIdent(text: string): string {
  const rest = without(text, identLines)
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${block(identLines)}`
}

function block(lines: readonly string[]): string {
  return `${[begin, ...lines, end].join('\n')}\n`
}

/** Returns the text without our block, and without identical lines that somebody has written by hand. */
function without(text: string, lines: readonly string[]): string {
  const known = new Set(lines.map(words))
  const pattern = new RegExp(`^${begin.replaceAll(/[()]/g, String.raw`\$&`)}\n(.*\n)*?${end}\n`, 'm')
  return text
    .replace(pattern, '')
    .split('\n')
    .filter((line) => !known.has(words(line)))
    .join('\n')
}

function words(line: string): string {
  return line.trim().split(/\s+/).join(' ')
}
