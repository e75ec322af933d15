import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { listen } from '#platform/database/listen.ts'
import { directoryChannel, readDirectory, type DirectoryEntry } from '#safeguards/people/people.ts'
import type { RegisterTables } from '#register/tables.ts'
import { writeCopy } from './write-copy.ts'

/** Staff directory in memory, so that capture accepts a call without a database query. */
export interface FollowedDirectory {
  readonly officials: readonly DirectoryEntry[]
  /** When the data were read from the database; undefined if they are from the copy of an earlier process. */
  readonly readAt: Temporal.Instant | undefined
  /** Reads the data now. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

const refreshMs = 60_000

/**
 * Follows the directory in the database, and stores a copy on disk for a start without the database. Throws if it can read
 * neither the database nor a copy, because the officials of calls could not be identified.
 */
export async function followDirectory(
  db: Kysely<RegisterTables>,
  databaseUrl: string,
  copyPath: string,
  onFault: (error: unknown) => void,
): Promise<FollowedDirectory> {
  let known = await readCopy(copyPath)
  let readAt: Temporal.Instant | undefined
  let refreshing: Promise<void> | undefined
  let again = false

  async function read(): Promise<void> {
    const beganAt = Temporal.Now.instant()
    known = { officials: await readDirectory(db) }
    readAt = beganAt
    await writeCopy(copyPath, known)
  }

  /** Reads the directory, one read at a time. A notification during a read causes another read. */
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
  if (!known) throw new Error('cannot read the directory, and this machine has no copy of it')
  const timer = setInterval(() => void refresh(), refreshMs)
  const changes = listen({
    url: databaseUrl,
    channels: [directoryChannel],
    onNotification: () => void refresh(),
    onListening: () => void refresh(),
  })
  return {
    get officials() {
      return known?.officials ?? []
    },
    get readAt() {
      return readAt
    },
    refresh,
    async stop() {
      clearInterval(timer)
      await changes.stop()
      await refreshing
    },
  }
}

async function readCopy(path: string): Promise<Pick<FollowedDirectory, 'officials'> | undefined> {
  try {
    const copy = JSON.parse(await readFile(path, 'utf8')) as {
      officials: (Omit<DirectoryEntry, 'from' | 'to' | 'consentedFrom'> & {
        phoneKey: PhoneNumberKey
        from: string
        to: string | null
        // Absent in a copy that an older version of the program has written.
        consentedFrom?: string | null
      })[]
    }
    return {
      officials: copy.officials.map((entry) => ({
        ...entry,
        from: Temporal.Instant.from(entry.from),
        to: instantOf(entry.to),
        consentedFrom: instantOf(entry.consentedFrom ?? null),
      })),
    }
  } catch {
    return undefined
  }
}

function instantOf(text: string | null): Temporal.Instant | null {
  return text === null ? null : Temporal.Instant.from(text)
}
