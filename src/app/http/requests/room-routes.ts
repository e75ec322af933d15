import type { Session } from '#safeguards/people/session.ts'
import { listAppointments } from '#use/requests/offices/appointments.ts'
import { closeRoom, openRoom, readRoom, type Room } from '#use/requests/offices/room.ts'
import {
  endWorkstation,
  enrolWorkstation,
  makeWorkstationCode,
  workstationHere,
} from '#use/requests/offices/workstations.ts'
import { registerOperations, viewed } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'
import { setWorkstationToken, clearSession, workstationToken } from '../account/session-cookies.ts'
import { signOutUrl } from '../account/identity-provider-routes.ts'

/** Routes for listening workstations of offices, and for the listening mode (R47, R48). */
export function roomRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    makeWorkstationCode: ({ session, params, body }) =>
      viewed(makeWorkstationCode(desk.db, session, params.id, body.name), ({ code, until }) => ({
        code,
        expiresAt: until,
      })),

    enrolWorkstation: async (request, reply) => {
      const { session, body } = request
      const enrolled = await enrolWorkstation(desk.db, session, body.code, workstationToken(request))
      if (!('refused' in enrolled)) setWorkstationToken(request, reply, enrolled.token)
      return enrolled
    },

    readWorkstation: async (request) => {
      const { session } = request
      const token = workstationToken(request)
      const workstation = token === undefined ? undefined : await workstationHere(desk.db, session, token)
      if (!workstation) return { appointments: [] }
      return { workstation, appointments: await hostedToday(session, workstation.officeId, token) }
    },

    endWorkstation: ({ session, params }) => endWorkstation(desk.db, session, params.id),

    openRoom: async (request) => {
      const { session, body } = request
      const opened = await openRoom(desk.db, session, body.appointmentId, workstationToken(request))
      return opened === 'done' ? viewed(readRoom(desk.db, session), viewRoom) : opened
    },

    readRoom: ({ session }) => viewed(readRoom(desk.db, session), viewRoom),

    closeRoom: async (request, reply) => {
      const { session } = request
      const { outcome, password } = request.body
      const isHeard = outcome === 'HEARD'
      if (isHeard && password === undefined) return { refused: 'confirm.password', field: 'password' }
      // Signs out at the provider too: otherwise the listener, alone at the workstation, could sign in as the host with one click.
      const provider = await signOutUrl(desk, session)
      const closed = await closeRoom(desk.db, session, isHeard && password !== undefined ? { password } : undefined)
      if (closed !== 'closed') {
        return { ...closed, field: closed.refused === 'session.credentials' ? 'password' : undefined }
      }
      clearSession(request, reply)
      return provider
    },
  })

  /** Returns today's appointments at an office of which the session's person is the host; an empty list if they may not list any. */
  async function hostedToday(session: Session, officeId: string, workstation: string | undefined) {
    const today = desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
    const listed = await listAppointments(desk.db, session, { from: today, to: today }, { onlyMine: true, workstation })
    if ('refused' in listed) return []
    const isToday = (startsAt: string) =>
      Temporal.Instant.from(startsAt).toZonedDateTimeISO('Europe/Helsinki').toPlainDate().equals(today)
    return listed.appointments.filter(({ slot }) => slot.office.id === officeId && isToday(slot.startsAt))
  }
}

function viewRoom({ appointment_id, number, ...room }: Room) {
  return { ...room, appointmentId: appointment_id, requestNumber: number }
}
