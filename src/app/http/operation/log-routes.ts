import { readLogEntry, readLogState, type KnownCheckpoint, type ProvedEntry } from '#safeguards/audit/read-log-entry.ts'
import {
  askVerification,
  cancelVerification,
  listVerifications,
  type Verification,
} from '#safeguards/audit/log-verifications.ts'
import { InvalidLogCursor, readLog, type LogEntry } from '#safeguards/audit/read-log.ts'
import type { LogEntry as ShownEntry, LogProof, LogVerification } from '../contract/log.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

const pageSize = 100

/** The audit log for the data protection officer: reading, one entry with its proof, verification (R21). */
export function logRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readLog,
    handler: async (request, reply) => {
      const { session } = request
      const { object, skip = 0, limit = pageSize, from: fromText, to: toText, ...search } = request.query
      const [from, to] = [readInstant(fromText), readInstant(toText)]
      if (from === 'invalid') return refuse(reply, 'input.invalid', { field: 'from' })
      if (to === 'invalid') return refuse(reply, 'input.invalid', { field: 'to' })
      try {
        const page = await readLog(desk.db, session, { ...search, objectId: object, from, to, skip, limit })
        if ('refused' in page) return await refuse(reply, page.refused)
        const { entries, names, ...rest } = page
        return await reply.send({ items: entries.map((entry) => viewEntry(entry, names)), ...rest })
      } catch (error) {
        if (!(error instanceof InvalidLogCursor)) throw error
        return refuse(reply, 'input.invalid', { message: error.message, field: 'cursor' })
      }
    },
  })

  app.route({
    ...operations.readLogEntry,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readLogEntry(desk.db, session, request.params.seq)
      if (found === 'not-found') return refuse(reply, 'not-found')
      if ('refused' in found) return refuse(reply, found.refused)
      const { detail } = found.entry
      return reply.send({ ...viewEntry(found.entry, found.names), detail, proof: viewProof(found) })
    },
  })

  app.route({
    ...operations.readLogState,
    handler: async (request, reply) => {
      const { session } = request
      const state = await readLogState(desk.db, session)
      if ('refused' in state) return refuse(reply, state.refused)
      const { checkpoint, pending } = state
      return reply.send({ pending, ...(checkpoint && { checkpoint: viewCheckpoint(checkpoint) }) })
    },
  })

  app.route({
    ...operations.listLogVerifications,
    handler: async (request, reply) => {
      const { session } = request
      const found = await listVerifications(desk.db, session)
      return 'refused' in found ? refuse(reply, found.refused) : reply.send({ items: found.map(viewVerification) })
    },
  })

  app.route({
    ...operations.startLogVerification,
    handler: async (request, reply) => {
      const { session } = request
      const asked = await askVerification(desk.db, session)
      if ('refused' in asked) return refuse(reply, asked.refused)
      const all = await listVerifications(desk.db, session)
      if ('refused' in all) return refuse(reply, all.refused)
      const own = all.find(({ id }) => id === asked.id)
      return own ? reply.code(202).send(viewVerification(own)) : refuse(reply, 'unavailable')
    },
  })

  app.route({
    ...operations.cancelLogVerification,
    handler: async (request, reply) => {
      const { session } = request
      const done = await cancelVerification(desk.db, session, request.params.id)
      if (typeof done === 'object') return refuse(reply, done.refused)
      return done ? reply.code(204).send(null) : refuse(reply, 'not-found')
    },
  })
}

function viewEntry(entry: LogEntry, names: Map<string, string>): ShownEntry {
  const named = (id: string) => {
    const name = names.get(id)
    return { id, ...(name !== undefined && { name }) }
  }
  const { personId, rightId, role, purpose, reference, objectKind, objectId } = entry
  return {
    seq: entry.seq,
    at: entry.at.toString(),
    ...(personId !== null && { person: named(personId) }),
    ...(rightId !== null && { rightId }),
    ...(role !== null && { role }),
    action: entry.action,
    ...(purpose !== null && { purpose }),
    ...(reference !== null && { reference }),
    ...(objectKind !== null && {
      object: {
        kind: objectKind,
        ...(objectId !== null && (objectKind === 'person' ? named(objectId) : { id: objectId })),
      },
    }),
    result: entry.result,
  }
}

function viewProof({ leaf, checkpoint, proof }: ProvedEntry): LogProof {
  return {
    state: proof ? (proof.holds ? 'proved' : 'broken') : 'pending',
    ...(leaf !== undefined && { leaf }),
    ...(proof && { leafHash: proof.leafHash.toString('base64') }),
    path: (proof?.path ?? []).map(({ side, hash }) => ({ side, hash: hash.toString('base64') })),
    ...(checkpoint && { checkpoint: viewCheckpoint(checkpoint) }),
  }
}

function viewCheckpoint({ origin, size, root, signedAt, witnesses }: KnownCheckpoint) {
  return {
    origin,
    size,
    root: root.toString('base64'),
    at: signedAt.toString(),
    witnesses: witnesses.map(({ name, receivedAt }) => ({ name, at: receivedAt.toString() })),
  }
}

function viewVerification(found: Verification): LogVerification {
  const { id, state, askedBy, askedAt, startedAt, endedAt, step, checked, entries, report } = found
  return {
    id,
    state,
    ...(askedBy && { askedBy: { id: askedBy.id, ...(askedBy.name !== undefined && { name: askedBy.name }) } }),
    askedAt: askedAt.toString(),
    ...(startedAt && { startedAt: startedAt.toString() }),
    ...(endedAt && { endedAt: endedAt.toString() }),
    ...(step !== null && { step: step as NonNullable<LogVerification['step']> }),
    checked,
    ...(entries !== null && { entries }),
    ...(report && { report }),
  }
}
