import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { formatEndpoint, type Endpoint } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { listen } from '#platform/database/listen.ts'
import type { Log } from '#platform/log/log.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { openTraces } from '#platform/traces/traces.ts'
import { channels } from '#register/channels.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readProofs } from '#use/evidence/read-proofs.ts'
import { createReadRateLimit } from '../http/read-rate-limit.ts'
import { serve } from '../http/serve.ts'
import { openCaptures } from './captures.ts'
import { readCallFlows } from '../capture/call-flow-requests.ts'
import { connectCustodian } from '../custodian/custodian-client.ts'
import { measureBlockers } from '../roles/blocker-metrics.ts'
import { measureDesk } from './desk-metrics.ts'
import { followVersions } from '../roles/follow-versions.ts'
import { gatherMetrics } from './gather-metrics.ts'
import { measurePromises } from './promise-metrics.ts'
import { databaseAnswers, healthReader } from '../roles/read-health.ts'
import { reportVersions } from '../roles/report-versions.ts'
import type { Role, RoleContext } from '../roles/role.ts'
import { socketPath } from '../roles/sockets.ts'
import { openCustodianTransport } from '../custodian/custodian-transport.ts'

/** Short, because people wait: a hanging database is detected within three seconds. */
const databaseAnswerMs = 1_500
const statementMs = 60_000

const webFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** The desk role: web and API. It has no keys. */
export const runDesk: Role = async ({ settings, log, databaseUrl, version }: RoleContext) => {
  const blockers = createBlockers({ now: () => systemClock.now(), log })
  const { db, close } = connectDatabase<RegisterTables>({
    url: databaseUrl,
    applicationName: 'seloste-desk',
    size: 20,
    maxIdle: 2,
    answerMs: databaseAnswerMs,
    statementMs,
    blockers,
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection was lost')
    },
  })
  const versions = await followVersions({
    db,
    databaseUrl,
    onFault: (error) => {
      log.error({ err: error }, 'cannot read the register description; using the one read before')
    },
  })
  const reporting = reportVersions({
    db,
    versions,
    clock: systemClock,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot report which version of the register description is in use')
    },
  })
  const transport = await openCustodianTransport(settings, { now: () => systemClock.now(), log })
  const custodian = connectCustodian(transport)
  // Probes the custodian now, so that a fault is reported before somebody wants to listen.
  void custodian.alive()
  const watchers = new Set<() => void>()
  const changes = listenToCalls(databaseUrl, watchers, log)
  const metrics = startMetrics('desk')
  measurePromises(metrics.registry, async () => readProofs(db, systemClock.now(), await custodian.logKey()))
  const captures = openCaptures({
    ...{ db, databaseUrl },
    onFault: (error) => {
      log.warn({ err: error }, 'cannot query the capture nodes; retrying')
    },
  })
  const sockets = {
    // First, so that a capture cannot define the custodian's metrics.
    custodian: socketPath(settings, 'metrics-custodian'),
    capture: socketPath(settings, 'metrics-capture'),
    ...(settings.feedsFile !== undefined && { feeds: socketPath(settings, 'metrics-feeds') }),
  }
  const { custodian: _, ...localSockets } = sockets
  const health = healthReader({ db, custodian, own: () => blockers.list(), sockets: localSockets })
  const traces = openTraces({
    ...{ endpoint: settings.integrations.traces?.endpoint, service: 'seloste-desk', version },
    onFault: (error) => {
      log.error({ err: error }, 'tracing is off: its libraries could not be loaded')
    },
  })
  const results = measureDesk(metrics.registry, { databaseAnswers: () => databaseAnswers(db), version })
  measureBlockers(metrics.registry, blockers)

  const web = await serve(
    {
      db,
      custodian,
      versions,
      clock: systemClock,
      flows: readCallFlows(captures),
      readRateLimit: createReadRateLimit(db, systemClock),
      health,
      sip: sipAddresses(settings),
      signInConfig: {
        publicUrl: settings.publicUrl,
        identityProvider: settings.identityProvider && { name: settings.identityProvider.name },
        requesterIdentity: settings.requesterIdentity && { name: settings.requesterIdentity.name },
      },
      onCallChanged(changed) {
        watchers.add(changed)
        return () => watchers.delete(changed)
      },
    },
    {
      host: settings.http.host,
      port: settings.http.port,
      proxies: settings.splitRoles.proxies,
      proxyHeader: settings.splitRoles.proxyHeader,
      metricsSources: settings.splitRoles.metricsSources,
      webFolder,
      version,
      log,
      metrics: async () => ({
        type: metrics.registry.contentType,
        text: await gatherMetrics(metrics.registry, { sockets, db, captures }, results),
      }),
      registry: metrics.registry,
      traces,
    },
  )
  return {
    address: web.url,
    async stop() {
      await web.stop()
      await traces.stop()
      await changes.stop()
      await captures.stop()
      await reporting.stop()
      await versions.stop()
      metrics.stop()
      transport.stop()
      await close()
    },
  }
}

function listenToCalls(url: string, watchers: Set<() => void>, log: Log) {
  const notifyAll = () => {
    for (const watcher of watchers) watcher()
  }
  return listen({
    url,
    channels: [channels.callChanged],
    onNotification: notifyAll,
    onListening: notifyAll,
    onBroken: (error) => {
      log.warn({ err: error }, 'no notifications of calls from the database; retrying')
    },
  })
}

/** Returns the SIP URIs of capture: `sip:` over UDP and TCP, and `sips:` if there is a certificate. */
function sipAddresses({ sip, sips, sipSecurity }: Pick<Settings, 'sip' | 'sips' | 'sipSecurity'>): string[] {
  const uri = (scheme: string, { host, port }: Endpoint) =>
    `${scheme}:${formatEndpoint({ port, host: isEveryAddress(host) ? hostname() : host })}`
  return [uri('sip', sip), ...(sipSecurity.sipsFiles ? [uri('sips', sips)] : [])]
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
