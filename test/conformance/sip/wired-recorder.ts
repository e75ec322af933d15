/**
 * A recorder whose SIP comes by a wire of the test's own and whose media come by real ports. In: a folder, what differs. Out: the
 * recorder, what it has noted of calls, requests written after the vectors. Never: a stand-in for spool, writer or store.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { createPortAllocator, type PortAllocator } from '#capture/rtp/allocate-ports.ts'
import { createQuotaCounts } from '#capture/session/quota-counts.ts'
import { createRecorder, type Recorder } from '#capture/session/recorder.ts'
import type { RecorderOptions } from '#capture/session/recorder-options.ts'
import { openSpool } from '#capture/session/spool.ts'
import { readDescription } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { indexRecording, type OpenedRecording } from '#register/recordings/index-recording.ts'
import { headerKey } from '#register/recordings/objects.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import type { RecordingIndex } from '#register/recordings/recording-index.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { enterInto } from '#test/database/people.ts'
import { bytesOf } from '#test/vectors/siprec/read-vector.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { callServer, toOf, type Caller } from './caller.ts'

const seed = await readDescription()
const intake = generateKeyPair()

/** The program's own description, with every call to a number of a rule recorded. */
export const everyCall: RegisterDescription = {
  ...seed,
  recordingPlan: { ...seed.recordingPlan, rules: seed.recordingPlan.rules.map((rule) => ({ ...rule, share: 1 })) },
}

const from = Temporal.Instant.from('2026-01-01T00:00:00Z')

/** Of the vectors. */
const officials: readonly DirectoryEntry[] = ['+358295121001', '+358295121002'].map((phone) => ({
  ...{ personId: phone.slice(-4), unitId: null, name: phone, phoneKey: phone as never },
  ...{ consentedFrom: null, from, to: null },
}))

export interface WiredRecorder {
  readonly call: Caller
  readonly recorder: Recorder
  readonly ports: PortAllocator
  /** The segments as they are now, in the order in which they came. */
  segments(): SegmentFacts[]
  /** Sends a request and waits for its final answer, which is 200; SDP, or nothing. */
  ask(text: string): Promise<{ sdp: string; to: string }>
  /** A segment's recording, opened, and its index. */
  opened(segment: SegmentFacts | undefined): Promise<{ index: RecordingIndex; openChunk: OpenedRecording['openChunk'] }>
  /** Voices of a segment's recording, as SSRCs. */
  voices(segment: SegmentFacts | undefined): Promise<Record<'caller' | 'official' | 'mixed', number[]>>
  stop(): Promise<void>
}

export async function openWiredRecorder(
  folder: string,
  given: { firstPort: number; lastPort?: number; description: () => RegisterDescription } & Partial<
    Pick<RecorderOptions, 'limits' | 'held' | 'leftBehind' | 'nameTrunk' | 'findTrunk' | 'latchesOf' | 'hears'>
  >,
): Promise<WiredRecorder> {
  const { firstPort, lastPort = firstPort + 99, description, ...more } = given
  const noted: SegmentFacts[] = []
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: enterInto(noted),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  await openDirectoryStore(recordingsFolder)
  const objects = await openTestObjects(join(folder, 'objects'))
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  const ports = createPortAllocator({ address: '127.0.0.1', firstPort, lastPort, quarantineMs: 0 })
  const recorder = createRecorder({
    ...{ versionAt: () => ({ version: 7, description: description() }), drawKey: Buffer.alloc(32) },
    ...{ quotas: createQuotaCounts(), officials: () => officials, intakePublicKey: () => intake.recipient },
    ...{ clock: systemClock, ports, mediaAddress: () => '127.0.0.1', spool, recordingsFolder, tail, objects },
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => {
      throw error
    },
    ...more,
  })
  const call = callServer(recorder.handler)
  const opened: WiredRecorder['opened'] = async (segment) => {
    const id = segment?.recording?.id ?? ''
    const header = await objects.readRange(headerKey(id), 0, await objects.sizeBytes(headerKey(id)))
    const recording = await openRecordingBody(objects, id, readAgeHeader(header, intake.identity))
    return { index: await indexRecording(recording), openChunk: (n) => recording.openChunk(n) }
  }

  return {
    ...{ call, recorder, ports },
    segments: () => [...new Map(noted.map((facts) => [facts.segmentId, facts])).values()],
    async ask(text) {
      const before = call.sent.length
      call.send(Buffer.from(text, 'latin1'), { address: '192.0.2.10' })
      const answer = () =>
        call.sent.slice(before).find(({ message }) => message.kind === 'response' && message.status >= 200)?.message
      await vi.waitFor(() => expect(answer()).toBeDefined(), { timeout: 20_000, interval: 5 })
      const response = answer()!
      if (response.kind !== 'response') throw new Error('no response')
      expect(response.status).toBe(200)
      return { sdp: response.body.toString(), to: toOf(response) }
    },
    opened,
    async voices(segment) {
      const { sources } = (await opened(segment)).index
      const of = (track: string) => sources.filter((source) => source.track === track).map(({ ssrc }) => ssrc)
      return { caller: of('caller'), official: of('official'), mixed: of('mixed') }
    },
    async stop() {
      await recorder.stop()
      await tail.close()
      await spool.stop()
    },
  }
}

/** A vector as it is, or with some of its texts written otherwise; its length is right. */
export function written(name: string, changes: Record<string, string> = {}): string {
  let text = bytesOf(name).toString('latin1')
  for (const [was, is] of Object.entries(changes)) text = text.replaceAll(was, is)
  return sized(text)
}

/** With the length that its body has now. */
export function sized(text: string): string {
  const at = text.indexOf('\r\n\r\n') + 4
  return text.slice(0, at).replace(/^(Content-Length: ?)\d+/im, `$1${text.length - at}`) + text.slice(at)
}

/** A request in the dialog that `opening` has opened; a body is metadata. */
export function inDialog(opening: string, method: string, to: string, cseq: number, body = ''): string {
  const head = opening.split('\r\n\r\n')[0]!
  const lines = head.split('\r\n').filter((line) => /^(?:via|from|call-id|max-forwards):/i.test(line))
  const type = body ? 'Content-Type: application/rs-metadata+xml\r\n' : ''
  const via = lines.join('\r\n').replace(/branch=(\S+)/, `branch=$1${method}${cseq}`)
  return `${method} sip:srs@192.0.2.200 SIP/2.0\r\n${via}\r\nTo: ${to}\r\nCSeq: ${cseq} ${method}\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** An A-law sample of nothing. */
const silence = 0xd5

/**
 * Where a client sends RTP from, `port` and each second one after it: A-law, one source for each of our ports.
 * @param sounds the A-law sample of which each line's packets are full
 */
export async function openSpeaker(
  port: number,
  firstSsrc: number,
  address = '127.0.0.1',
  sounds: readonly number[] = [silence, silence],
) {
  const sockets = sounds.map((_, line) => createSocket('udp4').bind(port + 2 * line, address))
  await Promise.all(sockets.map((socket) => once(socket, 'listening')))
  let sent = 0
  async function speak(to: readonly number[], packets: number): Promise<void> {
    for (let n = 0; n < packets; n++, sent++) {
      for (const [at, toPort] of to.entries()) {
        const packet = Buffer.alloc(172, sounds[at])
        packet.set([0x80, 8])
        packet.writeUInt16BE(sent & 0xffff, 2)
        packet.writeUInt32BE(160 * sent, 4)
        packet.writeUInt32BE(firstSsrc + at, 8)
        await new Promise((resolve) => sockets[at]!.send(packet, toPort, '127.0.0.1', resolve))
      }
    }
  }
  return {
    speak,
    get sent() {
      return sent
    },
    /** Goes on every few milliseconds until it is stopped. */
    goOn(to: readonly number[]): { stop(): Promise<void> } {
      let on = true
      const done = (async () => {
        while (on) {
          await speak(to, 1)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      })()
      return {
        stop() {
          on = false
          return done
        },
      }
    },
    close: () => sockets.forEach((socket) => socket.close()),
  }
}

export type Speaker = Awaited<ReturnType<typeof openSpeaker>>
