/**
 * Recording client on its own sockets, and a recorder that listens for SIP and RTP as in production. The client sends a
 * vendor's requests one by one and returns the answers and the recorder's own requests. Contains no vendor's message.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { parseMessage } from '#capture/sip/parse-message.ts'
import type { SipRequest, SipResponse } from '#capture/sip/message.ts'
import { startSipServer } from '#capture/sip/server.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { everyCall, openTestRecorder, type RecorderGiven, type TestRecorder } from '../sip/test-recorder.ts'

/** Content of a request; its body is SDP, metadata, or both as multipart/mixed. */
export interface RequestParts {
  /** True for the client's present offer, or the text of an offer. */
  sdp?: boolean | string
  metadata?: string
  headers?: Record<string, string>
  /** Request-URI; by default that of the recorder. */
  uri?: string
  /** Body and its type, sent instead of `sdp` and `metadata`. */
  body?: { type: string; content: string | Buffer }
}

export interface Answered {
  status: number
  sdp: string
  /** Recorder's port of each media line; undefined if there is none. */
  ports: number[]
}

export interface ClientCall {
  invite(reported: RequestParts): Promise<Answered>
  /** Sends a re-INVITE, in the dialog. */
  reinvite(reported: RequestParts): Promise<Answered>
  update(reported: RequestParts): Promise<Answered>
  bye(reported?: RequestParts): Promise<Answered>
  /** Cancels the last INVITE with its branch, and without the tag of an answer (RFC 3261 section 9.1). */
  cancel(): Promise<Answered>
  /** Sends this many packets of 172 bytes of A-law for each media line to its port, none if the port is 0. */
  speak(ports: readonly number[], packets: number): Promise<void>
  /** Returns the client's offer with the next version number. */
  offer(direction?: 'sendonly' | 'inactive'): string
  /** Offers of the recorder that the client has answered, each with its ports. */
  readonly offered: Answered[]
  /** Answers the recorder's offers with this status from now on. */
  refuseOffers(status: number): void
  /** Answers the recorder's offers with SDP and these metadata from now on, as multipart/mixed. */
  answerWith(metadata: string): void
}

export interface FlowBench extends TestRecorder {
  /** Makes a client with this many media lines; its first SSRC identifies its voices. */
  call(given: { label?: readonly string[]; lines?: number; from?: string; ssrc?: number }): Promise<ClientCall>
  until(check: () => void): Promise<void>
}

/** Opens a recorder behind a SIP server with its own UDP socket. */
export async function openBench(
  firstPort: number,
  given: Partial<RecorderGiven> & { inForce?: () => RegisterDescription } = {},
): Promise<FlowBench> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-flow-'))
  const { inForce = () => everyCall, ...more } = given
  const opened = await openTestRecorder(folder, { firstPort, description: inForce, ...more })
  const server = await startSipServer({
    ...{ host: '127.0.0.1', port: 0, transports: ['udp'] as const, handler: opened.recorder.handler },
    onFault: (error) => {
      throw error
    },
  })
  const stops: (() => void)[] = []
  return {
    ...opened,
    async call(wanted) {
      const client = await openClient(server.port, wanted)
      stops.push(client.stop)
      return client
    },
    until: (check) => vi.waitFor(check, { timeout: 8_000, interval: 5 }),
    async stop() {
      for (const stop of stops) stop()
      await server.stop()
      await opened.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

let calls = 0

/** Opens a client of the SIP listener at this port. */
export async function openClient(
  serverPort: number,
  given: { label?: readonly string[]; lines?: number; from?: string; ssrc?: number },
): Promise<ClientCall & { stop: () => void }> {
  const labels = given.label ?? ['1', '2']
  const lines = given.lines ?? labels.length
  const firstSsrc = given.ssrc ?? 100
  const sip = createSocket('udp4').bind(0, '127.0.0.1')
  const media = Array.from({ length: lines }, () => createSocket('udp4').bind(0, '127.0.0.1'))
  await Promise.all([sip, ...media].map((socket) => once(socket, 'listening')))
  const own = sip.address().port
  const callId = `flow-${process.pid}-${++calls}`
  const fromHeader = `${given.from ?? `<sip:src@127.0.0.1:${own}>`};tag=src${calls}`
  const offered: Answered[] = []
  const waiting = new Map<string, (response: SipResponse) => void>()
  let to = '<sip:srs@127.0.0.1>'
  let cseq = 0
  let sdpVersion = 1
  let sent = 0
  let refusal = 0
  let extraHeaders: string | undefined

  const send = (text: Buffer) =>
    new Promise<void>((resolve) => {
      sip.send(text, serverPort, '127.0.0.1', () => {
        resolve()
      })
    })

  function offer(direction = 'sendonly'): string {
    const media4 = media.map((socket, at) =>
      [
        `m=audio ${socket.address().port} RTP/AVP 8 101`,
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:101 telephone-event/8000',
        ...(labels[at] === undefined ? [] : [`a=label:${labels[at]}`]),
        `a=${direction}`,
      ].join('\r\n'),
    )
    const head = ['v=0', `o=src 1 ${sdpVersion++} IN IP4 127.0.0.1`, 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
    return `${[...head, ...media4].join('\r\n')}\r\n`
  }

  function bodyOf({ sdp, metadata, body }: RequestParts): { type?: string; content: Buffer } {
    if (body) return { type: body.type, content: Buffer.from(body.content) }
    const description = sdp === true ? offer() : sdp || undefined
    if (description === undefined && metadata === undefined) return { content: Buffer.alloc(0) }
    if (metadata === undefined) return { type: 'application/sdp', content: Buffer.from(description!) }
    if (description === undefined) return { type: 'application/rs-metadata+xml', content: Buffer.from(metadata) }
    const parts = [
      `Content-Type: application/sdp\r\n\r\n${description}`,
      `Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n${metadata}`,
    ]
    const content = `${parts.map((part) => `--flow\r\n${part}\r\n`).join('')}--flow--\r\n`
    return { type: 'multipart/mixed;boundary=flow', content: Buffer.from(content) }
  }

  function write(method: string, number: number, reported: RequestParts, body = bodyOf(reported)): Buffer {
    const head = [
      `${method} ${reported.uri ?? `sip:srs@127.0.0.1:${serverPort}`} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK-${callId}-${method}-${number};rport`,
      `From: ${fromHeader}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${number} ${method}`,
      'Max-Forwards: 70',
      `Contact: <sip:src@127.0.0.1:${own}>;+sip.src`,
      'Require: siprec',
      ...Object.entries(reported.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
      ...(body.type ? [`Content-Type: ${body.type}`] : []),
      `Content-Length: ${body.content.length}`,
    ]
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body.content])
  }

  async function cancel(): Promise<Answered> {
    const answer = new Promise<SipResponse>((resolve) => waiting.set(`${cseq} CANCEL`, resolve))
    const text = write('CANCEL', cseq, {}, { content: Buffer.alloc(0) }).toString()
    await send(Buffer.from(text.replace(`-CANCEL-${cseq}`, `-INVITE-${cseq}`).replace(/^(To: [^;\r]*).*$/m, '$1')))
    return answeredOf((await answer).status, '')
  }

  async function sendRequest(method: string, reported: RequestParts): Promise<Answered> {
    const number = ++cseq
    const answer = new Promise<SipResponse>((resolve) => waiting.set(`${number} ${method}`, resolve))
    await send(write(method, number, reported))
    const response = await answer
    to = response.headers.find(({ name }) => name === 'to')?.value ?? to
    const requestsOffer = method === 'INVITE' && bodyOf(reported).content.length === 0 && response.status < 300
    const ack = requestsOffer
      ? { type: 'application/sdp', content: Buffer.from(offer()) }
      : { content: Buffer.alloc(0) }
    if (method === 'INVITE') await send(write('ACK', number, {}, ack))
    return answeredOf(response.status, response.body.toString())
  }

  /** Handles a request of the recorder. */
  async function onRequest(request: SipRequest): Promise<void> {
    if (request.method === 'ACK') return
    const status = request.method === 'INVITE' && refusal > 0 ? refusal : 200
    const describes = request.method === 'INVITE' && status === 200
    if (describes) offered.push(answeredOf(status, request.body.toString()))
    const back = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) =>
      request.headers.filter((header) => header.name === name).map(({ value }) => `${name}: ${value}`),
    )
    const { type, content } = describes
      ? bodyOf({ sdp: true, ...(extraHeaders !== undefined && { metadata: extraHeaders }) })
      : { content: Buffer.alloc(0) }
    const typeHeaders =
      type === undefined ? [] : [`Content-Type: ${type}`, `Contact: <sip:src@127.0.0.1:${own}>;+sip.src`]
    const head = [`SIP/2.0 ${status} -`, ...back, ...typeHeaders, `Content-Length: ${content.length}`]
    await send(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content]))
  }

  sip.on('message', (bytes) => {
    const message = parseMessage(bytes)
    if (message.kind === 'request') return void onRequest(message)
    if (message.kind !== 'response' || message.status < 200) return
    waiting.get(`${message.cseq.number} ${message.cseq.method}`)?.(message)
  })

  return {
    invite: (reported) => sendRequest('INVITE', reported),
    reinvite: (reported) => sendRequest('INVITE', reported),
    update: (reported) => sendRequest('UPDATE', reported),
    bye: (reported = {}) => sendRequest('BYE', reported),
    cancel,
    offer,
    offered,
    refuseOffers: (status) => void (refusal = status),
    answerWith: (metadata) => void (extraHeaders = metadata),
    async speak(ports, packets) {
      for (let n = 0; n < packets; n++, sent++) {
        for (const [at, port] of ports.entries()) if (port > 0) await sendPacket(media[at]!, port, firstSsrc + at, sent)
      }
    },
    stop() {
      for (const socket of [sip, ...media]) socket.close()
    },
  }
}

function answeredOf(status: number, sdp: string): Answered {
  const isWanted = /a=recvonly/.test(sdp)
  const ports = [...sdp.matchAll(/^m=audio (\d+)/gm)].map(([, port]) => Number(port))
  return { status, sdp, ports: isWanted ? ports : [] }
}

function sendPacket(socket: Socket, port: number, ssrc: number, sequence: number): Promise<void> {
  const packet = Buffer.alloc(172, 0xd5)
  packet.set([0x80, 8])
  packet.writeUInt16BE(sequence & 0xffff, 2)
  packet.writeUInt32BE(160 * sequence, 4)
  packet.writeUInt32BE(ssrc, 8)
  return new Promise((resolve) => {
    socket.send(packet, port, '127.0.0.1', () => {
      resolve()
    })
  })
}

/** Builds plain metadata by RFC 7865. */
export function metadataOf(given: {
  id?: string
  /** Participants, each with one or more addresses, and the label of the stream with the voice. */
  participants: readonly { id: string; aor: string | readonly string[]; label?: string; name?: string }[]
  labels?: readonly string[]
  mode?: 'complete' | 'partial'
  more?: string
}): string {
  const { id = 'c2Vzc2lvbg==', participants, labels = ['1', '2'], mode = 'complete', more = '' } = given
  const people = participants.map(({ id: user, aor, name }) => {
    const nameIds = [aor].flat().map((one) => `<nameID aor="${one}">${name ? `<name>${name}</name>` : ''}</nameID>`)
    return `<participant participant_id="${user}">${nameIds.join('')}</participant>`
  })
  const streams = labels.map(
    (label) => `<stream stream_id="s${label}" session_id="${id}"><label>${label}</label></stream>`,
  )
  const links = participants.map(
    ({ id: user, label }) =>
      `<participantsessionassoc participant_id="${user}" session_id="${id}"></participantsessionassoc>` +
      `<participantstreamassoc participant_id="${user}">${label ? `<send>s${label}</send>` : ''}</participantstreamassoc>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>${mode}</datamode>`,
    `<session session_id="${id}"></session>`,
    ...people,
    ...streams,
    ...links,
    more,
    '</recording>',
  ].join('\n')
}

/** Numbers in the description and the directory of openTestRecorder. */
export const people = {
  caller: 'sip:+358401234567@trunk.example.net',
  official: 'sip:+358295121001@agency.example.fi',
  colleague: 'sip:+358295121002@agency.example.fi',
  number: 'sip:029497000@agency.example.fi',
} as const

export const callerKey = '+358401234567'
export const officialKey = '+358295121001'
export const numberKey = '+35829497000'

export function expectRecorded(bench: FlowBench, packets: number): Promise<void> {
  return bench.until(() => {
    expect(bench.segments().find(({ recording }) => recording?.stored)?.recording?.stored?.packetsReceived).toBe(
      packets,
    )
  })
}
