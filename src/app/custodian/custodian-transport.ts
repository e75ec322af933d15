/** The desk's transport to the custodian: a unix socket, or mutual TLS. Logs why the custodian does not answer. */
import { Agent, request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as TlsAgent, request as requestOverTls } from 'node:https'
import { readFile } from 'node:fs/promises'
import {
  followCertificateFiles,
  type CertificateInUse,
  type FollowedCertificate,
} from '#platform/certificates/follow-certificate.ts'
import type { SplitRoleSettings } from '#platform/config/split-roles.ts'
import { Fault } from '#platform/fault.ts'
import type { Log } from '#platform/log/log.ts'
import { socketPath, type SocketSettings } from '../roles/sockets.ts'

/** Connections for requests, and separate ones for listeners, which mostly wait for audio and must not delay requests. */
export type ConnectionPool = 'requests' | 'listeners'

export interface CustodianTransport {
  request(
    pool: ConnectionPool,
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ): Pick<ClientRequest, 'on' | 'end' | 'destroy'>
  /** Reports the result of a request; undefined means that the custodian has answered. A failure is logged once. */
  report(problem: Error | { status: number } | undefined): void
  stop(): void
}

interface Dependencies {
  now: () => Temporal.Instant
  log: Pick<Log, 'info' | 'error'>
  /** Interval of checks for changed certificates. */
  checkMs?: number | undefined
}

const poolSizes: Record<ConnectionPool, number> = { requests: 16, listeners: 1024 }
/** Connections with the previous certificate are closed after this time, which is longer than any request. */
const oldConnectionsMs = 90_000
/** Only TLS version used: both ends are our own processes. */
export const linkVersion = 'TLSv1.3'

/** Returns the transport of the settings: mutual TLS if SELOSTE_CUSTODIAN is set, otherwise the unix socket. */
export async function openCustodianTransport(
  settings: SocketSettings & { splitRoles: Pick<SplitRoleSettings, 'custodian' | 'linkFiles'> },
  dependencies: Dependencies,
): Promise<CustodianTransport> {
  const { custodian, linkFiles } = settings.splitRoles
  if (custodian && linkFiles) return custodianOverTls(custodian, linkFiles, dependencies)
  return custodianAtSocket(socketPath(settings, 'custodian'), dependencies.log)
}

export function custodianAtSocket(path: string, log: Dependencies['log']): CustodianTransport {
  const agents = { requests: agentOf('requests'), listeners: agentOf('listeners') }
  return {
    request: (pool, options, onResponse) => request({ ...options, socketPath: path, agent: agents[pool] }, onResponse),
    report: logOnce(path, log),
    stop: () => undefined,
  }
}

async function custodianOverTls(
  { host, port }: NonNullable<SplitRoleSettings['custodian']>,
  files: NonNullable<SplitRoleSettings['linkFiles']>,
  { now, log, checkMs }: Dependencies,
): Promise<CustodianTransport> {
  const certificate = await watchLinkCertificate(
    files,
    { now, log, checkMs },
    'the custodian cannot be reached until this is corrected',
  )
  let agents = certificate.inUse && tlsAgents(certificate.inUse)
  certificate.onChange((changed) => {
    const before = agents
    agents = tlsAgents(changed)
    setTimeout(() => Object.values(before ?? {}).forEach((agent) => agent.destroy()), oldConnectionsMs).unref()
  })
  return {
    request(pool, options, onResponse) {
      const agent = agents?.[pool]
      if (agent) return requestOverTls({ ...options, host, port, agent }, onResponse)
      throw new Fault('link-certificate-wrong', 'no certificate is loaded to present to the custodian')
    },
    report: logOnce(`https://${host.includes(':') ? `[${host}]` : host}:${port}`, log),
    stop() {
      certificate.stop()
      for (const agent of Object.values(agents ?? {})) agent.destroy()
    },
  }
}

function agentOf(pool: ConnectionPool): Agent {
  return new Agent({ keepAlive: true, maxSockets: poolSizes[pool] })
}

function tlsAgents(inUse: CertificateInUse): Record<ConnectionPool, TlsAgent> {
  const createAgent = (pool: ConnectionPool) =>
    new TlsAgent({ keepAlive: true, maxSockets: poolSizes[pool], ...inUse, minVersion: linkVersion })
  return { requests: createAgent('requests'), listeners: createAgent('listeners') }
}

/** Loads the certificate of mutual TLS and reloads it when its files change; for custodian and desk. */
export function watchLinkCertificate(
  files: NonNullable<SplitRoleSettings['linkFiles']>,
  { now, log, checkMs }: Dependencies,
  consequence: string,
): Promise<FollowedCertificate> {
  return followCertificateFiles({
    files,
    read: (path) => readFile(path),
    now,
    checkMs,
    onWrong: (reason, staysInUse) => {
      const instead = staysInUse ? 'the previous one stays in use' : consequence
      const fault = new Fault(
        'link-certificate-wrong',
        `The certificate of this machine cannot be used: ${reason}; ${instead}`,
      )
      log.error({ err: fault }, fault.message)
    },
    onLoaded: (endsAt) =>
      log.info({ endsAt: endsAt.toString() }, 'the certificate between custodian and desk is in use'),
  })
}

/** Logs a line when the custodian stops answering or the reason changes, and one when it answers again. */
function logOnce(address: string, log: Dependencies['log']): CustodianTransport['report'] {
  let logged: string | undefined
  return (problem) => {
    const line = problem && `the custodian does not answer at ${address}: ${describeProblem(problem)}`
    if (line === logged) return
    if (line !== undefined) log.error({ err: problem instanceof Error ? problem : undefined }, line)
    else log.info(`the custodian answers at ${address}`)
    logged = line
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'the socket does not exist; is the custodian running, with the same SELOSTE_RUN or SELOSTE_DATA?',
  EACCES: 'permission denied; the desk’s group must be that of the socket’s folder',
  ECONNREFUSED: 'connection refused; is the custodian running, with SELOSTE_CUSTODIAN_LISTEN?',
  ENOTFOUND: 'unknown host name; check SELOSTE_CUSTODIAN',
  EAI_AGAIN: 'the host name could not be resolved; check SELOSTE_CUSTODIAN',
  EHOSTUNREACH: 'no route to the host',
  ETIMEDOUT: 'timed out: no route to the host, or a firewall drops packets',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it on the custodian’s machine',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check both clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name than that in SELOSTE_CUSTODIAN',
}
const unknownAuthority = /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE_FAILURE)/

function describeProblem(problem: Error | { status: number }): string {
  if (!(problem instanceof Error)) {
    return problem.status === 403
      ? 'it accepts this desk’s certificate, but lists none of its names; check SELOSTE_CUSTODIAN_DESKS there'
      : `its answer was ${problem.status}`
  }
  const { code = '' } = problem as { code?: string }
  if (unknownAuthority.test(code))
    return 'its certificate is not signed by an authority in SELOSTE_LINK_AUTHORITIES here'
  // TLS 1.3 reports a rejected certificate after the handshake, by an alert or by closing.
  if (/ALERT|SSL/.test(code) || code === 'ECONNRESET') {
    return `it does not accept this desk’s certificate, or does not support ${linkVersion}; see its log (${code})`
  }
  return causes[code] ?? problem.message
}
