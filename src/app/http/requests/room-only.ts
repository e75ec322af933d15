/**
 * Confines a session in listening mode (R47): only the few operations of the room, and only from its workstation. The database
 * also decides what may be played (database/functions/requests/offices.sql).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { confinementOf } from '#use/requests/offices/room.ts'
import type { Desk } from '../desk.ts'
import { isApi } from '../is-api.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, workstationToken } from '../account/session-cookies.ts'
import { comesFrom } from '../signed-in.ts'

/** Operations in listening mode. The database limits listenings to the room's recordings. */
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
/** From anywhere: the user and the register, which show that it is the room; and signing out. */
const anywhere: ReadonlySet<string> = new Set(['whoAmI', 'readOrganisation', 'signOut'])

/** Checked in the statement that records the listening (database/functions/history/contacts.sql). */
const asksOwnQuestion = 'readAudio'

/** Call it once, before any route. */
export function holdToRoom(app: Routes, desk: Desk): void {
  app.addHook('onRequest', async (request, reply) => {
    if (operationOf(request) !== asksOwnQuestion && (await isHeldBack(desk, request, reply))) return reply
  })
}

/** Returns true, after answering, if a session in listening mode may not do this, or not from here. */
export async function isHeldBack(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const token = sessionToken(request)
  // Pages and assets are the same for everybody.
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
