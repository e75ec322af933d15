/**
 * The demo's training: a collection with moments, one of which ends soon and one is empty, and sessions, entered by the
 * ordinary operations.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { forbidUse } from '#destruction/forbid-use.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { numbersCalled } from '#test/simulator/people.ts'
import { endListening } from '#use/playback/end-listening.ts'
import { startListening } from '#use/playback/start-listening.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { addMoment, beginCollection, listCollections } from '#use/training/collections.ts'
import { beginTraining, endTraining, enterTrainee, findTrainees, readTraining } from '#use/training/sessions.ts'
import { actAs, resultOf } from './act-as.ts'

const collection = {
  name: 'Puhelun aloitus ja lopetus',
  aim: 'Soittaja tietää heti, kenelle puhuu. Lopuksi kerrataan, mitä sovittiin ja mitä tapahtuu seuraavaksi.',
}
/** Source of a moment: the newest calls, recordings that end soon, or calls of the official who then forbids one. */
type MomentSource = 'newest' | 'ends-soon' | 'forbidden'
const moments: { source: MomentSource; title: string; lesson: string }[] = [
  {
    source: 'newest',
    title: 'Nimi heti alussa',
    lesson: 'Virkailija sanoo nimensä ennen tervehdystä ja odottaa, että soittaja ehtii vastata.',
  },
  {
    source: 'newest',
    title: 'Asia sanotaan takaisin',
    lesson: 'Virkailija toistaa asian omin sanoin ennen kuin neuvoo.',
  },
  { source: 'forbidden', title: 'Odottamaan pyytäminen', lesson: 'Virkailija kertoo, kuinka kauan odotus kestää.' },
  { source: 'ends-soon', title: 'Lopetus ilman kiirettä', lesson: 'Virkailija kysyy, jäikö jotakin epäselväksi.' },
]
/** User id of the official who forbids the use of a recording. */
const forbiddingOfficial = 'aino'
const sessions = [
  { leader: 'tiina', name: 'Uusien virkailijoiden perehdytys', trainees: ['Aino', 'Kaisa'], plays: true },
  { leader: 'sari', name: 'Yksikön kehittämisiltapäivä', trainees: ['Aino'], plays: false },
]
const checkMs = 5_000
/** Attempts to find ingested recordings before the demo gives up. */
const maxAttempts = 60
/** Number of contacts to try: some recordings cannot be used in training. */
const maxContactsTried = 40

/**
 * Creates the collection if there is none, and runs the training sessions.
 * @returns refusals, as text
 */
export async function openDemoTraining(
  db: Kysely<RegisterTables>,
  password: string,
  now: () => Temporal.Instant,
  signal: AbortSignal,
): Promise<string[]> {
  return as('tiina', async (tiina) => {
    const existing = resultOf(await listCollections(db, tiina))
    if (existing.length > 0) return []
    const { id } = resultOf(await beginCollection(db, tiina, collection))
    const added = new Map<string, string>()
    for (let attempt = 0; attempt < maxAttempts && added.size < moments.length && !signal.aborted; attempt++) {
      if (attempt > 0) await sleep(checkMs, undefined, { signal })
      await addMissingMoments(tiina, id, added)
    }
    const refusals: string[] = []
    for (const session of sessions) refusals.push(...(await runTraining(session, id, [...added.values()][0])))
    const forbidden = added.get('forbidden')
    if (forbidden !== undefined) await as(forbiddingOfficial, (own) => forbid(own, forbidden))
    return added.size < moments.length ? ['no recording for a moment', ...refusals] : refusals
  })

  function as<Answer>(userId: string, work: (session: Session) => Promise<Answer>): Promise<Answer> {
    return actAs(db, { userId, password, now }, work)
  }

  /** Adds the missing moments, each from a different recording, to the collection and to `added` (recording by title or source). */
  async function addMissingMoments(tiina: Session, id: string, added: Map<string, string>): Promise<void> {
    const grant = await requestGrant(db, tiina, { purpose: 'TRAINING', action: 'contacts.listed' }, now())
    if ('refused' in grant) throw new Error(grant.refused)
    for (const { source, ...words } of moments) {
      const key = source === 'newest' ? words.title : source
      if (added.has(key)) continue
      const before = now().subtract({ hours: 24 * 35 })
      const line = source === 'ends-soon' ? { number: numbersCalled.testLine, to: before } : {}
      const { items } = await listContacts(db, grant, { recorded: 'available', limit: maxContactsTried, ...line })
      const parts = items.flatMap(({ segments }) => segments)
      for (const { recording, official } of parts) {
        if (!recording.id || [...added.values()].includes(recording.id)) continue
        if ((source === 'forbidden') !== (official?.name.startsWith('Aino') ?? false)) continue
        const moment = { recordingId: recording.id, fromMs: 0, toMs: 9_000, ...words }
        if ('refused' in (await addMoment(db, tiina, id, moment))) continue
        added.set(key, recording.id)
        break
      }
    }
  }

  async function runTraining(
    { leader, name, trainees, plays }: (typeof sessions)[number],
    collectionId: string,
    recording: string | undefined,
  ): Promise<string[]> {
    return as(leader, async (session) => {
      const { id } = resultOf(await beginTraining(db, session, { collectionId, name }))
      const found = await Promise.all(trainees.map((trainee) => findTrainees(db, session, trainee)))
      for (const [person] of found.map((one) => resultOf(one)))
        if (person) await enterTrainee(db, session, id, person.id)
      const { reference } = resultOf(await readTraining(db, session, id))
      const heard = plays && recording !== undefined ? await play(session, recording, reference) : undefined
      await endTraining(db, session, id)
      return heard === undefined ? [] : [heard]
    })
  }

  async function play(session: Session, recording: string, reference: string): Promise<string | undefined> {
    const request = { purpose: 'TRAINING' as const, reference, action: 'listening.started' as const }
    const grant = await requestGrant(db, session, request, now())
    if ('refused' in grant) return grant.refused
    const listening = await startListening(db, grant, recording, now())
    if (typeof listening === 'string') return listening
    await endListening(db, session, listening.id)
    return undefined
  }

  async function forbid(own: Session, recording: string): Promise<void> {
    resultOf(await forbidUse(db, own, recording, { party: 'OFFICIAL', channel: 'OWN_CALLS' }))
  }
}
