import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { formatEndpoint, type Endpoint, type PortRange } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { error, ok, warning, type Finding } from './finding.ts'

const fewPairs = 200

/**
 * Checks that Seloste can listen at its ports.
 * @param runs true if a Seloste runs with these settings and so occupies the ports itself
 */
export async function checkPorts(settings: Settings, runs: boolean): Promise<Finding[]> {
  const { http, sip, sips, sipSecurity, integrations, rtp } = settings
  const tcp: [string, Endpoint][] = [
    ['SELOSTE_HTTP', http],
    ['SELOSTE_SIP', sip],
    ...(sipSecurity.sipsFiles ? [['SELOSTE_SIPS', sips] as [string, Endpoint]] : []),
    ...(integrations.decisions ? [['SELOSTE_DECISIONS', integrations.decisions.listen] as [string, Endpoint]] : []),
  ]
  const found = await Promise.all([
    ...tcp.map(async ([name, at]) => judgePort(name, at, 'TCP', await tryTcp(at), runs)),
    tryUdp(sip).then((reason) => judgePort('SELOSTE_SIP', sip, 'UDP', reason, runs)),
    tryUdp({ host: rtp.host, port: rtp.firstPort }).then((reason) =>
      judgePort('SELOSTE_RTP', { host: rtp.host, port: rtp.firstPort }, 'UDP', reason, runs),
    ),
  ])
  const [ephemeral, reserved] = await Promise.all(
    ['ip_local_port_range', 'ip_local_reserved_ports'].map((name) =>
      readFile(`/proc/sys/net/ipv4/${name}`, 'utf8').catch(() => ''),
    ),
  )
  return [...found, judgeRange(rtp), ...judgeOverlap(rtp, ephemeral!, reserved)]
}

/** @param reason code of the failure; undefined on success */
export function judgePort(
  name: string,
  at: Endpoint,
  kind: string,
  reason: string | undefined,
  runs: boolean,
): Finding {
  const check = `port.${name}.${kind.toLowerCase()}`
  const location = `${name} (${kind} ${formatEndpoint(at)})`
  if (reason === undefined) return ok(check, `${location} is free`)
  if (reason === 'EADDRINUSE' && runs) return ok(check, `${location} is used by the running Seloste`)
  if (reason === 'EADDRINUSE') {
    return error(
      check,
      `${location} is in use by another program`,
      `stop that program ("ss -lnp" shows it), or set ${name}`,
    )
  }
  if (reason === 'EADDRNOTAVAIL')
    return error(check, `${location} is not an address of this machine`, `set ${name} to one ("ip addr")`)
  if (reason === 'EACCES') {
    return error(
      check,
      `this user may not listen at ${location}`,
      'use a port of 1024 or more, or grant CAP_NET_BIND_SERVICE',
    )
  }
  return error(check, `cannot listen at ${location} (${reason})`, `set ${name} to another address`)
}

export function judgeRange({ firstPort, lastPort }: PortRange): Finding {
  const pairs = Math.floor((lastPort - firstPort + 1) / 2)
  const calls = Math.floor(pairs / 2)
  const says = `SELOSTE_RTP has ${pairs} port pairs: enough for ${calls} simultaneous recorded calls of two streams`
  const remedy = 'use a larger range: four ports for each simultaneous call, plus half as many for recently used ones'
  if (calls < 1) return error('rtp.range', says, remedy)
  return pairs < fewPairs ? warning('rtp.range', says, remedy) : ok('rtp.range', says)
}

/**
 * @param ephemeral text of /proc/sys/net/ipv4/ip_local_port_range
 * @param reserved text of /proc/sys/net/ipv4/ip_local_reserved_ports: `5000,30000-39999`
 */
export function judgeOverlap({ firstPort, lastPort }: PortRange, ephemeral: string, reserved = ''): Finding[] {
  const [from, to] = ephemeral.trim().split(/\s+/).map(Number)
  if (from === undefined || to === undefined || !(from <= lastPort && firstPort <= to)) return []
  const isReserved = reserved.split(',').some((range) => {
    const [first = NaN, last = first] = range.trim().split('-').map(Number)
    return first <= Math.max(firstPort, from) && Math.min(lastPort, to) <= last
  })
  if (isReserved) return [ok('rtp.ephemeral', 'SELOSTE_RTP is reserved: the system gives its ports to nobody else')]
  const says = `SELOSTE_RTP overlaps ${from}-${to}, the system’s ephemeral ports`
  const remedy = `reserve them: sysctl net.ipv4.ip_local_reserved_ports=${firstPort}-${lastPort}`
  return [warning('rtp.ephemeral', says, remedy)]
}

function tryTcp({ host, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (thrown: NodeJS.ErrnoException) => resolve(thrown.code ?? thrown.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

function tryUdp({ host, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', (thrown: NodeJS.ErrnoException) => {
      socket.close()
      resolve(thrown.code ?? thrown.message)
    })
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}
