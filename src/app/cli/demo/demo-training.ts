/** Training in the demo: a collection with two moments of the month that was invented; through the same doors. */
import type { Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import { signOut } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { listContacts } from '#use/search/list-contacts.ts'
import { addMoment, beginCollection, listCollections } from '#use/training/collections.ts'

const collection = {
  name: 'Puhelun aloitus ja lopetus',
  aim: 'Soittaja tietää heti, kenelle puhuu. Lopuksi kerrataan, mitä sovittiin ja mitä tapahtuu seuraavaksi.',
}
const moments = [
  {
    title: 'Nimi heti alussa',
    lesson: 'Virkailija sanoo nimensä ennen tervehdystä ja odottaa, että soittaja ehtii vastata.',
  },
  { title: 'Asia sanotaan takaisin', lesson: 'Virkailija toistaa asian omin sanoin ennen kuin neuvoo.' },
]
/** Not all of what is newest can be kept or reached yet. */
const tried = 40

/** Begins the collection where there is none. */
export async function openDemoTraining(
  db: Kysely<RegisterTables>,
  password: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const session = await signIn(db, { userId: 'tiina', password }, now)
  if (typeof session === 'string' || !('expiresAt' in session)) return ['tiina cannot sign in']
  try {
    const there = await listCollections(db, session)
    if ('refused' in there) return [there.refused]
    if (there.length > 0) return []
    const begun = await beginCollection(db, session, collection)
    if ('refused' in begun) return [begun.refused]
    const asked = { purpose: 'TRAINING' as const, action: 'contacts.listed' as const }
    const grant = await requestGrant(db, session, asked, now)
    if ('refused' in grant) return [grant.refused]
    const { items } = await listContacts(db, grant, { recorded: 'available', limit: tried })
    const ids = items.flatMap(({ segments }) => segments.flatMap(({ recording }) => recording.id ?? []))
    const waiting = [...moments]
    for (const id of ids) {
      const [next] = waiting
      if (!next) break
      const added = await addMoment(db, session, begun.id, { recordingId: id, fromMs: 0, toMs: 9_000, ...next })
      if (!('refused' in added)) waiting.shift()
    }
    return waiting.length > 0 ? ['no recording for a moment'] : []
  } finally {
    await signOut(db, session, now)
  }
}
