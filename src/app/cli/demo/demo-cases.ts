/**
 * The demo's cases about past calls, entered by the ordinary operations: a fault and a crime under investigation with a
 * preservation order, officials who come to listen to their calls, requests that the decision maker decides on, and
 * calibrations of the quality form.
 */
import type { Kysely } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import { enterOrder, listOrders } from '#destruction/orders.ts'
import type { RequestKind } from '#register/request-tables.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { endListening } from '#use/playback/end-listening.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { beginCalibration, closeCalibration, joinCalibration, listCalibrations } from '#use/quality/calibrations.ts'
import { releaseEvaluation, saveEvaluation } from '#use/quality/evaluate.ts'
import { listForms } from '#use/quality/forms.ts'
import { proposeCorrection } from '#use/requests/acts/acts.ts'
import { findCall } from '#use/requests/calls/find-call.ts'
import { parseReport } from '#use/requests/calls/reported-call.ts'
import { verifyCall, withdrawCall } from '#use/requests/calls/verify-call.ts'
import { enterRequest } from '#use/requests/enter-request.ts'
import { bookAppointment, listAppointments, type Need } from '#use/requests/offices/appointments.ts'
import { listFreeSlots } from '#use/requests/offices/slots.ts'
import { identifyRequester } from '#use/requests/serve-request.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { actAs, resultOf } from './act-as.ts'

const zone = 'Europe/Helsinki'
/** Calls younger than this are left to those who try the demo. */
const minAgeDays = 5
const maxCallsTried = 20

const faultReference = 'VIKA-2026-0412'
const order = {
  reference: 'ASIA-2026-118',
  authority: 'Esimerkin poliisilaitos',
  provision: 'Pakkokeinolaki (806/2011) 8 luku 24 §',
  orderReference: '5560/S/118/26',
  covers: 'both',
} as const
/** Officials who come to listen to a call of theirs; `slot`: which of the free times they take. */
const listeners: readonly { userId: string; name: string; language: 'fi' | 'sv'; needs: Need[]; slot: number }[] = [
  { userId: 'kaisa', name: 'Kaisa Mäkelä', language: 'fi', needs: [], slot: 0 },
  { userId: 'annika', name: 'Annika Söderholm', language: 'sv', needs: ['HEARING_LOOP'], slot: 4 },
]
/** An official who says that a colleague answered a call, and a caller who asks for an official document. */
const corrected = { userId: 'annika', name: 'Annika Söderholm', answeredBy: 'kaisa' }
const documentRequester = { name: 'Liisa Malli', address: 'Koekatu 7\n00500 Helsinki' }
/** Calibrations by name, with the answers of each participant; those without answers have joined only. */
const calibrations: readonly { name: string; isClosed: boolean; answers: Record<string, Record<string, number>> }[] = [
  {
    name: 'Syksyn kalibrointi',
    isClosed: true,
    answers: {
      eero: { tervehdys: 1, kuuntelu: 5, oikein: 1, selkeys: 3, jatko: 0 },
      ilona: { tervehdys: 1, kuuntelu: 5, oikein: 1, selkeys: 3, jatko: 0 },
      sari: { tervehdys: 1, kuuntelu: 4, oikein: 1, selkeys: 3, jatko: 0 },
    },
  },
  {
    name: 'Talven kalibrointi',
    isClosed: false,
    answers: { ilona: { tervehdys: 1, kuuntelu: 4, oikein: 1, selkeys: 4, jatko: 0 } },
  },
]

interface PastPart {
  contactId: string
  segmentId: string
  recordingId: string
  official: string
  answeredAt: string
}

/** Enters the cases that are missing. Throws a refusal. */
export async function openDemoCases(
  db: Kysely<RegisterTables>,
  password: string,
  now: () => Temporal.Instant,
): Promise<void> {
  const as = <Answer>(userId: string, work: (session: Session) => Promise<Answer>) =>
    actAs(db, { userId, password, now }, work)
  if (await as('tuula', preserve)) await as('matti', investigateFault)
  await as('paula', enterRequests)
  await as('eero', calibrate)

  /** Enters the preservation order. Returns false if there is one already. */
  async function preserve(tuula: Session): Promise<boolean> {
    if (resultOf(await listOrders(db, tuula, undefined)).orders.length > 0) return false
    const [part] = await pastParts(tuula, 'CRIME_OR_MISUSE', { reference: order.reference })
    if (!part) throw new Error('no recorded call to preserve')
    await listen(tuula, part, 'CRIME_OR_MISUSE', order.reference)
    const until = now().toZonedDateTimeISO(zone).add({ days: 60 }).startOfDay().toInstant()
    resultOf(await enterOrder(db, tuula, { ...order, contactId: part.contactId, until }))
    return true
  }

  /** Plays a recording for maintenance. The data protection officer reviews such views each month. */
  async function investigateFault(matti: Session): Promise<void> {
    const [part] = await pastParts(matti, 'MAINTENANCE', { reference: faultReference })
    if (part) await listen(matti, part, 'MAINTENANCE', faultReference)
  }

  async function enterRequests(paula: Session): Promise<void> {
    const today = now().toZonedDateTimeISO(zone).toPlainDate()
    const days = { from: today, to: today.add({ days: 60 }) }
    if (resultOf(await listAppointments(db, paula, days, { onlyMine: false })).appointments.length > 0) return
    for (const { needs, slot, ...listener } of listeners) {
      const { id } = await askAboutOwnCall(paula, 'LISTEN', listener)
      const { slots } = resultOf(await listFreeSlots(db, paula, id))
      const chosen = slots[slot] ?? slots[0]
      if (!chosen) throw new Error('no free time to listen')
      resultOf(await bookAppointment(db, paula, id, { slotId: chosen.id, needs }))
    }
    await enterRequestsToDecide(paula)
  }

  async function enterRequestsToDecide(paula: Session): Promise<void> {
    const { answeredBy, ...official } = corrected
    const { id, segmentId } = await askAboutOwnCall(paula, 'RECTIFY', { ...official, language: 'sv' })
    resultOf(await proposeCorrection(db, paula, id, { segmentId, officialUserId: answeredBy }))
    resultOf(
      await enterRequest(db, paula, {
        ...{ party: 'OUTSIDER', kinds: ['OPENNESS'], channel: 'EMAIL', language: 'fi' },
        receivedAt: now().subtract({ hours: 50 }),
        requester: documentRequester,
      }),
    )
  }

  /** Enters a request of an identified official about a call that they answered. */
  async function askAboutOwnCall(
    paula: Session,
    kind: RequestKind,
    { userId, name, language }: { userId: string; name: string; language: 'fi' | 'sv' },
  ): Promise<{ id: string; segmentId: string }> {
    const parts = await actAs(db, { userId, password, now }, (own) => pastParts(own, 'INSPECTION', {}))
    const { id } = resultOf(
      await enterRequest(db, paula, {
        ...{ party: 'OFFICIAL', kinds: [kind], channel: 'PHONE', language, officialUserId: userId },
        receivedAt: now().subtract({ hours: 30 }),
        requester: { name },
      }),
    )
    assertDone(await identifyRequester(db, paula, id, 'PERSONNEL'))
    return { id, segmentId: await nameCall(paula, id, parts) }
  }

  /**
   * Names the first call that the search does not confuse with another.
   * @returns the part that the official answered
   */
  async function nameCall(paula: Session, requestId: string, parts: readonly PastPart[]): Promise<string> {
    for (const { segmentId, answeredAt } of parts) {
      const at = Temporal.Instant.from(answeredAt).toZonedDateTimeISO(zone)
      const day = at.toPlainDate().toString()
      const time = at.toPlainTime().toString({ smallestUnit: 'minute' })
      const parsed = parseReport({ day, time, accuracy: 'MINUTES' }, at.toPlainDate())
      if ('refused' in parsed) throw new Error(parsed.refused)
      const { call } = resultOf(await findCall(db, paula, { requestId }, parsed))
      if ((await verifyCall(db, paula, { requestId, callId: call }, true)) === 'done') return segmentId
      assertDone(await withdrawCall(db, paula, { requestId, callId: call }))
    }
    throw new Error('no call of the official is found')
  }

  async function calibrate(eero: Session): Promise<void> {
    if (resultOf(await listCalibrations(db, eero)).items.length > 0) return
    const [form] = resultOf(await listForms(db, eero))
    const parts = await pastParts(eero, 'QUALITY', {}, 'Kaisa')
    for (const [n, { name, isClosed, answers }] of calibrations.entries()) {
      const recordingId = parts[n]?.recordingId
      if (!form || recordingId === undefined) throw new Error('no form or recording to calibrate with')
      const { id } = resultOf(await beginCalibration(db, eero, { recordingId, formId: form.id, name }))
      for (const [userId, given] of Object.entries(answers)) await as(userId, (own) => answer(own, id, given))
      if (isClosed) assertDone(await closeCalibration(db, eero, id))
    }
  }

  async function answer(own: Session, calibration: string, answers: Record<string, number>): Promise<void> {
    const { id } = resultOf(await joinCalibration(db, own, calibration))
    const saved = resultOf(await saveEvaluation(db, own, id, { revision: 0, answers, comments: [], note: '' }))
    assertDone(await releaseEvaluation(db, own, id, saved.revision))
  }

  /** Returns recorded parts of earlier calls, newest first, also of one official only. */
  async function pastParts(
    session: Session,
    purpose: Purpose,
    reference: { reference?: string },
    official?: string,
  ): Promise<PastPart[]> {
    const grant = resultOf(await requestGrant(db, session, { purpose, ...reference, action: 'contacts.listed' }, now()))
    const to = now().subtract({ hours: 24 * minAgeDays })
    const { items } = await listContacts(db, grant, { recorded: 'available', to, official, limit: maxCallsTried })
    return items.flatMap(({ id: contactId, segments }) =>
      segments.flatMap(({ id: segmentId, recording, official: by, answeredAt }) =>
        recording.id && by && answeredAt
          ? [{ contactId, segmentId, recordingId: recording.id, official: by.name, answeredAt }]
          : [],
      ),
    )
  }

  async function listen(session: Session, part: PastPart, purpose: Purpose, reference: string): Promise<void> {
    const grant = resultOf(await requestGrant(db, session, { purpose, reference, action: 'listening.started' }, now()))
    const listening = await startListening(db, grant, part.recordingId, now())
    if (typeof listening === 'string') throw new Error(listening)
    await endListening(db, session, listening.id)
  }
}

function assertDone(answer: 'done' | { refused: string }): void {
  if (answer !== 'done') throw new Error(answer.refused)
}
