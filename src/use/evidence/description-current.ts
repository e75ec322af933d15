import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { effectsOfChange } from '#description/changes/effects-of-change.ts'
import { parseDescription } from '#description/read-description.ts'
import { rolesForDatabase } from '#safeguards/versions/versions.ts'
import type { Check, CheckContext } from './promise.ts'

type CurrentFacts = {
  version: number
  effectiveFrom: string
  versions: number
  changedTexts: number
  processes: number
  disobeying: number
  /** Approved versions that a restore did not bring back. */
  lost: number
  /** Submitted drafts and future versions whose stored effects on open requests are not those of their texts. */
  misstated: number
  /** First failure: its kind and version. */
  example: string | null
}

/** Processes report every minute; a process that has not reported for three minutes counts as gone. */
const reportValidMinutes = 3
/** Clock difference between two machines at the moment of a version change. */
const maxClockSkewSeconds = 5

/** R1: the published text is the one that processes and row-level security obey. */
export const descriptionCurrent: Check<CurrentFacts> = {
  rule: 'The text of every published version has the hash that was logged when it was approved, the database has the instants and roles of that text, the effects on open requests that are stored with a submitted or a coming version are those of its text, and every running process reports that it obeys the version in force. No approved version that is in the destruction ledger is missing.',
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title: 'description.current is broken by a changed published text, and by a process that uses another version',
  },
  remedy:
    'A process that obeys another version: restart it and read its log. Effects that are not those of the text: reject the draft, and find out who controls the desk. A changed text: restore description_version from a backup and find out who has the database owner’s password. A version that a restore has lost: draft and approve it again.',
  async check({ db, versions, version, now }) {
    const stored = await db
      .selectFrom('description_version')
      .select(['version', 'hash', 'effective_from', sql<Buffer>`sha256(convert_to(text, 'UTF8'))`.as('found')])
      .execute()
    const { rows: announced } = await sql<{
      version: number
      hash: string
    }>`select * from announced_versions()`.execute(db)
    const roles = await db.selectFrom('described_role').selectAll().execute()
    const changed = versions.filter((known) => {
      const row = stored.find((one) => one.version === known.version)
      const found = row?.found.toString('hex')
      // Whoever changes a text can add a log entry for it, but not remove the earlier entry: all entries must agree.
      const loggedHashes = announced.filter((one) => one.version === known.version)
      const same =
        found === known.hash &&
        row?.found.equals(row.hash) === true &&
        row.effective_from.equals(known.description.effectiveFrom) &&
        loggedHashes.length > 0 &&
        loggedHashes.every(({ hash }) => hash === found)
      const described = roles.filter((role) => role.version === known.version)
      return !same || !areRolesEqual(JSON.parse(rolesForDatabase(known.description)) as RoleRow[], described)
    })
    const { rows } = await sql<{ process: string; version: number; right: boolean }>`
      select o.process, o.version, exists (
        select from description_version v
        where v.version = o.version and v.hash = o.hash
          and v.version in (version_at(o.reported_at), version_at(o.reported_at - ${sql.lit(`${maxClockSkewSeconds} s`)}::interval),
            version_at(o.reported_at + ${sql.lit(`${maxClockSkewSeconds} s`)}::interval))
      ) as right
      from obeyed_version o
      where o.reported_at > ${now}::timestamptz - ${sql.lit(`${reportValidMinutes} min`)}::interval
      order by o.process`.execute(db)
    const disobeying = rows.filter(({ right }) => !right)
    const [first] = disobeying
    const { rows: lost } = await sql`select from lost_versions()`.execute(db)
    const misstated = await countMisstated(db, versions)
    const changedTexts = changed.length + Math.abs(stored.length - versions.length)
    return {
      holds: changedTexts === 0 && disobeying.length === 0 && lost.length === 0 && misstated === 0,
      facts: {
        version: version.version,
        effectiveFrom: version.effectiveFrom.toString(),
        versions: stored.length,
        changedTexts,
        processes: rows.length,
        disobeying: disobeying.length,
        lost: lost.length,
        misstated,
        example: first ? `${first.process} obeys version ${first.version}` : null,
      },
    }
  },
  more: ({ version, effectiveFrom, lost, misstated }, { instant, number, part }) => ({
    version,
    effectiveFrom: instant(effectiveFrom),
    lost: lost > 0 ? part('promise.description.current.lost', { lost: number(lost) }) : '',
    misstated: misstated > 0 ? part('promise.description.current.misstated', { misstated: number(misstated) }) : '',
  }),
}

/** The desk stores the effects with a draft: the database does not read YAML. */
async function countMisstated(db: CheckContext['db'], versions: CheckContext['versions']): Promise<number> {
  const { rows } = await sql<{
    based_on: number
    text: string
    reach: unknown
  }>`select * from stored_effects()`.execute(db)
  return rows.filter(({ based_on: basedOn, text, reach }) => {
    const before = versions.find(({ version }) => version === basedOn)
    const after = parseDescription(text)
    return !before || !after.ok || !isDeepStrictEqual(reach, effectsOfChange(before.description, after.description))
  }).length
}

type RoleRow = { role: string; duty: string | null; purposes: string[]; scope: string }

function areRolesEqual(described: readonly RoleRow[], stored: readonly RoleRow[]): boolean {
  const written = (rows: readonly RoleRow[]) =>
    JSON.stringify(
      rows.map(({ role, duty, purposes, scope }) => [role, duty, [...purposes].sort(), scope].join('|')).sort(),
    )
  return written(described) === written(stored)
}
