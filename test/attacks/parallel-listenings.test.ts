// R21, R27: audio is served at listening speed, half a minute ahead, with one limit for each person. If the limit were
// per listening, an attacker could start many, at different parts of one recording or of a hundred recordings, and get
// all the audio in seconds, below every alarm threshold.
import { afterAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openPlayback } from '../register/open-playback.ts'

const database = await createTestDatabase<RegisterTables>()
const leadMs = 2_000
const { makeRecording, listenTo, server } = await openPlayback(database, { leadMs, pieceMs: 500 })
const bytesPerMs = 8 * 4
const leaving = new AbortController()
afterAll(() => leaving.abort())

/** Returns how much sound a range has; 0 if it is requested too early. */
async function servedMs(request: { session: string; listening: string }, fromMs: number): Promise<number> {
  const answer = await server.audio({ ...request, from: 44 + fromMs * bytesPerMs }, leaving.signal)
  if (answer === 'too-fast') return 0
  if (typeof answer === 'string' || 'over' in answer) throw new Error(JSON.stringify(answer))
  return answer.bytes.length / bytesPerMs
}

test(
  'a person has one rate limit, however many listenings and sessions they have started',
  { timeout: 60_000 },
  async () => {
    const recording = await makeRecording({}, { packets: 2_000 })
    const listenings = []
    for (let n = 0; n < 20; n++) listenings.push(await listenTo(recording.id))
    const begun = performance.now()
    const servedEach = await Promise.all(listenings.map(({ ask: request }, n) => servedMs(request, 1_500 * n)))
    const passedMs = performance.now() - begun
    const all = servedEach.reduce((sum, ms) => sum + ms, 0)
    expect(all).toBeGreaterThanOrEqual(leadMs)
    // All listenings of one recording share one lead: sound that was served counts as played by the person.
    expect(all).toBeLessThanOrEqual(leadMs + 1.25 * passedMs + 100)
    // One of the listenings continues.
    const [first] = listenings
    expect(await servedMs(first!.ask, servedEach[0]!)).toBeGreaterThan(0)
  },
)

test(
  'from many recordings a person gets what one rate limit allows, plus the lead of at most ten listenings',
  { timeout: 60_000 },
  async () => {
    const listenings = []
    for (let n = 0; n < 12; n++) listenings.push(await listenTo((await makeRecording({}, { packets: 120 })).id))
    const begun = performance.now()
    const servedEach = await Promise.all(listenings.map(({ ask: request }) => servedMs(request, 0)))
    const passedMs = performance.now() - begun
    const all = servedEach.reduce((sum, ms) => sum + ms, 0)
    expect(all).toBeGreaterThanOrEqual(2 * leadMs)
    expect(all).toBeLessThanOrEqual(10 * leadMs + 1.25 * passedMs + 100)
  },
)
