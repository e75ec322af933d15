import { readFile } from 'node:fs/promises'
import { listen } from '#platform/database/listen.ts'
import {
  descriptionChannel,
  readText,
  readVersions,
  versionAt,
  type DescriptionVersion,
} from '#safeguards/versions/versions.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { writeCopy } from './write-copy.ts'

/** The description's versions known to this process. */
export interface Versions {
  /** All versions, oldest first, including future ones. */
  readonly all: readonly DescriptionVersion[]
  /** Returns the version in force at an instant. */
  at: (instant: Temporal.Instant) => DescriptionVersion
  /** Reads the versions now. */
  refresh: () => Promise<void>
  stop: () => Promise<void>
}

export interface FollowOptions {
  db: SafeguardsDatabase
  databaseUrl: string
  /** Path of a copy for starts without the database. */
  copyPath?: string
  onFault: (error: unknown) => void
  /** Called after every change. */
  onChange?: () => void
}

const refreshMs = 60_000

/**
 * Follows the versions in the database. A new version is read when it is approved, before it comes into force. Throws if there is
 * none in the database or in a copy.
 */
export async function followVersions(options: FollowOptions): Promise<Versions> {
  const { db, databaseUrl, copyPath, onFault } = options
  let all: readonly DescriptionVersion[] = copyPath === undefined ? [] : await readCopy(copyPath)
  let refreshing: Promise<void> | undefined
  let again = false

  async function read(): Promise<void> {
    const found = await readVersions(db)
    if (found.length === 0) return
    all = found
    if (copyPath !== undefined) {
      await writeCopy(
        copyPath,
        found.map(({ description: _, ...rest }) => rest),
      )
    }
    options.onChange?.()
  }

  /** Reads the versions, one read at a time. A notification during a read causes another read. */
  function refresh(): Promise<void> {
    again = true
    refreshing ??= (async () => {
      while (again) {
        again = false
        await read()
      }
    })()
      .catch(onFault)
      .finally(() => (refreshing = undefined))
    return refreshing
  }

  await refresh()
  if (all.length === 0) throw new Error('the database has no register description; start all of Seloste once')
  const timer = setInterval(() => void refresh(), refreshMs)
  const changes = listen({
    url: databaseUrl,
    channels: [descriptionChannel],
    onNotification: () => void refresh(),
    onListening: () => void refresh(),
  })
  return {
    get all() {
      return all
    },
    at: (instant) => versionAt(all, instant),
    refresh,
    async stop() {
      clearInterval(timer)
      await changes.stop()
      await refreshing
    },
  }
}

async function readCopy(path: string): Promise<DescriptionVersion[]> {
  try {
    const copy = JSON.parse(await readFile(path, 'utf8')) as (Omit<
      DescriptionVersion,
      'effectiveFrom' | 'approvedAt' | 'description'
    > & { effectiveFrom: string; approvedAt: string })[]
    return copy.map((row) => ({
      ...row,
      effectiveFrom: Temporal.Instant.from(row.effectiveFrom),
      approvedAt: Temporal.Instant.from(row.approvedAt),
      ...readText(row.text, `version ${row.version}`),
    }))
  } catch {
    return []
  }
}
