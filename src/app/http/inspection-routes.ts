import type { FastifyReply } from 'fastify'
import {
  closeInspection,
  listInspections,
  openInspection,
  setAppointment,
  type Inspection,
} from '#destruction/inspections/inspections.ts'
import { operations } from './contract/operations.ts'
import type { Desk } from './desk.ts'
import { readInstant } from './read-instant.ts'
import { refuse, type RefusalCode } from './refuse.ts'
import type { Routes } from './routes.ts'
import { looking, signedIn } from './signed-in.ts'

/** Inspections that wait for their listening, for the Service Unit (R43, R47, R48). */
export function inspectionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listInspections,
    handler: async (request, reply) => {
      const session = await looking(desk, request, reply)
      if (!session) return reply
      const listed = await listInspections(desk.db, session, request.query.state)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({ items: listed.inspections.map(viewInspection) })
    },
  })

  app.route({
    ...operations.openInspection,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const { contactId, recordingIds, reference, party, appointment } = request.body
      const [receivedAt, at] = [readInstant(request.body.receivedAt), readInstant(appointment?.at)]
      if (!receivedAt || receivedAt === 'invalid') return refuse(reply, 'input.invalid', { field: 'receivedAt' })
      if (at === 'invalid') return refuse(reply, 'input.invalid', { field: 'appointment' })
      const opened = await openInspection(desk.db, session, {
        ...{ contactId, recordingIds, reference, receivedAt, party },
        ...(appointment && at && { appointment: { at, office: appointment.office } }),
      })
      return 'refused' in opened ? refuseWith(reply, opened) : reply.code(201).send(opened)
    },
  })

  app.route({
    ...operations.setAppointment,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const at = readInstant(request.body.at)
      if (!at || at === 'invalid') return refuse(reply, 'input.invalid', { field: 'at' })
      const moved = await setAppointment(desk.db, session, request.params.id, { at, office: request.body.office })
      return moved === 'done' ? reply.code(204).send(null) : refuseWith(reply, moved)
    },
  })

  app.route({
    ...operations.closeInspection,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const closed = await closeInspection(desk.db, session, request.params.id, request.body.outcome)
      return closed === 'done' ? reply.code(204).send(null) : refuseWith(reply, closed)
    },
  })
}

function refuseWith(reply: FastifyReply, { refused, of }: { refused: RefusalCode; of?: string }) {
  return refuse(reply, refused, {
    ...(refused === 'appointment.late' &&
      of && { message: `Choose a time before the recording is destroyed at ${of}.` }),
  })
}

function viewInspection(inspection: Inspection) {
  const { appointment_at, office, closed_at, outcome, latest, urgent } = inspection
  return {
    id: inspection.id,
    reference: inspection.reference,
    receivedAt: inspection.received_at.toString(),
    party: inspection.party,
    contactId: inspection.contact_id,
    recordings: inspection.recordings.map(({ id, state, destroyAt }) => ({
      id,
      state,
      ...(destroyAt && { destroyAt: Temporal.Instant.from(destroyAt).toString() }),
    })),
    ...(appointment_at && office && { appointment: { at: appointment_at.toString(), office } }),
    ...(latest && { latestAppointment: latest.toString() }),
    isUrgent: urgent,
    ...(closed_at && outcome && { closed: { at: closed_at.toString(), outcome } }),
  }
}
