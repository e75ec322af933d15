/**
 * Restricts a session in listening mode (R47) to a few operations, and to the office's workstation. The database also decides
 * which recordings may be played (database/functions/requests/offices.sql).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { confinementOf } from '#use/requests/offices/room.ts'
import type { Desk } from '../desk.ts'
import { isApi } from '../is-api.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, workstationToken } from '../account/session-cookies.ts'
import { setRequester } from '../request-session.ts'

/** Operations in listening mode at the workstation. The database allows only recordings of the appointment. */
const listeningModeOperations: ReadonlySet<string> = new Set([
  'readRoom',
  'closeRoom',
  'startListening',
  'readAudio',
  'readPeaks',
  'followListening',
  'paceListening',
  'endListening',
])
/** Operations in listening mode that are allowed from any browser: those that show the mode, and signing out. */
const unrestrictedOperations: ReadonlySet<string> = new Set(['whoAmI', 'readOrganisation', 'signOut'])

/** Exempt operation: the statement that records the listening checks the mode (database/functions/history/contacts.sql). */
const exemptOperation = 'readAudio'

/** Adds the hook that applies the restriction. Call it once, before adding routes. */
export function restrictToListeningMode(app: Routes, desk: Desk): void {
  app.addHook('onRequest', async (request, reply) => {
    if (operationOf(request) !== exemptOperation && (await refuseInListeningMode(desk, request, reply))) return reply
  })
}

/**
 * Refuses a request of a session in listening mode if the operation, or this browser, is not allowed.
 * @returns true if it has answered with a refusal
 */
export async function refuseInListeningMode(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const token = sessionToken(request)
  // Pages and assets are not restricted: they contain no data.
  if (token === undefined || !isApi(request)) return false
  const confinement = await confinementOf(desk.db, token, workstationToken(request))
  if (!confinement) return false
  const operation = operationOf(request)
  if (unrestrictedOperations.has(operation)) return false
  if (confinement.isHere && listeningModeOperations.has(operation)) return false
  setRequester(request, confinement.personId)
  await refuse(reply, listeningModeOperations.has(operation) ? 'room.workstation' : 'session.in-room')
  return true
}

function operationOf(request: FastifyRequest): string {
  return (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId ?? ''
}
