import type { FastifyReply } from 'fastify'
import {
  bookAppointment,
  bookNow,
  listAppointments,
  noteOutcome,
  type Need,
} from '#use/requests/offices/appointments.ts'
import { changeOffice, enterOffice, listOffices, type Office } from '#use/requests/offices/offices.ts'
import { addSlots, listFreeSlots, listSlots, removeSlot, type Days } from '#use/requests/offices/slots.ts'
import { asInstant, viewAppointment, viewSlot } from './appointment-view.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { workstationToken } from '../account/session-cookies.ts'

const allNeeds = ['INTERPRETER', 'TRANSCRIPT', 'STEP_FREE', 'HEARING_LOOP'] as const
/** More days than these nobody looks at at once. */
const mostDays = 400

/** Offices at which recordings are listened to, their times, and the appointments there (R47). */
export function officeRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listOffices,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listOffices(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({ items: listed.offices.map(viewOffice), hosts: listed.hosts })
    },
  })

  app.route({
    ...operations.enterOffice,
    handler: async (request, reply) => {
      const { session } = request
      const entered = await enterOffice(desk.db, session, request.body)
      return 'refused' in entered ? refuseWith(reply, entered) : reply.code(201).send(entered)
    },
  })

  app.route({
    ...operations.changeOffice,
    handler: async (request, reply) => {
      const { session } = request
      return done(reply, await changeOffice(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.listSlots,
    handler: async (request, reply) => {
      const { session } = request
      const days = readDays(request.query)
      if (typeof days === 'string') return refuse(reply, 'input.invalid', { field: days })
      const listed = await listSlots(desk.db, session, days, request.query.officeId)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed.slots.map(viewSlot) })
    },
  })

  app.route({
    ...operations.addSlots,
    handler: async (request, reply) => {
      const { session } = request
      const { minutes, hostId } = request.body
      const day = readDay(request.body.day)
      if (!day) return refuse(reply, 'input.invalid', { field: 'day' })
      const [from, to] = [Temporal.PlainTime.from(request.body.from), Temporal.PlainTime.from(request.body.to)]
      const asked = { officeId: request.params.id, day, from, to, minutes, hostId }
      const added = await addSlots(desk.db, session, asked)
      return 'refused' in added ? refuseWith(reply, added) : reply.code(201).send(added)
    },
  })

  app.route({
    ...operations.removeSlot,
    handler: async (request, reply) => {
      const { session } = request
      return done(reply, await removeSlot(desk.db, session, request.params.id))
    },
  })

  app.route({
    ...operations.listFreeSlots,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listFreeSlots(desk.db, session, request.params.id)
      if ('refused' in listed) return refuse(reply, listed.refused)
      const { slots, latest } = listed
      const needs = allNeeds.filter((need) => need !== 'TRANSCRIPT' || describedNow(desk).switches.accessTranscript)
      return reply.send({ items: slots.map(viewSlot), ...(latest && { latest: latest.toString() }), needs })
    },
  })

  app.route({
    ...operations.bookAppointment,
    handler: async (request, reply) => {
      const { session } = request
      const wrong = wrongNeeds(request.body)
      if (wrong) return refuse(reply, wrong.refused, { field: wrong.field })
      const booked = await bookAppointment(desk.db, session, request.params.id, request.body)
      return 'refused' in booked ? refuseWith(reply, booked) : reply.code(201).send(booked)
    },
  })

  app.route({
    ...operations.bookNow,
    handler: async (request, reply) => {
      const { session } = request
      const wrong = wrongNeeds(request.body)
      if (wrong) return refuse(reply, wrong.refused, { field: wrong.field })
      const booked = await bookNow(desk.db, session, request.params.id, request.body)
      return 'refused' in booked ? refuseWith(reply, booked) : reply.code(201).send(booked)
    },
  })

  app.route({
    ...operations.noteOutcome,
    handler: async (request, reply) => {
      const { session } = request
      return done(reply, await noteOutcome(desk.db, session, request.params.id, request.body.outcome))
    },
  })

  app.route({
    ...operations.listAppointments,
    handler: async (request, reply) => {
      const { session } = request
      const days = readDays(request.query)
      if (typeof days === 'string') return refuse(reply, 'input.invalid', { field: days })
      const listed = await listAppointments(desk.db, session, days, {
        onlyMine: request.query.whose === 'mine',
        workstation: workstationToken(request),
      })
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({ items: listed.appointments.map(viewAppointment) })
    },
  })

  function wrongNeeds({ needs, interpreterLanguage }: { needs: readonly Need[]; interpreterLanguage?: string }) {
    // A language says which interpreter, and an interpreter is of some language.
    if (needs.includes('INTERPRETER') !== (interpreterLanguage !== undefined)) {
      return { refused: 'input.invalid', field: 'interpreterLanguage' } as const
    }
    // In writing only where the description in force provides for it (C1).
    if (needs.includes('TRANSCRIPT') && !describedNow(desk).switches.accessTranscript) {
      return { refused: 'request.not-offered', field: 'needs' } as const
    }
    return undefined
  }
}

function done(reply: FastifyReply, answer: 'done' | { refused: RefusalCode; of?: string }) {
  return answer === 'done' ? reply.code(204).send(null) : refuseWith(reply, answer)
}

function refuseWith(reply: FastifyReply, { refused, of }: { refused: RefusalCode; of?: string }) {
  return refuse(reply, refused, {
    ...(refused === 'appointment.late' &&
      of && { message: `Choose a time that is over before the recording is destroyed at ${of}.` }),
    ...(refused === 'input.identity-code' && of && { field: of }),
  })
}

/** Some days of Finland, both included; or the name of the one that is wrong. */
function readDays(query: { from: string; to: string }): Days | 'from' | 'to' {
  const [from, to] = [readDay(query.from), readDay(query.to)]
  if (!from) return 'from'
  return !to || Temporal.PlainDate.compare(from, to) > 0 || from.until(to).days > mostDays ? 'to' : { from, to }
}

/** A day that the calendar has, of a year in which there can be times. */
function readDay(text: string): Temporal.PlainDate | undefined {
  try {
    const day = Temporal.PlainDate.from(text)
    return day.year >= 2000 && day.year < 2200 ? day : undefined
  } catch {
    return undefined
  }
}

function viewOffice(office: Office) {
  return {
    id: office.id,
    names: office.names,
    address: office.address,
    isClosed: office.is_closed,
    workstations: office.workstations.map(({ lastSeenAt, enrolledAt, ...workstation }) => ({
      ...workstation,
      enrolledAt: asInstant(enrolledAt),
      ...(lastSeenAt !== null && { lastSeenAt: asInstant(lastSeenAt) }),
    })),
    freeSlots: office.free_slots,
  }
}
