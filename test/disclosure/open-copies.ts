/**
 * Opens anonymised copies for the people who prepare and check them, in any state that a test needs. The real custodian
 * makes the copies over HTTP, including their renderings.
 */
import { sql } from 'kysely'
import { expect, vi } from 'vitest'
import type { AnonymisedCopy, CopyRedaction, CopyTurn } from '#app/http/contract/anonymised-copies.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { publishText } from '../database/describe-from.ts'
import { answer } from '../register/open-desk.ts'
import { openResearch } from './open-research.ts'

/** Length of every recording here: 150 packets of 20 ms. */
export const wholeMs = 3000

export const redaction: CopyRedaction = {
  track: 'CALLER',
  fromMs: 1000,
  toMs: 1500,
  reason: 'NAME',
  source: 'MANUAL',
  isReviewed: true,
}
/** Turns that cover the whole sound of a test recording on both tracks. */
export const turns: CopyTurn[] = [
  { track: 'CALLER', fromMs: 0, toMs: wholeMs, language: 'fi', text: 'hyvää päivää täällä puhuu soittaja' },
  { track: 'OFFICIAL', fromMs: 0, toMs: wholeMs, language: 'sv', text: 'god dag vad kan jag hjälpa med' },
]

interface Work {
  level?: 'T' | 'N' | 'D'
  turns?: CopyTurn[]
  redactions?: CopyRedaction[]
}

/** Call it at the top of a test file. */
export async function openCopies(
  database: TestDatabase<RegisterTables>,
  given: Parameters<typeof openResearch>[1] = {},
) {
  const research = await openResearch(database, given)
  const { as, send, beginDisclosure, pick, ends } = research
  const { admin } = ends
  type Name = Parameters<typeof as>[0]

  const read = async (id: string, name: Name = 'eero') =>
    (await send(name, 'GET', `/api/anonymised-copies/${id}`)).body as unknown as AnonymisedCopy
  const lacksOf = async (id: string) => (await read(id)).lacks.map(({ what }) => what)
  const save = async (id: string, work: Work = {}, name: Name = 'eero') =>
    send(name, 'PUT', `/api/anonymised-copies/${id}`, {
      revision: (await rowOf(id)).revision,
      ...{ level: 'T', turns, redactions: [redaction], ...work },
    })
  const render = async (id: string, name: Name = 'eero') =>
    send(name, 'POST', `/api/anonymised-copies/${id}/rendering`, { revision: (await rowOf(id)).revision })
  async function check(id: string, outcome: 'APPROVED' | 'REJECTED', name: Name = 'kaisa', given: object = {}) {
    const { revision } = await rowOf(id)
    return send(name, 'POST', `/api/anonymised-copies/${id}/check`, { revision, outcome, ...given })
  }

  interface Row {
    state: string
    revision: number
    failure: string | null
    recording_id: string
    work: Buffer | null
    sound_at: Temporal.Instant | null
    sound_ms: number | null
    removed_at: Temporal.Instant | null
  }
  async function rowOf(id: string): Promise<Row> {
    return (await sql<Row>`select * from anonymised_copy where id = ${id}`.execute(admin)).rows[0]!
  }
  const objectsOf = (recording: string) =>
    Array.fromAsync(research.ends.register.objects.list(`anonymised/${recording}/`))

  /** Starts a copy of a picked recording without words, for the given disclosure or a new one. */
  async function copy(given?: string) {
    const disclosure = given ?? (await beginDisclosure())
    const recording = await research.ends.makeRecording({}, { packets: wholeMs / 20 })
    const picked = await pick(disclosure, recording.id)
    const path = `/api/research-disclosures/${disclosure}/items/${picked.body['item'] as number}/copy`
    const made = await send('eero', 'POST', path)
    expect(made).toMatchObject({ status: 200 })
    return { id: made.body['id'] as string, recording: recording.id, disclosure, sealed: recording }
  }
  /**
   * Plays a part of the original as the player does. Returns the audio after an empty header, as `samplesOf` reads it.
   */
  async function play(recording: string, name: Name = 'eero', fromMs = 0, toMs = wholeMs) {
    const browser = await as(name)
    const listening = await answer(
      browser.fetch(`/api/recordings/${recording}/listenings`, { json: { purpose: 'SERVICE_LEVEL_STUDY' } }),
    )
    const range = `bytes=${44 + fromMs * 32}-${44 + toMs * 32 - 1}`
    const played = await browser.fetch(listening.body['audio'] as string, { headers: { range } })
    expect(played.status).toBe(206)
    return Buffer.concat([Buffer.alloc(44), Buffer.from(await played.arrayBuffer())])
  }
  async function until(id: string, state: string) {
    await expect.poll(async () => (await rowOf(id)).state, { timeout: 20_000 }).toBe(state)
  }
  /** Makes a copy that is rendered and not played yet. */
  async function renderedCopy(work: Work = {}, disclosure?: string) {
    const made = await copy(disclosure)
    await play(made.recording)
    expect(await save(made.id, work)).toMatchObject({ status: 200 })
    expect(await render(made.id)).toMatchObject({ status: 202 })
    await until(made.id, 'RENDERED')
    return made
  }
  const startCopyPlayback = (id: string, name: Name = 'kaisa') =>
    send(name, 'POST', `/api/anonymised-copies/${id}/hearings`)
  async function playCopy(id: string, name: Name = 'kaisa'): Promise<Buffer> {
    const hearing = await startCopyPlayback(id, name)
    expect(hearing).toMatchObject({ status: 201 })
    return wholeOf(hearing.body['audio'] as string, name)
  }
  async function wholeOf(audio: string, name: Name): Promise<Buffer> {
    const played = await (await as(name)).fetch(audio)
    expect([played.status, played.headers.get('cache-control')]).toEqual([206, 'no-store'])
    return Buffer.from(await played.arrayBuffer())
  }
  async function approvedCopy(work: Work = {}, disclosure?: string) {
    const made = await renderedCopy(work, disclosure)
    const sound = await playCopy(made.id)
    expect(await check(made.id, 'APPROVED')).toMatchObject({ status: 204 })
    return { ...made, sound }
  }

  /** Publishes a version of the description with a change. Returns a function that restores the previous text. */
  async function publishChanged(change: (text: string) => string): Promise<() => Promise<void>> {
    const { pool } = database.as()
    const newest = 'select text from description_version order by version desc limit 1'
    const { text } = (await pool.query<{ text: string }>(newest)).rows[0]!
    const publish = async (next: string) => {
      await publishText(pool, next, Temporal.Now.instant())
      const { version } = (
        await pool.query<{ version: number }>('select max(version) as version from description_version')
      ).rows[0]!
      const inForce = () => ends.versions.at(Temporal.Now.instant())
      await vi.waitUntil(() => inForce().version === version, { timeout: 20_000 })
      await applyRules(inForce().description)
    }
    await publish(change(text))
    return () => publish(text)
  }
  const applyRules = ({ disclosure, switches }: RegisterDescription) =>
    research.changeDisclosureRules({
      ...(disclosure.pseudonymised !== undefined && { pseudonymised: disclosure.pseudonymised }),
      ...(switches.transcripts && { transcripts: switches.transcripts }),
    })
  /** Publishes a version that allows copies of level D. Returns a function that restores the previous text. */
  const allowPseudonymised = () =>
    publishChanged((text) => text.replace(/^( +)research: true$/m, '$&\n$1pseudonymised: true'))
  /** Publishes a version that allows drafted transcripts. Returns a function that restores the previous text. */
  const allowTranscripts = () => publishChanged((text) => text.replace(/^switches:\n/m, '$&  transcripts: research\n'))

  return {
    ...ends,
    ...research,
    ...{ allowPseudonymised, allowTranscripts },
    ...{ readCopy: read, lacksOfCopy: lacksOf, save, render, check, rowOf, objectsOf, copy, play, until },
    ...{ renderedCopy, startCopyPlayback, playCopy, approvedCopy },
  }
}

/** Returns samples of one track of a WAV between two instants. */
export function samplesOf(wav: Buffer, lane: 0 | 1, fromMs: number, toMs: number): number[] {
  return Array.from({ length: (toMs - fromMs) * 8 }, (_, i) => wav.readInt16LE(44 + (fromMs * 8 + i) * 4 + lane * 2))
}
