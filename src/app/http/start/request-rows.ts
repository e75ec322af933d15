import { listRequestDecisions } from '#use/requests/acts/list-acts.ts'
import { countHomeRequests } from '#use/requests/home/home-requests.ts'
import { listRequests } from '#use/requests/list-requests.ts'
import { listAppointments } from '#use/requests/offices/appointments.ts'
import { listAffectedRequests } from '#use/requests/affected-requests.ts'
import { termZone } from '#description/terms.ts'
import type { WaitingRow, WaitingListViewer } from './waiting-row.ts'

/**
 * Rows of the Service Unit: requests from home, open requests with their due dates, requests affected by a change of the description,
 * appointments.
 */
export async function requestRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  if (!viewer.has('SERVICE_UNIT')) return []
  return [
    ...(await requestsFromHome(viewer)),
    ...(await openRequests(viewer)),
    ...(await affectedRequests(viewer)),
    ...(await appointments(viewer)),
  ]
}

/** One row for all that wait to be accepted. */
async function requestsFromHome({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const waiting = await countHomeRequests(desk.db, session)
  if (!waiting) return []
  return [{ kind: 'request-home', count: waiting.count, since: waiting.since, deadline: waiting.dueAt }]
}

async function openRequests({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listRequests(desk.db, session, { state: 'open', whose: 'all' })
  if ('refused' in listed) return []
  return listed.items.flatMap(({ request, firstEnd, isOverdue, isUrgent }) => {
    const { id, number, assigned_to: clerk } = request
    const isFree = clerk === null
    // A colleague's request is listed only if its deadline is near or has passed.
    if (!isFree && clerk !== session.personId && !isOverdue && !isUrgent) return []
    const kind = isFree ? 'request-free' : clerk === session.personId ? 'request' : 'request-others'
    const deadline = earlierOf(request.due_at, firstEnd)
    return [{ kind, id, name: number, since: request.received_at, deadline, isUrgent }] satisfies WaitingRow[]
  })
}

async function affectedRequests({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listAffectedRequests(desk.db, session)
  if ('refused' in listed) return []
  return listed.items
    .filter(({ isHeardBefore, told }) => !isHeardBefore && told === undefined)
    .map(({ request, endsAt }) => ({
      kind: 'pending-right',
      ...{ id: request.id, name: request.number, deadline: endsAt },
    }))
}

/** The viewer's appointments of today, and past ones whose outcome is not recorded. */
async function appointments({ desk, session, now }: WaitingListViewer): Promise<WaitingRow[]> {
  const today = now.toZonedDateTimeISO(termZone).toPlainDate()
  const days = { from: today.subtract({ days: daysBack }), to: today }
  const listed = await listAppointments(desk.db, session, days, { onlyMine: true })
  if ('refused' in listed) return []
  return listed.appointments
    .filter(({ state }) => state === 'BOOKED')
    .map(({ requestNumber, slot }) => {
      const [start, end] = [Temporal.Instant.from(slot.startsAt), Temporal.Instant.from(slot.endsAt)]
      const isPast = Temporal.Instant.compare(end, now) <= 0
      return isPast
        ? { kind: 'appointment-outcome', name: requestNumber, since: end }
        : { kind: 'appointment', name: requestNumber, deadline: start }
    })
}

/** Past appointments of this many days are listed. */
const daysBack = 30

/** Corrections and official documents, for the decision maker. */
export async function requestDecisionRows({ desk, session, has }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('DECISION_MAKER')) return []
  const listed = await listRequestDecisions(desk.db, session)
  if ('refused' in listed) return []
  return [
    ...listed.corrections
      .filter(({ decided }) => !decided)
      .map(({ requestNumber, proposedAt, requestDueAt }): WaitingRow => {
        return { kind: 'correction', name: requestNumber, since: proposedAt, deadline: requestDueAt }
      }),
    ...listed.openness
      .filter(({ decision }) => !decision)
      .map(({ number, receivedAt, dueAt }): WaitingRow => {
        return { kind: 'openness', name: number, since: receivedAt, deadline: dueAt }
      }),
  ]
}

function earlierOf(one: Temporal.Instant, other: Temporal.Instant | undefined): Temporal.Instant {
  return other && Temporal.Instant.compare(other, one) < 0 ? other : one
}
