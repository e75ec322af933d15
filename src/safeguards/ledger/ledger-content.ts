/**
 * What entries of the ledger say of people, calls and requests (docs/formats/ledger.md, "What lies beside it"). In: the database, or a
 * copy and the recovery identity. Out: a sealed file a day, for the copies; the entries with what they say. Never here: a content that
 * its entry does not prove; one that is older than any backup.
 */
import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { recipientOf } from '#platform/age/age-header.ts'
import { openSealedFile, sealFile } from '#platform/age/sealed-file.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { LedgerFile } from './ledger-copy.ts'
import type { CopiedEntry } from './read-ledger-copy.ts'

export const contentFolder = 'sealed/'

/** A line of a file; the salt in hexadecimal. */
export interface LedgerContent {
  salt: string
  content: string
}

const dayOf = sql<string>`to_char(e.at at time zone 'UTC', 'YYYY-MM-DD')`

/** The file of a day's contents; sealed to another recipient it is another one. */
function fileOf(day: string, recipient: string): string {
  return `${contentFolder}${day}.${createHash('sha256').update(recipient).digest('hex').slice(0, 8)}.age`
}

/** Entries whose object is known by what lies beside them. */
function isTied({ entry: { id, name } }: CopiedEntry): boolean {
  return id === null && /^[0-9a-f]{64}$/.test(name ?? '')
}

/**
 * The files of a copy that are to be written: they are missing, have less than the entries behind number `from` say, or are cut short, for
 * which one is looked at each time; what is altered nobody sees without the recovery identity. And which may go after that: those of days
 * that are over, and those that are sealed to another recipient as well. What somebody took out of the database is no reason.
 */
export async function contentFiles(
  holding: HoldingSafeguards,
  recipient: string,
  { from, there, sizeOf }: { from: number; there: ReadonlySet<string>; sizeOf: (name: string) => Promise<number> },
): Promise<{ written: AsyncGenerator<LedgerFile>; isOver: (name: string) => boolean }> {
  const { rows } = await sql<{ day: string; isNewer: boolean }>`
    select ${dayOf} as day, bool_or(coalesce(l.index, ${from}) >= ${from}) as "isNewer"
    from ledger_content c join destruction_entry e on e.seq = c.seq and proves_content(e, c) left join ledger_leaf l on l.seq = c.seq
    group by 1 order by 1`.execute(safeguardsOf(holding))
  const { rows: since } = await sql<{ day: string }>`
    select to_char(contents_since() at time zone 'UTC', 'YYYY-MM-DD') as day`.execute(safeguardsOf(holding))
  const names = new Map(rows.map(({ day }) => [day, fileOf(day, recipient)]))
  async function* write(): AsyncGenerator<LedgerFile> {
    const looked = rows[rows.length > 0 ? randomInt(rows.length) : 0]?.day
    for (const { day, isNewer } of rows) {
      const name = fileOf(day, recipient)
      const isThere = !isNewer && there.has(name)
      if (isThere && day !== looked) continue
      const { rows: lines } = await sql<LedgerContent>`
        select encode(c.salt, 'hex') as salt, c.content
        from ledger_content c join destruction_entry e on e.seq = c.seq and proves_content(e, c)
        where ${dayOf} = ${day} order by c.seq`.execute(safeguardsOf(holding))
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      const bytes = sealFile(recipient, Buffer.from(text))
      if (!isThere || (await sizeOf(name)) < bytes.length) yield { name, bytes }
    }
  }
  const isOver = (name: string) => {
    const day = name.slice(contentFolder.length, contentFolder.length + since[0]!.day.length)
    const current = names.get(day)
    return current === undefined ? day < since[0]!.day : current !== name
  }
  return { written: write(), isOver }
}

/**
 * Reads what entries say, from copies in turn until nothing is missing.
 * @param copies a file by its name, nothing where there is none
 * @param identities a line each
 * @returns by the name of the entry; and the numbers of those of which no copy has it, or has what they do not prove
 */
export async function openContents(
  copies: readonly ((name: string) => Promise<Buffer | undefined>)[],
  identities: string,
  entries: readonly CopiedEntry[],
): Promise<{ contents: ReadonlyMap<string, LedgerContent>; missing: number[] }> {
  const contents = new Map<string, LedgerContent>()
  let missing = entries.filter(isTied)
  for (const read of copies) {
    const days = [...new Set(missing.map(({ entry }) => entry.at.slice(0, 10)))]
    const files = identities
      .split('\n')
      .flatMap((identity) => days.map((day) => ({ identity, name: fileOf(day, recipientOf(identity)) })))
    for (const { identity, name } of files) {
      const sealed = await read(name)
      const opened = sealed && (await openSealedFile(identity, sealed).catch(() => undefined))
      for (const line of opened?.toString('utf8').split('\n').slice(0, -1) ?? []) {
        const one = JSON.parse(line) as LedgerContent
        contents.set(tieOf(one), one)
      }
    }
    missing = missing.filter(({ entry }) => !contents.has(entry.name ?? ''))
  }
  return { contents, missing: missing.map(({ number }) => number) }
}

function tieOf({ salt, content }: LedgerContent): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(content).digest('hex')
}

/** Entries as they are with what the database has of them; those of which nothing is left are left out. */
export async function openEntries(holding: HoldingSafeguards, entries: readonly CopiedEntry[]): Promise<CopiedEntry[]> {
  const { rows } = await sql<LedgerContent>`select encode(salt, 'hex') as salt, content from ledger_content`.execute(
    safeguardsOf(holding),
  )
  const contents = new Map(rows.map((one) => [tieOf(one), one.content]))
  return entries.flatMap((one) => {
    if (!isTied(one)) return [one]
    const content = contents.get(one.entry.name ?? '')
    if (content === undefined) return []
    const { id, doneBy, detail } = JSON.parse(content) as { id: string; doneBy: string; detail: unknown }
    return [{ ...one, entry: { ...one.entry, id, name: null, done_by: doneBy, detail } }]
  })
}

/** Deletes what no backup needs any more, by the database's time for destructions. */
export async function forgetContents(holding: HoldingSafeguards): Promise<void> {
  await sql`select forget_ledger_content()`.execute(safeguardsOf(holding))
}
