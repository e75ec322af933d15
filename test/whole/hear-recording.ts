import { setTimeout as wait } from 'node:timers/promises'
import type { SignedIn } from './sign-in.ts'

/** What came out of a recording: 16-bit samples at 8 kHz, the caller left and the official right. */
export interface Heard {
  readonly caller: Int16Array
  readonly official: Int16Array
  readonly sampleRate: number
  readonly gaps: readonly { track: string; fromMs: number; toMs: number; kind: string }[]
}

const wavHeaderBytes = 44
/** A recording is taken into keeping within a minute of the call's end. */
const keptMs = 60_000

/** Listens to a whole recording under a purpose, as soon as it can be heard. */
export async function hearRecording(person: SignedIn, recordingId: string, purpose: string): Promise<Heard> {
  const listening = await beginListening(person, recordingId, purpose)
  const wav = await readWhole(person, listening.audio)
  const { gaps } = await person.get<{ gaps: Heard['gaps'] }>('GET', listening.peaks)
  await person.ask('DELETE', `/api/listenings/${listening.id}`)
  const view = new DataView(wav.buffer)
  const bytes = wav.length - wavHeaderBytes
  const samples = Array.from({ length: bytes / 2 }, (_, at) => view.getInt16(wavHeaderBytes + at * 2, true))
  return {
    caller: Int16Array.from(samples.filter((_, at) => at % 2 === 0)),
    official: Int16Array.from(samples.filter((_, at) => at % 2 === 1)),
    sampleRate: view.getUint32(24, true),
    gaps,
  }
}

type Listening = { id: string; audio: string; peaks: string }

async function beginListening(person: SignedIn, recordingId: string, purpose: string): Promise<Listening> {
  const path = `/api/recordings/${recordingId}/listenings`
  const deadline = performance.now() + keptMs
  for (;;) {
    const { status, body } = await person.ask('POST', path, { purpose })
    if (status === 201) return body as Listening
    const notYet = (body as { error?: { code?: string } }).error?.code === 'recording.not-yet-kept'
    if (!notYet || performance.now() > deadline) throw new Error(`${path} got ${status} ${JSON.stringify(body)}`)
    await wait(250)
  }
}

async function readWhole(person: SignedIn, path: string): Promise<Uint8Array> {
  const first = await person.range(path, 0)
  const whole = new Uint8Array(first.totalBytes)
  whole.set(first.bytes)
  for (let at = first.bytes.length; at < whole.length;) {
    const { bytes } = await person.range(path, at)
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}
