// Makes disclosures to a research institute, decided or released, by the pages' API in the name of the usual people,
// without a browser. Sets no state directly, except for a day that a test cannot wait for.
import { sql } from 'kysely'
import type { AnonymisedCopy } from '#app/http/contract/anonymised-copies.ts'
import type { ResearchDetail } from '#app/http/contract/research.ts'
import { eventually, signInAt, type Api } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { recordCall, type RecordedCall } from './record-call.ts'
import { withOwnDatabase } from './past-calls.ts'

export interface Study {
  id: string
  number: string
  /** Path of the disclosure's page. */
  page: string
  /** Calls of the items, in the order of the items. */
  calls: readonly RecordedCall[]
}

/** Length of a call: enough for a short turn, and as much as playback serves at once. */
const callSeconds = 4
const zone = 'Europe/Helsinki'
export const dayFromNow = (days: number) => Temporal.Now.plainDateISO(zone).add({ days })

/** Signs in Eero, who prepares, Ilona, who checks, and Riitta, who decides. */
export async function atResearchDesk(seloste: RunningSeloste) {
  const [eero, ilona, riitta] = (await Promise.all(
    ['eero', 'ilona', 'riitta'].map((userId) => signInAt(seloste.url, userId, seloste.password)),
  )) as [Api, Api, Api]

  async function request<Answer = undefined>(as: Api, method: string, path: string, body?: object): Promise<Answer> {
    const answered = await as.call(method, `/api${path}`, body)
    const text = await answered.text()
    if (!answered.ok) throw new Error(`${method} ${path}: ${answered.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }
  const read = (id: string) => request<ResearchDetail>(eero, 'GET', `/research-disclosures/${id}`)

  /** Enters an institute whose letters are in Swedish. Returns its id. */
  async function enterInstitute(name: string): Promise<string> {
    const given = { name, contact: 'Registraturen', email: 'registraturen@institut.example', language: 'sv' }
    return (await request<{ id: string }>(eero, 'POST', '/institutes', given)).id
  }

  /** Makes a copy of one turn of speech, has it played, and signs it. */
  async function signCopy(disclosure: string, item: number, { recordingId }: RecordedCall): Promise<void> {
    const { id } = await request<{ id: string }>(eero, 'POST', `/research-disclosures/${disclosure}/items/${item}/copy`)
    await eero.listen(recordingId, 'SERVICE_LEVEL_STUDY')
    const copy = (as: Api) => request<AnonymisedCopy>(as, 'GET', `/anonymised-copies/${id}`)
    const { revision, durationMs } = await copy(eero)
    const turn = { track: 'OFFICIAL', fromMs: 0, toMs: durationMs, language: 'fi', text: 'Hyvää päivää.' }
    const work = { revision, level: 'T', turns: [turn], redactions: [] }
    const saved = await request<{ revision: number }>(eero, 'PUT', `/anonymised-copies/${id}`, work)
    await request(eero, 'POST', `/anonymised-copies/${id}/rendering`, { revision: saved.revision })
    await eventually(async () => (await copy(eero)).state === 'RENDERED' || undefined, 'the copy is rendered', 60_000)
    const hearing = await request<{ audio: string }>(ilona, 'POST', `/anonymised-copies/${id}/hearings`)
    await (await ilona.call('GET', hearing.audio)).arrayBuffer()
    const judged = { revision: (await copy(ilona)).revision, outcome: 'APPROVED' }
    await request(ilona, 'POST', `/anonymised-copies/${id}/check`, judged)
  }

  /** Prepares a study up to the decision. */
  async function decidedStudy(instituteId: string, { items = 1, dueOn = dayFromNow(30) } = {}): Promise<Study> {
    const begun = { instituteId, study: 'Laatu 2027', dueOn: dueOn.toString(), format: 'OPUS' }
    const { id, number } = await request<ResearchDetail>(eero, 'POST', '/research-disclosures', begun)
    const calls = await Promise.all(Array.from({ length: items }, () => recordCall(seloste, { seconds: callSeconds })))
    for (const { recordingId } of calls)
      await request(eero, 'POST', `/research-disclosures/${id}/items`, { recordingId })
    await Promise.all(calls.map((call, index) => signCopy(id, index + 1, call)))
    const undertaking = { reference: 'SIT-2026-1', signatory: 'N. N.', signedOn: dayFromNow(0).toString() }
    await request(eero, 'PUT', `/research-disclosures/${id}/undertaking`, undertaking)
    const { seen } = await request<ResearchDetail>(riitta, 'GET', `/research-disclosures/${id}`)
    const decision = { outcome: 'GRANTED', reasons: 'Laatutason arviointi.', seen }
    await request(riitta, 'POST', `/research-disclosures/${id}/decision`, decision)
    return { id, number, page: `/disclosures/research/${id}`, calls }
  }

  /** Makes a released disclosure, and waits until its package is ready for the institute. */
  async function releasedStudy(instituteId: string, given: Parameters<typeof decidedStudy>[1] = {}): Promise<Study> {
    const study = await decidedStudy(instituteId, given)
    await request(riitta, 'POST', `/research-disclosures/${study.id}/packages`, {
      method: 'PASSPHRASE',
      delivery: 'LINK',
    })
    const isReady = async () => (await read(study.id)).packages[0]?.state === 'ready' || undefined
    await eventually(isReady, 'the package is ready', 60_000)
    return study
  }

  return { eero, ilona, riitta, ask: request, read, enterInstitute, decidedStudy, releasedStudy }
}

/** Moves a study's due day to yesterday. */
export function expireDueDate(seloste: RunningSeloste, { id }: Study): Promise<void> {
  return withOwnDatabase(seloste, async (db) => {
    await sql`update research_disclosure set due_on = ${dayFromNow(-1).toString()}::date where id = ${id}`.execute(db)
  })
}

/** Moves the due time of recalls into the past. Returns the earlier due time: the end of the third working day. */
export function makeRecallsOverdue(seloste: RunningSeloste, { number }: Study): Promise<Temporal.Instant> {
  return withOwnDatabase(seloste, async (db) => {
    const earlier = await db
      .selectFrom('disclosed_copy')
      .select('due_at')
      .where('disclosure', '=', number)
      .where('state', '=', 'RECALLED')
      .executeTakeFirstOrThrow()
    await sql`update disclosed_copy set due_at = now() - interval '1 minute' where disclosure = ${number} and state = 'RECALLED'`.execute(
      db,
    )
    return earlier.due_at!
  })
}

/** Returns the items of a disclosure whose copies are still linked to their recordings. */
export function linkedItemsOf(seloste: RunningSeloste, { id, number }: Study): Promise<number[]> {
  return withOwnDatabase(seloste, async (db) => {
    const { rows } = await sql<{ item: number }>`
      select item from research_item where disclosure_id = ${id} and (recording_id is not null or contact_id is not null)
      union select item from disclosed_copy where disclosure = ${number} and recording_id is not null
      order by item`.execute(db)
    return rows.map(({ item }) => item)
  })
}
