import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { listen } from '#platform/database/listen.ts'
import { directoryChannel, readDirectory, type DirectoryEntry } from '#safeguards/people/people.ts'
import type { RegisterTables } from '#register/tables.ts'
import { writeCopy } from './write-copy.ts'

/** What capture must know to take a call without asking anybody. */
export interface Known {
  readonly officials: readonly DirectoryEntry[]
  /** When what is known was read from the database; nothing for a copy of an earlier process. */
  readonly readAt: Temporal.Instant | undefined
  /** Reads it now. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

const refreshMs = 60_000

/**
 * Follows the directory in the database, and keeps a copy on disk for a start without it. Throws where neither the database nor a copy
 * tells of any: calls would come to officials whom nobody knows.
 */
export async function followKnown(
  db: Kysely<RegisterTables>,
  databaseUrl: string,
  copyPath: string,
  onFault: (error: unknown) => void,
): Promise<Known> {
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

  /** One read at a time; what is told during one is read after it. */
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
  if (!known) throw new Error('the directory could not be read, and no copy of it is here')
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

async function readCopy(path: string): Promise<Pick<Known, 'officials'> | undefined> {
  try {
    const copy = JSON.parse(await readFile(path, 'utf8')) as {
      officials: (Omit<DirectoryEntry, 'from' | 'to' | 'consentedFrom'> & {
        phoneKey: PhoneNumberKey
        from: string
        to: string | null
        // Absent in a copy that an older version wrote.
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
