/** Recorder that listens for SIP and RTP on loopback, and peers that send it real packets from their own addresses. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isSamePeer, startSipServer, type SipServerOptions } from '#capture/sip/server.ts'
import {
  inDialog,
  openSpeaker,
  openWiredRecorder,
  written,
  type WiredRecorder,
} from '#test/conformance/sip/wired-recorder.ts'

export interface LoopbackRecorder extends WiredRecorder {
  readonly sipPort: number
  readonly tlsPort: number | undefined
}

export async function openLoopbackRecorder(
  folder: string,
  options: Parameters<typeof openWiredRecorder>[1],
  sipOptions: Partial<SipServerOptions> = {},
): Promise<LoopbackRecorder> {
  const wired = await openWiredRecorder(folder, options)
  const sip = await startSipServer({
    ...{ host: '127.0.0.1', port: 0, transports: ['udp', 'tcp'], handler: wired.recorder.handler },
    ...{ sharesTrunk: isSamePeer, ...sipOptions },
  })
  return {
    ...wired,
    // Values that change are read from the recorder itself.
    get recorder() {
      return wired.recorder
    },
    sipPort: sip.port,
    tlsPort: sip.tlsPort,
    async stop() {
      await sip.stop()
      await wired.stop()
    },
  }
}

export interface Answered {
  status: number
  /** Header lines and body as received. */
  text: string
  to: string
  /** Media ports of the SDP. */
  ports: number[]
}

/** SIP peer over UDP at an address. */
export async function openPeer(address: string, sipPort: number) {
  const socket = createSocket('udp4').bind(0, address)
  await once(socket, 'listening')
  const received: string[] = []
  socket.on('message', (bytes) => received.push(bytes.toString('latin1')))
  const send = (text: string) =>
    new Promise((resolve) => socket.send(Buffer.from(text, 'latin1'), sipPort, '127.0.0.1', resolve))
  return {
    port: socket.address().port,
    received,
    send,
    /** Sends a request and waits for its final answer. */
    async exchange(text: string): Promise<Answered> {
      const before = received.length
      await send(text)
      const isFinal = (text: string) => /^SIP\/2\.0 [2-6]/.test(text)
      for (let n = 0; n < 1_000; n++) {
        const answer = received.slice(before).find(isFinal)
        if (answer !== undefined) return read(answer)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error('no answer in ten seconds')
    },
    close: () => socket.close(),
  }
}
export type Peer = Awaited<ReturnType<typeof openPeer>>

/**
 * Client at an address: its SIP, its media (from the same address unless another is given), and the call that it
 * reports.
 */
export async function openClient(
  recorder: LoopbackRecorder,
  address: string,
  n: number,
  changes: Record<string, string> = {},
  { mediaAddress = address, sounds }: { mediaAddress?: string; sounds?: readonly number[] } = {},
) {
  const peer = await openPeer(address, recorder.sipPort)
  const mediaPort = 26_000 + 10 * n
  const speaker = await openSpeaker(mediaPort, 100 * n, mediaAddress, sounds)
  const opening = written('rfc7865-baseline', {
    ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP ${address}:${peer.port}` },
    ...{ 'rec-1': `rec-${n}`, 'tag=a1': `tag=a${n}`, 'IN IP4 192.0.2.10': `IN IP4 ${address}` },
    ...{ 'sip:src@192.0.2.10:5060': `sip:src@${address}:${peer.port}` },
    ...{ 'm=audio 40000': `m=audio ${mediaPort}`, 'm=audio 40002': `m=audio ${mediaPort + 2}`, ...changes },
  })
  let to = ''
  let ports: number[] = []
  const within = (method: string, cseq: number, from = opening) => inDialog(from, method, to, cseq)
  return {
    peer,
    opening,
    within,
    get to() {
      return to
    },
    async open() {
      const answer = await peer.exchange(opening)
      ;({ to, ports } = answer)
      if (answer.status === 200) await peer.send(within('ACK', 1))
      return answer
    },
    speak: (packets: number) => speaker.speak(ports, packets),
    speakUntilStopped: () => speaker.resume(ports),
    get ports() {
      return ports
    },
    bye: () => peer.exchange(within('BYE', 900)),
    close() {
      peer.close()
      speaker.close()
    },
  }
}

function read(text: string): Answered {
  return {
    text,
    status: Number(text.slice(8, 11)),
    to: /^to: (.*)\r$/im.exec(text)?.[1] ?? '',
    ports: [...text.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port)),
  }
}
