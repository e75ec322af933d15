/**
 * Contents of ledger entries about people, calls and requests (docs/formats/ledger.md, "Sealed content"): a sealed file
 * per day in the copies, kept as long as a backup may need it. Content that its entry does not prove is ignored.
 */
import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { recipientOf } from '#platform/age/age-header.ts'
import { openSealedFile, sealFile } from '#platform/age/sealed-file.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import type { LedgerFile } from './ledger-copy.ts'
import type { CopiedEntry } from './read-ledger-copy.ts'

export const contentFolder = 'sealed/'

/** A line of a file; the salt in hexadecimal. */
export interface LedgerContent {
  salt: string
  content: string
}

const dayOf = sql<string>`to_char(e.at at time zone 'UTC', 'YYYY-MM-DD')`

/** Returns the file name of a day's contents; another recipient means another file. */
function fileOf(day: string, recipient: string): string {
  return `${contentFolder}${day}.${createHash('sha256').update(recipient).digest('hex').slice(0, 8)}.age`
}

/** Returns true for entries whose object is identified by their content. */
function hasContentHash({ entry: { id, name } }: CopiedEntry): boolean {
  return id === null && /^[0-9a-f]{64}$/.test(name ?? '')
}

/**
 * Returns the files of a copy to write (missing, lacking entries after number `from`, or cut short; alteration cannot be
 * detected without the recovery identity), and the files that may be removed afterwards (days that are over, files sealed to
 * another recipient). Rows deleted from the database by somebody are no reason to remove a file.
 */
export async function contentFiles(
  database: SafeguardsDatabase,
  recipient: string,
  {
    from,
    existing,
    sizeOf,
  }: { from: number; existing: ReadonlySet<string>; sizeOf: (name: string) => Promise<number> },
): Promise<{ written: AsyncGenerator<LedgerFile>; isSuperseded: (name: string) => boolean }> {
  const { rows } = await sql<{ day: string; isNewer: boolean }>`
    select ${dayOf} as day, bool_or(coalesce(l.index, ${from}) >= ${from}) as "isNewer"
    from ledger_content c join destruction_entry e on e.seq = c.seq and content_is_proved(e, c) left join ledger_leaf l on l.seq = c.seq
    group by 1 order by 1`.execute(database)
  const { rows: start } = await sql<{ day: string }>`
    select to_char(ledger_content_cutoff() at time zone 'UTC', 'YYYY-MM-DD') as day`.execute(database)
  const names = new Map(rows.map(({ day }) => [day, fileOf(day, recipient)]))
  async function* write(): AsyncGenerator<LedgerFile> {
    const checkedDay = rows[rows.length > 0 ? randomInt(rows.length) : 0]?.day
    for (const { day, isNewer } of rows) {
      const name = fileOf(day, recipient)
      const isPresent = !isNewer && existing.has(name)
      if (isPresent && day !== checkedDay) continue
      const { rows: lines } = await sql<LedgerContent>`
        select encode(c.salt, 'hex') as salt, c.content
        from ledger_content c join destruction_entry e on e.seq = c.seq and content_is_proved(e, c)
        where ${dayOf} = ${day} order by c.seq`.execute(database)
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      const bytes = sealFile(recipient, Buffer.from(text))
      if (!isPresent || (await sizeOf(name)) < bytes.length) yield { name, bytes }
    }
  }
  const isSuperseded = (name: string) => {
    const day = name.slice(contentFolder.length, contentFolder.length + start[0]!.day.length)
    const current = names.get(day)
    return current === undefined ? day < start[0]!.day : current !== name
  }
  return { written: write(), isSuperseded }
}

/**
 * Reads contents from several copies until nothing is missing.
 * @param copies return a file by name, undefined if there is none
 * @param identities one per line
 * @returns contents by entry name, and the numbers of entries whose content is missing or unproven in every copy
 */
export async function openContents(
  copies: readonly ((name: string) => Promise<Buffer | undefined>)[],
  identities: string,
  entries: readonly CopiedEntry[],
): Promise<{ contents: ReadonlyMap<string, LedgerContent>; missing: number[] }> {
  const contents = new Map<string, LedgerContent>()
  let missing = entries.filter(hasContentHash)
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
        contents.set(contentHashOf(one), one)
      }
    }
    missing = missing.filter(({ entry }) => !contents.has(entry.name ?? ''))
  }
  return { contents, missing: missing.map(({ number }) => number) }
}

function contentHashOf({ salt, content }: LedgerContent): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(content).digest('hex')
}

/** Returns entries with the contents in the database; entries without any are left out. */
export async function resolveContents(
  database: SafeguardsDatabase,
  entries: readonly CopiedEntry[],
): Promise<CopiedEntry[]> {
  const { rows } = await sql<LedgerContent>`select encode(salt, 'hex') as salt, content from ledger_content`.execute(
    database,
  )
  const contents = new Map(rows.map((one) => [contentHashOf(one), one.content]))
  return entries.flatMap((one) => {
    if (!hasContentHash(one)) return [one]
    const content = contents.get(one.entry.name ?? '')
    if (content === undefined) return []
    const { id, doneBy, detail } = JSON.parse(content) as { id: string; doneBy: string; detail: unknown }
    return [{ ...one, entry: { ...one.entry, id, name: null, done_by: doneBy, detail } }]
  })
}

/** Deletes contents that no backup needs any more, by the time of destruction. */
export async function deleteOldContents(database: SafeguardsDatabase): Promise<void> {
  await sql`select prune_ledger_content()`.execute(database)
}
