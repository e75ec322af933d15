/**
 * The listening mode holds a session (R47). In: every request, before anything is done for it. Out: the few that the room needs,
 * from the workstation at which it was opened; all others are refused, whatever they ask. Never here: what may be heard; the
 * database decides that too (database/functions/requests/offices.sql).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { confinementOf } from '#use/requests/offices/room.ts'
import type { Desk } from '../desk.ts'
import { isApi } from '../is-api.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, workstationToken } from '../account/session-cookies.ts'
import { comesFrom } from '../signed-in.ts'

/** What a session does in the listening mode. The recordings of a listening are those of the room: the database sees no others. */
const inRoom: ReadonlySet<string> = new Set([
  'readRoom',
  'closeRoom',
  'startListening',
  'readAudio',
  'readPeaks',
  'followListening',
  'paceListening',
  'endListening',
])
/** From anywhere: who it is and whose register, which tell the page that it is the room; and to sign out. */
const anywhere: ReadonlySet<string> = new Set(['whoAmI', 'readOrganisation', 'signOut'])

/** What asks the database itself, in the statement that notes what is heard (database/functions/history/contacts.sql). */
const asksItself = 'readAudio'

/** Call it once, before any route. */
export function holdToRoom(app: Routes, desk: Desk): void {
  app.addHook('onRequest', async (request, reply) => {
    if (operationOf(request) !== asksItself && (await isHeldBack(desk, request, reply))) return reply
  })
}

/** Whether a session in the listening mode may not ask this, or not from here; it is answered then. */
export async function isHeldBack(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const token = sessionToken(request)
  // Pages and their files are the same for everybody, and nobody's.
  if (token === undefined || !isApi(request)) return false
  const confinement = await confinementOf(desk.db, token, workstationToken(request))
  if (!confinement) return false
  const operation = operationOf(request)
  if (anywhere.has(operation)) return false
  if (confinement.isHere && inRoom.has(operation)) return false
  comesFrom(request, confinement.personId)
  await refuse(reply, inRoom.has(operation) ? 'room.workstation' : 'session.in-room')
  return true
}

function operationOf(request: FastifyRequest): string {
  return (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId ?? ''
}
