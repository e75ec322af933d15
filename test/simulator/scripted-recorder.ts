/**
 * Minimal peer for a recording client: answers SIPREC over UDP and TCP on one port, and keeps every message and packet.
 * For tests of the simulator itself; it neither records nor checks anything.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket as TcpSocket } from 'node:net'
import type { Address } from './connection.ts'
import { readDescription, type Direction } from './session-description.ts'
import {
  cutStream,
  headerValue,
  headerValues,
  isRequest,
  readSip,
  tagOf,
  writeSip,
  type Header,
  type SipMessage,
  type SipRequest,
} from './sip-message.ts'

export type ScriptedRecorder = {
  readonly address: Address
  readonly received: SipMessage[]
  /** RTP packets as received, by the label of their stream. */
  readonly packets: Map<string, Buffer[]>
  /** Sends a request in the session of this Call-ID, as a recorder does that ends or changes the session. */
  readonly request: (callId: string, method: string, body?: string) => void
  readonly close: () => Promise<void>
}

type Behaviour = {
  /** Direction of each stream in the answer; with `refuse` the port is 0. */
  readonly direction?: Direction
  readonly refuse?: boolean
  /** Final response to INVITE other than 200. */
  readonly status?: number
  /** Number of datagrams of each method to ignore first. */
  readonly deafTo?: Partial<Record<string, number>>
  /** True to answer only 180 until the call is cancelled. */
  readonly ringsForever?: boolean
}

export async function startScriptedRecorder(behaviour: Behaviour = {}): Promise<ScriptedRecorder> {
  const received: SipMessage[] = []
  const packets = new Map<string, Buffer[]>()
  const media: Socket[] = []
  const connections = new Set<TcpSocket>()
  const ignored = new Map<string, number>()
  const dialogs = new Map<string, { invite: SipRequest; send: (bytes: Buffer) => void; ports: Map<string, number> }>()
  const contact = () => `<sip:srs@127.0.0.1:${udp.address().port}>;+sip.srs`

  const answer = async (request: SipRequest, ports: Map<string, number>): Promise<string> => {
    const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
    const sdp = /v=0[\s\S]*?(?=\r\n\r\n--|$)/.exec(request.body.toString())?.[0] ?? ''
    for (const offered of readDescription(sdp)) {
      const label = offered.label ?? ''
      if (!ports.has(label)) {
        const socket = createSocket('udp4')
        socket.bind(0, '127.0.0.1')
        await once(socket, 'listening')
        const received = packets.get(label) ?? []
        packets.set(label, received)
        socket.on('message', (bytes) => received.push(bytes))
        media.push(socket)
        ports.set(label, socket.address().port)
      }
      const direction = offered.direction === 'inactive' ? 'inactive' : (behaviour.direction ?? 'recvonly')
      lines.push(`m=audio ${behaviour.refuse ? 0 : ports.get(label)!} RTP/AVP ${offered.payloadTypes.join(' ')}`)
      lines.push(`a=label:${label}`, `a=${direction}`)
    }
    return `${lines.join('\r\n')}\r\n`
  }

  const receive = async (message: SipMessage, send: (bytes: Buffer) => void) => {
    if (isRequest(message)) {
      const seen = ignored.get(message.method) ?? 0
      if (seen < (behaviour.deafTo?.[message.method] ?? 0)) {
        ignored.set(message.method, seen + 1)
        return
      }
    }
    received.push(message)
    if (!isRequest(message) || message.method === 'ACK') return
    const callId = headerValue(message, 'call-id')
    const respond = (status: number, extra: readonly Header[] = [], body = '', to = message) => {
      const copied = ['Via', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
        headerValues(to, name).map((value): Header => [name, value]),
      )
      const toValue = headerValue(to, 'to')
      const tagged: Header = ['To', tagOf(toValue) ? toValue : `${toValue};tag=srs`]
      send(writeSip({ status, reason: 'So be it', headers: [...copied, tagged, ...extra], body: Buffer.from(body) }))
    }
    if (message.method === 'CANCEL') {
      respond(200)
      const dialog = dialogs.get(callId)
      if (dialog && behaviour.ringsForever) respond(487, [], '', dialog.invite)
      return
    }
    if (message.method !== 'INVITE') return respond(200)
    if (behaviour.status) return respond(behaviour.status, [['Retry-After', '7']])
    const dialog = dialogs.get(callId) ?? { invite: message, send, ports: new Map<string, number>() }
    dialogs.set(callId, dialog)
    respond(behaviour.ringsForever ? 180 : 100)
    if (behaviour.ringsForever) return
    const body = await answer(message, dialog.ports)
    respond(
      200,
      [
        ['Contact', contact()],
        ['Content-Type', 'application/sdp'],
      ],
      body,
    )
  }

  const { tcp, udp, port } = await listenOnOnePort((socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => undefined)
    socket.on(
      'data',
      cutStream((message) => void receive(message, (bytes) => socket.write(bytes))),
    )
  })
  udp.on('message', (bytes, from) => void receive(readSip(bytes), (reply) => udp.send(reply, from.port, from.address)))

  return {
    address: { host: '127.0.0.1', port },
    received,
    packets,
    request: (callId, method, body = '') => {
      const { invite, send } = dialogs.get(callId)!
      const headers: Header[] = [
        ['Via', `SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${received.length}`],
        ['From', `${headerValue(invite, 'to')};tag=srs`],
        ['To', headerValue(invite, 'from')],
        ['Call-ID', callId],
        ['CSeq', `1 ${method}`],
        ...(body ? [['Content-Type', 'application/sdp'] as const] : []),
      ]
      send(writeSip({ method, uri: 'sip:src@127.0.0.1', headers, body: Buffer.from(body) }))
    },
    close: async () => {
      for (const socket of connections) socket.destroy()
      for (const socket of media) socket.close()
      tcp.close()
      await new Promise<void>((resolve) => udp.close(() => resolve()))
    },
  }
}

/** Listens on one port for TCP and UDP. A port that is free for TCP may be occupied for UDP; then another is tried. */
async function listenOnOnePort(onConnection: (socket: TcpSocket) => void) {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer(onConnection)
    tcp.listen(0, '127.0.0.1')
    await once(tcp, 'listening')
    const { port } = tcp.address() as { port: number }
    const udp = createSocket('udp4')
    try {
      udp.bind(port, '127.0.0.1')
      await once(udp, 'listening')
      return { tcp, udp, port }
    } catch (error) {
      tcp.close()
      udp.close()
      if (attempt === 20) throw error
    }
  }
}
