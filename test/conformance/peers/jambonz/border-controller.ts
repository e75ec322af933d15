/**
 * jambonz' border controller, as far as it handles a call: its own call session, its SIPREC client and its connection
 * to rtpengine, on a drachtio server. This file replaces only the answers of its database and its registry of feature
 * servers: each call goes to one telephone. In: the options, as JSON. Out: `ready` once connected to drachtio.
 */
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'

export interface BorderOptions {
  /** Folder of sbc-inbound or sbc-outbound, with its dependencies installed. */
  folder: string
  drachtioPort: number
  secret: string
  /** Address for SIP of telephone calls, `127.0.0.1:port`. */
  sip: string
  rtpengine: string
  /** Port to which rtpengine would report pressed keys. */
  keysPort: number
  /** Destination of incoming calls; an outgoing call names its own. */
  featureServer: string
}

interface Srf {
  locals: Record<string, unknown>
  connect(to: object): void
  on(event: string, then: (error: Error | null) => void): void
  invite(then: (request: CallRequest, response: unknown) => void): void
  endSession(request: CallRequest): void
}
interface CallRequest {
  body: string
  get(header: string): string
  locals: Record<string, unknown>
}

const options = JSON.parse(process.argv[2] ?? '{}') as BorderOptions
const requireJambonz = createRequire(`${options.folder}/app.js`)
const ignore = () => undefined
const toError = (...text: unknown[]) => console.error(...text)
const logger = { info: ignore, debug: ignore, warn: toError, error: toError, child: () => logger }

const Srf = requireJambonz('drachtio-srf') as new () => Srf
const srf = new Srf()
// jambonz' helpers import these two from the main module, which would need the database.
requireJambonz.cache[requireJambonz.resolve('.')] = { exports: { srf, logger } } as NodeJS.Module
const CallSession = requireJambonz('./lib/call-session') as new (...given: [typeof logger, CallRequest, unknown]) => {
  connect(): Promise<void>
}
const engines = requireJambonz('@jambonz/rtpengine-utils') as (
  addresses: string[],
  logger: object,
  options: object,
) => { getRtpEngine(): unknown }

const returnNull = async () => null
srf.locals = {
  ...srf.locals,
  getRtpEngine: engines([options.rtpengine], logger, { protocol: 'udp', dtmfListenPort: options.keysPort })
    .getRtpEngine,
  getFeatureServer: async () => options.featureServer,
  getApplicationBySid: returnNull,
  stats: { increment: ignore, histogram: ignore },
  writeCdrs: returnNull,
  activeCallIds: new Map(),
  sbcPublicIpAddress: { udp: options.sip, tcp: options.sip },
  privateSipAddress: options.sip,
  idleEmitter: new EventEmitter(),
  sipAddress: options.sip.split(':')[0],
  dbHelpers: {},
  realtimeDbHelpers: new Proxy({}, { get: () => returnNull }),
}
srf.invite((request, response) => {
  request.locals = {
    ...request.locals,
    logger,
    sdp: request.body,
    callId: request.get('Call-ID'),
    account_sid: 'account',
    account: {},
    originator: 'trunk',
    carrier: 'carrier',
    nudge: 0,
    // An outgoing call goes to the address in its request.
    target: 'forward',
  }
  void new CallSession(logger, request, response).connect()
})
srf.on('connect', (error) => (error ? toError(error) : console.log('ready')))
srf.on('error', (error) => toError(error))
srf.connect({ host: '127.0.0.1', port: options.drachtioPort, secret: options.secret })
