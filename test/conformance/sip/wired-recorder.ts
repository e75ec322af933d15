/**
 * Starts a recorder that gets its SIP from the test and its media at real ports. Collects what the recorder reports of
 * calls; requests are written after the vectors. Spool, writer and store are real.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, vi } from 'vitest'
import { bytesOf } from '#test/vectors/siprec/read-vector.ts'
import { createTestServer, toOf, type SipTestServer } from './sip-test-server.ts'
import { openTestRecorder, type RecorderGiven, type TestRecorder } from './test-recorder.ts'

export { everyCall } from './test-recorder.ts'

export interface WiredRecorder extends TestRecorder {
  readonly call: SipTestServer
  /**
   * Sends a request and waits for its final answer, which must be 200. Returns the answer's SDP, if any, and its To.
   */
  exchange(text: string): Promise<{ sdp: string; to: string }>
}

export async function openWiredRecorder(folder: string, given: RecorderGiven): Promise<WiredRecorder> {
  const opened = await openTestRecorder(folder, given)
  const call = createTestServer(opened.recorder.handler)
  return {
    ...opened,
    call,
    async exchange(text) {
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
  }
}

/** Returns a vector, unchanged or with some texts replaced, with the matching Content-Length. */
export function written(name: string, changes: Record<string, string> = {}): string {
  let text = bytesOf(name).toString('latin1')
  for (const [was, is] of Object.entries(changes)) text = text.replaceAll(was, is)
  return sized(text)
}

/** Sets Content-Length to the length of the body. */
export function sized(text: string): string {
  const at = text.indexOf('\r\n\r\n') + 4
  return text.slice(0, at).replace(/^(Content-Length: ?)\d+/im, `$1${text.length - at}`) + text.slice(at)
}

/** Builds a request in the dialog opened by `opening`, with metadata as its body. */
export function inDialog(opening: string, method: string, to: string, cseq: number, body = ''): string {
  const head = opening.split('\r\n\r\n')[0]!
  const lines = head.split('\r\n').filter((line) => /^(?:via|from|call-id|max-forwards):/i.test(line))
  const type = body ? 'Content-Type: application/rs-metadata+xml\r\n' : ''
  const via = lines.join('\r\n').replace(/branch=(\S+)/, `branch=$1${method}${cseq}`)
  return `${method} sip:srs@192.0.2.200 SIP/2.0\r\n${via}\r\nTo: ${to}\r\nCSeq: ${cseq} ${method}\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** A-law sample of silence. */
const silence = 0xd5

/**
 * Sends A-law RTP from `port` and every second port after it, with one source for each port of the recorder.
 * @param sounds for each media line, the A-law sample that fills its packets
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
    /** Sends every few milliseconds until it is stopped. */
    resume(to: readonly number[]): { stop(): Promise<void> } {
      let isSending = true
      const done = (async () => {
        while (isSending) {
          await speak(to, 1)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      })()
      return {
        stop() {
          isSending = false
          return done
        },
      }
    },
    close: () => sockets.forEach((socket) => socket.close()),
  }
}

export type Speaker = Awaited<ReturnType<typeof openSpeaker>>
