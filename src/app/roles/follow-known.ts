import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { listen } from '#platform/database/listen.ts'
import { readIntakeKeys } from '#safeguards/keys/intake-keys.ts'
import { directoryChannel, readDirectory, type DirectoryEntry } from '#safeguards/people/people.ts'
import type { RegisterTables } from '#register/tables.ts'
import { writeCopy } from './write-copy.ts'

/** What capture must know to take a call without asking anybody. */
export interface Known {
  readonly officials: readonly DirectoryEntry[]
  readonly intakeKeys: readonly { day: Temporal.PlainDate; publicKey: string }[]
  stop(): Promise<void>
}

const refreshMs = 60_000

/** Follows directory and intake keys in the database, and keeps a copy on disk for a start without it. */
export async function followKnown(
  db: Kysely<RegisterTables>,
  databaseUrl: string,
  copyPath: string,
  onFault: (error: unknown) => void,
): Promise<Known> {
  let known = (await readCopy(copyPath)) ?? { officials: [], intakeKeys: [] }
  let refreshing: Promise<void> | undefined

  async function read(): Promise<void> {
    const [officials, intakeKeys] = await Promise.all([readDirectory(db), readIntakeKeys(db)])
    known = { officials, intakeKeys }
    await writeCopy(copyPath, known)
  }
  const refresh = () =>
    (refreshing ??= read()
      .catch(onFault)
      .finally(() => (refreshing = undefined)))

  await refresh()
  const timer = setInterval(() => void refresh(), refreshMs)
  const changes = listen({
    url: databaseUrl,
    channels: [directoryChannel],
    onNotification: () => void refresh(),
    onListening: () => void refresh(),
  })
  return {
    get officials() {
      return known.officials
    },
    get intakeKeys() {
      return known.intakeKeys
    },
    async stop() {
      clearInterval(timer)
      await changes.stop()
      await refreshing
    },
  }
}

async function readCopy(path: string): Promise<Pick<Known, 'officials' | 'intakeKeys'> | undefined> {
  try {
    const copy = JSON.parse(await readFile(path, 'utf8')) as {
      officials: (Omit<DirectoryEntry, 'from' | 'to' | 'consentedFrom'> & {
        phoneKey: PhoneNumberKey
        from: string
        to: string | null
        // Absent in a copy that an older version wrote.
        consentedFrom?: string | null
      })[]
      intakeKeys: { day: string; publicKey: string }[]
    }
    return {
      officials: copy.officials.map((entry) => ({
        ...entry,
        from: Temporal.Instant.from(entry.from),
        to: instantOf(entry.to),
        consentedFrom: instantOf(entry.consentedFrom ?? null),
      })),
      intakeKeys: copy.intakeKeys.map(({ day, publicKey }) => ({ day: Temporal.PlainDate.from(day), publicKey })),
    }
  } catch {
    return undefined
  }
}

function instantOf(text: string | null): Temporal.Instant | null {
  return text === null ? null : Temporal.Instant.from(text)
}
