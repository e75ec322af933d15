import {
  bookAppointment,
  bookNow,
  listAppointments,
  recordOutcome,
  type Need,
} from '#use/requests/offices/appointments.ts'
import { changeOffice, enterOffice, listOffices } from '#use/requests/offices/offices.ts'
import { addSlots, listFreeSlots, listSlots, removeSlot, type Days } from '#use/requests/offices/slots.ts'
import { registerOperations, viewed } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Refusal, RefusalCode } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { workstationToken } from '../account/session-cookies.ts'

const allNeeds = ['INTERPRETER', 'TRANSCRIPT', 'STEP_FREE', 'HEARING_LOOP'] as const
/** Most days in one request. */
const maxDays = 400

/** Routes for offices where people listen, and their slots and appointments (R47). */
export function officeRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listOffices: ({ session }) =>
      viewed(listOffices(desk.db, session), ({ offices, hosts }) => ({
        items: offices.map(({ is_closed, free_slots, booked_slots, ...office }) => ({
          ...office,
          isClosed: is_closed,
          freeSlots: free_slots,
          bookedSlots: booked_slots,
        })),
        hosts,
      })),

    enterOffice: ({ session, body }) => enterOffice(desk.db, session, body),
    changeOffice: ({ session, params, body }) => changeOffice(desk.db, session, params.id, body),

    listSlots: ({ session, query }) => {
      const days = readDays(query)
      if ('refused' in days) return days
      return viewed(listSlots(desk.db, session, days, query.officeId), ({ slots }) => ({ items: slots }))
    },

    addSlots: ({ session, params, body: { minutes, hostId, ...body } }) => {
      const day = readDay(body.day)
      if (!day) return { refused: 'input.invalid', field: 'day' }
      const [from, to] = [Temporal.PlainTime.from(body.from), Temporal.PlainTime.from(body.to)]
      return addSlots(desk.db, session, { officeId: params.id, day, from, to, minutes, hostId })
    },

    removeSlot: ({ session, params }) => removeSlot(desk.db, session, params.id),

    listFreeSlots: ({ session, params }) =>
      viewed(listFreeSlots(desk.db, session, params.id), ({ slots, latest }) => ({
        items: slots,
        latest,
        needs: allNeeds.filter((need) => need !== 'TRANSCRIPT' || describedNow(desk).switches.accessTranscript),
      })),

    bookAppointment: async ({ session, params, body }) =>
      wrongNeeds(body) ?? withLatest(await bookAppointment(desk.db, session, params.id, body)),

    bookNow: async ({ session, params, body }) =>
      wrongNeeds(body) ?? withLatest(await bookNow(desk.db, session, params.id, body)),

    noteOutcome: ({ session, params, body }) => recordOutcome(desk.db, session, params.id, body.outcome),

    listAppointments: (request) => {
      const days = readDays(request.query)
      if ('refused' in days) return days
      const which = { onlyMine: request.query.whose === 'mine', workstation: workstationToken(request) }
      return viewed(listAppointments(desk.db, request.session, days, which), ({ appointments }) => ({
        items: appointments,
      }))
    },
  })

  function wrongNeeds({ needs, interpreterLanguage }: { needs: readonly Need[]; interpreterLanguage?: string }) {
    // The interpreter's language must be given if an interpreter is needed, and only then.
    if (needs.includes('INTERPRETER') !== (interpreterLanguage !== undefined)) {
      return { refused: 'input.invalid', field: 'interpreterLanguage' } as const
    }
    // A transcript is possible only if the description in force allows it (C1).
    if (needs.includes('TRANSCRIPT') && !describedNow(desk).switches.accessTranscript) {
      return { refused: 'request.not-offered', field: 'needs' } as const
    }
    return undefined
  }
}

/** Adds the latest end of a slot to a refusal. */
function withLatest<Booked extends { id: string } | { refused: RefusalCode; of?: string }>(booked: Booked) {
  if (!('refused' in booked) || booked.refused !== 'appointment.late') return booked
  const message = `Choose a slot that ends before the recording is destroyed, at ${booked.of}.`
  return { refused: booked.refused, message }
}

/** Parses an inclusive range of days in Finland. Refuses an invalid one and names the field. */
function readDays(query: { from: string; to: string }): Days | Refusal {
  const [from, to] = [readDay(query.from), readDay(query.to)]
  if (!from) return { refused: 'input.invalid', field: 'from' }
  const isValid = to && Temporal.PlainDate.compare(from, to) <= 0 && from.until(to).days <= maxDays
  return isValid ? { from, to } : { refused: 'input.invalid', field: 'to' }
}

/** Parses a calendar day of a plausible year. */
function readDay(text: string): Temporal.PlainDate | undefined {
  try {
    const day = Temporal.PlainDate.from(text)
    return day.year >= 2000 && day.year < 2200 ? day : undefined
  } catch {
    return undefined
  }
}
