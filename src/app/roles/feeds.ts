import { createBlockers } from '#platform/blockers/blockers.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Counter } from 'prom-client'
import { readFeeds, type Feed } from '#capture/feeds/feeds-file.ts'
import { followAmi } from '#capture/feeds/follow-ami.ts'
import { followFolder, positionFile } from '#capture/feeds/follow-folder.ts'
import { maxStoredBytes, openInbox } from '#capture/feeds/inbox.ts'
import { listenHttp } from '#capture/feeds/listen-http.ts'
import { deleteExpiredUnreadable, createFeedImporter, type RunSerially } from '#capture/feeds/import-feed.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { throttleLog } from '#platform/log/throttle-log.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { serveMetrics } from '#platform/metrics/share-metrics.ts'
import { deleteExpiredFeedData } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readDrawKey } from './draw-key.ts'
import { measureBlockers } from './blocker-metrics.ts'
import { followDirectory } from './follow-directory.ts'
import { followQuotas } from './follow-quotas.ts'
import { followVersions } from './follow-versions.ts'
import type { Role } from './role.ts'
import { socketPath } from './sockets.ts'

const settleEveryMs = 1_000
const cleanupEveryMs = 600_000

/** The feeds role: imports call detail records of calls that no recording client reports. It has no keys and no audio. */
export const runFeeds: Role = async ({ settings, log, databaseUrl }) => {
  const clock = systemClock
  const feeds = settings.feedsFile === undefined ? [] : readFeeds(settings.feedsFile)
  const blockers = createBlockers({ now: () => clock.now(), log })
  const { db, close } = connectDatabase<RegisterTables>({
    url: databaseUrl,
    applicationName: 'seloste-feeds',
    size: 4,
    blockers,
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection was lost')
    },
  })
  const folder = join(settings.dataDirectory, 'feeds')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const onFault = (error: unknown) => {
    log.warn({ err: error }, 'cannot read data of the register; using the copy read before')
  }
  const drawKey = await readDrawKey(settings)
  const versions = await followVersions({ db, databaseUrl, onFault })
  const known = await followDirectory(db, databaseUrl, join(folder, 'known.json'), onFault)
  const quotas = await followQuotas({ db, clock, copyPath: join(folder, 'quotas.json'), leftBehind: [], onFault })
  const metrics = startMetrics('feeds')
  measureBlockers(metrics.registry, blockers)
  const unparsed = new Counter({
    name: 'seloste_feed_records_unread_total',
    help: 'Call detail records that could not be parsed and were set aside, by feed and reason',
    labelNames: ['feed', 'reason'],
    registers: [metrics.registry],
  })
  const refused = new Counter({
    name: 'seloste_feed_requests_refused_total',
    help: 'Requests to a feed refused because the token was missing or wrong',
    labelNames: ['feed'],
    registers: [metrics.registry],
  })

  let turn: Promise<unknown> = Promise.resolve()
  const runSerially: RunSerially = (work) => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  const running = await Promise.all(feeds.map(start))
  const metricsSocket = await serveMetrics(metrics.registry, socketPath(settings, 'metrics-feeds'), blockers)

  async function start(feed: Feed) {
    const own = join(folder, feed.name)
    await mkdir(own, { recursive: true, mode: 0o700 })
    const importer = createFeedImporter({
      feed,
      folder: own,
      db,
      context: () => ({ versionAt: versions.at, officials: known.officials, drawKey, quotas }),
      clock,
      runSerially,
      onFault: (error) => {
        log.error({ err: error, feed: feed.name }, 'the register refused a call reported by a feed')
      },
      onProblem: (problem) => {
        unparsed.inc({ feed: feed.name, reason: problem.reason })
        log.error({ feed: feed.name, ...problem }, `cannot parse a call detail record; it was moved to ${own}`)
      },
    })
    const inbox = feed.from.kind === 'folder' ? undefined : await openInbox(join(own, 'inbox'), clock)
    const followed = await followFolder({
      ...(inbox || feed.from.kind !== 'folder'
        ? { folder: inbox!.folder, files: '*.ndjson', framing: 'lines' as const, longestRecord: maxStoredBytes }
        : { folder: feed.from.folder, files: feed.from.files, framing: importer.reader.framing }),
      hasHeading: importer.reader.hasHeading,
      statePath: join(own, positionFile),
      onRecord: importer.take,
      onFault: (error) => {
        log.error({ err: error, feed: feed.name }, 'cannot follow a feed; retrying')
        importer.setProblem((error as Error).message)
      },
      onChecked: () => {
        if (!inbox) importer.setProblem(undefined)
      },
    })
    const follower = await startFollower(feed, inbox, importer)
    let settling: Promise<void> | undefined
    const settle = () =>
      (settling ??= importer
        .settle()
        .catch((error: unknown) => {
          log.warn({ err: error, feed: feed.name }, 'cannot register calls of a feed; retrying')
        })
        .finally(() => (settling = undefined)))
    const timer = setInterval(() => void settle(), settleEveryMs)
    const tidying = setInterval(() => void tidy().catch(onFault), cleanupEveryMs)
    const tidy = async () => {
      await inbox?.deleteProcessed((name, size) => followed.isProcessed(name, size))
      await deleteExpiredUnreadable(own, clock.now())
      await deleteExpiredFeedData(db)
    }
    return {
      async stop() {
        clearInterval(timer)
        clearInterval(tidying)
        await Promise.resolve(follower?.stop())
        importer.stop()
        await settling
        await followed.stop()
      },
    }
  }

  async function startFollower(
    feed: Feed,
    inbox: { put: (record: unknown) => Promise<void> } | undefined,
    importer: { setProblem: (problem: string | undefined) => void },
  ) {
    const { from } = feed
    if (!inbox || from.kind === 'folder') return undefined
    if (from.kind === 'http') {
      const { listen, token } = from
      const warn = throttleLog((details, line) => {
        log.warn(details, line)
      })
      return listenHttp({
        listen,
        token,
        put: inbox.put,
        onFault: (error) => {
          log.error({ err: error, feed: feed.name }, 'cannot store a call detail record; its sender received an error')
        },
        onRefused: (address) => {
          refused.inc({ feed: feed.name })
          warn({ feed: feed.name, from: address }, 'refused a request to a feed: missing or wrong token')
        },
      })
    }
    return followAmi({
      ...from,
      events: feed.source === 'asterisk-cel' ? 'cel' : 'cdr',
      put: inbox.put,
      onState: (state, detail) => {
        importer.setProblem(state === 'connected' ? undefined : state)
        if (state === 'connected') log.info({ feed: feed.name }, 'connected to the manager interface')
        else log.error({ feed: feed.name, state, detail }, 'cannot connect to the manager interface; retrying')
      },
    })
  }

  return {
    address: feeds.map(({ name }) => name).join(', '),
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
      await metricsSocket.stop()
      metrics.stop()
      await Promise.all([known.stop(), quotas.stop()])
      await versions.stop()
      await close()
    },
  }
}
