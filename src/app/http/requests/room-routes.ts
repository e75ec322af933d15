import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '#safeguards/people/session.ts'
import { listAppointments } from '#use/requests/offices/appointments.ts'
import { closeRoom, openRoom, readRoom, type Room } from '#use/requests/offices/room.ts'
import {
  endWorkstation,
  enrolWorkstation,
  makeWorkstationCode,
  workstationHere,
} from '#use/requests/offices/workstations.ts'
import { asInstant, viewAppointment } from './appointment-view.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { setWorkstationToken, signedOut, workstationToken } from '../account/session-cookies.ts'
import { fewAttempts } from '../account/session-routes.ts'

/** Listening workstations of offices, and the listening mode (R47, R48). */
export function roomRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.makeWorkstationCode,
    handler: async (request, reply) => {
      const { session } = request
      const made = await makeWorkstationCode(desk.db, session, request.params.id, request.body.name)
      if ('refused' in made) return refuse(reply, made.refused, { ...(made.of && { field: made.of }) })
      return reply.code(201).send({ code: made.code, expiresAt: made.until.toString() })
    },
  })

  app.route({
    ...operations.enrolWorkstation,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const enrolled = await enrolWorkstation(desk.db, session, request.body.code, workstationToken(request))
      if ('refused' in enrolled) return refuse(reply, enrolled.refused)
      setWorkstationToken(request, reply, enrolled.token)
      return reply.send({ office: enrolled.office, name: enrolled.name })
    },
  })

  app.route({
    ...operations.readWorkstation,
    handler: async (request, reply) => {
      const { session } = request
      const token = workstationToken(request)
      const workstation = token === undefined ? undefined : await workstationHere(desk.db, session, token)
      if (!workstation) return reply.send({ appointments: [] })
      return reply.send({ workstation, appointments: await ownToday(session, workstation.officeId, token) })
    },
  })

  app.route({
    ...operations.endWorkstation,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endWorkstation(desk.db, session, request.params.id)
      return ended === 'done' ? reply.code(204).send(null) : refuse(reply, ended.refused)
    },
  })

  app.route({
    ...operations.openRoom,
    handler: async (request, reply) => {
      const { session } = request
      const opened = await openRoom(desk.db, session, request.body.appointmentId, workstationToken(request))
      return opened === 'open' ? sendRoom(session, reply) : refuse(reply, opened.refused)
    },
  })

  app.route({
    ...operations.readRoom,
    handler: async (request, reply) => sendRoom(request.session, reply),
  })

  app.route({
    ...operations.closeRoom,
    handler: async (request: FastifyRequest<{ Body: { outcome?: 'HEARD'; password?: string } }>, reply) => {
      const { session } = request
      const { outcome, password } = request.body
      const isHeard = outcome === 'HEARD'
      if (isHeard && password === undefined) return refuse(reply, 'confirm.password', { field: 'password' })
      // Asked before the session is over: the listener, who stays, is not let in as the host by one press (as at signing out).
      const { identityProvider } = desk.custodian
      const provider: { url?: string } = desk.ways.identityProvider
        ? await identityProvider.signOutUrl({ session: session.token }).catch(() => ({}))
        : {}
      const closed = await closeRoom(desk.db, session, isHeard && password !== undefined ? { password } : undefined)
      if (closed !== 'closed') {
        return refuse(reply, closed.refused, { ...(closed.refused === 'session.credentials' && { field: 'password' }) })
      }
      signedOut(request, reply)
      return reply.send(provider)
    },
  })

  async function sendRoom(session: Session, reply: FastifyReply) {
    const room = await readRoom(desk.db, session)
    return 'refused' in room ? refuse(reply, room.refused) : reply.send(viewRoom(room))
  }

  /** Today's appointments of the viewer at an office; none for those who receive nobody. */
  async function ownToday(session: Session, officeId: string, workstation: string | undefined) {
    const today = desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
    const listed = await listAppointments(desk.db, session, { from: today, to: today }, { onlyMine: true, workstation })
    if ('refused' in listed) return []
    const isToday = (startsAt: string) =>
      Temporal.Instant.from(startsAt).toZonedDateTimeISO('Europe/Helsinki').toPlainDate().equals(today)
    return listed.appointments
      .filter(({ slot }) => slot.office.id === officeId && isToday(slot.startsAt))
      .map(viewAppointment)
  }
}

function viewRoom({ appointment_id, number, language, until, confirms, calls }: Room) {
  return {
    appointmentId: appointment_id,
    requestNumber: number,
    language,
    until: until.toString(),
    confirms,
    calls: calls.map((call) => ({
      ordinal: call.ordinal,
      startedAt: asInstant(call.startedAt),
      ...(call.endedAt !== null && { endedAt: asInstant(call.endedAt) }),
      number: call.number,
      ...(call.numberName && { numberName: call.numberName }),
      parts: call.parts.map(({ recordingId, official, answeredAt, endedAt, canBeHeard }) => ({
        recordingId,
        ...(official !== null && { official }),
        answeredAt: asInstant(answeredAt),
        ...(endedAt !== null && { endedAt: asInstant(endedAt) }),
        canBeHeard,
      })),
    })),
  }
}
