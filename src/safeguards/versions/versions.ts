/** The versions of the register description (R1): texts from the database, parsed, and the one in force at an instant. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { Change } from '#description/changes/change.ts'
import { parseDescription, parseSuccessor } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { rolesInEffect } from '#description/roles.ts'
import { DescriptionFault } from '#description/problem.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

export interface DescriptionVersion {
  version: number
  /** SHA-256 of the text, in hexadecimal. */
  hash: string
  effectiveFrom: Temporal.Instant
  approvedAt: Temporal.Instant
  /** Person ids; null for the version of the installation. */
  author: string | null
  approver: string | null
  text: string
  description: RegisterDescription
}

/** The database notifies this channel of every new version; the payload is its number. */
export const descriptionChannel = 'seloste_description'

/**
 * Enters the first version of an installation, unless there is one.
 * @throws DescriptionFault if the text is invalid
 */
export async function installDescription(
  database: SafeguardsDatabase,
  text: string,
  fileName: string,
): Promise<'installed' | 'installed-already'> {
  const parsed = parseSuccessor(text, [])
  if (!parsed.ok) throw new DescriptionFault(fileName, parsed.problems)
  return safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const { description } = parsed
      const isInstalled = await selectValue(
        tx,
        sql<boolean>`install_description(${text}, ${description.effectiveFrom}, ${rolesForDatabase(description)}::jsonb)`,
      )
      if (!isInstalled) return 'installed-already'
      await appendAudit(tx, {
        action: 'description.installed',
        result: 'ok',
        object: { kind: 'description' },
        detail: { version: 1, hash: hashOf(text) },
      })
      await storeNumbers(tx, [{ version: 1, description }])
      return 'installed'
    })
}

const publishedColumns = [
  ...(['version', 'text', 'author', 'approver'] as const),
  ...(['effective_from as effectiveFrom', 'approved_at as approvedAt'] as const),
] as const

/**
 * Returns every version, oldest first.
 * @throws DescriptionFault if the database has a text that this program cannot apply
 */
export async function readVersions(database: SafeguardsDatabase): Promise<DescriptionVersion[]> {
  const rows = await safeguardsOf(database)
    .selectFrom('description_version')
    .select(publishedColumns)
    .orderBy('version')
    .execute()
  return rows.map((row) => ({ ...row, ...readText(row.text, `version ${row.version}`) }))
}

/** Returns the parsed versions up to one, oldest first. */
export async function historyUpTo(database: SafeguardsDatabase, version: number): Promise<RegisterDescription[]> {
  const rows = await safeguardsOf(database)
    .selectFrom('description_version')
    .select(['version', 'text'])
    .where('version', '<=', version)
    .orderBy('version')
    .execute()
  return rows.map((row) => readText(row.text, `version ${row.version}`).description)
}

/** A version as published, not parsed. */
export interface PublishedVersion extends Omit<DescriptionVersion, 'description'> {
  /** Its changes from the version before. */
  changes: Change[]
}

/** Returns every version as published, or one; newest first. */
export async function readPublished(database: SafeguardsDatabase, version?: number): Promise<PublishedVersion[]> {
  const rows = await safeguardsOf(database)
    .selectFrom('description_version')
    .select([...publishedColumns, 'hash', 'changes'])
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
    .orderBy('version', 'desc')
    .execute()
  return rows.map((row) => ({ ...row, hash: row.hash.toString('hex') }))
}

/** Versions are immutable, so each text is parsed once. */
const textsRead = new Map<string, RegisterDescription>()
const maxRemembered = 500

/**
 * Parses a version's text.
 * @throws DescriptionFault
 */
export function readText(text: string, name: string): Pick<DescriptionVersion, 'text' | 'hash' | 'description'> {
  const hash = hashOf(text)
  let description = textsRead.get(hash)
  if (!description) {
    const parsed = parseDescription(text)
    if (!parsed.ok) throw new DescriptionFault(name, parsed.problems)
    description = parsed.description
    if (textsRead.size >= maxRemembered) textsRead.clear()
    textsRead.set(hash, description)
  }
  return { text, hash, description }
}

/** Returns the version in force at an instant: the last that has begun; before that, the first. */
export function versionAt(versions: readonly DescriptionVersion[], at: Temporal.Instant): DescriptionVersion {
  const found =
    versions.findLast(({ effectiveFrom }) => Temporal.Instant.compare(effectiveFrom, at) <= 0) ?? versions[0]
  if (!found) throw new Error('no register description is installed')
  return found
}

/** Returns the part of a description that is in `described_role`, for row-level security. */
export function rolesForDatabase(description: Pick<RegisterDescription, 'roles' | 'switches'>): string {
  return JSON.stringify(
    rolesInEffect(description).map(({ role, duty, purposes, scope }) => ({
      role,
      duty: duty ?? null,
      purposes: purposes.map(({ purpose }) => purpose),
      scope,
    })),
  )
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/**
 * Logs each version that has come into force once, with its hash (R1). The database accepts none before its instant.
 * @returns the versions logged now, oldest first
 */
export async function recordEffect(
  database: SafeguardsDatabase,
  versions: readonly DescriptionVersion[],
  now: Temporal.Instant,
): Promise<DescriptionVersion[]> {
  const db = safeguardsOf(database)
  const { newest } = await db
    .selectFrom('version_effect')
    .select(({ fn }) => fn.max('version').as('newest'))
    .executeTakeFirstOrThrow()
  const begun = versions.filter(
    ({ version, effectiveFrom }) => version > (newest ?? 0) && Temporal.Instant.compare(effectiveFrom, now) <= 0,
  )
  const recorded: DescriptionVersion[] = []
  for (const version of begun) {
    await db.transaction().execute(async (tx) => {
      const entered = await tx
        .insertInto('version_effect')
        .values({ version: version.version })
        .onConflict((conflict) => conflict.doNothing())
        .returning(sql`1`.as('entered'))
        .executeTakeFirst()
      if (!entered) return
      await appendAudit(tx, {
        action: 'description.took-effect',
        result: 'ok',
        object: { kind: 'description' },
        detail: {
          version: version.version,
          hash: version.hash,
          effectiveFrom: version.effectiveFrom.toString(),
        },
      })
      recorded.push(version)
    })
  }
  return recorded
}

/**
 * Stores the numbers of each version in the database (R7): a right to numbers covers only those in the registry in force.
 * Known versions are skipped.
 */
export async function storeNumbers(
  database: SafeguardsDatabase,
  versions: readonly { version: number; description: Pick<RegisterDescription, 'numbers'> }[],
): Promise<void> {
  const rows = versions.flatMap(({ version, description }) =>
    [...new Set(description.numbers.map(({ key }) => key))].map((number) => ({ version, number })),
  )
  if (rows.length === 0) return
  await safeguardsOf(database)
    .insertInto('described_number')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
