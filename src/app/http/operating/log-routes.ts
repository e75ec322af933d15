import { readLogEntry, readLogState, type KnownCheckpoint, type ProvedEntry } from '#safeguards/audit/read-log-entry.ts'
import {
  requestVerification,
  cancelVerification,
  listVerifications,
  type Verification,
} from '#safeguards/audit/log-verifications.ts'
import { InvalidLogCursor, readLog, type LogEntry } from '#safeguards/audit/read-log.ts'
import type { LogEntry as ShownEntry, LogProof, LogVerification } from '../contract/log.ts'
import { registerOperations, items, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'

const pageSize = 100

/** Routes for the audit log, for the data protection officer: list, one entry with its proof, verification (R21). */
export function logRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readLog: async ({ session, query }) => {
      const { object, skip = 0, limit = pageSize, ...search } = query
      const [from, to] = [readInstant(query.from), readInstant(query.to)]
      if (from === 'invalid') return { refused: 'input.invalid', field: 'from' }
      if (to === 'invalid') return { refused: 'input.invalid', field: 'to' }
      try {
        const page = await readLog(desk.db, session, { ...search, objectId: object, from, to, skip, limit })
        if ('refused' in page) return page
        const { entries, names, ...rest } = page
        return { ...rest, items: entries.map((entry) => viewEntry(entry, names)) }
      } catch (error) {
        if (!(error instanceof InvalidLogCursor)) throw error
        return { refused: 'input.invalid', message: error.message, field: 'cursor' }
      }
    },

    readLogEntry: async ({ session, params }) => {
      const found = await readLogEntry(desk.db, session, params.seq)
      if (found === 'not-found') return { refused: 'not-found' }
      if ('refused' in found) return found
      const { detail } = found.entry
      return { ...viewEntry(found.entry, found.names), detail, proof: viewProof(found) }
    },

    readLogState: ({ session }) =>
      viewed(readLogState(desk.db, session), ({ checkpoint, pending }) => ({
        pending,
        checkpoint: checkpoint && viewCheckpoint(checkpoint),
      })),

    listLogVerifications: ({ session }) => items(listVerifications(desk.db, session), viewVerification),

    startLogVerification: async ({ session }) => {
      const request = await requestVerification(desk.db, session)
      if ('refused' in request) return request
      const all = await listVerifications(desk.db, session)
      if ('refused' in all) return all
      const own = all.find(({ id }) => id === request.id)
      return own ? viewVerification(own) : { refused: 'unavailable' }
    },

    cancelLogVerification: async ({ session, params }) => {
      const cancelled = await cancelVerification(desk.db, session, params.id)
      if (typeof cancelled === 'object') return cancelled
      return cancelled ? 'done' : { refused: 'not-found' }
    },
  })
}

function viewEntry(entry: LogEntry, names: Map<string, string>): JsonForm<ShownEntry> {
  const named = (id: string) => ({ id, name: names.get(id) })
  const { personId, objectKind, objectId } = entry
  return {
    ...entry,
    person: personId === null ? null : named(personId),
    object:
      objectKind === null
        ? null
        : { kind: objectKind, ...(objectKind === 'person' && objectId !== null ? named(objectId) : { id: objectId }) },
  }
}

function viewProof({ leaf, checkpoint, isWithheld, proof }: ProvedEntry): JsonForm<LogProof> {
  return {
    state: isWithheld ? 'withheld' : proof ? (proof.holds ? 'proved' : 'broken') : 'pending',
    leaf,
    leafHash: proof?.leafHash.toString('base64'),
    path: (proof?.path ?? []).map(({ side, hash }) => ({ side, hash: hash.toString('base64') })),
    checkpoint: checkpoint && viewCheckpoint(checkpoint),
  }
}

function viewCheckpoint({ origin, size, root, signedAt, witnesses }: KnownCheckpoint) {
  return {
    origin,
    size,
    root: root.toString('base64'),
    at: signedAt,
    witnesses: witnesses.map(({ name, receivedAt }) => ({ name, at: receivedAt })),
  }
}

function viewVerification({ step, ...found }: Verification): JsonForm<LogVerification> {
  return { ...found, step: step as LogVerification['step'] | null }
}
